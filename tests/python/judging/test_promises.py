"""The bench of promises in short: noise moves nothing, effects are found, money comes first."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from amounts import amount

from quadrant.database import queries
from quadrant.judging import Grid

sys.path.append(str(Path(__file__).parents[2] / "bench" / "promises"))
import markets
from judged import judge

DAYS = 300
OF_A_KIND = amount(2, 4)


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.fixture
def ever(connection, rng):
    """What is planted, by kind -> for each of its histories: was a change ever in force?"""

    def run(kinds):
        names = [name for name in kinds for _ in range(OF_A_KIND)]
        histories = [kinds[name](rng) for name in names]
        active = judge(connection, histories, every=30).whole().any(axis=1)
        return {
            kind: [bool(a) for name, a in zip(names, active, strict=True) if name == kind]
            for kind in kinds
        }

    return run


@pytest.fixture
def planted(connection):
    grid = Grid.from_settings(
        dict(connection.execute(queries("backtest/grids")).fetchall())[markets.PATTERN]
    )

    def make(change, *, loosens=True):
        def history(rng):
            windows = markets.synthetic(rng, DAYS, 5.0, markets.right_skewed)
            step = markets.step(windows, grid, 110, loosens=loosens)
            return markets.plant(windows, grid, step, change, rng)

        return history

    return make


@pytest.mark.slow
def test_noise_moves_nothing_and_effects_are_found(ever, planted):
    found = ever(
        {
            "left-skewed": lambda rng: markets.synthetic(rng, DAYS, 4.0, markets.left_skewed),
            "regimes": lambda rng: markets.synthetic(
                rng, DAYS, 4.0, markets.right_skewed, regime=0.8
            ),
            "+5": planted(markets.shift(5)),
            "-5": planted(markets.shift(-5), loosens=False),
        }
    )
    # At 5 % a year, three of eight histories would be active once in 180 such tests, two of four
    # once in 80.
    assert sum(found["left-skewed"] + found["regimes"]) <= amount(1, 2), found
    assert sum(found["+5"]) >= OF_A_KIND - 1, found
    assert sum(found["-5"]) >= OF_A_KIND - 1, found


@pytest.mark.slow
def test_better_scores_and_less_money_move_nothing(ever, planted):
    found = ever({"money down": planted(markets.small_gains_large_losses)})
    assert sum(found["money down"]) <= amount(0, 1), found
