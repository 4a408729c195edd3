"""Many histories judged side by side in one database, each as a pattern of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from quadrant.backtest.history import DAY_MS, History
from quadrant.backtest.windows import Window
from quadrant.database import queries
from quadrant.judging import Worker

Connection = psycopg.Connection[Any]
In_force = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """`days`: of the looks, since the history's first. `in_force[look][history]`: scope -> steps
    of the solutions in force after it."""

    days: NDArray[np.int64]
    in_force: tuple[tuple[In_force, ...], ...]

    def whole(self) -> NDArray[np.bool_]:
        """Is a change of slice {} in force? (histories, looks)"""
        return self._where(lambda active: "{}" in active)

    def any(self) -> NDArray[np.bool_]:
        """Is any change in force? (histories, looks)"""
        return self._where(bool)

    def scope(self, scope: str, *, elsewhere: bool = False) -> NDArray[np.bool_]:
        """Is a change of that slice in force, or of another one? (histories, looks)"""
        return self._where(
            lambda active: bool(active.keys() - {scope}) if elsewhere else scope in active
        )

    def _where(self, says: Any) -> NDArray[np.bool_]:
        told = [[says(active) for active in look] for look in self.in_force]
        return np.array(told, dtype=np.bool_).T


def judge(
    connection: Connection,
    histories: Sequence[Sequence[Window]],
    *,
    every: int = 7,
    begin: int = 90,
    dimensions: Sequence[str] = (),
) -> Seen:
    """Looks at all histories every so many days, in an empty database, from day `begin` on.

    Slices of the `dimensions` are judged up to depth 2; without any, slice {} alone. Which slices
    there are is mined once, from all of a history: what a look sees of it is what was known then.
    """
    connection.execute(
        "update learning.scope_dimensions set enabled = name = any (%s)", (list(dimensions),)
    )
    connection.execute(
        "update learning.learning_configs set config_data = jsonb_set(config_data, '{tuning}',"
        " coalesce(config_data -> 'tuning', '{}') || '{\"lookback_days\": 3650, \"max_dims\": 2}')"
        " where module_id = 'pm'"
    )
    keys = [f"pm.bench.h{number:04}" for number in range(len(histories))]
    windows: list[Window] = []
    for key, history in zip(keys, histories, strict=True):
        connection.execute(
            "insert into learning.gates select g.* from learning.gates as o cross join lateral"
            " jsonb_populate_record(o, jsonb_build_object('pattern_key', %s::text)) as g"
            " where o.pattern_key = %s",
            (key, history[0].pattern_key),
        )
        for window in history:
            names = {
                name: f"{key}:{getattr(window, name)}"
                for name in ("window_id", "episode_id", "attempt_id")
            }
            windows.append(replace(window, pattern_key=key, **names))
    first = min(window.opened_ms for window in windows) // DAY_MS
    last = max(window.opened_ms for window in windows) // DAY_MS
    History(connection, windows).at(last + 400)
    connection.execute("analyze learning.pattern_episode_events")
    connection.execute(queries("learner/mine"))
    worker = Worker()
    days = np.arange(begin, last - first + 2, every)
    seen = []
    for day in days.tolist():
        connection.execute(
            queries("backtest/reach"), (np.datetime64(first + day, "D").astype("O"),)
        )
        connection.execute(queries("learner/judge"), (True,))
        worker.drain(connection)
        active: dict[str, In_force] = {key: {} for key in keys}
        for key, scope, steps in connection.execute(
            "select pattern_key, scope_subset::text, steps from learning.solutions"
            " where status = 'active'"
        ):
            active[key][scope] = {gate: size for gate, size in steps.items() if size}
        seen.append(tuple(active[key] for key in keys))
    return Seen(days, tuple(seen))
