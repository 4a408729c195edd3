"""Three campaigns on a live system, each a printed checklist: what was collected of the tokens,
what was learned from it, and what that changed in the next actions. Who dies says where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import packets
import psycopg
import pytest
from psycopg.types.json import Jsonb
from walks import walk

from quadrant.bars import Bars
from quadrant.judging.learner import Learner
from quadrant.replay import Replay, ReplayOptions

pytestmark = pytest.mark.flow

Connection = psycopg.Connection[Any]
Checklist = tuple[tuple[str, str], ...]
DAY_MS = 86_400_000
# Of every kind of strand what has to be there of one token, as the tick and the bot tell it.
COLLECTED = (
    (
        "stages S0, S1, S2, S3 of one token",
        "select bool_or(s.seen @> '{S0,S1,S2,S3}') from (select array_agg(distinct s.content ->>"
        " 'after') as seen from learning.ad_strands as s"
        " where s.kind = 'uptrend_stage_transition' group by s.position_id) as s",
    ),
    (
        "buy windows of all four kinds, of one token",
        "select bool_or(e.kinds = 4) from (select count(distinct e.episode_type) as kinds from"
        " learning.pattern_episode_events as e group by e.position_id) as e",
    ),
    (
        "a strand of every decided window",
        "select count(*) > 0 and count(*) = count(s.window_id) from"
        " learning.pattern_episode_events as e left join (select distinct s.content ->>"
        " 'window_id' as window_id from learning.ad_strands as s where s.kind ="
        " 'uptrend_buy_window') as s using (window_id) where e.decision is not null",
    ),
    (
        "orders: entry, add, trim, exit",
        "select array_agg(distinct s.content ->> 'action') @> '{entry,add,trim,exit}'"
        " from learning.ad_strands as s where s.kind = 'pm_action'",
    ),
    (
        "DX buys",
        "select count(*) > 0 from learning.ad_strands as s where s.kind = 'pm_action'"
        " and s.content ->> 'episode_type' = 's3_dx' and (s.content ->> 'dx_count')::int > 0",
    ),
    (
        "summaries of ended episodes",
        "select count(*) > 0 from learning.ad_strands where kind = 'uptrend_episode_summary'",
    ),
    (
        "closed trades, with an event per action",
        "select count(distinct s.trade_id) > 0 and bool_and(exists (select from"
        " learning.pattern_trade_events as t where t.trade_id = s.trade_id))"
        " from learning.ad_strands as s where s.kind = 'position_closed'",
    ),
    (
        "outcomes and virtual results",
        "select array_agg(distinct outcome) @> '{success,failure}' and count(roi) > 0"
        " from learning.pattern_episode_events",
    ),
)
LEARNED = (
    (
        "the aggregator's scope stats",
        "select count(*) > 0 from analyst.pattern_scope_stats",
    ),
    (
        "lessons of rates, of every kind of window",
        "select count(distinct pattern_key) = 4 from learning.rate_lessons",
    ),
    (
        "lessons of strength",
        "select count(*) > 0 from learning.lessons"
        " where status = 'active' and lesson_type = 'pm_strength'",
    ),
    ("grids", "select count(*) > 0 from learning.gate_simulations"),
    (
        "overrides of gates",
        "select count(*) > 0 from learning.pm_overrides"
        " where status = 'active' and method in ('simulation', 'drift')",
    ),
    (
        "overrides of strength",
        "select count(*) > 0 from learning.pm_overrides"
        " where status = 'active' and action_category = 'pm_strength'",
    ),
    (
        "capital moved between timeframes",
        "select count(*) > 0 from learning.allocation_history where after <> before",
    ),
)
ACTED_ON = (
    (
        "several tokens and timeframes",
        "select count(distinct p.symbol) > 1 and count(distinct p.timeframe) > 1"
        " from learning.pattern_episode_events as e"
        " join learning.lowcap_positions as p using (position_id)",
    ),
    (
        "all four quadrants",
        "select count(distinct (decision, outcome)) = 4 from learning.pattern_episode_events"
        " where outcome in ('success', 'failure')",
    ),
    (
        "pm.position_controls: a gate off its base",
        "select bool_or(c.s1_halo <> 1 or c.s1_ts_min <> 0.6) from pm.position_controls as c",
    ),
    (
        "thresholds in force at later decisions",
        "select count(*) > 0 from learning.pattern_episode_events"
        " where jsonb_array_length(overrides) > 0",
    ),
    (
        "what they let in or kept out",
        "select count(*) > 0 from learning.pattern_episode_events where changed is not null",
    ),
    (
        "posture in force at later orders",
        "select count(*) > 0 from learning.ad_strands"
        " where kind = 'pm_action' and jsonb_array_length(content -> 'posture_overrides') > 0",
    ),
)

TOLD = (
    (
        "lessons of the ladder",
        "select count(*) > 0 from learning.dx_ladder_lessons",
    ),
    (
        "lessons of allocation",
        "select count(*) > 0 from learning.lessons"
        " where status = 'active' and lesson_type = 'dm_alloc'",
    ),
    (
        "overrides of the ladder",
        "select count(*) > 0 from learning.pm_overrides"
        " where status = 'active' and method = 'ladder'",
    ),
    (
        "overrides of allocation",
        "select count(*) > 0 from learning.pm_overrides"
        " where status = 'active' and action_category = 'dm_alloc' and multiplier <> 1",
    ),
    (
        "pm.position_controls: the ladder's arms off their base",
        "select bool_or(c.dx_atr_mult <> 6) from pm.position_controls as c",
    ),
    (
        "pm.position_controls: capital moved between positions",
        "select bool_or(c.total_allocation_pct <> 10) from pm.position_controls as c",
    ),
)


def hourly(bars: Bars) -> Bars:
    """The same shape in bars of an hour, ending when the others do."""
    ts = bars.ts[-1] - 3_600_000 * np.arange(len(bars) - 1, -1, -1)
    return replace(bars, timeframe="1h", ts=ts // 3_600_000 * 3_600_000)


@pytest.fixture(scope="module")
def lived(new_database: Any, eager: Any) -> Iterator[Connection]:
    """Three tokens on two timeframes, ticked, traded and learned from every third day."""
    bars = [walk("WALK0", 0), walk("WALK1", 1), hourly(walk("WALK2", 2))]
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        eager(connection)
        connection.execute("select learning.set_setting('n_min', '4')")
        options = ReplayOptions(chain="walks", learn_every=3 * DAY_MS, keep_clock=True)
        progress = Replay(connection, bars, options).run()
        assert progress.done == progress.total, "packet died at ticking"
        connection.execute("call learning.run_aggregator(true)")
        yield connection


@pytest.fixture
def told(database: str, connection: Connection, eager: Any) -> Connection:
    """What another bot tells of its ladders and of its decision maker's trades, learned from."""
    eager(connection)
    packets.feed(database, n=20)
    at = datetime.now(UTC) - timedelta(days=3)
    cycle = {
        **{"pattern_key": "pm.uptrend.S3.dx", "episode_type": "s3_dx", "scope": packets.SCOPE},
        **{"decision": "acted", "outcome": "success", "factors": {"dx_count": 3}},
        **{"decided_at": at.isoformat(), "outcome_at": datetime.now(UTC).isoformat()},
    }
    windows = [{**cycle, "window_id": f"cycle-{n}"} for n in range(12)]
    connection.execute("select count(*) from pm.record_episodes(%s)", (Jsonb(windows),))
    for n in range(24):
        trade = {
            **packets.trade(1000 + n, datetime.now(UTC)),
            "pattern_key": "dm.curators.first",
            "scope": {"curator": "ab"[n % 2], "timeframe": "1h"},
            "roi": (0.10, -0.05)[n % 2] + 0.001 * n,
        }
        connection.execute("select pm.record_closed_trade(%s)", (Jsonb(trade),))
    Learner(connection).learn(judge_anyway=True)
    return connection


def test_no_packet_of_ladder_and_allocation_dies(told: Connection) -> None:
    follow(told, TOLD)


@pytest.mark.parametrize(
    "checklist", [COLLECTED, LEARNED, ACTED_ON], ids=["collected", "learned", "acted on"]
)
def test_no_packet_dies(lived: Connection, checklist: Checklist) -> None:
    follow(lived, checklist)


def follow(connection: Connection, checklist: Checklist) -> None:
    for stage, question in checklist:
        answer = connection.execute(question.encode()).fetchone()
        assert answer == (True,), f"packet died at {stage}"
        print(f"[x] {stage}")
