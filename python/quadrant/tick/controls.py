"""The gates in force per position, as pm.position_controls gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from quadrant.database import queries
from quadrant.tick.gates import OverrideIds, Thresholds


class Controls:
    """Thresholds in force, read from the database and kept while they hold.

    What was read for a position holds until an override or a gate changes (`pm_overrides` is
    notified) or the position's scope changes in a key that overrides look at. `generation` counts
    these changes of overrides, for what others keep as long.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._known: dict[int, tuple[Any, ...]] = {}
        self._thresholds: dict[int, Thresholds] = {}
        self._overrides: dict[int, OverrideIds] = {}
        self.generation = 0
        self._deciding: tuple[str, ...] | None = None
        connection.add_notify_handler(self._notified)
        connection.execute("listen pm_overrides")

    def _notified(self, notify: psycopg.Notify) -> None:
        if notify.channel == "pm_overrides":
            self.forget()

    def forget(self) -> None:
        """Everything is read again when next asked for."""
        self._deciding = None
        self._known.clear()
        self.generation += 1

    @property
    def forgotten(self) -> bool:
        """Has nothing been read since gates in force, or the gates themselves, may have changed?"""
        return self._deciding is None

    def relevant(self, scope: dict[str, Any]) -> tuple[Any, ...]:
        """What overrides look at in a scope: equal for two scopes, both have the same in force."""
        if self._deciding is None:
            row = self._connection.execute(queries("tick/deciding_dimensions")).fetchone()
            assert row is not None
            self._deciding = tuple(row[0])
        # 1 and True are equal here and two values there: told apart, they are only read again.
        return tuple(repr(scope.get(name)) for name in self._deciding)

    def holds(self, position_id: int, scope: dict[str, Any]) -> bool:
        """Is what was read for the position still what is in force in this scope?"""
        if self._deciding is None:
            return False
        known = self._known.get(position_id)
        return known is not None and known == self.relevant(scope)

    def read(self, scopes: Iterable[tuple[int, dict[str, Any]]]) -> None:
        """Reads the controls of positions whose scope is the one stored for them."""
        wanted = {position_id: self.relevant(scope) for position_id, scope in scopes}
        rows = self._connection.execute(
            queries("tick/controls"), {"position_ids": list(wanted)}
        ).fetchall()
        for position_id in wanted:
            self._thresholds.pop(position_id, None)
            self._overrides.pop(position_id, None)
        for position_id, gates in rows:
            self._thresholds[position_id] = {
                pattern_key: {gate: known["value"] for gate, known in of_pattern.items()}
                for pattern_key, of_pattern in gates.items()
            }
            self._overrides[position_id] = {
                pattern_key: ids
                for pattern_key, of_pattern in gates.items()
                if (
                    ids := tuple(
                        sorted(
                            k["override_id"]
                            for k in of_pattern.values()
                            if k["override_id"] is not None
                        )
                    )
                )
            }
        self._known.update(wanted)

    def of(self, position_id: int) -> Thresholds | None:
        """The thresholds last read for a position; None: not watched."""
        return self._thresholds.get(position_id)

    def overrides_of(self, position_id: int) -> OverrideIds:
        """The overrides behind these thresholds, of the patterns that have any."""
        return self._overrides.get(position_id, {})
