"""The schedule in a real pg_cron: jobs by name, once, as quadrant_jobs; and the flow by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import packets
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from quadrant.database import migrate, rollback
from quadrant.judging import Worker

SCRIPT = Path(__file__).parents[2] / "pg_cron.sql"
JOBS = "select jobname, username, active from cron.job where jobname like 'quadrant.%' order by 1"


@pytest.fixture
def cron(cron_database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(cron_database, autocommit=True) as connection:
        yield connection
        connection.execute("select learning.unschedule_all()")
        connection.execute("delete from learning.learning_runs")


def test_the_script_schedules_each_job_once(cron: psycopg.Connection[Any]) -> None:
    for _ in range(2):
        cron.execute(SCRIPT.read_text())
    wanted = cron.execute(
        "select job, 'quadrant_jobs', true from learning.schedule where enabled order by 1"
    ).fetchall()
    assert wanted
    assert cron.execute(JOBS).fetchall() == wanted

    with cron.transaction(force_rollback=True):
        cron.execute("update learning.schedule set enabled = false where job = 'quadrant.mine'")
        cron.execute("select learning.schedule_all()")
        assert "quadrant.mine" not in {row[0] for row in cron.execute(JOBS)}

    assert cron.execute("select learning.unschedule_all()").fetchone() == (len(wanted),)
    assert cron.execute(JOBS).fetchall() == []


def test_what_is_a_schedule_here_is_one_there(cron: psycopg.Connection[Any]) -> None:
    """And the other way round, but for what is there without any meaning."""
    asked = (
        *(
            "* * * * *",
            "1-59/15 8,20 1 jan,DEC mon-Fri",
            "0 0 31 2 7",
            "  8  * * * * ",
            "*/7 * * * 0",
        ),
        *("60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5/10 * * * *"),
        *("mon * * * *", "* * * *", "", "x", "1,,2 * * * *", "*/0 * * * *", "- * * * *"),
    )
    version = cron.execute("select extversion from pg_extension where extname = 'pg_cron'")
    if version.fetchone() not in {("1.3",), ("1.4",), ("1.4-1",)}:
        asked += ("10 seconds", "59 seconds", "60 seconds", "0 seconds", "ten seconds")
    for text in asked:
        row = cron.execute("select not learning.cron(%s) is null", (text,)).fetchone()
        try:
            with cron.transaction(force_rollback=True):
                cron.execute("select cron.schedule('quadrant.try', %s, 'select 1')", (text,))
            theirs = True
        except psycopg.Error:
            theirs = False
        assert row == (theirs,), text


def test_quadrant_serve_leaves_to_pg_cron_what_is_pg_crons(
    cron: psycopg.Connection[Any],
) -> None:
    served = "select count(*) from learning.jobs_to_serve(now())"
    who = "select detail from analyst.health where check_name = 'scheduler'"
    assert cron.execute(served).fetchone() == (4,)
    cron.execute(SCRIPT.read_text())
    assert cron.execute(served).fetchone() == (0,)
    assert cron.execute(who).fetchone() == ("jobs run by pg_cron: 4, by quadrant serve: 0",)
    # One that was enabled and not given to pg_cron is served.
    with cron.transaction(force_rollback=True):
        cron.execute("update learning.schedule set enabled = false where job = 'quadrant.mine'")
        cron.execute("select learning.schedule_all()")
        cron.execute("update learning.schedule set enabled = true where job = 'quadrant.mine'")
        assert cron.execute(served).fetchone() == (1,)
    cron.execute("select learning.unschedule_all()")
    assert cron.execute(served).fetchone() == (4,)


RUNS = """
    select j.jobname, d.status, d.return_message, count(*)
    from cron.job_run_details as d
    join cron.job as j using (jobid)
    where j.jobname like 'quadrant.%' and d.end_time is not null
    group by 1, 2, 3
"""

JOB_NAMES = {f"quadrant.{name}" for name in ("aggregate", "judge", "maintain", "mine")}
# pg_cron, as Debian has it, counts whole minutes and begins all jobs at once: judging and
# the tables of rates wait for mining here, not for the next minute.
AFTER_MINING = """
    create function public.after_mining() returns trigger language plpgsql as $$
    begin
        for v_look in 1..300 loop
            exit when exists (
                select from learning.learning_runs as r
                where r.job = 'quadrant.mine' and r.finished_at is not null
            );
            perform pg_catalog.pg_sleep(0.1);
        end loop;
        return new;
    end
    $$;
    create trigger others_wait before insert on learning.learning_runs
    for each row when (new.job in ('quadrant.judge', 'quadrant.aggregate'))
    execute function public.after_mining();
"""


@pytest.mark.flow
@pytest.mark.slow
def test_it_learns_with_nobody_watching(cron: psycopg.Connection[Any], cron_database: str) -> None:
    cron.execute("delete from cron.job_run_details")
    cron.execute(AFTER_MINING)
    cron.execute("update learning.schedule set cron = '* * * * *'")
    packets.feed(cron_database)
    cron.execute(SCRIPT.read_text())
    worker = Worker(make_conninfo(cron_database, options="-c role=quadrant_worker"))
    works = Thread(target=worker.run)
    works.start()
    try:
        for stage in packets.follow(cron_database, 150, lambda c: c.execute(RUNS).fetchall()):
            print(f"[x] {stage}")
        details = cron.execute(RUNS).fetchall()
        cron.execute("select learning.unschedule_all()")
        assert {name for name, *_ in details} == JOB_NAMES
        assert {status for _, status, *_ in details} == {"succeeded"}, details
        statuses = cron.execute("select distinct status from learning.learning_runs").fetchall()
        assert set(statuses) <= {("done",), ("waiting",)}
    finally:
        worker.stop()
        works.join()
        rollback(cron_database)  # for whoever comes next
        migrate(cron_database)
        cron.execute("drop function public.after_mining")


HISTORY = """
    insert into cron.job_run_details (jobid, runid, database, username, status, end_time)
    select 0, -n, current_database(), username, 'succeeded', now() - interval '400 days'
    from (values (1, 'quadrant_jobs'), (2, 'somebody')) as h (n, username)
"""
OLD = "select username from cron.job_run_details where runid < 0 order by 1"


def test_maintenance_of_an_install_without_a_superuser(
    cron: psycopg.Connection[Any], cron_database: str
) -> None:
    """pg_cron belongs to an administrator; the jobs are quadrant_jobs', no superuser."""
    runs = "select status, detail -> 'retention' ? 'cron' from learning.learning_runs order by id"
    with psycopg.connect(cron_database, autocommit=True) as jobs:
        jobs.execute("set session authorization quadrant_jobs")
        try:
            cron.execute("revoke usage on schema cron from quadrant_owner")
            cron.execute(HISTORY)
            # Before pg_cron.sql has run: what can be done is done.
            jobs.execute("call learning.run_maintenance()")
            assert cron.execute(runs).fetchall() == [("done", False)]
            assert jobs.execute(
                "select level, event from learning.learning_log where event like 'History%'"
            ).fetchall() == [("WARNING", "History of pg_cron kept")]
            for call in ("schedule_all", "unschedule_all"):
                with pytest.raises(psycopg.Error, match="may not use it") as told:
                    jobs.execute(f"select learning.{call}()")
                assert told.value.sqlstate == "QD221"

            cron.execute(SCRIPT.read_text())
            jobs.execute("call learning.run_maintenance()")
            assert cron.execute(runs).fetchall()[1:] == [("done", True)]
            assert cron.execute(OLD).fetchall() == [("somebody",)]
            (scheduled,) = cron.execute(
                "select count(*) from learning.schedule where enabled"
            ).fetchone() or (0,)
            assert jobs.execute("select learning.unschedule_all()").fetchone() == (scheduled,)
            assert cron.execute(JOBS).fetchall() == []
        finally:
            cron.execute("delete from cron.job_run_details where runid < 0")
            cron.execute("delete from learning.learning_log")
            cron.execute("revoke usage on schema cron from quadrant_owner")


def test_where_pg_cron_is_not_nothing_is_scheduled(connection: psycopg.Connection[Any]) -> None:
    assert connection.execute("select learning.schedule_all()").fetchone() == (0,)
    assert connection.execute("select learning.unschedule_all()").fetchone() == (0,)
