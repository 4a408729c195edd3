"""Replay as a user meets it: stop and go on, run again, change nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from amounts import amount

from quadrant.bars import TIMEFRAMES, Bars
from quadrant.engine import compute
from quadrant.market import planted_market, synthesize
from quadrant.replay import Replay, ReplayOptions, summarise
from quadrant.tick import Position, StaleTickerError, Tick

pytestmark = [pytest.mark.flow]
LEARN_EVERY = amount(24, 6) * 3_600_000
OPTIONS = ReplayOptions(chain="synthetic", learn_every=LEARN_EVERY)


@pytest.fixture(scope="module")
def market() -> list[Bars]:
    return synthesize(planted_market(days=20, timeframes=("15m", "1h")), 5)


def after(count: int) -> Callable[[], bool]:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > count

    return stop


@pytest.fixture(scope="module")
def replayed(
    market: list[Bars], new_database: Any, eager: Any
) -> Iterator[psycopg.Connection[Any]]:
    """A database in which the market was replayed in one go: tests leave it as it is."""
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        eager(connection)
        progress = Replay(connection, market, OPTIONS).run()
        assert progress.done == progress.total == sum(len(bars) for bars in market)
        yield connection


@pytest.mark.slow
def test_a_replay_that_was_stopped_goes_on_to_the_same_rows(
    market, replayed, new_database, eager, contents
):
    expected = contents(replayed)
    assert expected["windows"]
    assert expected["overrides"]
    assert any(
        row["action_category"] == "dm_alloc" and row["multiplier"] != 1
        for (row,) in expected["overrides"]
    )
    with new_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            eager(connection)
        stops = 0
        while True:
            with psycopg.connect(dsn, autocommit=True) as part:
                progress = Replay(part, market, OPTIONS).run(stop=after(150 + 61 * stops))
            if not progress.interrupted:
                break
            stops += 1
        assert stops >= 4
        with psycopg.connect(dsn, autocommit=True) as done:
            found = contents(done)
    for name, rows in expected.items():
        assert found[name] == rows, name


@pytest.mark.slow
def test_replaying_everything_again_changes_nothing(market, replayed, contents):
    before = contents(replayed)
    again = Replay(replayed, market, OPTIONS)
    assert again.progress.total == 0
    again.run()
    assert contents(replayed) == before


def test_replay_respects_from_and_to(market, connection):
    start = int(market[0].ts[0])
    from_ms, to_ms = start + 10 * 86_400_000, start + 12 * 86_400_000
    options = ReplayOptions(chain="synthetic", from_ms=from_ms, to_ms=to_ms)
    progress = Replay(connection, market, options).run()
    expected = sum(
        int(
            (
                (bars.ts + TIMEFRAMES[bars.timeframe] > from_ms)
                & (bars.ts + TIMEFRAMES[bars.timeframe] <= to_ms)
            ).sum()
        )
        for bars in market
    )
    assert progress.done == expected
    reached = connection.execute("select replayed_to from analyst.world").fetchone()
    assert reached is not None
    assert int(reached[0].timestamp() * 1000) == to_ms


@pytest.mark.slow
def test_the_summary_counts_what_the_tables_hold(replayed):
    summary = summarise(replayed, OPTIONS.capital)
    counted = replayed.execute(
        "select episode_type, count(*),"
        " count(*) filter (where decision = 'acted' and outcome = 'success')"
        " from learning.pattern_episode_events group by episode_type order by episode_type"
    ).fetchall()
    assert len(counted) >= 3
    assert counted == [
        (row["episode_type"], row["windows"], row["acted_success"]) for row in summary.quadrants
    ]
    trades = replayed.execute(
        "select count(*) from learning.ad_strands where kind = 'position_closed'"
    ).fetchone()
    assert trades == (sum(t["trades"] for t in summary.trades),)


def test_two_tickers_on_one_position_one_wins_and_the_other_is_told(market, database):
    bars = market[0]
    position = Position("test", "X", "X", bars.timeframe)
    with (
        psycopg.connect(database, autocommit=True) as one,
        psycopg.connect(database, autocommit=True) as other,
    ):
        first = Tick(one, "feed", [position])
        second = Tick(other, "other", [position])  # takes the position over
        for tick, status in ((first, "dormant"), (second, "active")):
            (ticker,) = tick.tickers.values()
            tick.hold(ticker, status, status)
            bar = replace(compute(bars).snapshots()[0], state="S0")
            assert tick.take(ticker, bar)
        with pytest.raises(StaleTickerError, match="QD008"):
            first.commit()
        second.commit()
        row = one.execute(
            "select p.status, p.current_trade_id, t.version "
            "from learning.lowcap_positions as p join learning.tick_states as t using (position_id)"
        ).fetchone()
        assert row == ("active", "active", 1)


GATES = (
    ("tuning_ts_min", "multiplier", 0.9, 1.1),
    ("tuning_halo", "multiplier", 1.15, 0.85),
    ("tuning_slope_min", "delta", -0.015, 0.015),
    ("tuning_dx_min", "multiplier", 0.9, 1.1),
)
"""Category, its lever, and values within the grid: loose and tight."""

ACTED = """
    select e.window_id from learning.pattern_episode_events as e where e.decision = 'acted'
    order by e.window_id
"""
WHAT_THE_JUDGE_READS = """
    select e.episode_type, e.window_id, e.scope, e.opened_at, e.closed_at, e.outcome,
        e.outcome_reason, e.outcome_at, e.roi, e.roi_at, e.entry_price, e.exit_price,
        (
            select jsonb_agg(s - 'after' order by n)
            from jsonb_array_elements(e.factors -> 'samples') with ordinality as s (s, n)
        )
    from learning.pattern_episode_events as e
    order by e.episode_type, e.window_id
"""


@pytest.mark.slow
def test_what_the_judge_reads_is_the_same_whatever_gates_were_in_force(walks, new_database):
    read, decided = [], []
    for gates in ("base", "loose", "tight"):
        with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
            for category, lever, *values in GATES if gates != "base" else ():
                connection.execute(
                    f"""
                    insert into learning.pm_overrides (pattern_key, action_category, {lever})
                    select g.pattern_key, g.action_category, %s
                    from learning.gates as g
                    where g.pattern_key like 'pm.uptrend.%%' and g.action_category = %s
                    """,
                    (values[gates == "tight"], category),
                )
            Replay(connection, walks, OPTIONS).run()
            read.append(connection.execute(WHAT_THE_JUDGE_READS).fetchall())
            decided.append(connection.execute(ACTED).fetchall())
    base = read[0]
    counts = Counter(kind for kind, *_ in base)
    print(f"windows compared under three sets of gates: {dict(counts)}")
    assert set(counts) == {"s1_entry", "s2_entry", "s3_retest", "s3_dx"}
    for kind in counts:
        of_kind = [[row for row in rows if row[0] == kind] for rows in read]
        assert of_kind[1] == of_kind[0], f"{kind}, loose"
        assert of_kind[2] == of_kind[0], f"{kind}, tight"
    assert len({str(rows) for rows in decided}) == 3, "the gates changed no decision"


def test_bars_far_apart_are_no_future_to_each_other(connection: psycopg.Connection[Any]) -> None:
    """32 moments of 4h bars, written together, reach over five days."""
    bars = synthesize(planted_market(days=120, timeframes=("4h",)), 5)
    options = ReplayOptions(chain="far", learn_every=60 * 86_400_000)
    progress = Replay(connection, bars, options).run()
    assert progress.done == progress.total > 0
