"""A market's past laid out in a database as it became known, up to a moment at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg

from quadrant.backtest.windows import Window
from quadrant.database import queries

DAY_MS = 86_400_000


class History:
    """Windows that wait beside the tables and enter them when they are known.

    `connection` is the owner's, in autocommit mode, to a database that holds nothing else.
    """

    def __init__(self, connection: psycopg.Connection[Any], windows: Sequence[Window]) -> None:
        self.connection = connection
        connection.execute(queries("backtest/stage"))
        with (
            connection.cursor() as cursor,
            cursor.copy(queries("backtest/stage_rows")) as copy,
        ):
            for window in windows:
                copy.write_row(_row(window))
        with (
            connection.cursor() as cursor,
            cursor.copy(queries("backtest/stage_marks")) as copy,
        ):
            for window in windows:
                for ms, *prices in window.result.marks:
                    copy.write_row((window.window_id, _time(ms), *prices))
        connection.execute(queries("backtest/staged"))
        self._reached = _time(0)

    def at(self, day: int) -> None:
        """Moves the clock to the start of a UTC day (days since 1970) and shows what was known."""
        until = _time(day * DAY_MS)
        self.connection.execute(queries("backtest/reach"), (until,))
        self.connection.execute(queries("backtest/show"), {"since": self._reached, "until": until})
        self.connection.execute(queries("backtest/mark"), {"since": self._reached, "until": until})
        self._reached = until


def _row(window: Window) -> tuple[Any, ...]:
    result = window.result
    return (
        window.window_id,
        window.episode_id,
        window.attempt_id,
        window.episode_type,
        window.pattern_key,
        json.dumps(window.scope),
        "acted" if window.acted else "skipped",
        list(window.blocked_by),
        json.dumps({"samples": window.samples}),
        _time(window.opened_ms),
        _time(window.decided_ms),
        _time(window.closed_ms),
        result.outcome,
        _time(result.outcome_ms),
        result.entry_price,
        result.exit_price,
        result.roi,
        _time(result.roi_ms),
    )


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
