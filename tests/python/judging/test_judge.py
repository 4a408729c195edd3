"""From windows to solutions and overrides: the judge against a real database."""

from __future__ import annotations

import pytest


def just_outside(seen):
    """Setups just outside the halo gate pay in bucket micro."""
    return 0.06 if seen["bucket"] == "micro" and 1.0 < seen["halo"] <= 1.2 else 0.0


def test_a_planted_effect_is_found_in_its_scope_only(judged):
    market = judged
    found = market.solutions()
    assert list(found) == ['{"bucket": "micro"}']
    assert found['{"bucket": "micro"}']["halo"] > 0
    overrides = market.rows(
        "select action_category, status, multiplier, delta from learning.pm_overrides"
        " where status = 'active' order by action_category"
    )
    assert [row[0] for row in overrides] == ["tuning_halo", "tuning_slope_min", "tuning_ts_min"]
    assert overrides[0][2] == pytest.approx(1 + found['{"bucket": "micro"}']["halo"])
    (look,) = market.rows(
        "select status, profile, qualified, created, dropped, n_windows from learning.looks"
    )
    assert look[:5] == ("decided", "evidence", 1, 1, 0)
    assert look[5] > 1500


def test_nothing_is_found_where_nothing_is(market):
    market.fill(300)
    market.learn(300)
    assert market.solutions() == {}
    assert market.rows("select count(*) from learning.pm_overrides where status = 'active'") == [
        (0,)
    ]
    assert market.rows("select count(*) from learning.gate_simulations") != [(0,)]


def test_judging_ten_times_changes_nothing(judged):
    """Applied gates turn skips into trades; the judge must not see its evidence change."""
    market = judged
    before = market.solutions(), market.rows("select count(*) from learning.pm_overrides_history")
    for _ in range(10):
        market.connection.execute(
            "update learning.pattern_episode_events set decision = 'acted', blocked_by = '{}'"
            " where (factors #>> '{samples,0,halo_distance}')::double precision <= 1.2"
        )
        market.learn(300)
        after = (
            market.solutions(),
            market.rows("select count(*) from learning.pm_overrides_history"),
        )
        assert after == before


def test_a_gate_that_cannot_move_refuses_in_every_comparison(market):
    market.connection.execute(
        "update learning.gates set steps = '{0}' where pattern_key like '%S1%' and gate = 'ts'"
    )
    market.fill(120)
    market.learn(125)
    (refused,) = market.rows(
        "select count(*) from learning.pattern_episode_events"
        " where (factors #>> '{samples,0,ts_score}')::float8 < 0.6"
        "    or (factors #>> '{samples,0,halo_distance}')::float8 > 1.2"
    )
    (never, n) = market.rows(
        """
        select g.n_windows - max(admitted) as never, g.n_windows
        from learning.gate_simulations as g
        join learning.look_slices as s using (look_id, lesson_id)
        cross join lateral (
            select g.misses_caught[p.candidate] + g.failures_added[p.candidate] as admitted
            from learning.policies('pm.uptrend.S1.entry') as p
            where p.steps = '{"halo": 0.2, "slope": 0}'
        ) as c
        where s.depth = 0 and g.reference = '[]' and g.exclusions = '[]'
        group by g.n_windows
        """
    )[0]
    by_base = market.rows(
        "select count(*) from learning.pattern_episode_events"
        " where (factors #>> '{samples,0,ts_score}')::float8 >= 0.6"
        "    and (factors #>> '{samples,0,halo_distance}')::float8 <= 1"
    )[0][0]
    assert n == 720
    assert never - by_base == refused[0]


def test_looks_come_at_their_times(market):
    market.fill(120)
    market.at(100)
    market.learner.learn()
    assert market.rows("select count(*) from learning.looks") == [(1,)]
    market.at(106)
    market.learner.learn()
    assert market.rows("select count(*) from learning.looks") == [(1,)]
    market.at(107)
    market.learner.learn()
    assert market.rows("select count(*) from learning.looks") == [(2,)]


def test_the_log_tells_a_judging_run_from_its_lessons_to_its_end(market):
    market.fill(300, just_outside)
    market.connection.execute("update learning.learning_log set level = 'DEBUG'")
    market.learn(300)
    lines = market.rows(
        "select event, data from learning.learning_log as l"
        " join learning.learning_runs as r on r.id = l.run_id and r.job = 'quadrant.judge'"
        " where l.level = 'INFO' order by l.id"
    )
    start, end = lines[0], lines[-1]
    assert start[0] == "Materializer starting"
    assert start[1]["lessons"] >= start[1]["closed"] > 0
    assert end[0] == "Materializer finished"
    assert 0 < end[1]["seconds"] < 60
    (kept,) = (data for event, data in lines if event == "Grid result")
    assert kept["scope_subset"] == {"bucket": "micro"}
    assert {"tested", "skipped", "steps", "ratio", "z", "e"} <= set(kept)
    refused = [data for event, data in lines if event == "No override" and data.get("n")]
    assert refused
    assert all(data["reason"] for data in refused)
