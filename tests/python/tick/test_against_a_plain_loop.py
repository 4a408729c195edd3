"""Windows, outcomes and virtual results of whole series equal a plain loop over the bars."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quadrant.bars import read_bars
from quadrant.engine import compute
from quadrant.market import planted_market, synthesize

REAL = Path(__file__).parents[4] / "shared" / "data" / "bars"
FEE = 0.001


def plain_loop(frame):
    """(opening ts) -> (outcome, entry, exit, roi), said as directly as possible."""
    state, close = frame.state, frame.close
    ts, halo, slope = frame.ts_score, frame.s1_halo_distance, frame.s1_slope
    expected = {}
    attempt_open = False
    n = 0
    while n < len(state):
        if n and state[n] == 1 and state[n - 1] == 0:
            attempt_open = True
        elif state[n] == 0:
            attempt_open = False
        if not (attempt_open and state[n] == 1 and halo[n] <= 1.25):
            n += 1
            continue
        end = n
        while end < len(state) and state[end] == 1 and halo[end] <= 1.25:
            end += 1
        if end == len(state):
            break
        bars = range(n, end)
        margins = [min((ts[b] - 0.6) / 0.1, (1.0 - halo[b]) / 0.2, slope[b] / 0.02) for b in bars]
        passing = [b for b, m in zip(bars, margins, strict=True) if m >= 0]
        reference = passing[0] if passing else bars[int(np.argmax(margins))]
        outcome = None
        for b in range(end, len(state)):
            if outcome is None and state[b] == 2 and frame.trim[b] and close[b] > close[reference]:
                outcome = "success"
            if outcome is None and state[b] == 3:
                outcome = "success"
            if outcome is None and state[b] == 0:
                outcome = "failure"
            if state[b] == 0 or frame.emergency[b]:
                if b + 1 < len(state):
                    entry, leave = frame.open[reference + 1], frame.open[b + 1]
                    roi = (leave * (1 - FEE) - entry * (1 + FEE)) / entry
                    expected[int(frame.ts[n])] = (outcome, entry, leave, pytest.approx(roi))
                break
        n = end
    return expected


def ticked(frame, make_tape):
    tape = make_tape()
    for snapshot in frame.snapshots():
        tape.ticker.process(snapshot)
    return {
        int(w["window_id"].rsplit(":", 1)[1]): (
            w["outcome"],
            w["entry_price"],
            w["exit_price"],
            w["roi"],
        )
        for w in tape.windows
        if "roi" in w
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_on_synthetic_bars(seed, make_tape):
    frame = compute(synthesize(planted_market(days=40, timeframes=("15m",)), seed)[seed])
    expected = plain_loop(frame)
    assert len(expected) > 10
    # The tape's ticker is hourly: a 15m series has no gaps it could see.
    assert ticked(frame, make_tape) == expected


@pytest.mark.parametrize("name", ["BTCUSDT_1h", "SOLUSDT_4h", "DOGEUSDT_15m"])
def test_on_real_bars(name, make_tape):
    path = REAL / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip("no real bars beside the project")
    frame = compute(read_bars(path))
    expected = plain_loop(frame)
    assert expected
    found = ticked(frame, make_tape)
    assert found == expected
