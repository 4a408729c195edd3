"""What becomes of solutions from look to look, and of slices that overlap."""

from __future__ import annotations

import pytest

MICRO = '{"bucket": "micro"}'


def micro_outside(seen):
    return 0.06 if seen["bucket"] == "micro" and 1.0 < seen["halo"] <= 1.2 else 0.0


def everywhere_outside(seen):
    return 0.06 if 1.0 < seen["halo"] <= 1.2 else 0.0


def test_a_parents_effect_does_not_come_back_as_its_childs(market):
    market.fill(300, everywhere_outside)
    market.learn(300)
    assert list(market.solutions()) == ["{}"]
    children = market.rows(
        "select reason, reference from analyst.simulations where scope_subset <> '{}'"
    )
    assert children
    assert all(row[1] != [] for row in children), "a child was not judged against its parent"


def test_young_does_not_get_what_nano_has(market):
    """Two dimensions, the effect in one of them; where they overlap it is nano's."""

    def pays(seen):
        return 0.08 if seen["bucket"] == "nano" and 1.0 < seen["halo"] <= 1.2 else 0.0

    market.fill(
        300, pays, scopes={"bucket": ("nano", "big"), "age_bucket": ("young", "old")}, a_day=8
    )
    market.learn(300)
    assert list(market.solutions()) == ['{"bucket": "nano"}']


def test_evidence_that_goes_takes_the_solution_with_it(market):
    """A change of regime: what was planted turns around."""
    market.fill(240, micro_outside)
    market.learn(240)
    assert list(market.solutions()) == [MICRO]
    market.fill(
        150,
        lambda seen: -2 * micro_outside(seen),
        seed=2,
        first=240,
    )
    gone = None
    for day in range(254, 391, 14):
        market.learn(day)
        if gone is None and not market.solutions():
            gone = day
    assert gone is not None
    assert market.solutions() == {}
    ended = market.rows(
        "select status, reason from learning.solutions"
        " where scope_subset = %s and status in ('ended', 'suspended')",
        MICRO,
    )
    assert ended
    assert all(reason for _, reason in ended)


def test_other_steps_are_another_solution(judged):
    """What was accepted is the change, not the slice: the opposite of it starts from nothing."""
    market = judged
    market.connection.execute(
        """
        update learning.solutions set steps = steps || '{"halo": -0.2}' where status = 'active'
        """
    )
    market.connection.execute("update learning.looks set look_day = look_day - 30")
    market.learn(300)
    (was, now) = market.rows(
        "select status, steps -> 'halo' from learning.solutions where scope_subset = %s"
        " order by id",
        MICRO,
    )
    assert was == ("ended", -0.2)
    assert now[0] == "active"
    assert now[1] > 0


def test_a_comparison_that_fails_keeps_what_is_in_force(judged):
    market = judged
    before = market.rows("select * from learning.pm_overrides order by id")
    market.connection.execute(
        """
        create function learning.break() returns trigger language plpgsql as $$
        begin
            new.status := 'failed'; new.finished_at := clock_timestamp(); new.error := 'broken';
            return new;
        end $$;
        create trigger break before insert on learning.simulation_requests
        for each row execute function learning.break();
        """
    )
    market.learn(307)
    assert market.rows("select * from learning.pm_overrides order by id") == before
    assert market.rows(
        "select verdict from learning.look_slices as s join learning.looks as k on k.id = s.look_id"
        " where s.scope_subset = %s order by k.id desc limit 1",
        MICRO,
    ) == [("active",)] or market.rows(
        "select count(*) from learning.solutions where status = 'active'"
    ) == [(1,)]


def test_a_look_that_breaks_fails_alone(judged):
    market = judged
    before = market.rows("select * from learning.pm_overrides order by id")
    market.connection.execute(
        "alter table learning.solutions add constraint broken check (false) not valid"
    )
    market.learn(307)
    assert market.rows("select status from learning.looks order by id desc limit 1") == [
        ("failed",)
    ]
    assert market.rows("select * from learning.pm_overrides order by id") == before
    assert market.rows(
        "select data ->> 'pattern_key' from learning.learning_log"
        " where event = 'Judging of a pattern failed'"
    ) == [("pm.uptrend.S1.entry",)]
    assert market.rows(
        "select status from learning.learning_runs where job = 'quadrant.judge'"
        " order by id desc limit 1"
    ) == [("failed",)]


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"for": 0.1, "against": 25, "money_z": -1, "changed": 40}, "suspended"),
        ({"for": 0.5, "against": 2, "money_z": -2.5, "changed": 40}, "suspended"),
        ({"for": 0.5, "against": 2, "money_z": -2.5, "changed": 5}, "active"),
        ({"for": 3, "against": 0.2, "money_z": 1, "changed": 40}, "active"),
    ],
)
def test_the_guardrail(judged, record, status):
    market = judged
    (look,) = market.rows("select max(id) from learning.looks")
    market.connection.execute(
        "update learning.gate_simulations set record = %s where look_id = %s",
        (psycopg_json(record), look[0]),
    )
    market.connection.execute("select learning.keep_records(%s)", look)
    assert market.rows("select status from learning.solutions where scope_subset = %s", MICRO) == [
        (status,)
    ]


def test_a_proposal_comes_into_force_by_its_own_record(market):
    market.fill(90, lambda seen: micro_outside(seen) / 3)
    market.set(auto_apply=True)
    market.connection.execute(
        """
        create or replace function learning.judging_thresholds(p_depth integer)
        returns table (
            on_evidence double precision, on_z double precision, off_evidence double precision,
            off_z double precision, on_money_z double precision,
            off_money_z double precision, on_record double precision,
            kept_record double precision, against_record double precision,
            turned_money_z double precision, propose_z double precision, keep_z double precision,
            fewest_changed integer, may_act boolean
        )
        language sql immutable as $$
            select 1e30::float8, 30::float8, 1e30::float8, 30::float8, 1::float8, 0::float8,
                20::float8, 4::float8, 20::float8, -2::float8, 2::float8, 1::float8, 15, true
        $$
        """
    )
    market.learn(90)
    assert market.solutions("active") == {}
    market.fill(300, lambda seen: 2 * micro_outside(seen), seed=3, first=90)
    for day in range(104, 391, 14):
        market.learn(day)
    confirmed = market.rows(
        "select reason, (record ->> 'for')::float8 >= 4 from learning.solutions"
        " where status = 'active'"
    )
    assert confirmed
    assert all(row == ("confirmed by its record", True) for row in confirmed)


def test_without_auto_apply_all_waits_for_a_person(market):
    market.set(auto_apply=False)
    market.fill(300, micro_outside)
    market.learn(300)
    assert market.solutions("active") == {}
    assert market.rows("select count(*) from learning.pm_overrides where status = 'active'") == [
        (0,)
    ]
    assert MICRO in market.solutions("proposed")


@pytest.mark.parametrize("results", [True, False])
def test_what_changes_sides_is_known_from_the_first_look_on(market, results):
    """Of every solution, in force or proposed, by results or by outcomes alone."""
    market.fill(300, everywhere_outside, results=results)
    market.learn(300)
    told = market.rows(
        """
        select o.status, g.changed[p.candidate],
            jsonb_array_length(g.sides -> p.candidate::text -> 'windows')
        from learning.solutions as o
        join learning.policies(o.pattern_key) as p on p.steps = o.steps
        join learning.look_slices as s
            on s.look_id = o.look_id and s.scope_subset = o.scope_subset
        join learning.gate_simulations as g on g.id = s.simulation_id
        """
    )
    assert len(told) > 0
    assert [row for row in told if row[1] != row[2]] == []


def test_windows_without_results_lead_to_proposals_only(market):
    market.fill(300, everywhere_outside, results=False)
    market.learn(300)
    assert market.solutions("active") == {}
    market.set(even_payoff=True)
    market.learn(301)
    assert list(market.solutions("active")) == ["{}"]
    market.fill(30, everywhere_outside, seed=2, first=301, results=False)
    market.learn(331)
    assert list(market.solutions("active")) == ["{}"]
    assert market.rows("select status from learning.looks order by id") == [("decided",)] * 3


def psycopg_json(value):
    from psycopg.types.json import Jsonb

    return Jsonb(value)
