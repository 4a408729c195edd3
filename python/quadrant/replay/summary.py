"""What a replay left in the database, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from quadrant.database import queries

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """Rows as the views give them. `changes`: what was let in and kept out, in words; `trades` has
    one row before and one after the first override (of gates or posture).
    """

    quadrants: list[Row]
    lessons: Row
    overrides: list[Row]
    changes: str
    trades: list[Row]
    allocation: list[Row]


def summarise(connection: psycopg.Connection[Any], capital: float) -> Summary:
    """Reads the summary; `capital` (quote currency) is what drawdown is relative to."""

    def rows(name: str) -> list[Row]:
        with connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(queries(f"replay/{name}"), {"capital": capital})
            return cursor.fetchall()

    return Summary(
        quadrants=rows("quadrants"),
        lessons=rows("lessons")[0],
        overrides=rows("overrides"),
        changes=rows("changes")[0]["changes_in_words"],
        trades=rows("trades"),
        allocation=rows("allocation"),
    )
