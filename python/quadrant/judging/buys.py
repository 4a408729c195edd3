"""What every policy would have bought of each window, at which bar first, and what that came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.grid import Grid, Lever

NO_BUY = -1
RUNGS = 3
"""A ladder buys at most so often, a third of its pool at a time."""
WINSOR = 1.0
"""A result above +100 % counts as +100 %: one token must not decide for a slice."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Buys:
    """n windows under P policies: of a grid, column 0 the base gates, then its candidates.

    `sample` int16 (n, P): the first sample that passes all gates, NO_BUY where none does. Of a
    ladder: its way through the samples, the same number for the same way.
    `roi` float64 (n, P): what a unit bought there came to, a fraction, at most `most`; 0 where
    nothing was bought, NaN where the window's result is not known in money. Of a ladder: of its
    pool, a third of each buy's.
    `rungs` float64 (n, P, RUNGS), of a ladder: what a unit came to at each buy, NaN where there was
    none; else None.
    `result` float64 (n): the virtual result, that of a buy at the reference bar, likewise, NaN
    where there is none. `won` bool (n): outcome success.
    """

    sample: NDArray[np.int16]
    roi: NDArray[np.float64]
    result: NDArray[np.float64]
    won: NDArray[np.bool_]
    rungs: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, windows: Sequence[Row], grid: Grid) -> Buys:
        """Of rows with `samples` ({value_key: number, entry_price}), `entry_price`, `exit_price`,
        `roi` and `won`, under the base gates and a grid's candidates.
        """
        return cls.under(windows, grid.levers, grid.thresholds(), most=WINSOR)

    @classmethod
    def under(
        cls,
        windows: Sequence[Row],
        levers: Sequence[Lever],
        thresholds: NDArray[np.float64],
        *,
        most: float = np.inf,
    ) -> Buys:
        """Under any thresholds (P, levers); rows as `of` takes them.

        A sample that lacks a gate's value fails that gate. Where some sample of a window has no
        entry price, its one `roi` holds whichever sample passes.
        """
        counts = np.array([len(w["samples"] or ()) for w in windows], dtype=np.intp)
        flat = [s for w in windows for s in w["samples"] or ()]
        result = np.minimum(_column(windows, "roi"), most)
        won = np.array([bool(w["won"]) for w in windows], dtype=np.bool_)
        passes = _passes(flat, levers, thresholds)
        sample = _first(passes, counts)
        of_sample = np.minimum(_results(windows, flat, counts), most)
        arms = next((i for i, lever in enumerate(levers) if lever.is_arms), None)
        if arms is not None:
            way = _ladder(flat, counts, passes, sample, thresholds[:, arms])
            rungs = np.stack([_at(of_sample, counts, rung, np.nan) for rung in way], axis=2)
            known = ~np.isnan(rungs) | np.stack([rung == NO_BUY for rung in way], axis=2)
            roi = np.where(known.all(axis=2), np.nansum(rungs, axis=2) / RUNGS, np.nan)
            return cls(_numbered(way), roi, result, won, rungs)
        return cls(sample, _at(of_sample, counts, sample, 0.0), result, won)

    @classmethod
    def joined(cls, parts: Sequence[Buys]) -> Buys:
        """Those of several sets of windows, one after another."""
        return cls(
            np.concatenate([part.sample for part in parts]),
            np.concatenate([part.roi for part in parts]),
            np.concatenate([part.result for part in parts]),
            np.concatenate([part.won for part in parts]),
            None
            if any(part.rungs is None for part in parts)
            else np.concatenate([part.rungs for part in parts]),
        )

    def taken(self, rows: NDArray[np.intp]) -> Buys:
        """Those of some windows."""
        rungs = None if self.rungs is None else self.rungs[rows]
        return Buys(self.sample[rows], self.roi[rows], self.result[rows], self.won[rows], rungs)


def _passes(
    samples: Sequence[Row], levers: Sequence[Lever], thresholds: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Does a sample pass all gates of a policy? bool (samples, P)."""
    passes = np.ones((len(samples), len(thresholds)), dtype=np.bool_)
    for i, lever in enumerate(levers):
        if lever.is_arms:
            continue
        value = _column(samples, lever.value_key) - _column(samples, lever.adjustment_key, 0.0)
        distinct, of_policy = np.unique(thresholds[:, i], return_inverse=True)
        with np.errstate(invalid="ignore"):
            ok = value[:, None] <= distinct if lever.at_most else value[:, None] >= distinct
        passes &= ok[:, of_policy]
    return passes


def _first(passes: NDArray[np.bool_], counts: NDArray[np.intp]) -> NDArray[np.int16]:
    """The first sample of each window that passes: int16 (windows, P)."""
    never = np.iinfo(np.int16).max
    first = np.full((len(counts), passes.shape[1]), NO_BUY, dtype=np.int16)
    filled = counts > 0
    if filled.any():
        starts = np.cumsum(counts) - counts
        place = (np.arange(len(passes)) - np.repeat(starts, counts)).astype(np.int16)
        candidates = np.where(passes, place[:, None], never)
        least = np.minimum.reduceat(candidates, starts[filled], axis=0)
        first[filled] = np.where(least == never, NO_BUY, least)
    return first


def _at(
    values: NDArray[np.float64],
    counts: NDArray[np.intp],
    sample: NDArray[np.int16],
    nowhere: float,
) -> NDArray[np.float64]:
    """The value of the sample each window buys at, (windows, P); `nowhere` where it does not."""
    bought = sample != NO_BUY
    at = (np.cumsum(counts) - counts)[:, None] + np.where(bought, sample, 0)
    found = np.full(sample.shape, nowhere)
    found[bought] = values[at[bought]]
    return found


def _ladder(
    samples: Sequence[Row],
    counts: NDArray[np.intp],
    passes: NDArray[np.bool_],
    first: NDArray[np.int16],
    arms: NDArray[np.float64],
) -> list[NDArray[np.int16]]:
    """The samples a ladder buys at, RUNGS x (windows, P): after the first that passes, each later
    one that closes `arms` ATRs (of the bar before it was bought) or more below the last price."""
    owner = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(samples)) - np.repeat(np.cumsum(counts) - counts, counts)
    price, atr, close = (_column(samples, name) for name in ("entry_price", "atr", "close"))
    way = [first]
    while len(way) < RUNGS:
        last = way[-1]
        arm = _at(price, counts, last, np.nan) - arms * _at(atr, counts, last, np.nan)
        with np.errstate(invalid="ignore"):
            again = passes & (place[:, None] > last[owner]) & (close[:, None] <= arm[owner])
        way.append(_first(again, counts))
    return way


def _numbered(way: Sequence[NDArray[np.int16]]) -> NDArray[np.int16]:
    """A number for each way a window's policies go, NO_BUY for that which buys nothing."""
    size = 2 + max(int(rung.max(initial=0)) for rung in way)
    code = np.zeros(way[0].shape, dtype=np.int64)
    for rung in way:
        code = code * size + (rung.astype(np.int64) + 1)
    numbers = np.empty(code.shape, dtype=np.int16)
    for row, codes in enumerate(code):
        numbers[row] = np.unique(codes, return_inverse=True)[1].reshape(-1)
    return np.where(way[0] == NO_BUY, NO_BUY, numbers).astype(np.int16)


def _results(
    windows: Sequence[Row], samples: Sequence[Row], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """What a unit bought at each sample came to; NaN where that is not known."""
    entry, exit_, roi = (_column(windows, name) for name in ("entry_price", "exit_price", "roi"))
    # The fee per side follows from the one buy whose result is told.
    with np.errstate(invalid="ignore", divide="ignore"):
        fee = (exit_ / entry - 1 - roi) / (exit_ / entry + 1)
    owner = np.repeat(np.arange(len(windows)), counts)
    price = _column(samples, "entry_price")
    own = np.bincount(owner, np.isnan(price), len(windows)) == 0
    own &= ~np.isnan(fee)
    with np.errstate(invalid="ignore", divide="ignore"):
        paid = (exit_[owner] * (1 - fee[owner]) - price * (1 + fee[owner])) / price
    return np.asarray(np.where(own[owner], paid, roi[owner]))


def _column(rows: Iterable[Row], name: str, missing: float = float("nan")) -> NDArray[np.float64]:
    """A number per row; NaN for what is none, `missing` where it is not there."""
    return np.array([_number(row.get(name, missing)) for row in rows], dtype=np.float64)


def _number(value: Any) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known else float("nan")
