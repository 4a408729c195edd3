"""Indicators, scores and flags against arithmetic written out here, and flat markets."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest

from quadrant.bars import Bars
from quadrant.engine import Snapshot, compute, latest
from quadrant.engine.snapshot import FAR

HOUR = 3_600_000


def walk(size: int = 700, seed: int = 3) -> Bars:
    rng = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(rng.normal(0, 0.01, size) + 0.002 * np.sin(np.arange(size) / 70)))
    opened = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(opened, close) * (1 + rng.uniform(0, 0.01, size))
    low = np.minimum(opened, close) * (1 - rng.uniform(0, 0.01, size))
    return Bars("AAA", "1h", np.arange(size) * HOUR, opened, high, low, close, np.ones(size))


def ema_by_hand(values: np.ndarray, period: int) -> np.ndarray:
    out = np.full(values.size, np.nan)
    out[period - 1] = values[:period].mean()
    for at in range(period, values.size):
        out[at] = out[at - 1] + 2 / (period + 1) * (values[at] - out[at - 1])
    return out


def atr_by_hand(bars: Bars) -> np.ndarray:
    before = bars.close[:-1]
    ranges = np.maximum(bars.high[1:], before) - np.minimum(bars.low[1:], before)
    out = np.full(len(bars), np.nan)
    out[14] = ranges[:14].mean()
    for at in range(15, len(bars)):
        out[at] = (13 * out[at - 1] + ranges[at - 1]) / 14
    return out


def fitted(values: np.ndarray) -> float:
    return float(np.polyfit(np.arange(values.size), values, 1)[0])


def s(x: float) -> float:
    return 1 / (1 + math.exp(-x))


AT = (360, 471, 699)


def test_ema_atr_slopes_and_distances() -> None:
    bars = walk()
    frame = compute(bars)
    atr = atr_by_hand(bars)
    ema = {period: ema_by_hand(bars.close, period) for period in (20, 60, 144, 250, 333)}
    for at in AT:
        assert frame.atr[at] == pytest.approx(atr[at])
        slope = {p: fitted(values[at - 9 : at + 1]) / atr[at] for p, values in ema.items()}
        for period in (60, 144, 250, 333):
            assert getattr(frame, f"ema{period}")[at] == pytest.approx(ema[period][at])
            assert getattr(frame, f"slope{period}")[at] == pytest.approx(slope[period], abs=1e-9)
        assert frame.s1_slope[at] == pytest.approx(max(slope[60], slope[144]), abs=1e-9)
        assert frame.s2_slope[at] == pytest.approx(max(slope[250], slope[333]), abs=1e-9)
        away = abs(bars.close[at] - ema[60][at]) / atr[at]
        assert frame.s1_halo_distance[at] == pytest.approx(away)
        away = abs(bars.close[at] - ema[333][at]) / atr[at]
        assert frame.s2_halo_distance[at] == pytest.approx(away)


def test_ts_score_with_and_without_a_trend() -> None:
    frame = compute(walk())
    seen = set()
    for at in range(340, 700):
        score = 0.6 * s(fitted(frame.rsi[at - 9 : at + 1]) / 0.5)
        if frame.adx[at] >= 18:
            score += 0.4 * s(fitted(frame.adx[at - 9 : at + 1]) / 0.3)
        seen.add(bool(frame.adx[at] >= 18))
        assert frame.ts_score[at] == pytest.approx(score, abs=1e-9)
    assert seen == {True, False}


def test_ox() -> None:
    bars = walk()
    frame = compute(bars)
    atr = atr_by_hand(bars)
    ema = {period: ema_by_hand(bars.close, period) for period in (20, 60, 144, 250)}
    shape = {20: (1.4, 0.5), 60: (2.8, 0.75), 144: (4.5, 1.0), 250: (6.5, 1.5)}
    for at in AT:
        last = slice(at - 9, at + 1)
        distance = [
            s(((bars.close[at] - ema[p][at]) / atr[at] - centre) / width)
            for p, (centre, width) in shape.items()
        ]
        speed = fitted((ema[20] - ema[60])[last]) / atr[at]
        surge = atr[at] / atr[at - 59 : at + 1].mean() - 1
        bend = fitted(np.array([fitted(ema[20][i - 9 : i + 1]) for i in range(at - 9, at + 1)]))
        expected = (
            0.60 * np.mean(distance)
            + 0.15 * s((speed - 0.08) / 0.03)
            + 0.15 * s((surge - 0.25) / 0.15)
            + 0.10 * s((-bend / atr[at] - 0.01) / 0.01)
        )
        assert frame.ox[at] == pytest.approx(expected, abs=1e-9)


def test_ox_grows_with_each_of_its_parts() -> None:
    bars = walk()
    base = compute(bars).ox[-1]
    up = bars.close.copy()
    up[-1] *= 1.03
    assert compute(replace(bars, close=up, high=np.maximum(bars.high, up))).ox[-1] > base


def test_trims_are_overextension_in_s2_and_s3() -> None:
    frame = compute(walk(6000, seed=11))
    expected = np.isin(frame.state, (2, 3)) & (frame.ox >= 0.65)
    assert frame.trim.tolist() == expected.tolist()
    assert 0 < frame.trim.sum() < ((frame.ox >= 0.65) | np.isin(frame.state, (2, 3))).sum()


def test_slope_of_ema250_stands_in_until_ema333_has_ten_values() -> None:
    frame = compute(walk())
    assert np.isnan(frame.slope333[:341]).all()
    assert frame.s2_slope[332] == frame.slope250[332]
    assert frame.ready.tolist() == [False] * 332 + [True] * 368
    for name in frame.__slots__:
        column = getattr(frame, name)
        if isinstance(column, np.ndarray) and column.dtype == np.float64 and name != "slope333":
            assert np.isfinite(column[332:]).all(), name


@pytest.mark.parametrize("price", [1.0, 0.1, 4.7e-9, 61_234.56])
def test_flat_market_is_quiet(price: float) -> None:
    level = np.full(600, price)
    bars = Bars("AAA", "1h", np.arange(600) * HOUR, level, level, level, level, np.zeros(600))
    frame = compute(bars)
    assert (frame.state == 4).all()
    assert not frame.trim.any()
    shot = latest(bars)
    assert shot.s1_halo_distance == pytest.approx(0, abs=1e-6)
    assert shot.s1_slope == pytest.approx(0, abs=1e-6)
    assert shot.ts_score == pytest.approx(0.3, abs=1e-6)
    jumped = level.copy()
    jumped[-1] *= 2
    jump = latest(replace(bars, close=jumped, high=jumped))
    json.dumps(asdict(jump), allow_nan=False)
    assert jump.s1_halo_distance == pytest.approx(14 * (1 - 2 / 61), rel=1e-6)


@pytest.mark.parametrize(("reach", "unit"), [(2e-3, 0), (2e-5, 0), (2e-8, 1e-6)])
def test_the_unit_is_atr_but_at_least_a_millionth_of_the_price(reach: float, unit: float) -> None:
    level = np.full(600, 100.0)
    close = level.copy()
    close[-1] += 100 * reach / 2
    shot = latest(
        Bars(
            "AAA", "1h", np.arange(600) * HOUR, level, level + 100 * reach / 2, level, close, level
        )
    )
    true_range = 100 * reach / 2
    expected = (true_range * 59 / 61) / max(true_range, 100 * unit)
    assert shot.s1_halo_distance == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("size", [1, 2, 14, 27, 60, 332, 333])
def test_short_series_have_no_state_and_no_nan(size: int) -> None:
    for shot in compute(walk(size)).snapshots():
        json.dumps(asdict(shot), allow_nan=False)
        assert (shot.state, shot.trim, shot.emergency) == ("S4", False, False)
    assert compute(walk(size)).snapshots()[0].s1_halo_distance == FAR


def test_snapshot_is_plain_and_mirrors_the_frame() -> None:
    bars = walk()
    bars = replace(bars, ts=np.where(np.arange(700) < 500, bars.ts, bars.ts + 4 * HOUR))
    frame = compute(bars)
    shots = frame.snapshots()
    assert len(shots) == 700
    assert [shot.missing_bars for shot in shots[499:502]] == [0, 4, 0]
    for at in (400, 500, 699):
        shot = shots[at]
        assert shot.exists_at == shot.bar_ts + HOUR == int(bars.ts[at]) + HOUR
        assert shot.state == f"S{frame.state[at]}"
        for name in Snapshot.__slots__:
            value = getattr(shot, name)
            assert type(value) in (str, int, float, bool)
            if hasattr(frame, name) and name not in ("state", "timeframe"):
                assert value == getattr(frame, name)[at], name
    assert frame.snapshots(-1) == [shots[-1]] == [latest(bars)]
