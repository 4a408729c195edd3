"""analyst.override_effect against windows added up override by override."""

from __future__ import annotations

import json
from collections import defaultdict
from random import Random
from typing import Any

import psycopg
import pytest

PATTERNS = ("pm.uptrend.S1.entry", "pm.uptrend.S2.entry")
LEVERS = ("tuning_ts_min", "tuning_halo")
KEYS = ("a", "b", "c")

Row = dict[str, Any]


def overrides(connection: psycopg.Connection[Any], chance: Random) -> list[Row]:
    """In slices of none to three conditions, some in one slice, some gone since."""
    for pattern in PATTERNS:
        for conditions in range(4):
            scope = {key: chance.randrange(2) for key in chance.sample(KEYS, conditions)}
            for lever in LEVERS[: chance.randint(1, 2)]:
                connection.execute(
                    "insert into learning.pm_overrides"
                    " (pattern_key, action_category, scope_subset, multiplier)"
                    " values (%s, %s, %s, 1.1)",
                    (pattern, lever, json.dumps(scope)),
                )
    rows = connection.execute("select id, pattern_key, scope_subset from learning.pm_overrides")
    known = [{"id": i, "pattern": p, "scope": s.items()} for i, p, s in rows.fetchall()]
    connection.execute("delete from learning.pm_overrides where id % 3 = 0")
    return known


def windows(connection: psycopg.Connection[Any], chance: Random, known: list[Row]) -> list[Row]:
    """Some say twice what they were decided under, or name what does not hold for their scope."""
    made = []
    for place in range(400):
        window = {
            "pattern": chance.choice(PATTERNS),
            "scope": {key: str(chance.randrange(2)) for key in KEYS if chance.random() < 0.8},
            "acted": chance.random() < 0.5,
            "roi": chance.gauss(0, 0.1),
            "day": chance.randint(1, 28),
            "listed": [chance.choice(known)["id"] for _ in range(chance.randint(0, 9))],
        }
        at = f"2026-01-{window['day']:02} 05:00Z"
        connection.execute(
            "insert into learning.pattern_episode_events (window_id, pattern_key, scope, decision,"
            " decided_at, roi, roi_at, factors) values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                str(place), window["pattern"], json.dumps(window["scope"]),
                "acted" if window["acted"] else "skipped", at, window["roi"], at,
                json.dumps({"overrides": window["listed"]}),
            ),
        )  # fmt: skip
        made.append(window)
    return made


def side(held: list[Row]) -> tuple[int, int, float | None]:
    """Windows, days, mean."""
    values = [w["roi"] * w["acted"] for w in held]
    return len(held), len({w["day"] for w in held}), sum(values) / len(values) if held else None


def spread(held: list[Row]) -> float:
    """The variance of a mean, from its days."""
    n, days, mean = side(held)
    if days < 2 or mean is None:
        return 0.0
    sums: dict[int, float] = defaultdict(float)
    for w in held:
        sums[w["day"]] += w["roi"] * w["acted"] - mean
    return sum(s * s for s in sums.values()) / n**2 * days / (days - 1)


def test_it_is_what_adding_up_override_by_override_gives(
    connection: psycopg.Connection[Any],
) -> None:
    chance = Random(1)
    known = overrides(connection, chance)
    made = windows(connection, chance, known)
    shown = {
        row[0]: row[1:]
        for row in connection.execute(
            "select override_id, n_with, days_with, mean_with, n_without, days_without,"
            " mean_without, highest - lowest from analyst.override_effect"
        )
    }
    assert shown.keys() == {o["id"] for o in known}
    told = 0
    for o in known:
        inside = [
            w
            for w in made
            if w["pattern"] == o["pattern"]
            and {(k, str(v)) for k, v in o["scope"]} <= w["scope"].items()
        ]
        held = [w for w in inside if o["id"] in w["listed"]]
        others = [w for w in inside if o["id"] not in w["listed"]]
        assert shown[o["id"]][:6] == pytest.approx((*side(held), *side(others)))
        if shown[o["id"]][6] is not None:
            told += 1
            width = 2 * 1.645 * (spread(held) + spread(others)) ** 0.5
            assert shown[o["id"]][6] == pytest.approx(width)
    assert told > 3
