"""The study of n_min against a plain recount, moment by moment and slice by slice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import psycopg
import pytest

from quadrant.later import Later

proportion = Later("statsmodels.stats.proportion")

PATTERN = "pm.uptrend.S1.entry"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
Event = dict[str, Any]


def sample(seed: int, n: int) -> list[Event]:
    chance = Random(seed)
    events = []
    for i in range(n):
        decided = BEGIN + timedelta(hours=chance.randrange(24 * 200))
        events.append(
            {
                "attempt": str(i // 3),
                "scope": {
                    "bucket": chance.choice(["nano", "micro", "big"]),
                    "timeframe": chance.choice(["15m", "15m", "1h"]),
                    "chain": "solana",
                    "unmined": i,
                },
                "success": chance.random() < 0.4,
                "decided": decided.isoformat(),
                "known": (decided + timedelta(days=chance.randrange(20))).isoformat(),
                "policy": chance.random() < 0.1,
            }
        )
    return events


def as_jsonb(scope: frozenset[Any]) -> str:
    return json.dumps(dict(sorted(scope, key=lambda item: (len(item[0]), item))))


def twin(events: list[Event], lookback: timedelta) -> dict[int, list[float]]:
    """n_min -> moments, lessons, width, compared, held_up."""
    sizes = {
        name: sum(e["attempt"] == name for e in events) for name in {e["attempt"] for e in events}
    }
    real = [
        (
            datetime.fromisoformat(e["decided"]),
            datetime.fromisoformat(e["known"]),
            {(k, v) for k, v in e["scope"].items() if k != "unmined"},
            e["success"],
            1 / sizes[e["attempt"]],
        )
        for e in events
        if not e["policy"]
    ]

    def rate(rows: list[tuple[bool, float]]) -> float | None:
        weight = sum(w for _, w in rows)
        return round(sum(w for success, w in rows if success) / weight, 9) if rows else None

    oldest, newest = min(r[0] for r in real), max(r[0] for r in real)
    moment, moments, lessons = newest - MONTH, 0, []
    while moment >= oldest:
        moments += 1
        past: dict[frozenset[Any], list[tuple[bool, float]]] = {}
        after: dict[frozenset[Any], list[tuple[bool, float]]] = {}
        for decided, known, scope, success, weight in real:
            if moment < decided <= moment + MONTH:
                into = after
            elif moment - lookback < decided <= moment and known <= moment:
                into = past
            else:
                continue
            for size in range(len(scope) + 1):
                for chosen in combinations(scope, size):
                    into.setdefault(frozenset(chosen), []).append((success, weight))
        for chosen, rows in past.items():
            parents = [past[chosen - {item}] for item in chosen]
            if len(rows) < 12 or any(len(parent) == len(rows) for parent in parents):
                continue
            held = None
            if chosen:
                names = sorted(
                    (chosen - {item} for item in chosen),
                    key=lambda name: (-len(past[name]), as_jsonb(name)),
                )
                own, broad = rate(rows), rate(past[names[0]])
                next_own, next_broad = rate(after.get(chosen, [])), rate(after.get(names[0], []))
                if None not in (next_own, next_broad) and own != broad and next_own != next_broad:
                    held = (own > broad) == (next_own > next_broad)  # type: ignore[operator]
            effective = sum(w for _, w in rows)
            low, high = proportion.proportion_confint(
                sum(w for success, w in rows if success), effective, method="wilson"
            )
            lessons.append((len(rows), high - low, held))
        moment -= MONTH
    answer = {}
    for n_min in (12, 20, 25, 33, 50):
        chosen_lessons = [one for one in lessons if one[0] >= n_min]
        held_up = [one[2] for one in chosen_lessons if one[2] is not None]
        answer[n_min] = [
            moments,
            len(chosen_lessons) / moments,
            sum(one[1] for one in chosen_lessons) / len(chosen_lessons),
            len(held_up),
            sum(held_up) / len(held_up),
        ]
    return answer


def test_it_says_what_a_recount_says(connection: psycopg.Connection[Any]) -> None:
    events = sample(3, 600)
    connection.execute(
        """
        insert into learning.pattern_episode_events (
            pattern_key, attempt_id, scope, decision, outcome, decided_at, outcome_at, blocked_by
        )
        select %s, r ->> 'attempt', r -> 'scope', 'skipped',
            case when (r -> 'success')::boolean then 'success' else 'failure' end,
            (r ->> 'decided')::timestamptz, (r ->> 'known')::timestamptz,
            case when (r -> 'policy')::boolean then '{policy}' else '{ts}' end::text[]
        from jsonb_array_elements(%s::jsonb) as r
        """,
        (PATTERN, json.dumps(events)),
    )
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        rows = cursor.execute("select * from analyst.n_min_study order by n_min").fetchall()
    wanted = twin(events, timedelta(days=90))
    assert [row["n_min"] for row in rows] == list(wanted)
    assert rows[0]["moments"] == 6
    for row, next_row in zip(rows, [*rows[1:], None], strict=True):
        found = [row[name] for name in ("moments", "lessons", "width", "compared", "held_up")]
        assert found == pytest.approx(wanted[row["n_min"]])
        assert row["gained"] == pytest.approx(row["lessons"] - wanted[33][1])
        if next_row is not None:
            lost = row["lessons"] - next_row["lessons"]
            assert row["marginal_lessons"] == pytest.approx(lost)
            assert row["marginal_compared"] == row["compared"] - next_row["compared"]
