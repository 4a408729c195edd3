"""From requests to overrides: the worker against a real database."""

from __future__ import annotations

import json
import threading
from typing import Any

import numpy as np
import psycopg
import pytest
from experiments import (
    BUCKETS,
    PATTERN,
    Connection,
    in_force,
    judge,
    rows,
    set_lessons,
    verdicts,
)

from quadrant.judging import Worker


def test_a_planted_slice_gets_a_joint_solution_and_the_others_none(market: Connection) -> None:
    assert judge(market) >= 4
    assert verdicts(market)['{"bucket": "micro"}'] == "kept"
    solution = [row for row in in_force(market) if row[0] == {"bucket": "micro"}]
    assert [row[1] for row in solution] == ["tuning_halo", "tuning_slope_min", "tuning_ts_min"]
    assert {row[5] for row in solution} == {"active"}
    ts = solution[2]
    assert ts[2] in (pytest.approx(0.55 / 0.6), pytest.approx(0.5 / 0.6))
    assert ts[4] >= 0.9
    assert rows(market, "select count(distinct solution_id) from learning.pm_overrides"
                " where scope_subset @> '{\"bucket\": \"micro\"}'") == [(1,)]  # fmt: skip
    active = {json.dumps(row[0]) for row in in_force(market) if row[5] == "active"}
    assert (
        json.dumps({"bucket": "big"}) not in active
        or verdicts(market)['{"bucket": "big"}'] == "pinned"
    )
    (run,) = rows(market, "select status, detail -> 'simulation' ->> 'created' from"
                  " learning.learning_runs where job = 'quadrant.judge'")  # fmt: skip
    assert run[0] == "done"
    assert int(run[1]) == len([row for row in in_force(market) if row[5] == "active"])


def test_counts_of_the_worker_are_those_sql_works_out_anew(market: Connection) -> None:
    judge(market)
    compared = rows(
        market,
        """
        select s.misses_caught[s.candidate], s.failures_added[s.candidate],
            s.failures_avoided[s.candidate], s.wins_lost[s.candidate],
            (count(*) filter (where c.is_admitted and c.roi > 0))::integer,
            (count(*) filter (where c.is_admitted and c.roi <= 0))::integer,
            (count(*) filter (where not c.is_admitted and c.roi <= 0))::integer,
            (count(*) filter (where not c.is_admitted and c.roi > 0))::integer
        from learning.gate_simulations as s
        cross join lateral learning.changed_sides(s.id) as c
        where s.candidate is not null
        group by s.id
        """,
    )
    assert compared
    for row in compared:
        assert row[:4] == row[4:]


def test_judging_ten_times_changes_nothing(market: Connection) -> None:
    """Applied gates turn skips into trades; the judge must not see its evidence vanish."""
    worker = Worker()
    judge(market, worker)
    first = in_force(market)
    assert any(row[5] == "active" for row in first)
    changes = rows(market, "select count(*) from learning.pm_overrides_history")
    for again in range(10):
        market.execute(
            "update learning.pattern_episode_events set decision = 'acted', blocked_by = '{}'"
            " where (factors #>> '{samples,0,ts_score}')::double precision >= 0.5"
        )
        set_lessons(market, [{}, {"bucket": "micro"}, {"bucket": "mid"}, {"bucket": "big"}],
                    stamp=f"again {again}")  # fmt: skip
        assert judge(market, worker if again % 2 else Worker()) >= 4
        assert in_force(market) == first
    assert rows(market, "select count(*) from learning.pm_overrides_history") == changes


def test_an_unchanged_lesson_is_not_simulated_again_but_new_settings_are(
    market: Connection,
) -> None:
    assert judge(market) >= 4
    assert judge(market) == 0
    set_lessons(market, [{"bucket": "mid"}], stamp="two")
    assert judge(market) == 1
    market.execute("update learning.gates set base = 0.62 where gate = 'ts' and pattern_key = %s",
                   (PATTERN,))  # fmt: skip
    assert judge(market) >= 4


def test_a_changed_event_is_read_again(market: Connection) -> None:
    worker = Worker()
    judge(market, worker)
    before = rows(
        market,
        "select benefit from learning.gate_simulations where kind = 'own' order by lesson_id",
    )
    market.execute("update learning.pattern_episode_events set roi = -roi")
    set_lessons(market, [{}, {"bucket": "micro"}, {"bucket": "mid"}, {"bucket": "big"}], "two")
    judge(market, worker)
    after = rows(
        market, "select cost from learning.gate_simulations where kind = 'own' order by lesson_id"
    )
    assert np.allclose(np.array(before), np.array(after))


def test_a_retired_lesson_takes_its_override_along_and_a_manual_one_stays(
    market: Connection,
) -> None:
    market.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)"
        " values (%s, 'tuning_ts_min', '{\"bucket\": \"micro\"}', 1.1)",
        (PATTERN,),
    )
    judge(market)
    assert len([row for row in in_force(market) if row[0] == {"bucket": "micro"}]) == 4
    market.execute("update learning.lessons set status = 'retired'")
    judge(market)
    left = rows(market, "select method, multiplier from learning.pm_overrides")
    assert left == [("manual", 1.1)]
    removed = rows(market, "select count(*) from learning.pm_overrides_history"
                   " where change = 'DELETE' and run_id is not null")  # fmt: skip
    assert removed[0][0] >= 3


def test_without_tests_the_bare_plan_decides(market: Connection) -> None:
    judge(market)
    assert any(row[5] == "proposed" for row in in_force(market))
    market.execute(
        "update learning.learning_configs set config_data = jsonb_set("
        "config_data, '{tuning,evidence_q}', '1') where module_id = 'pm'"
    )
    judge(market)
    assert {row[5] for row in in_force(market)} == {"active"}
    assert set(verdicts(market).values()) <= {"kept", "none"}
    assert verdicts(market)["{}"] == "kept"


def test_a_parent_is_kept_only_for_what_it_governs(market: Connection) -> None:
    """Everything in {} that pays is in micro: without micro's events nothing is left of it."""
    judge(market)
    governed = rows(market, "select exclusions, n_events from learning.gate_simulations"
                    " where kind = 'governed'")  # fmt: skip
    own = dict(rows(market, "select l.scope_subset::text, s.q from learning.gate_simulations as s"
                    " join learning.lessons as l on l.id = s.lesson_id"
                    " where s.kind = 'own'"))  # fmt: skip
    assert own["{}"] <= 0.10
    assert verdicts(market)["{}"] != "kept"
    micro = rows(market, "select count(*) from learning.pattern_episode_events"
                 " where scope @> '{\"bucket\": \"micro\"}'")[0][0]  # fmt: skip
    assert governed == [([{"bucket": "micro"}], 1_500 - micro)]
    reason = rows(market, "select reason from analyst.simulations where scope_subset = '{}'")
    assert reason == [("its effect is that of more specific slices",)]


def test_copies_inherit(market: Connection) -> None:
    set_lessons(market, [{"timeframe": "1h"}])
    market.execute(
        "update learning.lessons set latent_factor_id = %s where scope_subset ? 'timeframe'",
        (PATTERN + " {}",),
    )
    judge(market)
    assert '{"timeframe": "1h"}' not in verdicts(market)


def test_an_expired_lease_returns_and_three_are_enough(market: Connection) -> None:
    market.execute("call learning.run_materializer(true)")
    taken = rows(market, "select request_id from learning.claim_simulations('gone', 100)")
    assert len(taken) == 4
    assert rows(market, "select request_id from learning.claim_simulations('other', 100)") == []
    assert Worker().drain(market) == 0
    expire = ("update learning.simulation_requests set leased_until = clock_timestamp()"
              " - interval '1 second' where status = 'leased'")  # fmt: skip
    for _ in range(2):
        market.execute(expire)
        again = rows(market, "select request_id from learning.claim_simulations('other', 100)")
        assert again == taken
    market.execute(expire)
    assert rows(market, "select request_id from learning.claim_simulations('other', 100)") == []
    # They enter with p = 1: the run ends, nothing is created.
    assert Worker().drain(market) == 0
    assert rows(market, "select distinct status from learning.simulation_requests") == [("failed",)]
    assert rows(market, "select status from learning.learning_runs") == [("done",)]
    assert in_force(market) == []


def test_two_workers_share_the_work_and_one_finishes(database: str, market: Connection) -> None:
    market.execute("call learning.run_materializer(true)")
    done: list[int] = []

    def work() -> None:
        done.append(Worker(database).once())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) >= 4
    assert rows(market, "select status from learning.learning_runs") == [("done",)]
    assert rows(market, "select max(attempts) from learning.simulation_requests") == [(1,)]


def test_a_newer_run_replaces_one_no_worker_came_for(market: Connection) -> None:
    market.execute("call learning.run_materializer(true)")
    assert judge(market) >= 4
    runs = rows(market, "select status, detail ->> 'skipped' is null from learning.learning_runs"
                " order by id")  # fmt: skip
    assert runs == [("skipped", False), ("done", True)]


def test_a_lesson_nobody_can_simulate_fails_alone(
    market: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quadrant.judging import worker as module

    plain = module.simulate
    mid = module.stable_seed(PATTERN, ["bucket=mid"])

    def broken(events: Any, grid: Any, settings: Any, seed: int, **options: Any) -> Any:
        if seed == mid:
            raise ValueError("no such luck")
        return plain(events, grid, settings, seed, **options)

    monkeypatch.setattr(module, "simulate", broken)
    judge(market)
    failed = rows(market, "select status, attempts, error from learning.simulation_requests"
                  " where status = 'failed'")  # fmt: skip
    assert failed == [("failed", 3, "ValueError('no such luck')")]
    assert verdicts(market)['{"bucket": "micro"}'] == "kept"
    assert '{"bucket": "mid"}' not in verdicts(market)
    logged = rows(
        market, "select level from learning.learning_log where event = 'Simulation failed'"
    )
    assert logged == [("ERROR",)]


def test_run_listens_works_and_stops(database: str, market: Connection) -> None:
    worker = Worker(database)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        market.execute("call learning.run_materializer(true)")
        for _ in range(200):
            if rows(market, "select from learning.learning_runs where status = 'done'"):
                break
            threading.Event().wait(0.1)
        assert rows(market, "select status from learning.learning_runs") == [("done",)]
    finally:
        worker.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()


def test_run_survives_a_lost_connection(database: str, market: Connection) -> None:
    worker = Worker(database)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        killed = 0
        for _ in range(100):
            killed = rows(
                market,
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where datname = current_database() and application_name = 'quadrant worker'",
            )[0][0]
            if killed:
                break
            threading.Event().wait(0.1)
        assert killed == 1
        market.execute("call learning.run_materializer(true)")
        for _ in range(200):
            if rows(market, "select from learning.learning_runs where status = 'done'"):
                break
            threading.Event().wait(0.1)
        assert rows(market, "select status from learning.learning_runs") == [("done",)]
    finally:
        worker.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()


def test_the_story_of_an_override(market: Connection) -> None:
    judge(market)
    ((story,),) = rows(
        market,
        "select learning.explain_override(id) from learning.pm_overrides"
        " where scope_subset = '{\"bucket\": \"micro\"}' and action_category = 'tuning_ts_min'",
    )
    assert story["gate"]["base"] == 0.6
    assert story["gate"]["value"] in (pytest.approx(0.5), pytest.approx(0.55))
    assert story["tests"]["verdict"] == "kept"
    assert len(story["alternatives"]) == 5
    assert story["changed_sides"]
    assert story["history"][0]["change"] == "INSERT"
    assert story["lesson"]["scope_subset"] == {"bucket": "micro"}
    assert set(story["solution"]) == {"tuning_ts_min", "tuning_halo", "tuning_slope_min"}
    market.execute("set role quadrant_analyst")
    told = rows(market, "select analyst.explain_override(%s)", story["override"]["id"])
    assert told == [(story,)]


def test_evidence_that_moves_is_shown_and_writes_no_history(market: Connection) -> None:
    """Three cycles, each with 20 more experiments of the same kind."""
    judge(market)
    shown = "select evidence -> 'n_events' from analyst.overrides where scope_subset = %s"
    (before,) = set(rows(market, shown, '{"bucket": "micro"}'))
    for cycle in range(3):
        market.execute(
            "insert into learning.pattern_episode_events"
            " (pattern_key, scope, decision, outcome, decided_at, roi, factors)"
            " select pattern_key, scope, decision, outcome, decided_at, roi, factors"
            " from learning.pattern_episode_events order by id limit 20"
        )
        set_lessons(market, BUCKETS, stamp=f"cycle {cycle}")
        assert judge(market) >= 4
    assert verdicts(market)['{"bucket": "micro"}'] == "kept"
    (after,) = set(rows(market, shown, '{"bucket": "micro"}'))
    assert after > before
    history = rows(
        market,
        "select change, (old_row ->> 'solution_id') = (new_row ->> 'solution_id')"
        " and (old_row ->> 'status') = (new_row ->> 'status')"
        " from learning.pm_overrides_history order by id",
    )
    assert ("UPDATE", True) not in history


def test_the_workers_role_can_do_the_work_and_nothing_else(market: Connection) -> None:
    market.execute("call learning.run_materializer(true)")
    market.execute("set role quadrant_worker")
    assert Worker().drain(market) >= 4
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        market.execute("select from learning.gate_simulations")
    market.execute("set role quadrant_analyst")
    assert rows(market, "select from analyst.simulations")
    assert rows(market, "select from analyst.pressure where drift_would_write is not null")
    market.execute("reset role")
    assert rows(market, "select status from learning.learning_runs") == [("done",)]


def test_the_command_does_what_is_waiting(
    database: str, market: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from quadrant.cli.app import app

    market.execute("call learning.run_materializer(true)")
    monkeypatch.setenv("QUADRANT_DSN", database)
    result = CliRunner().invoke(app, ["worker", "--once"])
    assert result.exit_code == 0, result.output
    assert "simulations done" in result.output
    assert rows(market, "select status from learning.learning_runs") == [("done",)]


def test_a_step_that_fails_stops_no_other(market: Connection) -> None:
    market.execute(
        "update learning.slice_rates"
        " set n_sampled = 0, n_policy = 200, skipped_success = 40, skipped_failure = 60"
        " where slice_key = ''"
    )
    # Drift's confidence is n / (n + 50).
    market.execute("update learning.lessons set n = -50 where slice_key = ''")
    judge(market)
    ((status, why),) = rows(
        market, "select status, detail ->> 'failed' from learning.learning_runs"
    )
    assert status == "failed"
    assert why.startswith("drift: ")
    assert verdicts(market)['{"bucket": "micro"}'] == "kept"
    (logged,) = rows(market, "select data ->> 'sqlstate' from learning.learning_log"
                     " where level = 'ERROR'")  # fmt: skip
    assert logged == ("22012",)


def test_the_log_tells_a_judging_run_from_its_lessons_to_its_end(market: Connection) -> None:
    # The broadest slice drifts: few of its events have samples.
    market.execute(
        "update learning.slice_rates"
        " set n_sampled = 0, n_policy = 0, skipped_success = 40, skipped_failure = 1460"
        " where slice_key = ''"
    )
    market.execute("update learning.learning_log set level = 'DEBUG'")
    judge(market)
    lines = rows(market, "select event, data from learning.learning_log where level = 'INFO'"
                 " order by id")  # fmt: skip
    start, end = lines[0], lines[-1]
    assert start[0] == "Materializer starting"
    counts = {key: start[1][key] for key in ("lessons", "closed", "simulated", "drifting")}
    assert counts == {"lessons": 4, "closed": 4, "simulated": 3, "drifting": 1}
    assert end[0] == "Materializer finished"
    assert 0 < end[1]["seconds"] < 60
    reasons = {data["reason"] for event, data in lines if event == "No override, drift"}
    assert reasons == {"never loosened at this dodge rate"}
    (kept,) = (data for event, data in lines if event == "Grid result")
    assert kept["scope_subset"] == {"bucket": "micro"}
    assert {"tested", "skipped", "steps", "ratio"} <= set(kept)
    assert None not in kept.values()
