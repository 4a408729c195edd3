"""What buying came to, against plain loops."""

from __future__ import annotations

import markets
import numpy as np
import pytest

from quadrant.backtest.measure import Purchases, best_in_hindsight, by_weeks, figures, purchases
from quadrant.backtest.null import shifted
from quadrant.backtest.walk import TooShortError, split

S1 = markets.PATTERN


def history(seed, days=60, a_day=4.0):
    rng = np.random.default_rng(seed)
    windows = markets.synthetic(rng, days, a_day, markets.right_skewed)
    for window in windows:  # a second bar, dearer or cheaper
        first = window.samples[0]
        window.samples.append(
            {
                name: value * float(rng.uniform(0.9, 1.1)) + float(rng.normal(0, 0.01))
                for name, value in first.items()
            }
        )
    return windows


def test_each_window_is_bought_at_its_first_bar_that_passes_its_own_gates(grid):
    windows = history(1)
    rng = np.random.default_rng(2)
    gates = [
        {"ts": rng.uniform(0.4, 0.7), "halo": rng.uniform(0.8, 1.2), "slope": rng.uniform(-0.02, 0)}
        for _ in windows
    ]
    found = purchases(windows, gates, {S1: grid})
    for window, own, bought, roi in zip(windows, gates, found.bought, found.roi, strict=True):
        prices = [
            s["entry_price"]
            for s in window.samples
            if s["ts_score"] >= own["ts"]
            and s["halo_distance"] <= own["halo"]
            and s["slope"] >= own["slope"]
        ]
        assert bought == bool(prices)
        if prices:
            exit_ = window.result.exit_price
            assert roi == pytest.approx(
                (exit_ * (1 - markets.FEE) - prices[0] * (1 + markets.FEE)) / prices[0]
            )
    assert 0 < found.bought.sum() < len(windows)


def test_a_gain_above_100_percent_counts_whole(grid):
    windows = history(1)
    huge = [markets.replace(w, result=markets.told(w.opened_ms, 100.0, 3.0)) for w in windows]
    base = [{"ts": 0.0, "halo": 9.0, "slope": -1.0}] * len(huge)
    assert purchases(huge, base, {S1: grid}).roi.max() > 2


def test_figures_are_those_of_a_plain_loop(grid):
    windows = history(3)
    base = purchases(windows, [{"ts": 0.6, "halo": 1.0, "slope": 0.0}] * len(windows), {S1: grid})
    own = purchases(windows, [{"ts": 0.5, "halo": 1.1, "slope": 0.0}] * len(windows), {S1: grid})
    found = figures("x", windows, own, base)
    rows = list(zip(windows, own.bought, own.roi, strict=True))
    won = [w.result.outcome == "success" for w in windows]
    assert found.bought == sum(own.bought)
    assert found.money == pytest.approx(sum(own.roi))
    assert found.success_rate == pytest.approx(
        sum(x and y for x, y in zip(own.bought, won, strict=True)) / sum(own.bought)
    )
    assert found.missed_rate == pytest.approx(
        sum(y and not x for x, y in zip(own.bought, won, strict=True)) / sum(won)
    )
    money = peak = deepest = 0.0
    for _, _, roi in sorted(rows, key=lambda row: row[0].result.roi_ms):
        money += roi
        peak = max(peak, money)
        deepest = max(deepest, peak - money)
    assert found.drawdown == pytest.approx(deepest)
    assert found.gain.value == pytest.approx(sum(own.roi) - sum(base.roi))
    mean = np.mean([w.result.roi for w in windows])
    chosen = sum(roi - mean for _, bought, roi in rows if bought)
    chosen -= sum(roi - mean for bought, roi in zip(base.bought, base.roi, strict=True) if bought)
    assert found.selection.value == pytest.approx(chosen)


def test_buying_less_where_all_lose_is_a_gain_but_no_selection(grid):
    """Every setup loses 1 %: not buying is better money and says nothing of the gates."""
    windows = [
        markets.replace(w, samples=w.samples[:1], result=markets.told(w.opened_ms, 100.0, -0.01))
        for w in history(4)
    ]
    for window in windows:
        window.samples[0]["entry_price"] = 100.0
    base = purchases(windows, [{"ts": 0.5, "halo": 1.2, "slope": 0.0}] * len(windows), {S1: grid})
    none = purchases(windows, [{"ts": 9.0, "halo": 1.2, "slope": 0.0}] * len(windows), {S1: grid})
    found = figures("none", windows, none, base)
    assert found.gain.low > 0
    assert found.selection.value == pytest.approx(0, abs=1e-9)


def test_smaller_sizes_everywhere_are_no_gain_at_equal_exposure_and_a_choice_of_sizes_is(grid):
    """Four setups, +8, -4, +2 and -2 %; a stake and a half into the two gains, half into losses."""
    windows = history(8)[:4]
    base = Purchases(np.ones(4), np.array([0.08, -0.04, 0.02, -0.02]))
    less = figures("less", windows, base.sized(np.full(4, 0.75)), base)
    assert less.bought == 4
    assert (less.stakes, less.money) == pytest.approx((3, 0.03))
    assert less.gain.value == pytest.approx(-0.01)
    assert less.at_equal_exposure.value == pytest.approx(0, abs=1e-12)
    chosen = figures("chosen", windows, base.sized(np.array([1.5, 0.5, 1.5, 0.5])), base)
    assert (chosen.stakes, chosen.money, chosen.drawdown > 0) == (4, pytest.approx(0.12), True)
    assert chosen.at_equal_exposure.value == pytest.approx(chosen.gain.value) == pytest.approx(0.08)


def test_nobody_beats_hindsight_with_one_candidate_per_pattern(grid):
    windows = history(5)
    oracle = best_in_hindsight(windows, {S1: grid})
    for steps in grid.steps[::7]:
        gates = {lever.gate: lever.base + steps[lever.gate] for lever in grid.levers}
        own = purchases(windows, [gates] * len(windows), {S1: grid})
        assert own.roi.sum() <= oracle.roi.sum() + 1e-9


def test_an_interval_grows_where_weeks_share_their_fate():
    """Ten setups a week that all do the same are one, not ten."""
    rng = np.random.default_rng(1)
    week = np.repeat(np.arange(40), 10)
    alone = by_weeks(rng.normal(0, 1, 400), week, 1)
    together = by_weeks(np.repeat(rng.normal(0, 1, 40), 10), week, 1)
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert alone.low < alone.value < alone.high


def test_results_moved_in_time_are_the_same_results_elsewhere():
    windows = history(6, days=200)
    moved = shifted(windows, np.random.default_rng(1))
    own = sorted(w.result.roi for w in windows)
    assert sorted(w.result.roi for w in moved) == pytest.approx(own)
    assert sum(a.result == b.result for a, b in zip(windows, moved, strict=True)) == 0
    delays = [w.result.roi_ms - w.opened_ms for w in windows]
    assert sorted(w.result.roi_ms - w.opened_ms for w in moved) == sorted(delays)
    for before, after in zip(windows, moved, strict=True):
        assert (before.window_id, before.scope) == (after.window_id, after.scope)
        fee = markets.FEE
        entry, exit_ = after.result.entry_price, after.result.exit_price
        roi = (exit_ * (1 - fee) - entry * (1 + fee)) / entry
        assert roi == pytest.approx(after.result.roi)


def test_too_little_time_for_the_folds_is_said():
    assert len(split(history(7), 4)) == 4
    with pytest.raises(TooShortError, match="60 days"):
        split(history(7), 9)
    with pytest.raises(TooShortError):
        split([], 1)
