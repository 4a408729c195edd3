"""Posture of a position: the flags of the market, then the strength overrides of its scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from quadrant.database import queries
from quadrant.tick import Controls

Flags = tuple[tuple[str, str], ...]
"""Flags of the market that are up: (driver, flag)."""


@dataclass(frozen=True, slots=True)
class Posture:
    """A (aggression) and E (exit assertiveness), 0 to 1, and the size of an entry, a fraction of
    what is free; `overrides` are those that moved it: {id, weight}.
    """

    a_value: float
    e_value: float
    position_size_frac: float
    overrides: list[dict[str, Any]] = field(default_factory=list)

    @property
    def context(self) -> dict[str, Any]:
        """What is kept with a decision made under it."""
        told: dict[str, Any] = {
            "a_value": self.a_value,
            "e_value": self.e_value,
            "position_size_frac": self.position_size_frac,
        }
        return told | ({"posture_overrides": self.overrides} if self.overrides else {})


class Postures:
    """Postures as the database gives them, kept while they hold.

    They hold for a pattern, the flags, and the part of the scope overrides look at, until overrides
    or switches change: one question per such combination, not per position or bar.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        controls: Controls,
        a_value: float,
        e_value: float,
    ) -> None:
        self._connection = connection
        self._controls = controls
        self._own = {"a": a_value, "e": e_value}
        self._known: dict[tuple[Any, ...], Posture] = {}
        self._generation = -1

    def of(self, pattern_key: str, scope: dict[str, Any], flags: Flags) -> Posture:
        """The posture for a decision of the pattern in this scope under these flags."""
        key = (pattern_key, flags, self._controls.relevant(scope))
        if self._generation != self._controls.generation:
            self._known.clear()
            self._generation = self._controls.generation
        if key not in self._known:
            self._known[key] = self._ask(pattern_key, scope, flags)
        return self._known[key]

    def _ask(self, pattern_key: str, scope: dict[str, Any], flags: Flags) -> Posture:
        up: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        for driver, flag in flags:
            up[driver][flag] = True
        row = self._connection.execute(
            queries("paper/posture"),
            self._own | {"pattern_key": pattern_key, "scope": Jsonb(scope), "flags": Jsonb(up)},
        ).fetchone()
        assert row is not None
        return Posture(*row)
