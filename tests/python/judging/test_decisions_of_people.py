"""What people decide stays, whatever the judge finds afterwards."""

from __future__ import annotations

import psycopg
import pytest

MICRO = '{"bucket": "micro"}'


def micro_outside(seen):
    return 0.06 if seen["bucket"] == "micro" and 1.0 < seen["halo"] <= 1.2 else 0.0


def faintly_outside(seen):
    """Too little for the tests, enough for a proposal."""
    return 0.008 if seen["bucket"] == "micro" and 1.0 < seen["halo"] <= 1.2 else 0.0


def base_is_best(seen):
    """In bucket micro what base lets in gains, and what it refuses loses."""
    if seen["bucket"] != "micro":
        return 0.0
    return 0.2 if seen["halo"] <= 1.0 and seen["ts"] >= 0.6 else -0.1


def solution(market, status, scope=MICRO):
    ((found,),) = market.rows(
        "select id from learning.solutions where status = %s and scope_subset = %s", status, scope
    )
    return found


def overrides(market, where="true"):
    return market.rows(
        "select action_category, scope_subset::text, status, pinned, method, multiplier, delta"
        f" from learning.pm_overrides where {where} order by 1, 2, 5"
    )


@pytest.fixture
def proposal(market):
    """The id of a proposal for bucket micro, after 300 days."""
    assert market.solutions() == {}
    return solution(market, "proposed")


def test_what_is_approved_is_in_force_and_stays(market, proposal):
    market.rows("select learning.approve_solution(%s, 'anna')", proposal)
    assert list(market.solutions()) == [MICRO]
    before = overrides(market, "status = 'active'")
    assert [row[0] for row in before] == ["tuning_halo", "tuning_slope_min", "tuning_ts_min"]
    market.fill(14, faintly_outside, seed=2, first=300)
    market.learn(307)
    market.learn(314)
    assert overrides(market, "status = 'active'") == before
    assert market.rows(
        "select status, changed_by, approved_by from learning.solutions where id = %s", proposal
    ) == [("active", "anna", "anna")]
    assert market.rows(
        "select distinct h.actor from learning.pm_overrides_history as h"
        " where h.change = 'UPDATE' and h.new_row ->> 'status' = 'active'"
    ) == [("anna",)]


def test_what_was_approved_goes_when_nothing_speaks_for_it(market, proposal):
    market.rows("select learning.approve_solution(%s, 'anna')", proposal)
    market.fill(300, base_is_best, seed=2, first=300)
    market.learn(600)
    assert MICRO not in market.solutions()


def test_what_is_pinned_stays_whatever_the_judge_finds(market, proposal):
    market.rows("select learning.pin_override(%s, true, 'anna')", proposal)
    before = overrides(market, "pinned")
    assert len(before) == 3
    market.fill(300, base_is_best, seed=2, first=300)
    market.learn(450)
    ((status, against),) = market.rows(
        "select status, (record -> 'against')::float8 from learning.solutions where id = %s",
        proposal,
    )
    assert status == "active"
    assert against > 20, "its record is told all the same"
    market.learn(600)
    assert overrides(market, "pinned") == before
    market.rows("select learning.pin_override(%s, false, 'anna')", proposal)
    assert overrides(market, "pinned") == []
    market.learn(600)
    assert MICRO not in market.solutions()


def test_a_pin_outranks_narrower_solutions(judged):
    """Nothing is judged on windows that a pin governs."""
    market = judged
    assert list(market.solutions()) == [MICRO]
    market.rows(
        "select learning.set_override('pm.uptrend.S1.entry', '{}', '{\"halo\": 1}', 'anna', true)"
    )
    market.learn(300)
    ((value,),) = market.rows(
        "select value from pm.gates('pm.uptrend.S1.entry', %s) where gate = 'halo'", MICRO
    )
    assert value == 1
    ((n,),) = market.rows(
        "select g.n_windows from learning.look_slices as s"
        " join learning.gate_simulations as g on g.id = s.simulation_id"
        " where s.scope_subset = %s order by s.look_id desc limit 1",
        MICRO,
    )
    assert n == 0
    assert list(market.solutions()) == [MICRO], "it comes back when the pin is taken out"


def test_what_was_set_by_hand_survives_judging(market):
    market.fill(300, micro_outside)
    market.rows(
        "select learning.set_override('pm.uptrend.S1.entry', %s, '{\"halo\": 0.9}', 'anna')", MICRO
    )
    before = overrides(market, "is_manual")
    for day in (293, 300):
        market.learn(day)
    assert overrides(market, "is_manual") == before
    ((value,),) = market.rows(
        "select value from pm.gates('pm.uptrend.S1.entry', %s) where gate = 'halo'", MICRO
    )
    assert value == pytest.approx(0.9)
    assert MICRO not in market.solutions(), "nothing is learned on windows a person governs"
    market.rows("select learning.clear_override('pm.uptrend.S1.entry', %s)", MICRO)
    market.learn(300)
    assert list(market.solutions()) == [MICRO]


def test_what_is_dismissed_is_not_proposed_again(market, proposal):
    ((steps,),) = market.rows("select steps from learning.solutions where id = %s", proposal)
    market.rows("select learning.dismiss_solution(%s, 'anna')", proposal)
    assert overrides(market, f"scope_subset = '{MICRO}'") == []
    market.learn(307)
    again = market.rows(
        "select steps from learning.solutions where scope_subset = %s"
        " and status in ('active', 'proposed', 'suspended')",
        MICRO,
    )
    assert (steps,) not in again


def test_what_is_dismissed_does_not_come_into_force_by_its_evidence(judged):
    market = judged
    found = solution(market, "active")
    ((steps,),) = market.rows("select steps from learning.solutions where id = %s", found)
    market.rows("select learning.dismiss_solution(%s, 'anna')", found)
    market.learn(300)
    live = market.rows(
        "select steps from learning.solutions where scope_subset = %s and status = 'active'", MICRO
    )
    assert (steps,) not in live


def test_without_auto_apply_all_waits_for_approval(market):
    market.set(auto_apply=False)
    market.fill(300, micro_outside)
    market.learn(300)
    assert market.solutions() == {}
    assert overrides(market, "status = 'active'") == []
    waiting = solution(market, "proposed")
    assert market.rows("select reason from learning.solutions where id = %s", waiting) == [
        ("waits for approval",)
    ]
    assert market.rows("select created from learning.looks") == [(0,)]
    market.learn(307)
    assert solution(market, "proposed") == waiting, "it waits on"
    market.rows("select learning.approve_solution(%s, 'anna')", waiting)
    assert list(market.solutions()) == [MICRO]
    market.learn(314)
    assert solution(market, "active") == waiting


def test_without_auto_apply_nothing_takes_the_place_of_what_stands(judged):
    market = judged
    standing = solution(market, "active")
    market.set(auto_apply=False)
    market.fill(
        120,
        lambda s: micro_outside(s) + (0.2 if s["bucket"] == "micro" and s["ts"] < 0.6 else 0),
        seed=3,
        first=300,
    )
    market.learn(420)
    assert solution(market, "active") == standing


@pytest.mark.parametrize(
    ("act", "status", "code"),
    [
        ("select learning.approve_solution(999999)", None, "QD090"),
        ("select learning.dismiss_solution(999999)", None, "QD090"),
        ("select learning.pin_override(999999)", None, "QD090"),
        ("select learning.approve_solution({id})", "dismissed", "QD091"),
        ("select learning.dismiss_solution({id})", "dismissed", "QD091"),
        ("select learning.pin_override({id})", "ended", "QD091"),
        ("select learning.pin_override({id}, false)", "proposed", "QD091"),
        ("select learning.approve_solution({id})", "active", "QD091"),
    ],
)
def test_what_cannot_be_decided_says_why(connection, act, status, code):
    ((found,),) = connection.execute(
        "insert into learning.solutions (pattern_key, scope_subset, steps, status, confidence, n,"
        " record_since) values ('pm.uptrend.S1.entry', '{}', '{\"halo\": 0.1}', %s, 0.5, 100,"
        " '2026-01-01') returning id",
        (status or "proposed",),
    ).fetchall()
    with pytest.raises(psycopg.Error) as raised:
        connection.execute(act.format(id=found))
    assert raised.value.sqlstate == code
    assert raised.value.diag.message_hint
