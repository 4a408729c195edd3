"""Histories in which gates know nothing: the same windows, other windows' results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quadrant.backtest.windows import Result, Window

FEWEST_APART = 20
"""A history is moved by at least this many windows of a pattern and timeframe, either way."""


def shifted(windows: Sequence[Window], rng: np.random.Generator) -> list[Window]:
    """Results moved in time within each pattern and timeframe, all of one by the same number.

    Results stay in their order, with their regimes and days; what they have to do with gates and
    scopes is gone. How much dearer or cheaper the other bars of a window were stays, but in half of
    the windows turned round: a later bar is no bargain by itself.
    """
    moved = list(windows)
    keys = sorted({(window.pattern_key, window.timeframe) for window in windows})
    for key in keys:
        rows = [i for i, w in enumerate(windows) if (w.pattern_key, w.timeframe) == key]
        least = min(FEWEST_APART, len(rows) // 3)
        by = int(rng.integers(least, len(rows) - least + 1)) if len(rows) > 1 else 0
        turned = rng.random(len(rows)) < 0.5
        for place, row in enumerate(rows):
            giver = windows[rows[(place + by) % len(rows)]]
            moved[row] = _given(windows[row], giver, turned=bool(turned[place]))
    return moved


def _given(window: Window, giver: Window, *, turned: bool) -> Window:
    theirs, own = giver.result, window.result
    delay = window.opened_ms - giver.opened_ms
    entry = own.entry_price or 1.0
    ratio = None
    if theirs.exit_price is not None and theirs.entry_price is not None:
        ratio = theirs.exit_price / theirs.entry_price
    result = Result(
        outcome=theirs.outcome,
        outcome_ms=None if theirs.outcome_ms is None else theirs.outcome_ms + delay,
        entry_price=None if ratio is None else entry,
        exit_price=None if ratio is None else entry * ratio,
        roi=theirs.roi,
        roi_ms=None if theirs.roi_ms is None else theirs.roi_ms + delay,
        marks=tuple(
            (ms + delay, entry, entry * price / bought, roi)
            for ms, bought, price, roi in theirs.marks
        ),
        reached_s3=theirs.reached_s3,
    )
    samples = window.samples
    if turned:
        samples = [
            {**sample, "entry_price": entry * entry / sample["entry_price"]}
            if sample.get("entry_price")
            else sample
            for sample in samples
        ]
    return replace(window, samples=samples, result=result)
