"""One pattern, one request or one run that fails: it fails alone, and nothing is lost by it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from experiments import (
    BUCKETS,
    PATTERN,
    START,
    Connection,
    in_force,
    judge,
    rows,
    set_lessons,
    verdicts,
)

from quadrant.judging import Worker

BAD = "pm.broken.gates.entry"  # before PATTERN in every order
EXPIRE = (
    "update learning.simulation_requests set leased_until = clock_timestamp()"
    " - interval '1 second' where status = 'leased'"
)


@pytest.fixture
def broken(market: Connection) -> Connection:
    """Beside the market a pattern whose gates were registered before there were bounds.

    Its candidate admits the winners that base refuses; its override would say 1e350.
    """
    market.execute(
        "alter table learning.gates"
        " drop constraint if exists gates_stay_within_reach,"
        " drop constraint if exists multipliers_stay_within_reach"
    )
    market.execute(
        "insert into learning.gates values"
        " (%s, 'surge', 'surge', 'at_most', 1e-200, '{0,1e150}', 'multiplier', 0, 1e150,"
        " 'tuning_surge', 1)",
        (BAD,),
    )
    with market.transaction(), market.cursor() as cursor:
        cursor.executemany(
            "insert into learning.pattern_episode_events"
            " (pattern_key, scope, decision, outcome, decided_at, roi, factors)"
            " values (%s, '{}', 'skipped', 'success', %s, 0.1, %s)",
            [
                (BAD, START + timedelta(days=n % 80), json.dumps({"samples": [{"surge": 5}]}))
                for n in range(200)
            ],
        )
    set_lessons(market, [{}], pattern=BAD)
    return market


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


def wait_until(connection: Connection, query: str) -> None:
    for _ in range(200):
        if rows(connection, query):
            return
        threading.Event().wait(0.05)
    raise AssertionError(query)


def failing(connection: Connection, function: str, body: str) -> None:
    """A function of the database that fails from now on."""
    connection.execute(f"create or replace function learning.{function} language plpgsql as {body}")


def test_a_pattern_that_cannot_be_judged_fails_alone(broken: Connection) -> None:
    broken.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, method, lesson_id)"
        " select l.pattern_key, 'tuning_surge', 'simulation', l.id"
        " from learning.lessons as l where l.pattern_key = %s",
        (BAD,),
    )
    before = rows(broken, "select * from learning.pm_overrides")
    judge(broken)
    assert [row for row in in_force(broken) if row[0] == {"bucket": "micro"}]
    assert rows(broken, f"select * from learning.pm_overrides where pattern_key = '{BAD}'") == (
        before
    )
    ((status, failed, created),) = rows(
        broken,
        "select status, detail ->> 'failed', (detail -> 'simulation' ->> 'created')::integer"
        " from learning.learning_runs",
    )
    assert (status, created) == ("failed", 3)
    assert BAD in failed
    assert PATTERN not in failed
    ((data,),) = rows(broken, "select data from learning.learning_log where level = 'ERROR'")
    assert (data["pattern_key"], data["step"], data["sqlstate"]) == (BAD, "overrides", "22003")
    assert "simulation_overrides" in data["context"]
    assert rows(broken, "select * from learning.judging_runs_to_finish()") == []
    # People's views are not spoiled either.
    assert rows(broken, "select from analyst.pressure")
    # The next run fails in the same way, and in no other.
    judge(broken)
    assert rows(broken, "select status from learning.learning_runs") == [("failed",)] * 2


def test_a_pattern_whose_requests_fail_stops_no_other(market: Connection) -> None:
    market.execute("alter function learning.judging_settings rename to true_judging_settings")
    failing(
        market,
        "judging_settings(p_pattern_key text) returns table (settings jsonb, stamp text)",
        "$$begin if p_pattern_key = 'pm.uptrend.S2.entry' then raise division_by_zero; end if;"
        " return query select * from learning.true_judging_settings(p_pattern_key); end$$",
    )
    judge(market)
    assert verdicts(market)['{"bucket": "micro"}'] == "kept"
    ((status, failed),) = rows(
        market, "select status, detail -> 'failed_patterns' from learning.learning_runs"
    )
    assert (status, failed) == ("failed", {"pm.uptrend.S2.entry": ["requests"]})


def test_a_run_that_cannot_be_finished_is_marked_failed_and_the_worker_goes_on(
    database: str, market: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    finish = rows(
        market, "select pg_get_functiondef('learning.finish_judging(bigint)'::regprocedure)"
    )[0][0]
    market.execute("call learning.run_materializer(true)")
    failing(
        market,
        "finish_judging(p_run_id bigint) returns integer",
        "$$begin raise division_by_zero; end$$",
    )
    with running(Worker(database)) as thread, caplog.at_level(logging.WARNING):
        wait_until(market, "select from learning.learning_runs where status = 'failed'")
        (logged,) = rows(
            market,
            "select data ->> 'sqlstate' from learning.learning_log"
            " where event = 'Judging run failed'",
        )
        assert logged == ("22012",)
        assert rows(market, "select * from learning.judging_runs_to_finish()") == []
        market.execute(finish)
        market.execute("call learning.run_materializer(true)")
        wait_until(market, "select from learning.learning_runs where status = 'done'")
        assert thread.is_alive()
    assert "lost the database" not in caplog.text


def test_a_run_that_takes_the_connection_along_is_given_up(
    database: str, market: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quadrant.judging import worker as module

    monkeypatch.setattr(module, "_SHORTEST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(module, "_LONGEST_WAIT_SECONDS", 0.01)
    market.execute("call learning.run_materializer(true)")
    failing(
        market,
        "finish_judging(p_run_id bigint) returns integer",
        "$$begin perform pg_terminate_backend(pg_backend_pid()); return 0; end$$",
    )
    with running(Worker(database)):
        wait_until(market, "select from learning.learning_runs where status = 'failed'")
    assert rows(market, "select * from learning.judging_runs_to_finish()") == []


def test_a_database_that_cannot_hand_out_work_is_not_a_lost_connection(
    database: str, market: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    market.execute("alter function learning.claim_simulations rename to claimed_simulations")
    with running(Worker(database)) as thread, caplog.at_level(logging.WARNING):
        for _ in range(100):
            if caplog.text:
                break
            threading.Event().wait(0.05)
        assert thread.is_alive()
    assert "cannot work" in caplog.text
    assert "42883" in caplog.text
    assert "lost the database" not in caplog.text


def test_a_grid_the_database_refuses_fails_alone(
    market: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quadrant.judging import worker as module

    plain = module._stored
    ((mid,),) = rows(
        market, "select id from learning.lessons where scope_subset ->> 'bucket' = 'mid'"
    )

    def bad(request: dict[str, Any], result: Any) -> dict[str, Any]:
        grid = plain(request, result)
        return grid | {"p": "{many}"} if request["lesson_id"] == mid else grid

    monkeypatch.setattr(module, "_stored", bad)
    judge(market)
    failed = rows(
        market,
        "select lesson_id, attempts from learning.simulation_requests where status = 'failed'",
    )
    assert failed == [(mid, 3)]
    assert verdicts(market)['{"bucket": "micro"}'] == "kept"
    assert rows(market, "select status from learning.learning_runs") == [("done",)]


@pytest.mark.parametrize("kind", ["own", "governed"])
def test_what_is_in_force_or_proposed_stays_where_a_simulation_fails(
    market: Connection, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Of micro, in force, and of {}, proposed: their own grids, and what {} would govern."""
    from quadrant.judging import worker as module

    judge(market)
    before = rows(market, "select * from learning.pm_overrides order by id")
    assert {row[5] for row in in_force(market)} == {"active", "proposed"}
    plain = module.simulate

    def broken(*arguments: Any, only: int | None = None, **options: Any) -> Any:
        if kind == "own" or only is not None:
            raise ValueError("no such luck")
        return plain(*arguments, only=only, **options)

    monkeypatch.setattr(module, "simulate", broken)
    market.execute("update learning.pattern_episode_events set roi = -roi")
    set_lessons(market, BUCKETS if kind == "own" else [{}], stamp="two")
    if kind == "governed":
        market.execute("update learning.pattern_episode_events set roi = -roi")
        market.execute("delete from learning.gate_simulations where kind = 'governed'")
    judge(market)
    assert rows(market, "select from learning.simulation_requests where status = 'failed'")
    assert rows(market, "select * from learning.pm_overrides order by id") == before
    (warned,) = rows(
        market,
        "select data ->> 'pattern_key' from learning.learning_log"
        " where event = 'Overrides kept without new evidence'",
    )
    assert warned == (PATTERN,)


def test_three_expired_leases_keep_what_is_in_force(market: Connection) -> None:
    judge(market)
    before = rows(market, "select * from learning.pm_overrides order by id")
    set_lessons(market, BUCKETS, stamp="two")
    market.execute("call learning.run_materializer(true)")
    for _ in range(3):
        assert rows(market, "select from learning.claim_simulations('gone', 100)")
        market.execute(EXPIRE)
    assert Worker().drain(market) == 0
    assert rows(market, "select status from learning.learning_runs order by id") == [("done",)] * 2
    assert rows(market, "select * from learning.pm_overrides order by id") == before
    logged = rows(market, "select from learning.learning_log where event = 'Simulation failed'")
    assert len(logged) == 4


def test_experiments_without_samples_do_not_turn_a_tested_slice_into_a_drifting_one(
    market: Connection,
) -> None:
    judge(market)
    before = rows(market, "select * from learning.pm_overrides order by id")
    market.execute(
        "insert into learning.pattern_episode_events"
        " (pattern_key, scope, decision, outcome, decided_at)"
        " select pattern_key, scope, 'skipped', 'success', decided_at"
        " from learning.pattern_episode_events"
        " cross join generate_series(1, 2)"
    )
    # As the miner would count them: three times as many, a third of them sampled.
    market.execute("update learning.slice_rates set n_policy = 0, skipped_success = 2 * n")
    market.execute("update learning.lessons set n = 3 * n, evidence_stamp = 'imported'")
    assert judge(market) >= 4
    assert rows(market, "select * from learning.pm_overrides order by id") == before


def test_a_slice_that_lost_its_samples_keeps_what_is_in_force(market: Connection) -> None:
    judge(market)
    before = rows(market, "select * from learning.pm_overrides order by id")
    market.execute("update learning.pattern_episode_events set factors = '{}'")
    market.execute("update learning.slice_rates set n_sampled = 0")
    set_lessons(market, BUCKETS, stamp="without")
    assert judge(market) >= 4
    assert rows(market, "select max(n_events) from learning.gate_simulations"
                " where kind = 'own'") == [(0,)]  # fmt: skip
    assert rows(market, "select * from learning.pm_overrides order by id") == before


def test_a_drifting_slice_drifts_until_its_first_grid_is_there(
    market: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Samples came: from now on it is simulated, but the first simulation fails."""
    from quadrant.judging import worker as module

    market.execute(
        "insert into learning.pm_overrides"
        " (pattern_key, action_category, scope_subset, multiplier, method, lesson_id)"
        " select pattern_key, 'tuning_halo', scope_subset, 1.1, 'drift', id from learning.lessons"
    )
    plain = module.simulate

    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("no such luck")

    monkeypatch.setattr(module, "simulate", broken)
    judge(market)
    drifting = "select count(*) from learning.pm_overrides where method = 'drift'"
    assert rows(market, drifting) == [(4,)]
    monkeypatch.setattr(module, "simulate", plain)
    judge(market)
    judge(market)
    assert rows(market, drifting) == [(0,)]
