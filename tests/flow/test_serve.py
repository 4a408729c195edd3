"""`quadrant serve`: one process that runs schedule and worker, whatever happens to the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import packets
import psycopg
import pytest
from amounts import amount
from psycopg.conninfo import make_conninfo

from quadrant.database import migrate
from quadrant.server import Cluster

pytestmark = pytest.mark.flow

COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()", "serve"]
# Runs of one job that were at work at the same time; a judging run that waits for a worker is
# replaced by the next.
DOUBLE = """
    select a.id, b.id
    from learning.learning_runs as a
    join learning.learning_runs as b on b.job = a.job and b.id > a.id
    where a.status <> 'skipped' and b.status <> 'skipped' and a.job <> 'quadrant.judge'
        and a.detail ->> 'abandoned' is null and b.started_at < a.finished_at
"""
Connection = psycopg.Connection[Any]


@contextmanager
def serving(dsn: str, logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command, with the rights of the jobs' login and no others."""
    environment = {
        **os.environ,
        "QUADRANT_DSN": make_conninfo(dsn, options="-c role=quadrant_jobs"),
        "QUADRANT_LOGS": str(logs),
    }
    with subprocess.Popen(COMMAND, env=environment, stderr=subprocess.DEVNULL) as child:
        try:
            yield child
        finally:
            child.kill()


def log_of(logs: Path) -> str:
    file = logs / "learning_system.log"
    return file.read_text() if file.exists() else ""


def wait_until(what: Callable[[], object], seconds: float, told: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, told()
        time.sleep(0.1)


def ended(child: subprocess.Popen[bytes], signum: int) -> float:
    """Seconds until it has ended well."""
    asked = time.monotonic()
    child.send_signal(signum)
    assert child.wait(20) == 0
    return time.monotonic() - asked


def schedule(connection: Connection, cron: str, *jobs: str) -> None:
    """Only these jobs, at that time."""
    connection.execute(
        "update learning.schedule set cron = %s, enabled = job = any(%s)", (cron, list(jobs))
    )


def runs(connection: Connection, job: str, status: str = "done") -> int:
    ((count,),) = connection.execute(
        "select count(*) from learning.learning_runs where job = %s and status = %s", (job, status)
    ).fetchall()
    return int(count)


@pytest.mark.slow
def test_it_learns_with_nobody_watching(
    connection: Connection, database: str, tmp_path: Path
) -> None:
    connection.execute("update learning.schedule set cron = '2 seconds'")
    packets.feed(database)
    with serving(database, tmp_path) as child:
        for stage in packets.follow(database, 60, lambda _: log_of(tmp_path)):
            print(f"[x] {stage}")
        statuses = connection.execute("select distinct status from learning.learning_runs")
        assert {status for (status,) in statuses} <= {"done", "running", "waiting"}
        assert connection.execute(DOUBLE).fetchall() == []
        health = "select status, detail from analyst.health where check_name = 'scheduler'"
        ((status, detail),) = connection.execute(health).fetchall()
        assert status == "ok"
        assert detail.startswith("jobs run by pg_cron: 0, by quadrant serve: 4 (")
        wait_until(lambda: "Override created" in log_of(tmp_path), 10, lambda: log_of(tmp_path))

        # A change of the schedule is seen.
        schedule(connection, "1 seconds", "quadrant.aggregate")
        wait_until(
            lambda: "no longer served | job=quadrant.mine" in log_of(tmp_path),
            20,
            lambda: log_of(tmp_path),
        )

        def aggregates_again(times: int) -> None:
            before = runs(connection, "quadrant.aggregate")
            wait_until(
                lambda: runs(connection, "quadrant.aggregate") > before + times,
                20,
                lambda: log_of(tmp_path),
            )

        aggregates_again(2)  # meanwhile a run that was about to begin comes to its end
        mined = runs(connection, "quadrant.mine")
        aggregates_again(4)
        assert runs(connection, "quadrant.mine") == mined
        assert ended(child, signal.SIGTERM) < 5
    assert connection.execute("select count(*) from learning.workers").fetchone() == (0,)
    assert connection.execute(health).fetchone() == (
        "warn",
        "jobs run by pg_cron: 0, by quadrant serve: 1 (not running)",
    )


@pytest.mark.slow
def test_what_was_missed_is_made_up_for_and_what_hangs_is_cancelled(
    connection: Connection, database: str, tmp_path: Path
) -> None:
    # Due every hour, a minute ago; the last run of one of them began before that.
    ((cron,),) = connection.execute(
        "select to_char(clock_timestamp() at time zone 'UTC' - interval '1 minute', 'MI * * * *')"
    ).fetchall()
    schedule(connection, cron, "quadrant.mine", "quadrant.judge")
    connection.execute(
        "insert into learning.learning_runs (job, status, started_at, finished_at)"
        " values ('quadrant.mine', 'done', now() - interval '1 hour', now() - interval '1 hour')"
    )
    working = (
        "select count(*) from pg_stat_activity where application_name = 'quadrant.mine'"
        " and datname = current_database() and wait_event_type = 'Lock'"
    )
    packets.feed(database)
    with psycopg.connect(database) as holder:
        holder.execute("lock table learning.slice_rates in exclusive mode")
        with serving(database, tmp_path) as child:
            wait_until(
                lambda: connection.execute(working).fetchone() == (1,),
                30,
                lambda: log_of(tmp_path),
            )
            assert ended(child, signal.SIGINT) < 8
        assert runs(connection, "quadrant.mine", "running") == 1
    with serving(database, tmp_path) as child:
        wait_until(lambda: runs(connection, "quadrant.mine") == 2, 30, lambda: log_of(tmp_path))
        time.sleep(6)  # it looks again
        assert ended(child, signal.SIGTERM) < 5
    assert runs(connection, "quadrant.mine") == 2
    assert runs(connection, "quadrant.mine", "failed") == 1
    assert runs(connection, "quadrant.judge") == 0, "what never ran waits for its time"


@pytest.mark.slow
def test_the_loss_of_the_database_is_survived(own_cluster: Cluster, tmp_path: Path) -> None:
    dsn = own_cluster.start()
    migrate(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        schedule(connection, "1 seconds", "quadrant.mine", "quadrant.judge", "quadrant.aggregate")
    packets.feed(dsn)
    with serving(dsn, tmp_path) as child:
        for _ in packets.follow(dsn, 90, lambda _: log_of(tmp_path)):
            pass
        for seconds in (7, 0)[: amount(1, 2)]:
            own_cluster.stop("immediate")
            time.sleep(seconds)
            assert child.poll() is None
            own_cluster.start()
            with psycopg.connect(dsn, autocommit=True) as connection:
                go_on(connection, tmp_path)
        packets.feed(dsn, first=1000)
        with psycopg.connect(dsn, autocommit=True) as connection:
            wait_until(
                lambda: (
                    connection.execute(
                        "select n >= 800 from learning.lessons where status = 'active'"
                        " and pattern_key = %s and scope_subset = '{}'",
                        (packets.PATTERN,),
                    ).fetchone()
                    == (True,)
                ),
                30,
                lambda: log_of(tmp_path),
            )
            go_on(connection, tmp_path)
            assert ended(child, signal.SIGTERM) < 5
            assert connection.execute(DOUBLE).fetchall() == []


def go_on(connection: Connection, logs: Path) -> None:
    """Jobs run again, and none is left open by a session that is gone; so does the worker."""
    before = {job: runs(connection, job) for job in ("quadrant.mine", "quadrant.judge")}
    wait_until(
        lambda: all(runs(connection, job) > count + 1 for job, count in before.items()),
        45,
        lambda: log_of(logs),
    )
    wait_until(
        lambda: "worker listening" in log_of(logs).rsplit("worker lost the database", 1)[-1],
        45,
        lambda: log_of(logs),
    )
    open_ = "select count(*) from learning.learning_runs where status = 'running' group by job"
    assert {row[0] for row in connection.execute(open_)} <= {1}
