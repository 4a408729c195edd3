"""A pattern's windows as the worker keeps them: what every policy buys is worked out once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.buys import Buys
from quadrant.judging.grid import Grid
from quadrant.judging.scores import Scores

_ROOM = 1_000  # windows no look asked for that are kept before the cache is tidied


class WindowCache:
    """The windows of one pattern under one grid, by id and row version.

    `open_look` says which windows count now; those it returns are then given to `add`; `scores`
    and `ids` are theirs, `select` picks a slice of them. Scopes are items as learning.scope_items()
    has them.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._versions: list[tuple[int, str]] = []
        self._row_of: dict[tuple[int, str], int] = {}
        self._items: list[frozenset[str]] = []
        self._day: list[int] = []
        self._timeframe: list[int] = []
        self._timeframes: dict[str, int] = {}
        self._parts: list[Buys] = []
        self._look: list[tuple[int, str]] = []
        self._in_look: list[frozenset[str]] = []
        self._has: dict[str, NDArray[np.bool_]] = {}
        self.ids = np.zeros(0, dtype=np.int64)
        self.scores = self._scores([])

    def open_look(self, ids: Sequence[int], versions: Sequence[str]) -> list[int]:
        """Set the windows that count, oldest first; returns the ids to `add`."""
        self._look = list(zip(ids, versions, strict=True))
        if len(self._versions) > 2 * len(self._look) + _ROOM:
            self._keep([self._row_of[key] for key in self._look if key in self._row_of])
        return [key[0] for key in self._look if key not in self._row_of]

    def add(self, windows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows of learning.judging_window_details(), and make the scores of the look.

        A window that changed since it was listed waits for the next look.
        """
        new = list(windows)
        for window in new:
            key = (window["id"], window["version"])
            self._row_of[key] = len(self._versions)
            self._versions.append(key)
            self._items.append(frozenset(window["items"]))
            self._day.append(window["day"])
            code = self._timeframes.setdefault(window["timeframe"], len(self._timeframes))
            self._timeframe.append(code)
        if new:
            self._parts.append(Buys.of(new, self._grid))
        rows = [self._row_of[key] for key in self._look if key in self._row_of]
        self.scores = self._scores(rows)

    def select(self, items: Iterable[str]) -> NDArray[np.bool_]:
        """Which windows of the look have all these items: bool (windows)."""
        inside = np.ones(len(self._in_look), dtype=np.bool_)
        for item in items:
            if item not in self._has:
                has = (item in items_of for items_of in self._in_look)
                self._has[item] = np.fromiter(has, dtype=np.bool_, count=len(self._in_look))
            inside = inside & self._has[item]
        return inside

    def _scores(self, rows: list[int]) -> Scores:
        buys = self._buys().taken(np.array(rows, dtype=np.intp))
        # Where most have results, those without take no part (a neutral one, an import's gap).
        unknown = np.isnan(buys.result)
        kept = np.arange(len(rows))
        if 2 * np.count_nonzero(unknown) <= len(rows):
            kept = np.flatnonzero(~unknown)
        at = [rows[k] for k in kept]
        self._in_look = [self._items[row] for row in at]
        self._has = {}
        self.ids = np.array([self._versions[row][0] for row in at], dtype=np.int64)
        return Scores.of(
            buys.taken(kept),
            np.array([self._day[row] for row in at], dtype=np.int64),
            np.array([self._timeframe[row] for row in at], dtype=np.int64),
        )

    def _buys(self) -> Buys:
        if len(self._parts) != 1:
            empty = Buys.of([], self._grid)
            self._parts = [Buys.joined([empty, *self._parts])]
        return self._parts[0]

    def _keep(self, rows: list[int]) -> None:
        """Forget all other windows."""
        self._parts = [self._buys().taken(np.array(rows, dtype=np.intp))]
        self._versions = [self._versions[row] for row in rows]
        self._items = [self._items[row] for row in rows]
        self._day = [self._day[row] for row in rows]
        self._timeframe = [self._timeframe[row] for row in rows]
        self._row_of = {key: row for row, key in enumerate(self._versions)}
