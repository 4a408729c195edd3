"""Buys, scores, comparisons and wealth of random windows equal plain loops over them."""

from __future__ import annotations

import math
from itertools import pairwise, product

import numpy as np
import pytest
from amounts import amount
from hypothesis import given, settings
from hypothesis import strategies as st

from quadrant.judging.buys import Buys
from quadrant.judging.comparison import compare, evidence
from quadrant.judging.grid import Grid, Lever
from quadrant.judging.scores import FEWEST_OF_A_TIMEFRAME, Scores
from quadrant.judging.wealth import MOST_LOST, PRIOR_DAYS, STAKES, day_factors, wealth

LEVERS = (
    Lever("ts", "ts_score", False, 0.6, (-0.1, 0.0, 0.1)),
    Lever("halo", "halo_distance", True, 1.0, (-0.2, 0.0, 0.2)),
    Lever("dx", "dx_score", False, 0.6, (-0.05, 0.0)),
    Lever("slope", "slope", False, 0.0, (0.0, 0.01)),
)
ARMS = Lever("dx_atr_mult", "dx_atr_mult", False, 6.0, (-4.0, 0.0, 3.0), 2.0, 12.0, is_arms=True)
FEE = 0.001


def grid_of(levers):
    """Every combination of the levers' steps but the base."""
    steps = product(*(lever.steps for lever in levers))
    names = [lever.gate for lever in levers]
    return Grid.of(levers, [dict(zip(names, of, strict=True)) for of in steps if any(of)])


@st.composite
def packs(draw):
    """(levers, windows): 1 to 4 levers, the arms of a ladder among them or not; ties, missing
    values, days with one window."""
    levers = LEVERS[: draw(st.integers(1, 3))]
    levers += (ARMS,) if draw(st.booleans()) else LEVERS[len(levers) : draw(st.integers(0, 4))]
    n = draw(st.integers(0, 45))
    seed = draw(st.integers(0, 2**32 - 1))
    shares_prices = draw(st.booleans())
    rng = np.random.default_rng(seed)
    windows = []
    for _ in range(n):
        samples = []
        for _ in range(rng.integers(0, 5)):
            sample = {
                lever.value_key: float(
                    lever.base + rng.choice([-0.25, -0.1, -0.02, 0, 0.01, 0.15, 0.3])
                )
                for lever in levers
                if lever is not ARMS and rng.random() < 0.95
            }
            if ARMS in levers and rng.random() < 0.95:
                sample |= {"close": float(rng.choice([80.0, 90.0, 100.0])), "atr": 2.0}
            if rng.random() < 0.2:
                sample["dx_adjustment"] = 0.05
            if not shares_prices or rng.random() < 0.95:
                sample["entry_price"] = float(rng.choice([99.0, 100.0, 104.0]))
            samples.append(sample)
        exit_price = float(rng.choice([90.0, 100.0, 112.0, 260.0]))
        known = rng.random() < 0.95
        windows.append(
            {
                "samples": samples or None,
                "entry_price": 100.0 if known else None,
                "exit_price": exit_price if known else None,
                "roi": (exit_price * (1 - FEE) - 100 * (1 + FEE)) / 100 if known else None,
                "won": bool(rng.random() < 0.4),
                "day": int(rng.integers(20_000, 20_030)),
                "timeframe": int(rng.integers(0, 2)) if n > 30 else 0,
                "in_slice": bool(rng.random() < 0.8),
            }
        )
    windows.sort(key=lambda w: w["day"])
    return levers, windows


def buy(window, levers, thresholds):
    """(samples bought at, their ROIs) under thresholds, or None."""
    samples = window["samples"] or []
    priced = window["roi"] is not None and all("entry_price" in s for s in samples)
    ladder = dict(zip(levers, thresholds, strict=True)).get(ARMS)
    way, paid, arm = [], [], math.inf
    for place, sample in enumerate(samples):
        passes = not way or sample.get("close", math.inf) <= arm
        for lever, threshold in zip(levers, thresholds, strict=True):
            if lever is ARMS:
                continue
            value = sample.get(lever.value_key)
            if value is None:
                passes = False
                break
            value -= sample.get(f"{lever.gate}_adjustment", 0.0)
            passes &= value <= threshold if lever.at_most else value >= threshold
        if not passes:
            continue
        roi = math.nan if window["roi"] is None else window["roi"]
        if priced:
            price = sample["entry_price"]
            roi = (window["exit_price"] * (1 - FEE) - price * (1 + FEE)) / price
        way.append(place)
        paid.append(min(roi, 1.0))
        if ladder is None or len(way) == 3:
            break
        arm = sample.get("entry_price", math.nan) - ladder * sample.get("atr", math.nan)
    return (way, paid) if way else None


def rank(value, among):
    below = sum(a < value for a in among)
    equal = sum(a == value for a in among)
    return ((2 * below + equal) / (2 * len(among)) - 0.5) * math.sqrt(12)


def plain(levers, grid, windows, reference):
    """Per policy: counts, sums by day, z, money z; and gains by window."""
    policies = [
        [
            round(lever.base + lever.steps[place], 12)
            for lever, place in zip(levers, row, strict=True)
        ]
        for row in grid.places.tolist()
    ]
    bought = [[buy(w, levers, p) for p in policies] for w in windows]
    rungs = 3 if ARMS in levers else 1
    by_outcome = 2 * sum(w["roi"] is None for w in windows) > len(windows)
    worth = [
        (1.0 if w["won"] else -1.0)
        if by_outcome
        else (math.nan if w["roi"] is None else min(w["roi"], 1.0))
        for w in windows
    ]
    own = []
    for w, value in zip(windows, worth, strict=True):
        among = [
            v
            for o, v in zip(windows, worth, strict=True)
            if o["timeframe"] == w["timeframe"] and not math.isnan(v)
        ]
        known = not math.isnan(value) and len(among) >= FEWEST_OF_A_TIMEFRAME
        own.append((rank(value, among), among) if known else None)
    gains = []
    for i, w in enumerate(windows):
        others = [
            own[j][0]
            for j, o in enumerate(windows)
            if j != i and own[j] is not None and o["day"] == w["day"]
        ]
        control = sum(others) / (len(others) + 1)
        row = []
        for b in bought[i]:
            if b is None or own[i] is None:
                row.append(0.0)
            elif by_outcome:
                row.append(rank(worth[i], own[i][1]) - control)
            else:
                row.append(sum(rank(roi, own[i][1]) - control for roi in b[1]) / rungs)
        gains.append(row)
    answer = []
    for c in range(len(policies)):
        counts = dict.fromkeys(("changed", "caught", "added", "avoided", "lost"), 0)
        by_day, money = {}, {}
        for i, w in enumerate(windows):
            if not w["in_slice"]:
                continue
            was, now = bought[i][reference[i]], bought[i][c]
            if (was and was[0]) == (now and now[0]):
                continue
            counts["changed"] += 1
            if was is None:
                counts["caught" if w["won"] else "added"] += 1
            elif now is None:
                counts["lost" if w["won"] else "avoided"] += 1
            day = w["day"]
            by_day[day] = by_day.get(day, 0.0) + gains[i][c] - gains[i][reference[i]]
            unknown = math.nan if by_outcome else None
            difference = (
                sum(now[1]) - sum(was[1]) if was and now else sum(now[1]) if now else -sum(was[1])
            ) / rungs
            money[day] = money.get(day, 0.0) + (unknown or difference)
        answer.append((counts, by_day, z(by_day.values()), z(money.values())))
    return answer


def z(sums):
    sums = list(sums)
    norm = math.sqrt(sum(s * s for s in sums))
    return sum(sums) / norm if norm else 0.0


@settings(max_examples=amount(50, 500), deadline=None)
@given(packs(), st.integers(0, 2**32 - 1))
def test_comparisons_equal_a_plain_loop(pack, seed):
    levers, windows = pack
    grid = grid_of(levers)
    rng = np.random.default_rng(seed)
    reference = rng.integers(0, len(grid.places), len(windows))
    expected = plain(levers, grid, windows, reference.tolist())

    buys = Buys.of(windows, grid)
    day = np.array([w["day"] for w in windows], dtype=np.int64)
    scores = Scores.of(buys, day, np.array([w["timeframe"] for w in windows], dtype=np.int64))
    rows = np.flatnonzero([w["in_slice"] for w in windows])
    found = compare(scores, rows, reference[rows])

    assert found.n == len(rows)
    for c, (counts, by_day, of_z, of_money) in enumerate(expected):
        for name, count in counts.items():
            assert getattr(found, name)[c] == count, (c, name)
        sums = dict(zip(found.days.tolist(), found.gains[:, c].tolist(), strict=True))
        assert {d: pytest.approx(s, abs=1e-9) for d, s in by_day.items()} == {
            d: sums[d] for d in by_day
        }
        if any(abs(s) > 1e-9 for s in by_day.values()):
            assert found.z[c] == pytest.approx(of_z, abs=1e-6)
        if math.isnan(of_money) or abs(of_money) > 1e-6:
            assert found.money_z[c] == pytest.approx(of_money, abs=1e-6, nan_ok=True)
        # What a day can lose at most was known before it.
        assert (np.abs(found.gains[:, c]) <= found.bounds[:, c] + 1e-9).all()


@settings(max_examples=amount(40, 400), deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.integers(1, 3))
def test_wealth_equals_a_loop_over_stakes_and_days(seed, days, candidates):
    rng = np.random.default_rng(seed)
    bounds = rng.choice([0.0, 1.0, 5.0], (days, candidates))
    gains = rng.uniform(-1, 1, (days, candidates)) * bounds
    starts = np.unique(rng.integers(0, days + 1, 3))
    expected = []
    for c in range(candidates):
        of_bets = []
        for stake in STAKES:
            for start in starts:
                grown, squares, active = 1.0, PRIOR_DAYS, PRIOR_DAYS
                for d in range(days):
                    gain, bound = gains[d, c], bounds[d, c]
                    if bound > 0:
                        bet = min(stake / math.sqrt(squares / active), MOST_LOST / bound)
                        if d >= start:
                            grown *= 1 + bet * gain
                        active += 1
                    squares += gain * gain
                of_bets.append(grown)
        expected.append(sum(of_bets) / len(of_bets))
    assert wealth(day_factors(gains, bounds), starts) == pytest.approx(expected)


def test_a_day_can_take_no_more_than_it_may():
    """Even where the scale of the days before says that losses are small."""
    gains = np.array([[0.01]] * 50 + [[-5.0]])
    bounds = np.array([[5.0]] * 51)
    before, after = (np.exp(day_factors(gains, bounds).cumsum(axis=1))[:, d, 0] for d in (49, 50))
    assert (after >= (1 - MOST_LOST) * before * (1 - 1e-12)).all()
    assert (after < before).all()


@pytest.mark.parametrize("skew", [0.5, 0.1, 0.9])
def test_a_true_null_rarely_reaches_what_its_wealth_promises(skew):
    """Ville: P(wealth ever reaches 20) <= 1/20, for symmetric and for skewed scores alike."""
    rng = np.random.default_rng(3)
    runs, days = 4000, 120
    won = rng.random((days, runs)) < skew
    gains = (won - skew) / math.sqrt(skew * (1 - skew))
    bound = max(skew, 1 - skew) / math.sqrt(skew * (1 - skew))
    factors = day_factors(gains, np.full(gains.shape, bound))
    ever = np.exp(np.cumsum(factors, axis=1)).mean(axis=0).max(axis=0) >= 20
    assert ever.mean() <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
    assert all(b >= a for a, b in pairwise(np.maximum.accumulate(ever.astype(int))[:3]))


def test_evidence_averages_over_what_changes_anything_and_single_levers_weigh_most():
    rng = np.random.default_rng(0)
    n = 200
    windows = [
        {
            "samples": [{"ts_score": 0.55, "halo_distance": 1.1, "entry_price": 100.0}],
            "entry_price": 100.0,
            "exit_price": 100.0 + float(rng.normal(0, 5)),
            "roi": None,
            "won": False,
            "day": 20_000 + i,
            "timeframe": 0,
        }
        for i in range(n)
    ]
    for w in windows:
        w["roi"] = (w["exit_price"] * (1 - FEE) - 100 * (1 + FEE)) / 100
    grid = grid_of(LEVERS[:2])
    scores = Scores.of(
        Buys.of(windows, grid),
        np.array([w["day"] for w in windows]),
        np.zeros(n, dtype=np.int64),
    )
    found = compare(scores, np.arange(n), np.zeros(n, dtype=np.intp))
    # Only ts -.1 together with halo +.2 lets anything in.
    assert np.count_nonzero(found.changed) == 1
    n_levers = np.concatenate([[0], grid.n_levers])
    since = 20_000 + n - 91 * np.arange(1, 5)
    changing = int(np.flatnonzero(found.changed)[0])
    assert evidence(found, n_levers, 20_000 + n - 1) == pytest.approx(found.wealth(since)[changing])
