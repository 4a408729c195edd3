"""Two shards and a coordinator learn what one database with all of it learns, and act alike.

Set up by the statements of docs/scale.md.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import packets
import psycopg
import pytest
from psycopg.types.json import Jsonb

from quadrant.database import migrate
from quadrant.judging.learner import Learner
from quadrant.server import Cluster

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[3] / "docs" / "scale.md"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SHARDS = ("shard_1", "shard_2")
BUCKETS = ("nano", "micro")
WINDOWS = 400  # of each shard
Connection = psycopg.Connection[Any]

LEARNED = {
    "lessons": """
        select to_jsonb(l) - '{id,run_id,updated_at,copy_of}'::text[]
        from learning.learning_lessons as l where l.status = 'active'
        order by l.pattern_key, l.lesson_type, l.action_category, l.scope_subset
    """,
    "rates": """
        select r.pattern_key, s.scope_subset, to_jsonb(r) - '{slice_key,mining,pattern_key}'::text[]
        from learning.slice_rates as r
        join learning.lessons as s using (pattern_key, slice_key)
        order by 1, 2
    """,
    "solutions": """
        select to_jsonb(o) - '{id,look_id,lesson_id}'::text[] from learning.solutions as o
        order by o.pattern_key, o.scope_subset, o.written_at
    """,
    "overrides": """
        select to_jsonb(o)
            - '{id,lesson_id,solution_id,last_updated_at,evidence,preference}'::text[]
        from learning.pm_overrides as o order by o.pattern_key, o.action_category, o.scope_subset
    """,
}
OVERRIDES = "select to_jsonb(o) from learning.pm_overrides as o order by o.id"
GATES = "select p.gates from pm.position_controls as p where p.symbol = %s order by p.timeframe"
WINDOWS_SEEN = """
    select md5(string_agg(to_jsonb(e)::text, '' order by e.window_id))
    from (select e.window_id, e.decision, e.outcome, e.roi, e.factors
        from learning.pattern_episode_events as e {where}) as e
"""


@dataclass
class Four:
    """The database with everything, the coordinator, the shards."""

    alone: Connection
    coordinator: Connection
    shards: dict[str, Connection]

    @property
    def all(self) -> list[Connection]:
        return [self.alone, self.coordinator, *self.shards.values()]

    def tell(self, shard: str, call: str, *arguments: Any) -> None:
        """The same call to a shard and to the database that has everything."""
        for connection in (self.shards[shard], self.alone):
            connection.execute(call.encode(), arguments)

    def learn(self) -> None:
        """On both sides, once the coordinator has what the shards have."""
        wait_until_equal(self.alone, self.coordinator, WINDOWS_SEEN.format(where=""))
        trades = "select count(*), sum(t.roi::numeric) from learning.pattern_trade_events as t"
        wait_until_equal(self.alone, self.coordinator, trades)
        for connection in (self.alone, self.coordinator):
            Learner(connection).learn(judge_anyway=True)

    def learned(self, connection: Connection) -> dict[str, list[Any]]:
        return {name: connection.execute(q.encode()).fetchall() for name, q in LEARNED.items()}


def wait_until_equal(left: Connection, right: Connection, query: str) -> None:
    deadline = time.monotonic() + 15
    while True:
        found = [c.execute(query.encode()).fetchall() for c in (left, right)]
        if found[0] == found[1]:
            return
        assert time.monotonic() < deadline, [str(rows)[:500] for rows in found]
        time.sleep(0.05)


def statements(heading: str) -> list[str]:
    """The SQL below a heading of the page, statement by statement."""
    below = PAGE.read_text().split(f"\n### {heading}\n", 1)[1]
    block = re.search(r"```sql\n(.*?)```", below, re.DOTALL)
    assert block, heading
    return [part.strip() for part in block[1].split(";\n") if part.strip()]


@pytest.fixture(scope="module")
def four(replicating_cluster: Cluster) -> Iterator[Four]:
    def dsn(name: str) -> str:
        found = replicating_cluster.dsn(name)
        assert found is not None
        return found

    with psycopg.connect(dsn("postgres"), autocommit=True) as admin:
        admin.execute("create database coordinator")
        migrate(dsn("coordinator"))
        for name in ("alone", *SHARDS):
            admin.execute(f"create database {name} template coordinator")
    names = ("alone", "coordinator", *SHARDS)
    opened = {name: psycopg.connect(dsn(name), autocommit=True) for name in names}
    try:
        four = Four(opened["alone"], opened["coordinator"], {s: opened[s] for s in SHARDS})
        for connection in four.all:
            connection.execute("select learning.set_clock(%s)", (NOW,))
        prepare(four)
        feed(four, "shard_1", 0)  # what is there already is copied
        subscribe_all(four, dsn)
        feed(four, "shard_2", 10_000)
        yield four
        take_down(four)
    finally:
        for connection in opened.values():
            connection.close()


def prepare(four: Four) -> None:
    for number, shard in enumerate(four.shards.values(), start=1):
        for statement in statements("On every shard"):
            shard.execute(statement.replace("restart with 1", f"restart with {number}").encode())
    for statement in statements("On the coordinator"):
        four.coordinator.execute(statement.encode())


def subscribe_all(four: Four, dsn: Callable[[str], str]) -> None:
    for name, shard in four.shards.items():
        subscribe(
            shard, four.coordinator, dsn(name), statements("The coordinator subscribes"), name
        )
        subscribe(
            four.coordinator, shard, dsn("coordinator"), statements("The shards subscribe"), name
        )


def subscribe(source: Connection, to: Connection, dsn: str, made: list[str], shard: str) -> None:
    """One server cannot wait for itself to make the slot: it is made beforehand here."""
    (statement,) = made
    statement = statement.replace("shard_1", shard)
    slot = re.search(r"slot_name = '(\w+)'", statement)
    assert slot
    source.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", (slot[1],))
    statement = re.sub(r"connection '[^']*'", f"connection '{dsn}'", statement)
    to.execute(statement.replace("slot_name", "create_slot = false, slot_name").encode())


def take_down(four: Four) -> None:
    for connection in (four.coordinator, *four.shards.values()):
        for (name,) in connection.execute(
            "select s.subname from pg_subscription as s join pg_database as d on d.oid = s.subdbid"
            " where d.datname = current_database()"
        ).fetchall():
            connection.execute(f"drop subscription {name}")


def feed(four: Four, shard: str, first: int) -> None:
    """A token on two timeframes of the shard's own, windows of all kinds, closed trades."""
    token = {"token_chain": "solana", "token_contract": shard, "symbol": shard}
    positions = [{**token, "timeframe": t, "total_allocation_pct": 10} for t in ("1h", "4h")]
    four.tell(shard, "select pm.enroll_positions(%s, %s)", shard, Jsonb(positions))
    four.tell(
        shard,
        "update learning.lowcap_positions as p"
        " set scope = %s || jsonb_build_object('timeframe', p.timeframe) where p.symbol = %s",
        Jsonb(packets.SCOPE),
        shard,
    )
    windows = packets.windows(first, WINDOWS, NOW)
    for number, window in enumerate(windows):
        window["scope"] = packets.SCOPE | {"bucket": BUCKETS[number % 2], "book": shard}
    four.tell(shard, "select pm.record_episodes(%s)", Jsonb(windows))
    trades = [packets.trade(first + n, NOW) for n in range(40)]
    four.tell(shard, "select pm.record_closed_trades(%s)", Jsonb(trades))


def test_the_coordinator_learns_what_one_database_learns(four: Four) -> None:
    heard = four.shards["shard_1"]
    heard.execute("listen pm_overrides")
    four.learn()
    learned = four.learned(four.alone)
    assert len(learned["lessons"]) > 5
    assert any(row[0]["action_category"] == "tuning_halo" for row in learned["overrides"])
    assert four.learned(four.coordinator) == learned
    for shard in four.shards.values():
        wait_until_equal(four.coordinator, shard, OVERRIDES)
        assert shard.execute("select count(*) from learning.lessons").fetchone() == (0,)
    assert list(heard.notifies(timeout=5, stop_after=1))


def gates(connection: Connection, symbol: str) -> list[Any]:
    """Without ids: base and value in force."""
    return [
        {p: {g: (v["base"], v["value"]) for g, v in of.items()} for p, of in patterns.items()}
        for (patterns,) in connection.execute(GATES.encode(), (symbol,)).fetchall()
    ]


def test_the_shards_act_by_it(four: Four) -> None:
    for name, shard in four.shards.items():
        found = gates(shard, name)
        assert found == gates(four.alone, name)
        assert found[0][packets.PATTERN]["halo"][1] > 1
        assert shard.execute(
            "select count(*) > 0 from learning.pm_overrides_history"
        ).fetchone() == (True,)


def test_what_changes_on_a_shard_changes_what_is_learned(four: Four) -> None:
    """Outcomes corrected, windows and trades removed, others told: again the same, and acted by."""
    for shard in SHARDS:
        four.tell(
            shard,
            "update learning.pattern_episode_events as e"
            " set outcome = 'failure', roi = -0.04, exit_price = 96"
            " where e.scope ->> 'book' = %s and e.outcome = 'success'"
            " and (e.scope ->> 'bucket' = 'nano' or e.decision = 'skipped')",
            shard,
        )
    gone = [f"flow-{n}" for n in range(10_000, 10_040)]
    four.tell(
        "shard_2", "delete from learning.pattern_episode_events where window_id = any (%s)", gone
    )
    four.tell(
        "shard_2", "delete from learning.pattern_trade_events where trade_id = any (%s)", gone
    )
    before = four.learned(four.alone)
    four.learn()
    learned = four.learned(four.alone)
    assert learned["lessons"] != before["lessons"]
    assert learned["overrides"] != before["overrides"]
    assert four.learned(four.coordinator) == learned
    for name, shard in four.shards.items():
        wait_until_equal(four.coordinator, shard, OVERRIDES)
        assert gates(shard, name) == gates(four.alone, name)


def test_health_and_retention_know_a_shard(four: Four) -> None:
    for connection in four.all:
        connection.execute("select learning.reset_clock()")
    for shard in four.shards.values():
        found = dict(
            shard.execute("select h.check_name, h.status from analyst.health as h").fetchall()
        )
        assert found["subscription: quadrant_overrides"] == "ok"
        assert found["overrides stale"] == "ok"
        assert "job late: quadrant.mine" not in found
        shard.execute("select learning.apply_retention()")
        assert shard.execute("select count(*) from learning.mining_dirty").fetchone() == (0,)
    checks = four.coordinator.execute(
        "select h.check_name, h.status from analyst.health as h"
        " where h.check_name ~ '^(subscription|replica lag)' order by h.check_name"
    ).fetchall()
    assert checks == [
        ("replica lag: overrides_shard_1", "ok"),
        ("replica lag: overrides_shard_2", "ok"),
        ("subscription: shard_1", "ok"),
        ("subscription: shard_2", "ok"),
    ]
