"""The bench of promises in short: noise moves nothing, effects are found, money comes first."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from quadrant.database import queries
from quadrant.judging import Grid

sys.path.append(str(Path(__file__).parents[2] / "bench" / "promises"))
import markets
from judged import judge

DAYS = 300
OF_A_KIND = 4


@pytest.mark.slow
def test_promises(connection):
    found = connection.execute(queries("backtest/grids")).fetchall()
    grid = Grid.from_settings(dict(found)[markets.PATTERN])
    rng = np.random.default_rng(20)

    def planted(change, *, loosens=True):
        windows = markets.synthetic(rng, DAYS, 5.0, markets.right_skewed)
        step = markets.step(windows, grid, 110, loosens=loosens)
        return markets.plant(windows, grid, step, change, rng)

    kinds = {
        "left-skewed": lambda: markets.synthetic(rng, DAYS, 4.0, markets.left_skewed),
        "regimes": lambda: markets.synthetic(rng, DAYS, 4.0, markets.right_skewed, regime=0.8),
        "money down": lambda: planted(markets.small_gains_large_losses),
        "+5": lambda: planted(markets.shift(5)),
        "-5": lambda: planted(markets.shift(-5), loosens=False),
    }
    names = [name for name in kinds for _ in range(OF_A_KIND)]
    seen = judge(connection, [kinds[name]() for name in names], every=30)
    active = seen.whole()
    ever = {name: [] for name in kinds}
    for name, row in zip(names, active.any(axis=1), strict=True):
        ever[name].append(bool(row))
    # At 5 % a year, three of eight histories would be active once in 180 such tests.
    assert sum(ever["left-skewed"] + ever["regimes"]) <= 2, ever
    assert sum(ever["money down"]) <= 1, ever
    assert sum(ever["+5"]) >= OF_A_KIND - 1, ever
    assert sum(ever["-5"]) >= OF_A_KIND - 1, ever
