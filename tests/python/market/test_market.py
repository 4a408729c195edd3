"""The synthetic market: sound bars, the planted lesson where it was planted, none in its twin."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from amounts import amount

from quadrant.bars import TIMEFRAMES, Bars, read_folder
from quadrant.engine import compute
from quadrant.market import MarketSpec, aggregate, planted_market, synthesize, write_market

SEEDS = range(amount(2, 5))
TS_MIN, HALO, SLOPE_MIN, REACH, FEE = 0.60, 1.0, 0.0, 1.25, 0.001
SPEC = planted_market(timeframes=("15m",))
THIN = {token.symbol for token in SPEC.tokens if token.planted}


@dataclass(frozen=True, slots=True)
class Window:
    """An S1 window as the capture sees it: under base gates, bought at the bar that passes first,
    else at the one nearest to passing, sold at the bar after the emergency exit or S0."""

    symbol: str
    day: int
    closest: float
    best_ts: float
    admitted: bool
    wider_admits: bool
    success: bool
    roi: float
    first: int
    end: int

    @property
    def value(self) -> float:
        return math.tanh(self.roi / 0.10)


def windows(bars: Bars) -> list[Window]:
    """Every finished S1 window of a series, by brute force over the engine's frame."""
    frame = compute(bars)
    state, emergency, trim = frame.state.tolist(), frame.emergency.tolist(), frame.trim.tolist()
    near, slope = frame.s1_halo_distance.tolist(), frame.s1_slope.tolist()
    score, close = frame.ts_score.tolist(), frame.close.tolist()
    found = []
    at, size = 0, len(frame)
    while at < size:
        if state[at] != 1 or near[at] > REACH:
            at += 1
            continue
        end = at
        while end < size and state[end] == 1 and near[end] <= REACH:
            end += 1
        margins = {
            i: min(
                (score[i] - TS_MIN) / 0.10, (HALO - near[i]) / 0.20, (slope[i] - SLOPE_MIN) / 0.02
            )
            for i in range(at, end)
        }
        best = max(margins, key=margins.__getitem__)
        passing = [i for i, margin in margins.items() if margin >= 0]
        decision = passing[0] if passing else best
        verdict = next(
            (
                (True, i)
                if state[i] == 3 or (state[i] == 2 and trim[i] and close[i] > close[best])
                else (False, i)
                for i in range(end, size)
                if state[i] in (0, 3) or (state[i] == 2 and trim[i] and close[i] > close[best])
            ),
            None,
        )
        leave = next((i for i in range(decision + 1, size) if state[i] == 0 or emergency[i]), size)
        if verdict and leave + 1 < size:
            paid = frame.open[decision + 1] * (1 + FEE)
            got = frame.open[leave + 1] * (1 - FEE)
            found.append(
                Window(
                    symbol=bars.symbol,
                    day=int(bars.ts[decision] // 86_400_000),
                    closest=min(near[at:end]),
                    best_ts=max(score[at:end]),
                    admitted=bool(passing),
                    wider_admits=any(
                        score[i] >= TS_MIN and slope[i] >= SLOPE_MIN and near[i] <= HALO + 0.2
                        for i in range(at, end)
                    ),
                    success=verdict[0],
                    roi=float(got / paid - 1),
                    first=at,
                    end=end,
                )
            )
        at = end
    return found


def all_windows(spec: MarketSpec) -> list[list[Window]]:
    return [[w for bars in synthesize(spec, seed) for w in windows(bars)] for seed in SEEDS]


@pytest.fixture(scope="module")
def planted() -> list[list[Window]]:
    return all_windows(SPEC)


@pytest.fixture(scope="module")
def null() -> list[list[Window]]:
    return all_windows(replace(SPEC, planted_success=SPEC.outside_success))


def pick(runs: list[list[Window]], *, thin: bool, outside: bool) -> list[Window]:
    """Those strong enough for the TS gate."""
    return [
        w
        for run in runs
        for w in run
        if w.best_ts >= TS_MIN
        and (w.symbol in THIN) == thin
        and (1.0 < w.closest <= 1.2 if outside else w.closest <= 1.0)
    ]


def mean_and_error(windows: list[Window]) -> tuple[float, float]:
    values = np.array([w.value for w in windows])
    return float(values.mean()), float(values.std() / math.sqrt(values.size))


def test_the_lesson_is_where_it_was_planted(planted: list[list[Window]]) -> None:
    for run in planted:
        outside = pick([run], thin=True, outside=True)
        assert len(outside) >= 40
        assert len({w.day for w in outside}) >= 30
        assert np.mean([w.success for w in outside]) > 0.65
        assert mean_and_error(outside)[0] > 0.3
        assert not any(w.admitted for w in outside)
        assert np.mean([w.wider_admits for w in outside]) > 0.95
    assert np.mean([w.success for w in pick(planted, thin=True, outside=True)]) == pytest.approx(
        0.8, abs=0.06
    )
    for thin, outside in ((True, False), (False, False), (False, True)):
        mean, error = mean_and_error(pick(planted, thin=thin, outside=outside))
        assert abs(mean) < 3.5 * error
    assert np.mean([w.admitted for w in pick(planted, thin=True, outside=False)]) > 0.95


def test_the_twin_is_at_break_even_at_every_distance(null: list[list[Window]]) -> None:
    for thin in (True, False):
        means = [mean_and_error(pick(null, thin=thin, outside=outside)) for outside in (0, 1)]
        for mean, error in means:
            assert abs(mean) < 3.5 * error
        (inside, low), (outside, high) = means
        assert abs(outside - inside) < 3.5 * math.hypot(low, high)


def test_in_the_twin_no_gate_knows_the_outcome(null: list[list[Window]]) -> None:
    every = [w for run in null for w in run if w.best_ts >= TS_MIN]
    for name in ("best_ts", "closest"):
        gate = np.array([getattr(w, name) for w in every])
        related = np.corrcoef(gate, [w.value for w in every])[0, 1]
        assert abs(related) < 3.5 / math.sqrt(len(every)), name


def test_what_turns_up_too_weakly_for_the_ts_gate_fails(planted: list[list[Window]]) -> None:
    weak = [w for run in planted for w in run if w.best_ts < TS_MIN]
    share = len(weak) / sum(map(len, planted))
    assert share == pytest.approx(SPEC.weak_share, abs=0.06)
    assert np.mean([w.best_ts > TS_MIN - 0.1 for w in weak]) > 0.9
    assert np.mean([w.success for w in weak]) < 0.03


def test_payoffs_are_those_of_trend_following(null: list[list[Window]]) -> None:
    every = [w for run in null for w in run]
    won = np.array([w.roi for w in every if w.success])
    lost = np.array([w.roi for w in every if not w.success])
    assert 0.08 < np.quantile(won, 0.05) < np.quantile(won, 0.95) < 0.25
    assert -0.10 < np.quantile(lost, 0.05) < np.quantile(lost, 0.95) < -0.02
    assert won.min() > lost.max()


def test_a_window_is_over_before_its_outcome_begins() -> None:
    fates = [
        replace(
            SPEC,
            inside_success=p,
            outside_success=p,
            planted_success=p,
            weak_share=0.0,
            days=12,
        )
        for p in (0.0, 1.0)
    ]
    for lost, won in zip(*(synthesize(spec, 3) for spec in fates), strict=True):
        same = int((lost.close == won.close).argmin())
        first = windows(lost)[0]
        assert first.end == same
        assert compute(won).s1_halo_distance[same] > 1.6
        assert compute(lost).s1_halo_distance[same] > 1.6


def test_same_seed_same_market() -> None:
    spec = replace(SPEC, days=8)
    first, again, other = synthesize(spec, 7), synthesize(spec, 7), synthesize(spec, 8)
    for name in ("ts", "open", "high", "low", "close", "volume"):
        for one, two in zip(first, again, strict=True):
            assert getattr(one, name).tolist() == getattr(two, name).tolist()
    assert all((a.close != b.close).any() for a, b in zip(first, other, strict=True))
    assert len({bars.close[-1] / bars.close[0] for bars in first}) == len(first)


def test_files_are_read_back_unchanged_and_pass_every_check(tmp_path: Path) -> None:
    spec = planted_market(days=15)
    made = {(bars.symbol, bars.timeframe): bars for bars in synthesize(spec, 1)}
    write_market(made.values(), tmp_path / "market")
    read = read_folder(tmp_path / "market")
    assert len(read) == len(made) == len(spec.tokens) * 3
    for bars in read:
        twin = made[bars.symbol, bars.timeframe]
        for name in ("ts", "open", "high", "low", "close", "volume"):
            assert getattr(bars, name).tolist() == getattr(twin, name).tolist()
    for timeframe, step in TIMEFRAMES.items():
        grids = {tuple(b.ts.tolist()) for b in read if b.timeframe == timeframe}
        assert grids == {tuple(range(spec.start, spec.start + 15 * 86_400_000, step))}


def test_longer_bars_are_whole_and_on_the_utc_grid() -> None:
    hour = TIMEFRAMES["1h"]
    base = synthesize(replace(SPEC, days=2), 5)[0]
    late = Bars("AAA", "15m", *(getattr(base, name)[2:-1] for name in base.__slots__[2:8]))
    got = aggregate(late, "1h")
    assert (got.ts % hour == 0).all()
    assert got.ts.tolist() == list(range(int(base.ts[4]), int(base.ts[-4]), hour))
    for row, start in enumerate(range(4, len(base) - 4, 4)):
        part = slice(start, start + 4)
        assert got.open[row] == base.open[start]
        assert got.close[row] == base.close[start + 3]
        assert got.high[row] == base.high[part].max()
        assert got.low[row] == base.low[part].min()
        assert got.volume[row] == pytest.approx(base.volume[part].sum())


def test_thin_tokens_trade_orders_of_magnitude_less() -> None:
    dollars = {
        bars.symbol: float((bars.volume * bars.close).sum() / 30)
        for bars in synthesize(replace(SPEC, days=30), 2)
    }
    for token in SPEC.tokens:
        assert dollars[token.symbol] == pytest.approx(token.dollars_per_day, rel=0.4)
    thin = [value for symbol, value in dollars.items() if symbol in THIN]
    deep = [value for symbol, value in dollars.items() if symbol not in THIN]
    assert max(thin) * 100 < min(deep)


def test_prices_keep_their_level() -> None:
    for bars in synthesize(SPEC, 0):
        assert 0.2 < bars.close[-1] / bars.close[0] < 5
