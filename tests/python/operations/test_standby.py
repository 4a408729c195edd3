"""A streaming standby: gates and health are read there, and how far it is behind is seen."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from quadrant.database import migrate
from quadrant.server import Cluster, Home
from quadrant.server.account import Account
from quadrant.server.binaries import reachable

pytestmark = pytest.mark.slow
PATTERN = "pm.uptrend.S1.entry"
SCOPE = {"chain": "solana", "timeframe": "1h"}
SLOT = "standby"
Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def primary(replicating_cluster: Cluster) -> Iterator[Connection]:
    dsn = replicating_cluster.dsn()
    assert dsn is not None
    migrate(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def standby(replicating_cluster: Cluster, primary: Connection) -> Iterator[Cluster]:
    """A server made from the primary as docs/scale.md says, and started."""
    root = replicating_cluster.home.root.parent / "standby"
    home = Home(root)
    store = root / "server"
    store.mkdir(parents=True)
    account = Account.choose(replicating_cluster.home.store)
    account.own(store)
    programs = reachable(account, replicating_cluster.home.store, replicating_cluster.programs)
    made = account.run(
        [
            programs / "pg_basebackup",
            *("-d", str(replicating_cluster.dsn()), "-D", home.data),
            *("-R", "-C", "-S", SLOT, "-c", "fast", "--no-sync"),
        ]
    )
    assert made.returncode == 0, made.stderr
    cluster = Cluster(home, replicating_cluster.settings, replicating_cluster.programs)
    cluster.start()
    yield cluster
    cluster.stop("immediate")
    shutil.rmtree(root)


@pytest.fixture
def reading(standby: Cluster) -> Iterator[Connection]:
    dsn = standby.dsn()
    assert dsn is not None
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def wait_for(connection: Connection, query: str, wanted: Any) -> None:
    deadline = time.monotonic() + 10
    while (found := connection.execute(query.encode()).fetchone()) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def check(connection: Connection, name: str) -> tuple[str, str]:
    row = connection.execute(
        "select h.status, h.detail from analyst.health as h where h.check_name = %s", (name,)
    ).fetchone()
    assert row is not None, name
    return row


def test_what_is_decided_on_the_primary_is_read_on_the_standby(
    primary: Connection, reading: Connection
) -> None:
    primary.execute(
        "insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe,"
        " scope) values ('t', 'solana', 'T', '1h', %s)",
        (Jsonb(SCOPE),),
    )
    primary.execute(
        "select learning.set_override(%s, %s, %s)",
        (PATTERN, Jsonb({"chain": "solana"}), Jsonb({"halo": 1.3})),
    )
    reading.execute("set role quadrant_pm")
    wait_for(reading, "select s1_halo from pm.position_controls", (1.3,))
    assert reading.execute(
        "select g.value from pm.gates(%s, %s) as g where g.gate = 'halo'",
        (PATTERN, Jsonb(SCOPE)),
    ).fetchone() == (1.3,)


def test_every_view_for_analysts_is_read_on_the_standby(reading: Connection) -> None:
    views = reading.execute(
        "select format('%I.%I', v.schemaname, v.viewname) from pg_views as v"
        " where v.schemaname = 'analyst'"
    ).fetchall()
    reading.execute("set role quadrant_analyst")
    for (view,) in views:
        reading.execute(f"select * from {view} limit 5")


def test_health_tells_of_the_standby_on_both_servers(
    primary: Connection, reading: Connection
) -> None:
    status, detail = check(primary, f"replica lag: {SLOT}")
    assert (status, detail[:9]) == ("ok", "connected")
    assert "behind" in detail
    assert check(reading, "standby")[0] == "ok"
    # Rights: an analyst sees it too.
    with primary.transaction(force_rollback=True):
        primary.execute("set local role quadrant_analyst")
        assert check(primary, f"replica lag: {SLOT}")[0] == "ok"


def test_a_standby_that_falls_behind_is_told(primary: Connection, reading: Connection) -> None:
    reading.execute("select pg_wal_replay_pause()")
    try:
        with primary.transaction():
            primary.execute("insert into learning.learning_log (level, event) values ('INFO', 'x')")
        wait_for(reading, "select pg_get_wal_replay_pause_state()", ("paused",))
        wait_for(reading, "select pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()", (True,))
        wait_for(
            reading,
            "select h.detail ~ ', 00:00:0[1-9] behind' from analyst.health as h"
            " where h.check_name = 'standby'",
            (True,),
        )
    finally:
        reading.execute("select pg_wal_replay_resume()")


def test_a_standby_that_is_gone_keeps_wal_and_is_told(
    primary: Connection, standby: Cluster
) -> None:
    standby.stop("immediate")
    wait_for(
        primary,
        f"select h.status from analyst.health as h where h.check_name = 'replica lag: {SLOT}'",
        ("fail",),
    )
    assert "WAL is kept" in check(primary, f"replica lag: {SLOT}")[1]
    standby.start()
    wait_for(
        primary,
        f"select h.status from analyst.health as h where h.check_name = 'replica lag: {SLOT}'",
        ("ok",),
    )
