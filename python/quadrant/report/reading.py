"""What the report shows: rows of the views for people, from one snapshot."""

from __future__ import annotations

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
MOST_STORIES = 12
"""Changes that are explained: those in force, then by evidence."""
MOST_CHARTS = 4
"""Positions drawn as charts: those with the most setups."""

_WHOLE: tuple[LiteralString, ...] = (
    *("headline", "summary", "quadrants", "changes", "lessons", "gates", "allocation"),
    *("postures", "judgings", "backtests", "health", "jobs", "runs"),
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
        facts["dots"] = rows("dots", most=MOST_DOTS)
        facts["setups"] = rows("setups", since=since, most=MOST_SETUPS)
        facts["allocation_path"] = rows("allocation_path", since=since)
        shown = facts["changes"][:MOST_STORIES]
        ids = [row["id"] for row in shown]
        facts["stories"] = rows("stories", ids=ids)
        facts["sides"] = rows("sides", ids=ids)
        facts["evidence"] = rows("evidence", ids=ids)
        facts["grids"] = rows("grids", lessons=[r["lesson_id"] for r in shown if r["lesson_id"]])
        positions = busiest(facts["setups"])
        named = {"symbols": [s for s, _ in positions], "timeframes": [t for _, t in positions]}
        facts["states"] = rows("states", **named)
        facts["buys"] = rows("buys", **named)
    return facts


def busiest(setups: list[Row]) -> list[tuple[str, str]]:
    """(symbol, timeframe) of the positions with the most setups, most first."""
    counts: dict[tuple[str, str], int] = {}
    for row in setups:
        if row["symbol"] is not None:
            key = (row["symbol"], row["timeframe"])
            counts[key] = counts.get(key, 0) + 1
    return sorted(counts, key=lambda key: (-counts[key], key))[:MOST_CHARTS]
