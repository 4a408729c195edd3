"""A pattern's experiments as the worker keeps them: admission is worked out once per event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.admission import Samples, admissions
from quadrant.judging.grid import Grid
from quadrant.judging.simulation import Events

_SECONDS_A_DAY = 86_400
_ROOM = 1_000  # rows out of the window that are kept before the cache is tidied


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Columns of the cached events: masks are bits, 1 + candidates of them per event."""

    day: NDArray[np.int64]
    won: NDArray[np.bool_]
    roi: NDArray[np.float64]
    sampled: NDArray[np.bool_]
    masks: NDArray[np.uint8]

    def joined(self, other: _Rows) -> _Rows:
        return _Rows(
            *(np.concatenate([getattr(self, f), getattr(other, f)]) for f in _Rows.__slots__)
        )

    def taken(self, rows: NDArray[np.intp]) -> _Rows:
        return _Rows(*(getattr(self, f)[rows] for f in _Rows.__slots__))


class EventCache:
    """The events of one pattern under one grid, by id and row version.

    `open_window` says which events count now; `missing` of them are then given to `add`;
    `select` picks a slice. Scopes are `key=value` items as learning.scope_items() writes them.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._versions: list[tuple[int, str]] = []
        self._items: list[frozenset[str]] = []
        self._row_of: dict[tuple[int, str], int] = {}
        self._has: dict[str, NDArray[np.bool_]] = {}
        self._rows = self._parse([])
        self._window: list[tuple[int, str]] = []
        self._current: NDArray[np.intp] | None = None

    def open_window(self, ids: Sequence[int], versions: Sequence[str]) -> list[int]:
        """Set the events that count, oldest decision first; returns the ids to `add`."""
        self._window = list(zip(ids, versions, strict=True))
        self._current = None
        if len(self._versions) > 2 * len(self._window) + _ROOM:
            self._tidy()
        return [key[0] for key in self._window if key not in self._row_of]

    def add(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Add rows of learning.judging_event_details()."""
        new = list(events)
        for event in new:
            key = (event["id"], event["version"])
            self._row_of[key] = len(self._versions)
            self._versions.append(key)
            self._items.append(frozenset(event["items"]))
        self._rows = self._rows.joined(self._parse(new))
        self._current = None

    def select(self, items: Iterable[str], exclusions: Iterable[Iterable[str]] = ()) -> Events:
        """The window's sampled events whose scope has all `items` and none of the exclusions."""
        current = self._in_window()
        keep = self._rows.sampled[current]
        for item in items:
            keep = keep & self._with(item)[current]
        for excluded in exclusions:
            inside = np.ones(len(current), dtype=np.bool_)
            for item in excluded:
                inside &= self._with(item)[current]
            keep = keep & ~inside
        rows = self._rows.taken(current[keep])
        admitted = np.unpackbits(rows.masks, axis=1, count=len(self._grid.places)).view(np.bool_)
        return Events(day=rows.day, won=rows.won, roi=rows.roi, admitted=admitted)

    def _in_window(self) -> NDArray[np.intp]:
        """Rows of the window; an event that changed since it was listed waits for the next run."""
        if self._current is None:
            known = (self._row_of.get(key) for key in self._window)
            self._current = np.array([row for row in known if row is not None], dtype=np.intp)
        return self._current

    def _with(self, item: str) -> NDArray[np.bool_]:
        has = self._has.get(item, np.empty(0, dtype=np.bool_))
        if len(has) < len(self._items):
            more = [item in items for items in self._items[len(has) :]]
            has = self._has[item] = np.concatenate([has, np.array(more, dtype=np.bool_)])
        return has

    def _parse(self, events: list[Mapping[str, Any]]) -> _Rows:
        samples = Samples.of((e["samples"] for e in events), self._grid.levers)
        decided = np.array([e["decided"] for e in events], dtype=np.float64)
        return _Rows(
            day=np.floor_divide(decided, _SECONDS_A_DAY).astype(np.int64),
            won=np.array([e["won"] for e in events], dtype=np.bool_),
            roi=np.array([e["roi"] for e in events], dtype=np.float64),
            sampled=samples.counts > 0,
            masks=np.packbits(admissions(samples, self._grid), axis=1),
        )

    def _tidy(self) -> None:
        """Forget the rows outside the window."""
        window = set(self._window)
        kept = [row for row, key in enumerate(self._versions) if key in window]
        self._rows = self._rows.taken(np.array(kept, dtype=np.intp))
        self._items = [self._items[row] for row in kept]
        self._versions = [self._versions[row] for row in kept]
        self._row_of = {key: row for row, key in enumerate(self._versions)}
        self._has = {}
