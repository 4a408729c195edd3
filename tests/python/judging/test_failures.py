"""One pattern, one request or one run that fails: it fails alone, and nothing is lost by it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from quadrant.judging import Worker

MICRO = '{"bucket": "micro"}'
OVERRIDES = "select * from learning.pm_overrides order by id"
EXPIRE = (
    "update learning.simulation_requests set leased_until = clock_timestamp()"
    " - interval '1 second' where status = 'leased'"
)


@pytest.fixture
def judged(judged):
    """The market a week later, when the next look is due."""
    judged.at(307)
    return judged


@contextmanager
def running(worker: Worker) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield thread
    finally:
        worker.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()


def wait_until(market: Any, query: str) -> None:
    for _ in range(400):
        if market.rows(query):
            return
        threading.Event().wait(0.05)
    raise AssertionError(query)


def failing(connection: psycopg.Connection[Any], function: str, body: str) -> None:
    """A function of the database that fails from now on."""
    connection.execute(f"create or replace function learning.{function} language plpgsql as {body}")


def last_run(market: Any) -> tuple[Any, ...]:
    (row,) = market.rows(
        "select status, detail -> 'failed_patterns' from learning.learning_runs"
        " where job = 'quadrant.judge' order by id desc limit 1"
    )
    return row


def judge(market: Any) -> int:
    market.connection.execute("call learning.run_judge(true, true)")
    return Worker().drain(market.connection)


def test_a_pattern_that_cannot_be_judged_fails_alone(judged):
    """S1 is judged after another pattern broke, and before it; its error names it."""
    before = judged.rows(OVERRIDES)
    judged.connection.execute(
        """
        insert into learning.pattern_episode_events (
            window_id, episode_id, attempt_id, pattern_key, episode_type, scope, decision,
            opened_at, decided_at, closed_at, outcome, outcome_at, roi, roi_at, factors
        )
        select 'two' || e.window_id, e.window_id, e.window_id, 'pm.uptrend.S2.entry', 's2_entry',
            e.scope, e.decision, e.opened_at, e.decided_at, e.closed_at, e.outcome, e.outcome_at,
            e.roi, e.roi_at, e.factors
        from learning.pattern_episode_events as e
        """
    )
    judged.connection.execute("alter function learning.settle_look rename to true_settle_look")
    failing(
        judged.connection,
        "settle_look(p_look_id bigint) returns jsonb",
        "$$begin if (select k.pattern_key = 'pm.uptrend.S1.entry' from learning.looks as k"
        " where k.id = p_look_id) then raise division_by_zero; end if;"
        " return learning.true_settle_look(p_look_id); end$$",
    )
    judged.learn(308)
    assert last_run(judged) == ("failed", {"pm.uptrend.S1.entry": ["look"]})
    assert judged.rows(
        "select pattern_key, status from learning.looks order by id desc limit 2"
    ) == [("pm.uptrend.S2.entry", "decided"), ("pm.uptrend.S1.entry", "failed")]
    assert [r for r in judged.rows(OVERRIDES) if r in before] == before
    ((data,),) = judged.rows("select data from learning.learning_log where level = 'ERROR'")
    assert (data["pattern_key"], data["step"], data["sqlstate"]) == (
        "pm.uptrend.S1.entry",
        "look",
        "22012",
    )
    assert "settle_look" in data["context"]
    assert judged.rows("select * from learning.judging_runs_to_finish()") == []


def test_a_run_that_cannot_be_finished_is_marked_failed_and_the_worker_goes_on(
    database: str, judged: Any, caplog: pytest.LogCaptureFixture
) -> None:
    finish = judged.rows(
        "select pg_get_functiondef('learning.finish_judging(bigint)'::regprocedure)"
    )[0][0]
    judged.connection.execute("call learning.run_judge(true, true)")
    failing(
        judged.connection,
        "finish_judging(p_run_id bigint) returns integer",
        "$$begin raise division_by_zero; end$$",
    )
    with running(Worker(database)) as thread, caplog.at_level(logging.WARNING):
        wait_until(judged, "select from learning.learning_runs where status = 'failed'")
        (logged,) = judged.rows(
            "select data ->> 'sqlstate' from learning.learning_log"
            " where event = 'Judging run failed'",
        )
        assert logged == ("22012",)
        assert judged.rows("select * from learning.judging_runs_to_finish()") == []
        judged.connection.execute(finish)
        judged.connection.execute("call learning.run_judge(true, true)")
        wait_until(
            judged,
            "select from learning.learning_runs as r where r.status = 'done'"
            " and r.id = (select max(id) from learning.learning_runs)",
        )
        assert thread.is_alive()
    assert "lost the database" not in caplog.text


def test_a_run_that_takes_the_connection_along_is_given_up(
    database: str, judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quadrant.judging import worker as module

    monkeypatch.setattr(module, "_SHORTEST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(module, "_LONGEST_WAIT_SECONDS", 0.01)
    judged.connection.execute("call learning.run_judge(true, true)")
    failing(
        judged.connection,
        "finish_judging(p_run_id bigint) returns integer",
        "$$begin perform pg_terminate_backend(pg_backend_pid()); return 0; end$$",
    )
    with running(Worker(database)):
        wait_until(judged, "select from learning.learning_runs where status = 'failed'")
    assert judged.rows("select * from learning.judging_runs_to_finish()") == []


def test_a_database_that_cannot_hand_out_work_is_not_a_lost_connection(
    database: str, judged: Any, caplog: pytest.LogCaptureFixture
) -> None:
    judged.connection.execute(
        "alter function learning.claim_simulations rename to claimed_simulations"
    )
    with running(Worker(database)) as thread, caplog.at_level(logging.WARNING):
        for _ in range(100):
            if caplog.text:
                break
            threading.Event().wait(0.05)
        assert thread.is_alive()
    assert "cannot work" in caplog.text
    assert "42883" in caplog.text
    assert "lost the database" not in caplog.text


def test_a_comparison_the_database_refuses_fails_alone(judged, monkeypatch: pytest.MonkeyPatch):
    from quadrant.judging import worker as module

    before = judged.rows(OVERRIDES)
    plain = module._stored

    def bad(request: dict[str, Any], result: Any) -> dict[str, Any]:
        answer = plain(request, result)
        return answer | {"z": "{many}"} if request["items"] == ["bucket=mid"] else answer

    monkeypatch.setattr(module, "_stored", bad)
    judge(judged)
    assert judged.rows(
        "select distinct s.scope_subset, r.attempts from learning.simulation_requests as r"
        " join learning.look_slices as s using (look_id, lesson_id)"
        " where r.status = 'failed' and r.exclusions = '[]'"
    ) == [({"bucket": "mid"}, 3)]
    assert judged.rows(OVERRIDES) == before
    assert last_run(judged) == ("done", None)


def test_what_is_in_force_or_proposed_stays_where_comparisons_fail(
    judged, monkeypatch: pytest.MonkeyPatch
):
    from quadrant.judging import worker as module

    before = judged.rows(OVERRIDES)

    def broken(*_: Any) -> Any:
        raise ValueError("no such luck")

    monkeypatch.setattr(module, "judge_slice", broken)
    judged.connection.execute("update learning.pattern_episode_events set roi = -roi")
    judge(judged)
    assert judged.rows("select from learning.simulation_requests where status = 'failed'")
    assert judged.rows(OVERRIDES) == before
    assert list(judged.solutions()) == [MICRO]


def test_three_expired_leases_keep_what_is_in_force(judged):
    before = judged.rows(OVERRIDES)
    judged.connection.execute("call learning.run_judge(true, true)")
    for _ in range(3):
        assert judged.rows("select from learning.claim_simulations('gone', 100)")
        judged.connection.execute(EXPIRE)
    assert Worker().drain(judged.connection) == 0
    assert last_run(judged)[0] == "done"
    assert judged.rows(OVERRIDES) == before
    assert judged.rows("select from learning.learning_log where event = 'Simulation failed'")


def test_windows_without_samples_do_not_turn_a_tested_slice_into_a_drifting_one(judged):
    """A sample-less import: twice as many windows, all of them missed successes."""
    before = judged.rows(OVERRIDES)
    judged.connection.execute(
        """
        insert into learning.pattern_episode_events (
            window_id, pattern_key, scope, decision, outcome, decided_at, opened_at
        )
        select format('%s:%s', e.window_id, n), e.pattern_key, e.scope, 'skipped', 'success',
            e.decided_at, e.opened_at
        from learning.pattern_episode_events as e
        cross join generate_series(1, 2) as n
        """
    )
    judged.learn(307)
    assert judged.rows(OVERRIDES) == before


def test_a_slice_that_lost_its_samples_keeps_what_is_in_force(judged):
    of_micro = (
        "select * from learning.pm_overrides where scope_subset ->> 'bucket' = 'micro' order by id"
    )
    before = judged.rows(of_micro)
    judged.connection.execute(
        "delete from learning.pattern_episode_events where scope ->> 'bucket' = 'micro'"
    )
    judge(judged)
    assert judged.rows(of_micro) == before
    assert MICRO in judged.solutions()
