"""A pattern's gates as the database registers them, and the margin a value has at one."""

from __future__ import annotations

from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from quadrant.database import queries
from quadrant.errors import QuadrantError

Thresholds = dict[str, dict[str, float]]
"""Pattern key -> gate -> threshold in force."""
OverrideIds = dict[str, tuple[int, ...]]
"""Pattern key -> ids of the overrides its thresholds in force come from."""


class Gate(NamedTuple):
    """One lever: `base` and `span` (the largest grid step) in the gate's unit."""

    name: str
    value_key: str
    at_most: bool
    base: float
    span: float

    def margin(self, value: float, threshold: float) -> float:
        """How far `value` is inside the threshold, in largest grid steps; below 0 it fails."""
        return ((threshold - value) if self.at_most else (value - threshold)) / self.span

    @property
    def threshold_key(self) -> str:
        """The name of the threshold in factors: `ts_min`, `halo_max`."""
        return f"{self.name}_{'max' if self.at_most else 'min'}"


class UnknownValue(QuadrantError):
    """A gate is about something the engine does not say."""

    code = "QD020"


def smallest_margin(
    gates: tuple[Gate, ...], values: tuple[float, ...], thresholds: tuple[float, ...]
) -> float:
    """The margin of the gate that is hardest to pass; at or above 0 all of them pass."""
    return min(g.margin(v, t) for g, v, t in zip(gates, values, thresholds, strict=True))


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
