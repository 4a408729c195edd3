"""The allocation multiplier of a family for any overrides: its range, its mean, no order."""

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
SCOPE = {"curator": "x", "chain": "solana", "intent": "buy"}
slices = st.sets(st.sampled_from(sorted(SCOPE))).map(lambda keys: {k: SCOPE[k] for k in keys})
wide = st.floats(-1e300, 1e300)
override = st.fixed_dictionaries(
    {
        "scope_subset": slices,
        "multiplier": st.floats(0.01, 100),
        "edge": st.floats(-1, 1) | wide,
        "n": st.integers(0, 10**9),
        "var": st.none() | st.floats(0, 10) | wide,
        "half_life_hours": st.none() | st.floats(1, 1000) | wide,
        "age_hours": st.integers(0, 10_000),
    }
)
stored = st.lists(
    override,
    min_size=1,
    max_size=6,
    unique_by=lambda o: json.dumps(o["scope_subset"], sort_keys=True),
)
campaign = settings(
    max_examples=amount(25, 500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def multiplier(connection: psycopg.Connection[Any], rows: list[Row]) -> float:
    with connection.transaction(force_rollback=True):
        connection.execute("update learning.clock_setting set set_to = '2026-06-01 00:00+00'")
        for row in rows:
            connection.execute(
                "insert into learning.pm_overrides (pattern_key, action_category, scope_subset,"
                " multiplier, edge_raw_roi, n, evidence, method, last_updated_at)"
                " values ('dm.social.curator', 'dm_alloc', %s, %s, %s, %s, %s, 'strength',"
                " learning.clock() - make_interval(hours => %s))",
                (
                    json.dumps(row["scope_subset"]),
                    row["multiplier"],
                    row["edge"],
                    row["n"],
                    json.dumps({k: row[k] for k in ("var", "half_life_hours")}),
                    row["age_hours"],
                ),
            )
        cursor = connection.execute(
            "select pm.allocation_multiplier('dm.social.curator', %s)", (json.dumps(SCOPE),)
        )
        found: float = cursor.fetchall()[0][0]
    return found


def by_the_page(rows: list[Row]) -> float:
    most = max(len(row["scope_subset"]) for row in rows)
    total = moved = 0.0
    for row in rows:
        life = row["half_life_hours"]
        weight = (
            math.tanh(abs(row["edge"]))
            * (1 - math.exp(-row["n"] / 25))
            / (1 + (row["var"] or 0))
            * (math.exp(-row["age_hours"] / life) if life else 1)
            * ((1 + len(row["scope_subset"])) / (1 + most)) ** 1.5
        )
        total += weight
        moved += weight * math.log(row["multiplier"])
    return min(max(math.exp(moved / total), 0.7), 1.3) if total else 1.0


@given(rows=stored)
@campaign
def test_it_is_within_its_range_whatever_the_figures(
    connection: psycopg.Connection[Any], rows: list[Row]
) -> None:
    assert 0.7 <= multiplier(connection, rows) <= 1.3


plausible = stored.map(
    lambda rows: [
        row
        | {
            "edge": math.copysign(0.001 + abs(math.fmod(row["edge"], 1)), row["edge"]),
            "n": 1 + row["n"] % 1000,
            "var": None if row["var"] is None else abs(math.fmod(row["var"], 10)),
            "half_life_hours": None
            if row["half_life_hours"] is None
            else 200 + abs(math.fmod(row["half_life_hours"], 1000)),
        }
        for row in rows
    ]
)


@given(rows=plausible, data=st.data())
@campaign
def test_it_is_the_rule_in_any_order(
    connection: psycopg.Connection[Any], rows: list[Row], data: st.DataObject
) -> None:
    found = multiplier(connection, rows)
    assert found == pytest.approx(by_the_page(rows), abs=1e-6)
    assert multiplier(connection, data.draw(st.permutations(rows))) == pytest.approx(found)


@given(rows=plausible, up=st.floats(1, 3), data=st.data())
@campaign
def test_a_larger_multiplier_never_gives_less(
    connection: psycopg.Connection[Any], rows: list[Row], up: float, data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, len(rows) - 1))
    raised = [dict(row) for row in rows]
    raised[which]["multiplier"] = min(100, rows[which]["multiplier"] * up)
    assert multiplier(connection, raised) >= multiplier(connection, rows) - 1e-12
