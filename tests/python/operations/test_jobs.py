"""The run_* procedures as a job runs them: as quadrant_jobs, committing as they go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from quadrant.jobs import JobRunner

MINE = "call learning.run_tuning_miner()"
LEASE = "select l.* from learning.job_leases as l where l.job = 'quadrant.mine'"
BUSY = ("skipped", {"skipped": "another run of it is in progress"})


@pytest.fixture
def jobs(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    connection.execute("set session authorization quadrant_jobs")
    return connection


def experiments(connection: psycopg.Connection[Any], pattern_key: str, n: int) -> None:
    connection.execute(
        "insert into learning.pattern_episode_events"
        " (pattern_key, decision, outcome, decided_at, scope)"
        " select %s, 'skipped', 'failure', now() - interval '1 day', '{\"bucket\": \"micro\"}'"
        " from generate_series(1, %s)",
        (pattern_key, n),
    )


def runs(connection: psycopg.Connection[Any]) -> list[Any]:
    return connection.execute(
        "select job, status, detail from learning.learning_runs order by id"
    ).fetchall()


def test_the_miner_mines_logs_and_ends(jobs: psycopg.Connection[Any]) -> None:
    experiments(jobs, "pm.uptrend.S1.entry", 40)
    jobs.execute(MINE)
    ((job, status, detail),) = runs(jobs)
    assert (job, status) == ("quadrant.mine", "done")
    assert detail["patterns"]["pm.uptrend.S1.entry"]["lessons"] == 2
    lines = jobs.execute(
        "select event, data from learning.learning_log where run_id is not null order by id"
    ).fetchall()
    events = [event for event, _ in lines]
    assert events[0] == "TuningMiner starting"
    assert (lines[0][1]["events"], lines[0][1]["lookback_days"]) == (40, 90)
    assert events.count("TuningMiner lesson") == 2
    assert events[-1] == "TuningMiner done"
    assert 0 < lines[-1][1]["seconds"] < 60


def test_one_bad_pattern_fails_alone_and_is_tried_again(jobs: psycopg.Connection[Any]) -> None:
    experiments(jobs, "pm.uptrend.S1.entry", 40)
    experiments(jobs, "pm.uptrend.S2.entry", 40)
    jobs.execute(
        "alter table learning.mined_patterns add constraint s1_cannot_be_mined"
        " check (pattern_key <> 'pm.uptrend.S1.entry' or n_experiments = 0)"
    )
    jobs.execute(MINE)
    assert runs(jobs)[0][:2] == ("quadrant.mine", "failed")
    lessons = "select distinct pattern_key from learning.learning_lessons order by 1"
    assert jobs.execute(lessons).fetchall() == [("pm.uptrend.S2.entry",)]
    error = jobs.execute(
        "select data ->> 'pattern_key', data ->> 'sqlstate', data ->> 'context' is not null"
        " from learning.learning_log where level = 'ERROR'"
    ).fetchall()
    assert error == [("pm.uptrend.S1.entry", "23514", True)]

    jobs.execute("alter table learning.mined_patterns drop constraint s1_cannot_be_mined")
    jobs.execute(MINE)
    assert runs(jobs)[1][:2] == ("quadrant.mine", "done")
    assert len(jobs.execute(lessons).fetchall()) == 2


def test_a_bad_setting_stops_no_pattern(jobs: psycopg.Connection[Any]) -> None:
    """As it could be written before settings were checked: told, and passed over."""
    experiments(jobs, "pm.uptrend.S1.entry", 40)
    experiments(jobs, "pm.uptrend.S2.entry", 40)
    jobs.execute("alter table learning.learning_configs disable trigger user")
    jobs.execute(
        "update learning.learning_configs set config_data = jsonb_set(config_data, '{patterns}',"
        ' \'{"pm.uptrend.S1.entry": {"n_min": "many", "min_ratio": 5000, "lookback_days": -1}}\')'
        " where module_id = 'pm'"
    )
    jobs.execute("alter table learning.learning_configs enable trigger user")
    jobs.execute(MINE)
    jobs.execute("call learning.run_judge()")
    jobs.execute("call learning.run_aggregator()")
    assert [status for _, status, _ in runs(jobs)] == ["done"] * 3
    mined = jobs.execute("select distinct pattern_key from learning.learning_lessons order by 1")
    assert mined.fetchall() == [("pm.uptrend.S1.entry",), ("pm.uptrend.S2.entry",)]
    told = jobs.execute(
        "select r.job, l.data ->> 'pattern_key', array_agg(l.data ->> 'code' order by l.id)"
        " from learning.learning_log as l join learning.learning_runs as r on r.id = l.run_id"
        " where l.level = 'WARNING' group by 1, 2 order by 1"
    )
    assert told.fetchall() == [
        ("quadrant.judge", "pm.uptrend.S1.entry", ["QD082", "QD082", "QD081"]),
        ("quadrant.mine", "pm.uptrend.S1.entry", ["QD082", "QD082", "QD081"]),
    ]


def test_by_hand_it_tells_what_it_did(connection: psycopg.Connection[Any]) -> None:
    """Null and no run where nothing is due; a set clock does not matter; a failure is raised."""
    by_hand = "call learning.run_tuning_miner(true)"
    assert connection.execute(by_hand).fetchone() == (None,)
    assert runs(connection) == []
    connection.execute("select learning.set_clock(now())")
    experiments(connection, "pm.uptrend.S1.entry", 40)
    mined = connection.execute(by_hand).fetchone()
    assert mined is not None
    assert runs(connection) == [("quadrant.mine", "done", mined[0])]
    assert mined[0]["patterns"]["pm.uptrend.S1.entry"]["lessons_changed"] == 2

    connection.execute(
        "alter table learning.mined_patterns add constraint s1_cannot_be_mined"
        " check (pattern_key <> 'pm.uptrend.S1.entry') not valid"
    )
    experiments(connection, "pm.uptrend.S1.entry", 1)
    experiments(connection, "pm.uptrend.S2.entry", 40)
    with pytest.raises(psycopg.errors.CheckViolation, match="s1_cannot_be_mined"):
        connection.execute(by_hand)
    assert runs(connection)[1][:2] == ("quadrant.mine", "failed")
    assert connection.execute(
        "select count(*) from learning.lessons where pattern_key = 'pm.uptrend.S2.entry'"
    ).fetchone() == (2,)
    assert connection.execute(
        "select count(*) from learning.job_leases where run_id is not null"
    ).fetchone() == (0,), "the job is given back"


def test_a_set_clock_skips_scheduled_runs(jobs: psycopg.Connection[Any]) -> None:
    jobs.execute("select learning.set_clock('2026-01-15')")
    for job in (MINE, "call learning.run_aggregator()", "call learning.run_maintenance()"):
        jobs.execute(job)
    assert [(status, detail) for _, status, detail in runs(jobs)] == [
        ("skipped", {"skipped": "the clock is set"})
    ] * 3


def test_two_at_once_the_second_leaves(jobs: psycopg.Connection[Any], database: str) -> None:
    with psycopg.connect(database) as other:
        other.execute("select learning.begin_run('quadrant.mine')")
        jobs.execute(MINE)
        assert runs(jobs) == [("quadrant.mine", *BUSY)]
        other.rollback()
        jobs.execute(MINE)
        assert runs(jobs)[-1][1] == "done"
        # From step to step no row is locked: the lease holds.
        other.execute("select learning.begin_run('quadrant.mine')")
        other.commit()
        other.execute("select 1")
        jobs.execute(MINE)
        assert runs(jobs)[-1][1:] == BUSY


def test_a_run_abandoned_by_its_session_is_closed_and_keeps_nothing(
    jobs: psycopg.Connection[Any], database: str
) -> None:
    abandoned = {"abandoned": "its session ended before it did"}
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("select learning.begin_run('quadrant.mine')")
        # The session lives on and runs nothing: its run is over.
        jobs.execute(MINE)
        assert [run[1] for run in runs(jobs)] == ["failed", "done"]
        assert runs(jobs)[0][2] == abandoned
        with pytest.raises(psycopg.Error, match="given up") as told:
            other.execute("select learning.hold_run(min(r.id)) from learning.learning_runs as r")
        assert told.value.sqlstate == "QD220"
        other.execute("select learning.begin_run('quadrant.mine')")
    # The next session with its pid is another one.
    with psycopg.connect(database) as reuser:
        reuser.execute("select 1")
        jobs.execute(
            "update learning.job_leases set pid = %s where pid is not null",
            (reuser.info.backend_pid,),
        )
        jobs.execute(MINE)
    assert [run[1] for run in runs(jobs)] == ["failed", "done", "failed", "done"]
    logged = "select count(*) from learning.learning_log where event = 'Run abandoned'"
    assert jobs.execute(logged).fetchone() == (2,)
    assert jobs.execute(LEASE).fetchone() == ("quadrant.mine", None, None, None, None)


def test_a_cancelled_run_leaves_a_session_that_keeps_nothing(
    jobs: psycopg.Connection[Any], database: str
) -> None:
    experiments(jobs, "pm.uptrend.S1.entry", 40)
    with (
        psycopg.connect(database, autocommit=True) as cancelled,
        psycopg.connect(database) as holder,
    ):
        holder.execute("lock table learning.slice_rates in exclusive mode")
        cancelled.execute("set statement_timeout = '300ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            cancelled.execute(MINE)
        holder.rollback()
        jobs.execute(MINE)
        assert [run[1] for run in runs(jobs)] == ["failed", "done"]
        cancelled.execute(MINE)
        assert [run[1] for run in runs(jobs)] == ["failed", "done", "done"]


def test_no_login_can_keep_a_job_from_running(jobs: psycopg.Connection[Any], database: str) -> None:
    """Whatever advisory locks it holds, those of the sessions it sees among them."""
    with psycopg.connect(database, autocommit=True) as stranger:
        stranger.execute("set session authorization quadrant_pm")
        stranger.execute("select pg_advisory_lock(hashtext('quadrant'), hashtext('quadrant.mine'))")
        with psycopg.connect(database, autocommit=True) as other:
            other.execute("select learning.begin_run('quadrant.mine')")
            (key,) = jobs.execute(
                "select session_key from learning.job_leases where pid is not null"
            ).fetchone() or (None,)
        stranger.execute("select pg_advisory_lock(1364541764, %s)", (key,))
        stranger.execute("begin")
        jobs.execute(MINE)
        assert runs(jobs)[-1][1] == "done"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            stranger.execute("select from learning.job_leases for update")


def test_the_aggregator_closes_stale_pendings(jobs: psycopg.Connection[Any]) -> None:
    jobs.execute(
        "insert into learning.pattern_episode_events (pattern_key, opened_at)"
        " values ('pm.uptrend.S1.entry', now() - interval '31 days')"
    )
    jobs.execute("call learning.run_aggregator()")
    ((job, status, detail),) = runs(jobs)
    assert (job, status, detail["stale_pendings"]) == ("quadrant.aggregate", "done", 1)
    assert jobs.execute("select outcome from learning.pattern_episode_events").fetchall() == [
        ("neutral",)
    ]


def test_a_step_of_the_aggregator_fails_alone(jobs: psycopg.Connection[Any]) -> None:
    jobs.execute("alter materialized view analyst.pattern_scope_stats rename to gone")
    jobs.execute(
        "insert into learning.ad_strands (kind, trade_id, content) values"
        " ('position_closed', 't', '{\"pattern_key\": \"pm.uptrend.S1.entry\", \"roi\": 0.1}')"
    )
    jobs.execute("call learning.run_aggregator()")
    ((job, status, detail),) = runs(jobs)
    assert (job, status, detail["trades"], detail["failed"]) == (
        *("quadrant.aggregate", "failed"),
        *(1, 1),
    )
    errors = jobs.execute(
        "select data ->> 'step', data ->> 'sqlstate' from learning.learning_log"
        " where level = 'ERROR'"
    ).fetchall()
    assert errors == [("pattern_scope_stats", "42P01")]


def test_maintenance_forgets(jobs: psycopg.Connection[Any]) -> None:
    jobs.execute(
        "insert into learning.learning_log (level, event, logged_at)"
        " values ('INFO', 'long ago', now() - interval '91 days')"
    )
    jobs.execute("call learning.run_maintenance()")
    ((job, status, detail),) = runs(jobs)
    assert (job, status, detail["retention"]["log"]) == ("quadrant.maintain", "done", 1)


def test_no_override_goes_before_an_upgraded_miner_has_counted(
    jobs: psycopg.Connection[Any],
) -> None:
    """A migration that makes slices count anew leaves no lessons for a while, but the overrides."""
    experiments(jobs, "pm.uptrend.S1.entry", 40)
    jobs.execute(MINE)
    jobs.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, multiplier, method)"
        " values ('pm.uptrend.S1.entry', 'tuning_halo', 1.1, 'drift')"
    )
    jobs.execute("truncate learning.slice_rates")
    jobs.execute("update learning.mined_patterns set configuration = '', base_floor = null")
    jobs.execute("call learning.run_judge()")
    assert runs(jobs)[-1][:2] == ("quadrant.judge", "done")
    overrides = "select count(*) from learning.pm_overrides"
    assert jobs.execute(overrides).fetchone() == (1,)
    jobs.execute(MINE)
    jobs.execute("call learning.run_judge()")
    assert jobs.execute(overrides).fetchone() == (0,)


def test_a_clock_that_went_back_calls_every_job_up_anew(database: str) -> None:
    """What the scheduler has of them waits for a time that lies days ahead again."""
    runner = JobRunner(database)
    runner._look()
    waiting = runner._scheduler.get_jobs()
    assert len(waiting) == 4
    for job in waiting:
        runner._scheduler.remove_job(job.id)
    runner._look()
    assert runner._scheduler.get_jobs() == [], "nothing changed"
    runner._looked_at += timedelta(days=3)
    runner._look()
    assert len(runner._scheduler.get_jobs()) == 4
    assert runner._session is not None
    runner._session.close()
