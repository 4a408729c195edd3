"""Gates by every way of asking, against the rule written out: the most specific override wins."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from quadrant.client import GateIndex

Row = dict[str, Any]

PATTERN = "pm.uptrend.S1.entry"
CATEGORIES = ["tuning_ts_min", "tuning_halo", "tuning_slope_min"]
KEYS = ["a", "a=b", "a\\", 'ключ "é"']
VALUES = [1, 1.0, "1", True, "true", "c", "b=c", "=c", "é'\\"]
scopes = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=4)


def override_of(scopes: st.SearchStrategy[Row]) -> st.SearchStrategy[Row]:
    """An override of one of these scopes."""
    return st.fixed_dictionaries(
        {
            "action_category": st.sampled_from(CATEGORIES),
            "scope_subset": scopes,
            "multiplier": st.sampled_from([0.01, 0.9, 1.1, 100.0]),
            "delta": st.sampled_from([-100.0, 0.0, 0.05, 100.0]),
            "status": st.sampled_from(["active", "active", "proposed"]),
            "pinned": st.sampled_from([False, False, True]),
            "method": st.sampled_from(["manual", "simulation", "drift"]),
            "confidence_score": st.sampled_from([0.2, 0.9]),
            "n": st.sampled_from([33, 50]),
            "day": st.integers(1, 2),
        }
    )


overrides = st.lists(
    override_of(scopes | st.sampled_from([{"a": "b=c"}, {"a=b": "c"}, {"a": 1}])),
    max_size=12,
    unique_by=lambda o: (
        o["action_category"], json.dumps(plain(o["scope_subset"])), o["method"] == "manual"
    ),
)  # fmt: skip


def plain(scope: Row) -> list[tuple[str, str]]:
    """The conditions of a scope, values as texts."""
    return sorted(
        (name, str(int(value) if value == 1 else value) if type(value) is not bool else "true")
        for name, value in scope.items()
    )


def value_in_force(gate: Row, stored: list[Row], scope: Row) -> tuple[float, int | None]:
    holding = [
        o
        for o in stored
        if o["action_category"] == gate["action_category"]
        and o["status"] == "active"
        and set(plain(o["scope_subset"])) <= set(plain(scope))
    ]
    best = max(
        holding,
        default=None,
        key=lambda o: (
            o["pinned"], len(o["scope_subset"]), o["method"] == "manual", o["confidence_score"],
            o["n"], o["day"], -o["id"],
        ),
    )  # fmt: skip
    moved = gate["base"] * (best["multiplier"] if best else 1) + (best["delta"] if best else 0)
    return min(max(moved, gate["min_value"]), gate["max_value"]), best and best["id"]


@given(stored=overrides, asked=st.lists(scopes, min_size=1, max_size=4))
@settings(
    max_examples=amount(20, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_way_of_asking_gives_the_rule(
    connection: psycopg.Connection[Any], stored: list[Row], asked: list[Row]
) -> None:
    with connection.transaction(force_rollback=True):
        ids = connection.execute(
            """
            insert into learning.pm_overrides (
                pattern_key, action_category, scope_subset, multiplier, delta, status, pinned,
                method, confidence_score, n, last_updated_at
            )
            select %s, o ->> 'action_category', o -> 'scope_subset',
                (o ->> 'multiplier')::float8, (o ->> 'delta')::float8, o ->> 'status',
                (o ->> 'pinned')::boolean, o ->> 'method', (o ->> 'confidence_score')::float8,
                (o ->> 'n')::bigint, make_date(2026, 1, (o ->> 'day')::integer)
            from jsonb_array_elements(%s::jsonb) with ordinality as e (o, place)
            order by place
            returning id
            """,
            (PATTERN, json.dumps(stored)),
        ).fetchall()
        known = [override | {"id": row[0]} for override, row in zip(stored, ids, strict=True)]
        connection.execute(
            "insert into learning.lowcap_positions"
            " (token_contract, token_chain, symbol, timeframe, scope)"
            " select place::text, 'c', 's', '1h', scope"
            " from jsonb_array_elements(%s::jsonb) with ordinality as e (scope, place)",
            (json.dumps(asked),),
        )
        gates = [
            dict(
                zip(("gate", "action_category", "base", "min_value", "max_value"), row, strict=True)
            )
            for row in connection.execute(
                "select gate, action_category, base, min_value, max_value from learning.gates"
                " where pattern_key = %s",
                (PATTERN,),
            )
        ]
        client = GateIndex.read(connection)
        for place, scope in enumerate(asked, start=1):
            rule = {gate["gate"]: value_in_force(gate, known, scope) for gate in gates}
            arguments = (PATTERN, json.dumps(scope))
            now = connection.execute(
                "select gate, value, override_id from pm.gates(%s, %s)", arguments
            )
            assert {gate: (value, by) for gate, value, by in now} == rule
            assert {
                gate: (of_gate.value, of_gate.override_id)
                for gate, of_gate in client.gates(PATTERN, scope).items()
            } == rule
            then = connection.execute(
                "select gate, value, override_id from pm.gates_at(%s, %s, learning.clock())",
                arguments,
            )
            assert {gate: (value, by) for gate, value, by in then} == rule
            (controls,) = connection.execute(
                "select c.gates -> %s from pm.position_controls as c"
                " join learning.lowcap_positions as p using (position_id)"
                " where p.token_contract = %s",
                (PATTERN, str(place)),
            )
            assert {
                gate: (of_gate["value"], of_gate["override_id"])
                for gate, of_gate in controls[0].items()
            } == rule


# Few slices, so that changes meet each other and the two positions.
few_scopes = st.dictionaries(st.sampled_from(KEYS[:2]), st.sampled_from([1, "c"]), max_size=2)
few_overrides = st.lists(override_of(few_scopes), min_size=3, max_size=6)
positions = st.integers(0, 1)
assignments = st.sampled_from(
    [
        "pinned = not pinned",
        "status = case status when 'active' then 'proposed' else 'active' end",
        "status = case status when 'active' then 'proposed' else 'active' end",
        "confidence_score = 1 - confidence_score",
        "n = n + 20",
        "method = 'manual'",
        "action_category = 'tuning_halo'",
        """scope_subset = '{"a": 1}'""",
        "scope_subset = '{}'",
        "multiplier = 1.05",
        "last_updated_at = '2026-01-03'",
    ]
)
switches = st.sampled_from(
    [
        {},
        {},
        {"tuning_overrides_enabled": False},
        {"tuning_overrides_enabled": {PATTERN: {"halo": False}}},
        {"shadow": True},
    ]
)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("add"), few_overrides),
        st.tuples(st.just("change"), st.integers(0, 9), assignments),
        st.tuples(st.just("change"), st.integers(0, 9), assignments),
        st.tuples(st.just("delete"), st.integers(0, 9)),
        st.tuples(st.just("scope"), positions, few_scopes),
        st.tuples(st.just("status"), positions, st.sampled_from(["watchlist", "paused", "active"])),
        st.tuples(st.just("switches"), switches),
    ),
    min_size=5,
    max_size=12,
)
ADD = """
    insert into learning.pm_overrides (
        pattern_key, action_category, scope_subset, multiplier, delta, status, pinned, method,
        confidence_score, n, last_updated_at
    )
    select %s, o ->> 'action_category', o -> 'scope_subset', (o ->> 'multiplier')::float8,
        (o ->> 'delta')::float8, o ->> 'status', (o ->> 'pinned')::boolean, o ->> 'method',
        (o ->> 'confidence_score')::float8, (o ->> 'n')::bigint,
        make_date(2026, 1, (o ->> 'day')::integer)
    from jsonb_array_elements(%s::jsonb) as o
    on conflict do nothing
"""
THE_NTH = """(
    select id from learning.pm_overrides order by id limit 1
    offset mod(%s, greatest((select count(*)::integer from learning.pm_overrides), 1))
)"""
THE_POSITION = "token_contract = 'kept ' || %s"
SWITCH = (
    "update learning.learning_configs"
    " set config_data = jsonb_set(config_data, '{feature_flags}', %s) where module_id = 'pm'"
)


def make(connection: psycopg.Connection[Any], change: tuple[Any, ...]) -> None:
    """One change; one that would make two overrides of a slice the same is none."""
    kind, *what = change
    if kind == "add":
        connection.execute(ADD, (PATTERN, json.dumps(what[0])))
    elif kind == "change":
        place, assignment = what
        try:
            with connection.transaction():
                connection.execute(
                    f"update learning.pm_overrides set {assignment} where id = {THE_NTH}", (place,)
                )
        except psycopg.errors.UniqueViolation:
            pass
    elif kind == "delete":
        connection.execute(f"delete from learning.pm_overrides where id = {THE_NTH}", what)
    elif kind == "switches":
        connection.execute(SWITCH, (json.dumps(what[0]),))
    else:
        place, value = what
        connection.execute(
            f"update learning.lowcap_positions set {kind} = %s where {THE_POSITION}",
            (json.dumps(value) if kind == "scope" else value, place),
        )


def switched_off(flags: Row, gate: str) -> bool:
    switch = flags.get("tuning_overrides_enabled", True)
    if isinstance(switch, dict):
        switch = switch[PATTERN].get(gate, True)
    return flags.get("shadow", False) or not switch


@given(stored=few_overrides, made=changes)
@settings(
    max_examples=amount(20, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_answers_that_are_kept_follow_every_change(
    connection: psycopg.Connection[Any], stored: list[Row], made: list[tuple[Any, ...]]
) -> None:
    with connection.transaction(force_rollback=True), connection.cursor(row_factory=dict_row) as at:
        connection.execute(
            "insert into learning.lowcap_positions"
            " (token_contract, token_chain, symbol, timeframe, scope)"
            " select 'kept ' || place, 'c', 's', '1h', '{\"a\": \"c\"}'"
            " from generate_series(0, 1) as place"
        )
        gates = at.execute(
            "select * from learning.gates where pattern_key = %s", (PATTERN,)
        ).fetchall()
        flags: Row = {}
        for change in [("add", stored), *made]:
            make(connection, change)
            flags = change[1] if change[0] == "switches" else flags
            present = at.execute(
                "select *, last_updated_at as day from learning.pm_overrides"
            ).fetchall()
            client = GateIndex.read(connection)
            for row in at.execute(
                "select c.scope, c.gates -> %s as gates, k.scope as kept"
                " from pm.position_controls as c"
                " left join learning.position_overrides as k using (position_id)",
                (PATTERN,),
            ).fetchall():
                assert row["kept"] == row["scope"], "kept for the scope it has"
                answered = {
                    gate: (of_gate["value"], of_gate["override_id"])
                    for gate, of_gate in row["gates"].items()
                }
                assert answered == {
                    gate: (of_gate.value, of_gate.override_id)
                    for gate, of_gate in client.gates(PATTERN, row["scope"]).items()
                }
                assert answered == {
                    gate["gate"]: value_in_force(
                        gate, [] if switched_off(flags, gate["gate"]) else present, row["scope"]
                    )
                    for gate in gates
                }
