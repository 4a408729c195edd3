"""Replay as a user meets it: stop and go on, run again, change nothing twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from random import Random
from threading import Timer
from time import sleep
from typing import Any

import psycopg
import pytest

from quadrant.bars import TIMEFRAMES, Bars
from quadrant.database import migrate, queries
from quadrant.judging import Worker
from quadrant.market import planted_market, synthesize
from quadrant.replay import Replay, ReplayOptions, summarise
from quadrant.tick import Position, StaleTickerError, Tick

pytestmark = [pytest.mark.flow]
SIX_HOURS = 6 * 3_600_000
OPTIONS = ReplayOptions(chain="synthetic", learn_every=SIX_HOURS)

LOCKED = """
    select 1 from pg_locks as l join pg_database as d on d.oid = l.database
    where l.locktype = 'advisory' and d.datname = current_database()
"""
TABLES = {
    "windows": """
        select to_jsonb(e) - '{id,position_id}'::text[] from learning.pattern_episode_events as e
        order by e.window_id
    """,
    "strands": """
        select to_jsonb(s) - '{id,position_id}'::text[] from learning.ad_strands as s
        order by s.strand_key
    """,
    "positions": """
        select to_jsonb(p) - '{position_id}'::text[] from learning.lowcap_positions as p
        order by p.symbol, p.timeframe
    """,
    "states": """
        select p.symbol, p.timeframe, t.state
        from learning.tick_states as t join learning.lowcap_positions as p using (position_id)
        order by p.symbol, p.timeframe
    """,
    "lessons": """
        select to_jsonb(l) - '{id,run_id,updated_at}'::text[]
        from learning.learning_lessons as l where l.status = 'active'
        order by l.pattern_key, l.scope_subset
    """,
    "overrides": """
        select to_jsonb(o) - '{id,lesson_id,solution_id,last_updated_at}'::text[] - 'evidence'
        from learning.pm_overrides as o order by o.pattern_key, o.action_category, o.scope_subset
    """,
}


def contents(connection: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    return {
        name: connection.execute(query).fetchall()  # type: ignore[arg-type]
        for name, query in TABLES.items()
    }


@pytest.fixture(scope="module")
def market() -> list[Bars]:
    return synthesize(planted_market(days=40, timeframes=("15m", "1h")), 5)


def after(count: int) -> Callable[[], bool]:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > count

    return stop


@pytest.fixture(scope="module")
def replayed(market: list[Bars], new_database: Any) -> Iterator[psycopg.Connection[Any]]:
    """A database in which the market was replayed in one go: tests leave it as it is."""
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        progress = Replay(connection, market, OPTIONS).run()
        assert progress.done == progress.total == sum(len(bars) for bars in market)
        yield connection


@pytest.mark.slow
def test_a_replay_that_was_stopped_goes_on_to_the_same_rows(market, replayed, new_database):
    expected = contents(replayed)
    assert expected["windows"]
    with new_database() as dsn:
        stops = 0
        while True:
            with psycopg.connect(dsn, autocommit=True) as part:
                progress = Replay(part, market, OPTIONS).run(stop=after(500 + 131 * stops))
            if not progress.interrupted:
                break
            stops += 1
        assert stops >= 4
        with psycopg.connect(dsn, autocommit=True) as done:
            found = contents(done)
    for name, rows in expected.items():
        assert found[name] == rows, name


@pytest.mark.slow
def test_a_replay_that_dies_in_a_learning_cycle_goes_on_to_the_same_rows(
    market, replayed, new_database, monkeypatch
):
    class DiedError(Exception):
        pass

    steps = 0

    def dying(step: Callable[..., Any]) -> Callable[..., Any]:
        def one(*arguments: Any) -> Any:
            nonlocal steps
            if step is Worker.drain or arguments == ("learner/judge",):
                steps += 1
                if steps % 7 == 0:  # in turn before judging and before its grids
                    raise DiedError
            return step(*arguments)

        return one

    monkeypatch.setattr("quadrant.learner.queries", dying(queries))
    monkeypatch.setattr("quadrant.learner.Worker.drain", dying(Worker.drain))
    died = 0
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as watching:
        while True:
            try:
                with psycopg.connect(dsn, autocommit=True) as part:
                    Replay(part, market, OPTIONS).run()
                break
            except DiedError:
                died += 1
            while watching.execute(LOCKED).fetchone() is not None:
                sleep(0.02)
        assert died >= 3
        found = contents(watching)
    for name, rows in contents(replayed).items():
        assert found[name] == rows, name


@pytest.mark.slow
def test_a_replay_whose_server_is_killed_goes_on_to_the_same_rows(
    market, new_database, own_cluster
):
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as whole:
        Replay(whole, market, OPTIONS).run()
        expected = contents(whole)
    admin = own_cluster.dsn()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create database killed")
    migrate(own_cluster.dsn("killed"))
    random = Random(11)
    survived = 0
    while True:
        killer = Timer(random.uniform(0.2, 1.5), os.kill, (own_cluster.pid(), signal.SIGKILL))
        killer.daemon = True
        try:
            with psycopg.connect(own_cluster.dsn("killed"), autocommit=True) as part:
                work = Replay(part, market, OPTIONS)
                if survived < 5:
                    killer.start()
                work.run()
            break
        except psycopg.OperationalError:
            survived += 1
            own_cluster.start()
        finally:
            killer.cancel()
    assert survived >= 3
    with psycopg.connect(own_cluster.dsn("killed"), autocommit=True) as done:
        found = contents(done)
    for name, rows in expected.items():
        assert found[name] == rows, name


@pytest.mark.slow
def test_replaying_everything_again_changes_nothing(market, replayed):
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
    clock = connection.execute("select learning.clock()").fetchone()
    assert clock is not None
    assert int(clock[0].timestamp() * 1000) == to_ms, "the clock stays where the replay ended"


@pytest.mark.slow
def test_the_summary_counts_what_the_tables_hold(replayed):
    summary = summarise(replayed, OPTIONS.capital)
    (row,) = summary.quadrants
    counted = replayed.execute(
        "select count(*), count(*) filter (where decision = 'acted' and outcome = 'success') "
        "from learning.pattern_episode_events"
    ).fetchone()
    assert (row["windows"], row["acted_success"]) == counted
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
        second = Tick(other, "other", [position])
        ticks = []
        for tick, status in ((second, "active"), (first, "dormant")):
            (ticker,) = tick.tickers.values()
            tick.hold(ticker, status, status)
            tick._changed[ticker.position_id] = ticker
            ticker.last_bar_ts = int(bars.ts[0])
            ticks.append(tick)
        ticks[0].commit()
        with pytest.raises(StaleTickerError, match="QD008"):
            ticks[1].commit()
        row = one.execute(
            "select p.status, p.current_trade_id, t.version "
            "from learning.lowcap_positions as p join learning.tick_states as t using (position_id)"
        ).fetchone()
        assert row == ("active", "active", 1)


@pytest.mark.slow
def test_what_the_judge_reads_is_the_same_whatever_gates_were_in_force(market, new_database):
    read = []
    for halo, ts in ((1.0, 1.0), (1.15, 0.9), (0.85, 1.1)):
        with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
            for category, multiplier in (("tuning_halo", halo), ("tuning_ts_min", ts)):
                connection.execute(
                    "insert into learning.pm_overrides (pattern_key, action_category, multiplier) "
                    "values ('pm.uptrend.S1.entry', %s, %s)",
                    (category, multiplier),
                )
            Replay(connection, market, OPTIONS).run()
            read.append(
                connection.execute(
                    """
                    select e.window_id, e.outcome, e.roi, e.entry_price, e.exit_price,
                        (
                            select jsonb_agg(s - 'after' order by n)
                            from jsonb_array_elements(e.factors -> 'samples')
                                with ordinality as s (s, n)
                        )
                    from learning.pattern_episode_events as e order by e.window_id
                    """
                ).fetchall()
            )
    base, loose, tight = read
    assert len(base) > 50
    assert base == loose
    assert base == tight
