"""Scopes come from the bars alone, the same way each time, and never from the future."""

from __future__ import annotations

import numpy as np
import pytest

from quadrant.bars import TIMEFRAMES, Bars
from quadrant.engine import compute
from quadrant.replay import market_id
from quadrant.replay.feed import Series, moments
from quadrant.replay.scopes import LABELS, replay_scopes
from quadrant.tick import KINDS, Gate

DAY = 86_400_000


def walk(symbol: str, timeframe: str, days: int, seed: int, volume: float = 10.0) -> Bars:
    step = TIMEFRAMES[timeframe]
    count = days * DAY // step
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, count)))
    open_ = np.concatenate(([100.0], close[:-1]))
    return Bars(
        symbol=symbol,
        timeframe=timeframe,
        ts=np.arange(count, dtype=np.int64) * step + 1_704_067_200_000,
        open=open_,
        high=np.maximum(open_, close) * 1.002,
        low=np.minimum(open_, close) * 0.998,
        close=close,
        volume=np.full(count, volume),
    )


@pytest.fixture(scope="module")
def market() -> list[Bars]:
    return [
        walk(symbol, timeframe, 70, seed, volume)
        for seed, (symbol, volume) in enumerate([("BTCX", 1e6), ("AX", 1e3), ("BX", 1e3)])
        for timeframe in ("15m", "1h", "4h")
    ]


def cut(bars: Bars, until: int) -> Bars:
    return bars.head(int((bars.ts + TIMEFRAMES[bars.timeframe] <= until).sum()))


def test_no_scope_changes_when_the_future_is_taken_away(market):
    whole = replay_scopes(market, "test")
    until = market[0].ts[0] + 61 * DAY
    parts = [cut(bars, until) for bars in market]
    past = replay_scopes(parts, "test")
    for bars in parts:
        key = (bars.symbol, bars.timeframe)
        for n in range(len(bars)):
            assert past[key].at(n) == whole[key].at(n)


def test_a_regime_is_the_newest_bar_that_exists_and_a_longer_bar_is_not_seen_at_its_close(market):
    scopes = replay_scopes(market, "test")
    four = compute(next(b for b in market if b.symbol == "BTCX" and b.timeframe == "4h"))
    for timeframe, sees in (("15m", "strictly before"), ("4h", "at")):
        bars = next(b for b in market if b.symbol == "AX" and b.timeframe == timeframe)
        for n in range(len(bars) - 200, len(bars)):
            now = bars.ts[n] + TIMEFRAMES[timeframe]
            known = four.exists_at < now if sees == "strictly before" else four.exists_at <= now
            code = four.state[known][-1]
            expected = f"S{code}" if code < 4 else None
            assert scopes["AX", timeframe].at(n).get("btc_macro") == expected


@pytest.mark.parametrize(("reach", "timeframe"), [("macro", "4h"), ("meso", "1h")])
def test_a_shorter_bar_does_not_see_the_longer_one_that_closes_at_the_same_moment(
    market, reach, timeframe
):
    """At equal moments the shorter timeframe comes first (design of capture)."""
    longer = compute(next(b for b in market if b.symbol == "BTCX" and b.timeframe == timeframe))
    state = {int(at): int(code) for at, code in zip(longer.exists_at, longer.state, strict=True)}
    shorter = next(b for b in market if b.symbol == "AX" and b.timeframe == "15m")
    scopes = replay_scopes(market, "test")["AX", "15m"]
    step = TIMEFRAMES[timeframe]
    told = changes = 0
    for n, opened in enumerate(shorter.ts):
        now = int(opened) + TIMEFRAMES["15m"]
        if now in state and now - step in state:
            before = f"S{state[now - step]}" if state[now - step] < 4 else None
            assert scopes.at(n).get(f"btc_{reach}") == before, "it saw a bar that comes after it"
            told += 1
            changes += state[now] != state[now - step]
    assert told > 300, "every close of the longer bars was looked at"
    assert changes, "where the state does not change there is nothing to see"


GATES = {
    kind.pattern_key: (
        Gate("ts", "ts_score", at_most=False, base=0.6, span=0.1),
        Gate("halo", f"{kind.tag}_halo_distance", at_most=True, base=1.0, span=0.5),
    )
    for kind in KINDS
    if kind.anchor_gate
}


def test_flags_are_those_of_the_newest_bar_of_the_driver_on_the_same_timeframe(market):
    """Of the driver's own bar: a trim and an emergency as the engine says, a buy where its bar
    passes base gates."""
    scopes = replay_scopes(market, "test", GATES)
    kinds = {kind.state: kind for kind in KINDS if kind.anchor_gate}
    seen = set()
    for timeframe in ("15m", "1h", "4h"):
        btc = next(b for b in market if b.symbol == "BTCX" and b.timeframe == timeframe)
        series = scopes["AX", timeframe]
        for n, bar in enumerate(compute(btc).snapshots()):
            kind = kinds.get(bar.state)
            passes = (
                kind is not None
                and bar.ts_score >= 0.6
                and getattr(bar, f"{kind.tag}_halo_distance") <= 1.0
            )
            up = {"buy": passes, "trim": bar.trim, "emergency": bar.emergency}
            told = {flag for driver, flag in series.flags[n] if driver == "btc"}
            assert told == {flag for flag, is_up in up.items() if is_up}
            seen |= told
    assert seen == {"buy", "trim", "emergency"}


def test_no_flag_changes_when_the_future_is_taken_away(market):
    whole = replay_scopes(market, "test", GATES)
    until = market[0].ts[0] + 61 * DAY
    parts = [cut(bars, until) for bars in market]
    past = replay_scopes(parts, "test", GATES)
    drivers = set()
    for bars in parts:
        key = (bars.symbol, bars.timeframe)
        assert past[key].flags == whole[key].flags[: len(bars)]
        drivers |= {driver for flags in past[key].flags for driver, _ in flags}
    assert drivers == {"btc", "alt", "bucket"}


def test_buckets_follow_the_mean_dollar_volume_of_thirty_days(market):
    scopes = replay_scopes(market, "test")
    bars = next(b for b in market if b.symbol == "AX" and b.timeframe == "1h")
    n = len(bars) - 1
    daily = (bars.volume * bars.close)[-30 * 24 :].sum() / 30
    assert (
        scopes["AX", "1h"].at(n)["bucket"] == LABELS[np.searchsorted([1e6, 1e7, 1e8, 1e9], daily)]
    )
    assert scopes["BTCX", "1h"].at(n)["bucket"] == "large"


def test_the_scope_names_chain_timeframe_age_and_leaves_unknown_dimensions_out(market):
    scope = replay_scopes(market, "solana")["AX", "4h"].at(0)
    assert scope["chain"] == "solana"
    assert scope["timeframe"] == "4h"
    assert scope["age_bucket"] == "new"
    assert not {"btc_macro", "btcd_macro", "usdtd_micro", "curator"} & set(scope)


def test_changed_marks_every_bar_whose_scope_differs_from_the_one_before(market):
    series = replay_scopes(market, "test")["BX", "15m"]
    scopes = [series.at(n) for n in range(len(series.changed))]
    assert series.changed[0]
    assert [a != b for a, b in zip(scopes[1:], scopes[:-1], strict=True)] == series.changed[1:]


def test_a_market_is_named_by_its_series_and_their_first_bars(market):
    name = market_id(market, "test")
    younger = [cut(bars, bars.ts[0] + 9 * DAY) for bars in reversed(market)]
    assert market_id(younger, "test") == name, "later bars do not change it"
    another = [walk(b.symbol, b.timeframe, 9, 9, b.volume[0]) for b in market]
    for bars, chain in ((market[1:], "test"), (market, "other"), (another, "test")):
        assert market_id(bars, chain) != name


def test_bars_come_when_they_exist_and_the_shorter_timeframe_first(market):
    scopes = replay_scopes(market, "test")
    series = []
    for bars in reversed(market):
        snapshots = compute(bars.head(400)).snapshots()
        series.append(
            Series(
                None,
                bars.timeframe,
                snapshots,
                scopes[bars.symbol, bars.timeframe],
                5,
                len(snapshots),
            )  # type: ignore[arg-type]
        )
    seen = []
    for at, batch in moments(series):
        for one, index in batch:
            assert one.snapshots[index].exists_at == at
            seen.append((at, TIMEFRAMES[one.timeframe]))
    assert seen == sorted(seen)
    assert len(seen) == sum(one.end - one.begin for one in series)
