"""Posture as pm.steer gives it: the rule written out, and what must hold for any overrides."""

from __future__ import annotations

import json
import math
from typing import Any

import psycopg
import pytest
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Row = dict[str, Any]
PATTERN = "pm.uptrend.S1.entry"
SCOPE = {"timeframe": "15m", "bucket": "micro", "chain": "solana"}

shares = st.floats(0, 1)
directions = st.floats(-1, 1)
slices = st.sets(st.sampled_from(sorted(SCOPE))).map(lambda keys: {k: SCOPE[k] for k in keys})
elsewhere = st.just({"bucket": "big"})
override = st.fixed_dictionaries(
    {
        "scope_subset": slices | elsewhere,
        "dir_a": directions,
        "dir_e": directions,
        "confidence_score": st.floats(0, 1) | st.sampled_from([0.39, 0.4]),
        "method": st.sampled_from(["manual", "strength"]),
    }
)
stored = st.lists(
    override,
    max_size=8,
    unique_by=lambda o: (json.dumps(o["scope_subset"], sort_keys=True), o["method"]),
)
campaign = settings(
    max_examples=amount(25, 500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def store(connection: psycopg.Connection[Any], rows: list[Row]) -> None:
    connection.execute("delete from learning.pm_overrides")
    for row in rows:
        connection.execute(
            "insert into learning.pm_overrides (pattern_key, action_category, multiplier,"
            " scope_subset, dir_a, dir_e, confidence_score, method)"
            " values (%s, 'pm_strength', null, %s, %s, %s, %s, %s)",
            (
                PATTERN,
                json.dumps(row["scope_subset"]),
                row["dir_a"],
                row["dir_e"],
                row["confidence_score"],
                row.get("method", "strength"),
            ),
        )


def steer(connection: psycopg.Connection[Any], a: float = 0.5, e: float = 0.5) -> Row:
    cursor = connection.execute(
        "select * from pm.steer(%s, %s, %s, %s)", (PATTERN, json.dumps(SCOPE), a, e)
    )
    assert cursor.description is not None
    (row,) = cursor.fetchall()
    return dict(zip([c.name for c in cursor.description], row, strict=True))


def by_the_page(rows: list[Row], a: float, e: float) -> tuple[float, float, float]:
    """A, E and steer_max, plainly."""
    holding = [r for r in rows if r["scope_subset"].items() <= SCOPE.items()]
    if any(r["confidence_score"] >= 0.4 for r in holding):
        holding = [r for r in holding if r["confidence_score"] >= 0.4]
    weights = [(1 + len(r["scope_subset"])) * r["confidence_score"] for r in holding]
    total = math.fsum(weights)
    if total < 1e-8:
        return a, e, 0.0

    def mean(name: str) -> float:
        return math.fsum(w * r[name] for w, r in zip(weights, holding, strict=True)) / total

    steer_max = min(0.03 + 0.20 * mean("confidence_score"), 0.22)
    moved = []
    for x, direction in ((a, mean("dir_a")), (e, mean("dir_e"))):
        delta = steer_max * direction
        moved.append(min(max(x + delta * ((1 - x) if delta >= 0 else x), 0), 1))
    return moved[0], moved[1], steer_max


@given(rows=stored, a=shares, e=shares)
@campaign
def test_it_is_the_rule_and_stays_within_0_and_1(
    connection: psycopg.Connection[Any], rows: list[Row], a: float, e: float
) -> None:
    store(connection, rows)
    found = steer(connection, a, e)
    assert 0 <= found["a_final"] <= 1
    assert 0 <= found["e_final"] <= 1
    assert found["position_size_frac"] == pytest.approx(0.1 + 0.5 * found["a_final"])
    told = (found["a_final"], found["e_final"], found["steer_max"])
    assert told == pytest.approx(by_the_page(rows, a, e), abs=1e-7)


@given(
    rows=stored.filter(bool), inputs=st.tuples(shares, shares), up=st.floats(0, 2), data=st.data()
)
@campaign
def test_more_direction_never_gives_less(
    connection: psycopg.Connection[Any],
    rows: list[Row],
    inputs: tuple[float, float],
    up: float,
    data: st.DataObject,
) -> None:
    which = data.draw(st.integers(0, len(rows) - 1))
    store(connection, rows)
    before = steer(connection, *inputs)
    raised = [dict(row) for row in rows]
    for name in ("dir_a", "dir_e"):
        raised[which][name] = min(1.0, rows[which][name] + up)
    store(connection, raised)
    after = steer(connection, *inputs)
    assert after["a_final"] >= before["a_final"] - 1e-12
    assert after["e_final"] >= before["e_final"] - 1e-12


@given(
    direction=directions,
    confidence=shares,
    a=shares,
    keys=st.sampled_from(sorted(SCOPE)),
)
@campaign
def test_opposite_directions_of_equal_weight_cancel(
    connection: psycopg.Connection[Any], direction: float, confidence: float, a: float, keys: str
) -> None:
    common = {"scope_subset": {keys: SCOPE[keys]}, "confidence_score": confidence, "dir_e": 0.0}
    store(
        connection,
        [
            common | {"dir_a": direction, "method": "manual"},
            common | {"dir_a": -direction, "method": "strength"},
        ],
    )
    assert steer(connection, a)["a_final"] == a


@given(rows=stored, a=shares, e=shares, data=st.data())
@campaign
def test_the_order_of_the_rows_makes_no_difference(
    connection: psycopg.Connection[Any], rows: list[Row], a: float, e: float, data: st.DataObject
) -> None:
    store(connection, rows)
    before = steer(connection, a, e)
    store(connection, data.draw(st.permutations(rows)))
    after = steer(connection, a, e)
    for name in ("a_final", "e_final", "position_size_frac", "confidence", "steer_max"):
        assert after[name] == pytest.approx(before[name], abs=1e-12), name


@given(a=shares, e=shares)
@campaign
def test_without_a_match_the_inputs_are_answered(
    connection: psycopg.Connection[Any], a: float, e: float
) -> None:
    nowhere = {"scope_subset": {"bucket": "big"}, "dir_a": 1.0, "dir_e": 1.0}
    store(connection, [nowhere | {"confidence_score": 1.0}])
    found = steer(connection, a, e)
    assert (found["a_final"], found["e_final"], found["overrides"]) == (a, e, [])
    weightless = {"scope_subset": {}, "dir_a": 1.0, "dir_e": 1.0, "confidence_score": 0.0}
    store(connection, [weightless])
    found = steer(connection, a, e)
    assert (found["a_final"], found["e_final"], found["overrides"]) == (a, e, [])
