"""What the report shows: rows of the views for people, from one snapshot."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from quadrant.database import queries

Row = dict[str, Any]
Facts = dict[str, list[Row]]
"""Rows by the name of their query (quadrant/sql/report)."""

MOST_DOTS = 2_000
"""Setups that a change let in or kept out, the newest; the page says where there are more."""
MOST_SETUPS = 4_000
"""Setups drawn on gate maps and charts, the newest."""
MOST_SIDES = 500
"""Setups that change sides under a solution, the newest; the page says where there are more."""
MOST_LESSONS = 1_000
"""Lessons told: those that differ most surely."""
MOST_STORIES = 12
"""Changes that are explained: those in force, then by evidence."""
MOST_CHARTS = 4
"""Positions drawn as charts: those with the most buys, then the most setups."""

_WHOLE: tuple[LiteralString, ...] = (
    *("headline", "summary", "quadrants", "changes", "gates", "allocation"),
    *("postures", "judgings", "backtests", "backtest_allocations", "noise"),
    *("health", "jobs", "runs"),
)


def read(connection: psycopg.Connection[Any], since: datetime | None = None) -> Facts:
    """Reads everything in one read-only snapshot, as quadrant_analyst where the user may be that.

    `since` limits what is drawn over time, not what is told in sentences.
    """
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:

        def rows(name: LiteralString, **parameters: Any) -> list[Row]:
            return cursor.execute(queries(f"report/{name}"), parameters).fetchall()

        cursor.execute("set transaction isolation level repeatable read, read only")
        rows("settle")
        rows("become_analyst")
        facts = {name: rows(name) for name in _WHOLE}
        facts["lessons"] = rows("lessons", most=MOST_LESSONS)
        facts["dots"] = rows("dots", most=MOST_DOTS)
        facts["setups"] = rows("setups", since=since, most=MOST_SETUPS)
        facts["allocation_path"] = rows("allocation_path", since=since)
        shown = facts["changes"][:MOST_STORIES]
        solutions = [row["id"] for row in shown if row["method"] == "simulation"]
        facts["stories"] = rows("stories", ids=[row["id"] for row in shown])
        facts["sides"] = rows("sides", ids=solutions, most=MOST_SIDES)
        facts["evidence"] = rows("evidence", ids=solutions)
        facts["grids"] = rows("grids", lessons=[r["lesson_id"] for r in shown if r["lesson_id"]])
        positions = busiest(facts["setups"])
        named = {"symbols": [s for s, _ in positions], "timeframes": [t for _, t in positions]}
        facts["states"] = rows("states", **named)
        facts["sales"] = rows("sales", **named)
    return facts


def busiest(setups: list[Row]) -> list[tuple[str, str]]:
    """(symbol, timeframe) of the positions with the most buys, then the most setups."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in setups:
        if row["symbol"] is not None:
            counts[row["symbol"], row["timeframe"]] += 1000 if row["decision"] == "acted" else 1
    return sorted(counts, key=lambda key: (-counts[key], key))[:MOST_CHARTS]
