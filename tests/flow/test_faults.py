"""Whatever happens to server, client, connection, locks, disk or clock: nothing is lost, doubled
or stuck. tests/support/faults.py says what is done and what befalls it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faults
import packets
import psycopg
import pytest
import reliability
from amounts import LONG, amount

from quadrant.judging import Worker
from quadrant.server import Cluster

pytestmark = [pytest.mark.flow]

POINTS = {"server killed": amount(2, 6), "client killed": amount(1, 6)}
OTHERS = amount(1, 2)
# In short each meets one, so that every fault comes up; migrations take too long for that.
SHORT = {
    "aggregate": "client killed",
    "mine": "deadlock",
    "judge": "connection cut",
    "maintain": "disk full",
    "tick": "server killed",
    "import": "lock timeout",
    "allocation": "statement timeout",
}
WORKS = [work for name, work in faults.WORKS.items() if LONG or name in SHORT]


@pytest.fixture(scope="module")
def rig(module_cluster: Cluster, contents: Any) -> Iterator[faults.Rig]:
    faults.preload()
    with faults.small_room() as small:
        yield faults.Rig(module_cluster, small, contents)
        if small is not None:
            module_cluster.stop("immediate")


@pytest.fixture(scope="module")
def version(module_cluster: Cluster) -> int:
    with psycopg.connect(module_cluster.start()) as connection:
        return connection.info.server_version // 10_000


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.name)
def test_nothing_is_lost_doubled_or_stuck(rig: faults.Rig, version: int, work: faults.Work) -> None:
    wrong = []
    for fault in faults.FAULTS if LONG else [SHORT[work.name]]:
        if fault == "disk full" and rig.small is None:
            print(f"{work.name}: disk full skipped, for nobody may mount a small file system here")
            continue
        if work.late is None and fault in ("lock timeout", "deadlock"):
            continue
        counts: Counter[str] = Counter()
        for seed in range(POINTS.get(fault, OTHERS)):
            found = faults.struck(rig, work, fault, seed)
            counts["lost"] += found.lost
            counts["doubled"] += found.doubled
            counts["stuck"] += bool(found.stuck)
            if found.lost or found.doubled or found.stuck:
                wrong.append(f"{fault} {seed}: {found}")
            else:
                counts["survived" if found.hit else "late"] += 1
        print(f"{work.name}, {fault}: {dict(counts)}")
        reliability.note(version, work.name, fault, **counts)
    assert not wrong, "\n".join(wrong)


@pytest.mark.skipif(not LONG, reason="a campaign of make soak")
def test_a_disk_full_of_wal_loses_nothing(rig: faults.Rig, version: int) -> None:
    """The server dies of it (PANIC), and comes back with all that was committed."""
    wrong, hit = [], 0
    with faults.small_room(400) as room:
        if room is None:
            pytest.skip("nobody may mount a small file system here")
        with faults.wal_apart(rig, room):
            for name in ("aggregate", "import", "allocation", "tick"):
                counts: Counter[str] = Counter()
                for seed in range(2):
                    found = faults.struck(rig, faults.WORKS[name], "disk full of WAL", seed)
                    counts["lost"] += found.lost
                    counts["doubled"] += found.doubled
                    counts["stuck"] += bool(found.stuck)
                    if found.lost or found.doubled or found.stuck:
                        wrong.append(f"{name} {seed}: {found}")
                    else:
                        counts["survived" if found.hit else "late"] += 1
                        hit += found.hit
                print(f"{name}, disk full of WAL: {dict(counts)}")
                reliability.note(version, name, "disk full of WAL", **counts)
    assert not wrong, "\n".join(wrong)
    assert hit, "the disk was never full"


def until(what: Callable[[], object], told: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, told()
        time.sleep(0.05)


LEFT_IDLE = """
    select pid from pg_stat_activity
    where datname = current_database() and application_name = 'quadrant worker'
        and state = 'idle in transaction'
"""
EXPIRE = """
    update learning.simulation_requests set leased_until = clock_timestamp() - interval '1 second'
    where status = 'leased'
"""


def test_a_worker_frozen_in_the_middle_keeps_nothing(rig: faults.Rig, version: int) -> None:
    """Stopped while it stores; another does its work, and what it does when it wakes is void."""
    judge = faults.WORKS["judge"]
    expected, _ = rig.expected(judge)
    with rig.copy(judge) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("call learning.run_judge(true)")
        frozen = faults.Child(faults.ALSO["worker"], dsn)
        try:
            with psycopg.connect(dsn) as holder:
                holder.execute("lock table learning.gate_simulations in exclusive mode")
                assert frozen.begun()
                stores = (faults.WAITS, ("learning.gate_simulations",))
                until(lambda: connection.execute(*stores).fetchone(), lambda: "it never stored")
                frozen.send(signal.SIGSTOP)
            until(lambda: connection.execute(LEFT_IDLE).fetchone(), lambda: "it never froze")
            if LONG:  # as it is: the server ends its session, with the lease
                ended = "its session lives on"
                until(lambda: not connection.execute(LEFT_IDLE).fetchone(), lambda: ended, 70)
            else:
                with Worker(dsn)._connect() as like_it:
                    left = like_it.execute("show idle_in_transaction_session_timeout").fetchone()
                assert left == ("1min",)
                connection.execute(f"select pg_terminate_backend(i.pid) from ({LEFT_IDLE}) as i")
                until(lambda: not connection.execute(LEFT_IDLE).fetchone(), lambda: "it lives on")
                connection.execute(EXPIRE)
            Worker().drain(connection)
            frozen.send(signal.SIGCONT)
            time.sleep(2)
        finally:
            frozen.kill()
        lost, doubled, where = faults.compared(expected, rig.contents(judge, dsn))
        stuck = connection.execute(faults.STUCK).fetchall()
        counts = {"lost": lost, "doubled": doubled, "stuck": len(stuck)}
        reliability.note(version, "judge", "worker frozen", **counts, survived=int(not where))
        assert not where
        assert not stuck


FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
RUNS = """
    select r.id, r.status, r.started_at from learning.learning_runs as r
    where r.job = %s and r.status = 'done' order by r.id desc limit 1
"""
LESSONS = """
    select l.pattern_key, l.scope_subset, l.n from learning.learning_lessons as l
    where l.status = 'active' order by 1, 2::text
"""


@pytest.mark.skipif(not LONG, reason="a campaign of make soak")
@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")
def test_a_clock_that_jumps_and_comes_back_stops_nothing(
    rig: faults.Rig, version: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Server and `quadrant serve` three days ahead, then back: jobs, leases and lessons go on."""
    clock = rig.cluster.home.root.parent / "clock"
    environment = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }

    def jump(days: int) -> None:
        new = clock.with_suffix(".new")
        new.write_text(f"{days:+d}d")
        new.chmod(0o644)
        new.rename(clock)

    jump(0)
    rig.cluster.stop("fast")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        rig.cluster.start()
    fed = faults.Work("serve", lambda *_: None, None)
    logs = tmp_path_factory.mktemp("serve")
    log = logs / "learning_system.log"
    with rig.copy(fed) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select learning.reset_clock()")
        connection.execute("update learning.schedule set cron = '2 seconds'")
        packets.feed(dsn, first=20_000)
        with subprocess.Popen(
            [sys.executable, "-c", "from quadrant.cli.app import main; main()", "serve"],
            env={**os.environ, **environment, "QUADRANT_DSN": dsn, "QUADRANT_LOGS": str(logs)},
            stderr=subprocess.DEVNULL,
        ) as serve:
            try:

                def goes_on(*, ahead: bool) -> None:
                    """Every job is done again, at the time it is there."""
                    for job in ("quadrant.mine", "quadrant.judge", "quadrant.aggregate"):
                        before = connection.execute(RUNS, (job,)).fetchone()

                        def again(job: str = job, before: Any = before) -> bool:
                            row = connection.execute(RUNS, (job,)).fetchone()
                            return (
                                row is not None
                                and (before is None or row[0] > before[0] + 1)
                                and (row[2].timestamp() > time.time() + 86_400) == ahead
                            )

                        until(again, lambda job=job: f"{job} stands still: {log.read_text()}")

                goes_on(ahead=False)
                lessons = connection.execute(LESSONS).fetchall()
                assert lessons
                jump(3)
                goes_on(ahead=True)
                connection.execute(  # as a worker leaves it that dies there
                    "update learning.simulation_requests set status = 'leased', leased_by = 'x',"
                    " attempts = 1,"
                    " leased_until = clock_timestamp() + interval '60 seconds', finished_at = null"
                    " where id = (select min(id) from learning.simulation_requests)"
                )
                jump(0)
                goes_on(ahead=False)
                until(
                    lambda: connection.execute(LESSONS).fetchall() == lessons,
                    lambda: "lessons are others",
                )
                until(
                    lambda: (
                        not connection.execute(
                            "select from learning.simulation_requests where status = 'leased'"
                        ).fetchall()
                    ),
                    lambda: "a lease of the future is held for ever",
                )
                assert serve.poll() is None
            finally:
                serve.kill()
    reliability.note(version, "serve", "clock +3 days and back", survived=1)


def test_the_page_tells_of_every_work_and_fault_and_of_nothing_lost() -> None:
    rows = [
        [cell.strip(" *") for cell in line.strip("|").split("|")]
        for line in reliability.PAGE.read_text().splitlines()
        if line.startswith("| ") and line[2:5] not in ("---", "whi")
    ]
    assert {work for work, *_ in rows} >= {*SHORT, "all"}, "run: make reliability"
    assert {fault for _, fault, *_ in rows} >= {*faults.FAULTS}, "run: make reliability"
    assert {tuple(row[4:]) for row in rows} == {("0", "0", "0")}
    assert all(int(row[2]) + int(row[3]) > 0 for row in rows)
