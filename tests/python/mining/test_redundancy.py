"""Which dimension makes the difference, against the definition: all orders, one by one."""

from __future__ import annotations

import json
from itertools import permutations
from random import Random
from typing import Any

import psycopg
import pytest
from brute_force import MINE, text

PATTERN = "pm.uptrend.S1.entry"
VALUES = {"bucket": ["nano", "big"], "timeframe": ["15m", "1h"], "curator": ["7", 7], "intent": "a"}


def mined(connection: psycopg.Connection[Any], rows: list[tuple[dict[str, Any], bool]]) -> None:
    connection.execute("select learning.enable_dimension('intent')")
    connection.execute(
        "insert into learning.pattern_episode_events"
        " (pattern_key, attempt_id, scope, decision, outcome, decided_at)"
        " select %s, r ->> 2, r -> 0, 'skipped',"
        " case when (r -> 1)::boolean then 'success' else 'failure' end, '2026-02-01 00:00+00'"
        " from jsonb_array_elements(%s::jsonb) as r",
        (PATTERN, json.dumps([[*row, i // 2] for i, row in enumerate(rows)])),
    )
    connection.execute(MINE, ("2026-02-02 00:00+00",))


def sample(seed: int, n: int) -> list[tuple[dict[str, Any], bool]]:
    chance = Random(seed)
    rows = []
    for _ in range(n):
        scope = {
            name: chance.choice(values) for name, values in VALUES.items() if chance.random() < 0.8
        }
        likely = 0.6 if scope.get("bucket") == "nano" else 0.2
        rows.append((scope, chance.random() < likely))
    return rows


def rate(rows: list[tuple[dict[str, Any], bool]], conditions: dict[str, Any]) -> float:
    """Attempts are pairs of rows: each row weighs one half."""
    inside = [
        success
        for scope, success in rows
        if all(
            name in scope and text(scope[name]) == text(value) for name, value in conditions.items()
        )
    ]
    return sum(inside) / len(inside)


def shapley(
    rows: list[tuple[dict[str, Any], bool]], conditions: dict[str, Any]
) -> dict[str, float]:
    orders = list(permutations(conditions))
    shares = dict.fromkeys(conditions, 0.0)
    for order in orders:
        known: dict[str, Any] = {}
        for name in order:
            before = rate(rows, known)
            known[name] = conditions[name]
            shares[name] += (rate(rows, known) - before) / len(orders)
    return shares


def test_contributions_are_shapley_values(connection: psycopg.Connection[Any]) -> None:
    rows = sample(1, 900)
    mined(connection, rows)
    found: dict[str, dict[str, float]] = {}
    divergences: dict[str, float] = {}
    for scope, dimension, contribution, divergence in connection.execute(
        "select scope_subset, dimension, contribution, divergence from analyst.lesson_dimensions"
    ):
        found.setdefault(json.dumps(scope), {})[dimension] = contribution
        divergences[json.dumps(scope)] = divergence
    closed = connection.execute(
        "select scope_subset from analyst.lessons where scope_subset <> '{}'"
    ).fetchall()
    assert set(found) == {json.dumps(row[0]) for row in closed}
    assert max(len(names) for names in found.values()) == 4
    for name, contributions in found.items():
        scope = json.loads(name)
        assert contributions == pytest.approx(shapley(rows, scope))
        assert divergences[name] == pytest.approx(rate(rows, scope) - rate(rows, {}))


def test_the_dimension_with_the_effect_gets_it(connection: psycopg.Connection[Any]) -> None:
    mined(connection, sample(2, 2000))
    both = '{"bucket": "nano", "timeframe": "15m"}'
    found = dict(
        connection.execute(
            "select dimension, contribution from analyst.lesson_dimensions where scope_subset = %s",
            (both,),
        ).fetchall()
    )
    assert found["bucket"] > 0.15
    assert abs(found["timeframe"]) < 0.05
