"""DX, EDX and the adjustment of the DX threshold, against arithmetic by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest

from quadrant.bars import Bars
from quadrant.engine import Frame, compute, latest, scores

HOUR = 3_600_000
PERIODS = (20, 30, 60, 144, 250, 333)
Emas = dict[int, np.ndarray]


def market(close: np.ndarray, volume: np.ndarray | float = 1.0) -> Bars:
    opened = np.concatenate([close[:1], close[:-1]])
    top, bottom = np.maximum(opened, close) * 1.003, np.minimum(opened, close) * 0.997
    ts = np.arange(close.size) * HOUR
    return Bars("AAA", "1h", ts, opened, top, bottom, close, np.full(close.size, 1.0) * volume)


def walk(size: int = 6000, seed: int = 5) -> Bars:
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 0.008, size) + 0.002 * np.sin(np.arange(size) / 150)
    return market(50 * np.exp(np.cumsum(steps)), rng.lognormal(3, 0.6, size))


def average(values: np.ndarray, period: int, at: int) -> float:
    """The exponential average at one bar, seeded with the plain one of the first bars."""
    out = values[:period].mean()
    for value in values[period : at + 1]:
        out += 2 / (period + 1) * (value - out)
    return float(out)


def fitted(values: np.ndarray) -> float:
    return float(np.polyfit(np.arange(values.size), values, 1)[0])


def bend(line: np.ndarray, at: int) -> float:
    return fitted(np.array([fitted(line[i - 9 : i + 1]) for i in range(at - 9, at + 1)]))


def s(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def clip(x: float) -> float:
    return min(max(x, 0.0), 1.0)


@pytest.fixture(scope="module")
def bars() -> Bars:
    return walk()


@pytest.fixture(scope="module")
def frame(bars: Bars) -> Frame:
    return compute(bars)


def some_bars(frame: Frame) -> list[int]:
    """Young bars, bars of the band and bars far from it."""
    band = frame.in_band.nonzero()[0]
    return [332, 340, 350, 351, *band[:: band.size // 5].tolist(), 4321, len(frame) - 1]


def test_dx(bars: Bars, frame: Frame) -> None:
    sold = np.where(bars.close < bars.open, bars.volume, 0.0)
    for at in some_bars(frame):
        ema144, ema333, atr = frame.ema144[at], frame.ema333[at], frame.atr[at]
        place = (ema144 - bars.close[at]) / max(ema144 - ema333, 1e-6 * bars.close[at])
        expected = (
            0.35 * s(float(np.clip((place - 0.40) / 0.15, -60, 60)))
            + 0.20 * s((0.90 - average(sold, 10, at) / average(sold, 60, at)) / 0.18)
            + 0.25 * s(bend(frame.ema20, at) / atr / 0.006)
            + 0.20 * s((bend(frame.ema144, at) / atr + 0.0008) / 0.001)
        )
        assert frame.dx_score[at] == pytest.approx(expected, abs=1e-9), at


def test_edx(bars: Bars, frame: Frame) -> None:
    bought = np.where(bars.close > bars.open, bars.volume, 0.0)
    for at in some_bars(frame):
        inner = bend(frame.ema250, at)
        outer = bend(frame.ema333, at) if at >= 350 else inner
        under = float((bars.close[at - 59 : at + 1] < frame.ema60[at - 59 : at + 1]).mean())
        usual = average(bought, 30, at) / average(bought, 144, at)
        expected = (
            0.40 * s((-(inner + outer) / 2 / frame.atr[at] - 0.0005) / 0.0005)
            + 0.35 * s((under - 0.55) / 0.12)
            + 0.25 * s((0.80 - usual) / 0.10)
        )
        assert frame.edx_score[at] == pytest.approx(expected, abs=1e-8), at


def test_the_band_is_s3_between_ema333_and_ema144(frame: Frame) -> None:
    expected = [
        bool(frame.state[i] == 3 and frame.ema333[i] <= frame.close[i] <= frame.ema144[i])
        for i in range(len(frame))
    ]
    assert frame.in_band.tolist() == expected
    between = (frame.ema333 <= frame.close) & (frame.close <= frame.ema144)
    assert 0 < sum(expected) < min(between.sum(), (frame.state == 3).sum())
    assert not (frame.in_band & frame.emergency).any()


def test_the_dx_threshold_rises_with_decay_and_falls_near_ema333(frame: Frame) -> None:
    for at in range(332, len(frame)):
        high = 0.15 * clip((frame.edx_score[at] - 0.5) / 0.5)
        assert frame.dx_suppression[at] == pytest.approx(high, abs=1e-12)
        near = 0.05 * clip(1 - (frame.close[at] - frame.ema333[at]) / frame.atr[at])
        assert frame.dx_bonus[at] == pytest.approx(near if frame.in_band[at] else 0.0, abs=1e-12)
    for adjustment in (frame.dx_suppression[332:], frame.dx_bonus[frame.in_band]):
        assert (adjustment == 0).any()
        assert (adjustment > 0).any()


def test_the_adjustment_at_its_corners() -> None:
    decay = scores.dx_suppression(np.array([0.0, 0.5, 0.75, 1.0]))
    assert decay.tolist() == pytest.approx([0, 0, 0.075, 0.15])
    above = np.array([0.0, 0.25, 1.0, 2.0, -0.5])
    assert scores.dx_bonus(np.full(5, True), above).tolist() == pytest.approx(
        [0.05, 0.0375, 0, 0, 0.05]
    )
    assert not scores.dx_bonus(np.full(5, False), above).any()


def test_weights_share_one_whole() -> None:
    for weights in (scores.OX_WEIGHTS, scores.DX_WEIGHTS, scores.EDX_WEIGHTS):
        assert min(weights.values()) > 0
        assert sum(weights.values()) == pytest.approx(1)


SIZE = 600
T = np.arange(SIZE) - SIZE / 2


def scene() -> tuple[Bars, Emas, np.ndarray]:
    """A close of 105 between EMA333 (100) and EMA144 (110), every other bar up; ATR 1."""
    close = 105 + 0.1 * (-1.0) ** np.arange(SIZE)
    emas = {period: np.full(SIZE, 105.0) for period in PERIODS}
    emas |= {144: np.full(SIZE, 110.0), 333: np.full(SIZE, 100.0)}
    return market(close, 10.0), emas, np.ones(SIZE)


def deeper(bars: Bars, emas: Emas, k: int) -> Bars:
    price = 109.0 - 2 * k
    return replace(
        bars, open=np.append(bars.open[:-1], price), close=np.append(bars.close[:-1], price)
    )


def less_sold(bars: Bars, emas: Emas, k: int) -> Bars:
    late = np.arange(SIZE) >= SIZE - 10
    sells = (bars.close < bars.open) & late
    return replace(bars, volume=np.where(sells, bars.volume * (1 - 0.2 * k), bars.volume))


def less_bought(bars: Bars, emas: Emas, k: int) -> Bars:
    late = np.arange(SIZE) >= SIZE - 30
    buys = (bars.close > bars.open) & late
    return replace(bars, volume=np.where(buys, bars.volume * (1 - 0.2 * k), bars.volume))


def fall_slows(bars: Bars, emas: Emas, k: int) -> Bars:
    emas[20] = 105 - 0.2 * T + (k - 2) * 0.003 * T**2
    return bars


def turns_up(bars: Bars, emas: Emas, k: int) -> Bars:
    emas[144] = 110 + (k - 2) * 0.0005 * (T**2 - T[-1] ** 2)
    return bars


def inner_fades(bars: Bars, emas: Emas, k: int) -> Bars:
    emas[250] = 105 + 0.1 * T - (k - 1) * 0.0004 * T**2
    return bars


def outer_fades(bars: Bars, emas: Emas, k: int) -> Bars:
    emas[333] = 100 + 0.1 * T - (k - 1) * 0.0004 * T**2
    return bars


def more_under_ema60(bars: Bars, emas: Emas, k: int) -> Bars:
    emas[60] = np.where(np.arange(SIZE) >= SIZE - 10 - 10 * k, 106.0, 104.0)
    return bars


@pytest.mark.parametrize(
    ("parts", "name", "change"),
    [
        (scores.deep_zone, "place", deeper),
        (scores.deep_zone, "exhaustion", less_sold),
        (scores.deep_zone, "relief", fall_slows),
        (scores.deep_zone, "curl", turns_up),
        (scores.expansion_decay, "fade", inner_fades),
        (scores.expansion_decay, "fade", outer_fades),
        (scores.expansion_decay, "structure", more_under_ema60),
        (scores.expansion_decay, "participation", less_bought),
    ],
)
def test_each_part_grows_with_what_it_is_named_after(
    parts: Callable[[Bars, Emas, np.ndarray], Emas],
    name: str,
    change: Callable[[Bars, Emas, int], Bars],
) -> None:
    seen = []
    for k in range(5):
        bars, emas, unit = scene()
        seen.append(
            {part: line[-1] for part, line in parts(change(bars, emas, k), emas, unit).items()}
        )
    values = [found[name] for found in seen]
    assert np.diff(values).min() > 0
    assert values[0] < 0.5 < values[-1]
    for part in seen[0]:
        if part != name:
            assert len({found[part] for found in seen}) == 1, part


def test_selling_counts_for_exhaustion_and_buying_for_participation() -> None:
    bars, emas, unit = scene()
    calm = scores.deep_zone(bars, emas, unit)["exhaustion"][-1]
    fewer_buys = scores.deep_zone(less_bought(bars, emas, 4), emas, unit)["exhaustion"][-1]
    assert fewer_buys == calm
    calm = scores.expansion_decay(bars, emas, unit)["participation"][-1]
    fewer_sales = scores.expansion_decay(less_sold(bars, emas, 4), emas, unit)["participation"][-1]
    assert fewer_sales == calm


def test_edx_is_low_in_a_healthy_trend_and_high_when_it_fades() -> None:
    rise = 50 * np.exp(np.cumsum(np.linspace(0, 0.004, 700)))
    stall = rise[-1] * np.exp(np.cumsum(np.linspace(0.004, -0.003, 200)))
    wiggle = np.exp(0.004 * np.sin(np.arange(900) * 2.1))
    volume = np.concatenate([np.linspace(10, 40, 700), np.linspace(40, 5, 200)])
    edx = compute(market(np.concatenate([rise, stall]) * wiggle, volume)).edx_score
    assert edx[500:700].max() < 0.2
    assert edx[880:].min() > 0.8


def test_the_adjustment_decides_bars_either_way(frame: Frame) -> None:
    got = frame.in_band & (frame.dx_score >= 0.5 + frame.dx_suppression - frame.dx_bonus)
    bare = frame.in_band & (frame.dx_score >= 0.5)
    assert (bare & ~got).any()
    assert (got & ~bare).any()


@pytest.mark.parametrize("price", [1.0, 0.1, 4.7e-9, 61_234.56])
@pytest.mark.parametrize("volume", [0.0, 3.0])
def test_a_flat_market_is_neutral(price: float, volume: float) -> None:
    level = np.full(600, price)
    flat = Bars("AAA", "1h", np.arange(600) * HOUR, level, level, level, level, level * 0 + volume)
    shot = latest(flat)
    place, curl, fade, structure = s(-0.40 / 0.15), s(0.8), s(-1), s(-0.55 / 0.12)
    assert shot.dx_score == pytest.approx(0.35 * place + 0.225 + 0.20 * curl, abs=1e-6)
    assert shot.edx_score == pytest.approx(0.40 * fade + 0.35 * structure + 0.125, abs=1e-6)
    assert (shot.dx_suppression, shot.dx_bonus, shot.in_band) == (0.0, 0.0, False)
    jumped = np.append(level[:-1], 2 * price)
    jump = latest(replace(flat, close=jumped, high=jumped))
    json.dumps(asdict(jump), allow_nan=False)
    assert 0 <= jump.dx_score <= 1
    assert 0 <= jump.edx_score <= 1


def test_without_any_volume_its_parts_say_neither() -> None:
    silent = replace(walk(900), volume=np.zeros(900))
    frame = compute(silent)
    unit = np.maximum(frame.atr, 1e-6 * silent.close)
    emas = {period: getattr(frame, f"ema{period}") for period in PERIODS}
    assert (scores.deep_zone(silent, emas, unit)["exhaustion"] == 0.5).all()
    assert (scores.expansion_decay(silent, emas, unit)["participation"] == 0.5).all()
    assert np.isfinite(frame.dx_score[332:]).all()
    assert np.isfinite(frame.edx_score[332:]).all()


def test_trading_that_stops_for_good_stays_finite_and_dried_up() -> None:
    size = 60_000
    bars = walk(size)
    stopped = replace(bars, volume=np.where(np.arange(size) < 1000, bars.volume, 0.0))
    for bars_, shape in (((10, 60), (0.9, 0.18)), ((30, 144), (0.8, 0.1))):
        part = scores.drying(stopped.volume, bars_, shape)
        assert np.isfinite(part).all()
        assert part[1300:20_000].min() > 0.99
        assert part[1300:].min() >= 0.5


@pytest.mark.parametrize("size", [1, 10, 60, 143, 332])
def test_what_is_not_known_yet_is_zero(size: int) -> None:
    for shot in compute(walk(size)).snapshots():
        json.dumps(asdict(shot), allow_nan=False)
        assert (shot.dx_score, shot.dx_bonus, shot.in_band) == (0.0, 0.0, False)
    first = compute(walk(333)).snapshots(-1)[0]
    assert 0 < first.dx_score < 1
    assert 0 < first.edx_score < 1
    assert first.ema144 > 0
