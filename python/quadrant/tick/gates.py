"""A pattern's gates as the database registers them."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from quadrant.database import queries
from quadrant.errors import QuadrantError
from quadrant.gate import Gate

Thresholds = dict[str, dict[str, float]]
"""Pattern key -> gate -> threshold in force."""
OverrideIds = dict[str, tuple[int, ...]]
"""Pattern key -> ids of the overrides its thresholds in force come from."""


class UnknownValue(QuadrantError):
    """A gate is about something the engine does not say."""

    code = "QD020"


def load_gates(connection: psycopg.Connection[Any]) -> dict[str, tuple[Gate, ...]]:
    """Every pattern's gates, in their registered order."""
    gates: dict[str, list[Gate]] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(queries("tick/gate_registry")):
            gates.setdefault(row["pattern_key"], []).append(
                Gate(
                    name=row["gate"],
                    value_key=row["value_key"],
                    at_most=row["direction"] == "at_most",
                    base=row["base"],
                    span=max(abs(step) for step in row["steps"]) or 1.0,
                )
            )
    return {pattern_key: tuple(of_pattern) for pattern_key, of_pattern in gates.items()}
