"""A market's past laid out in a database as it became known, up to a moment at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from quadrant.backtest.windows import Window
from quadrant.database import queries
from quadrant.paper.decisions import PATTERN as FAMILY

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Trade:
    """What base gates bought of a window, and what a stake came to: a fraction after fees."""

    window: Window
    roi: float

    @property
    def closed_ms(self) -> int:
        """When it was sold and its result known."""
        known = self.window.result.roi_ms
        assert known is not None
        return known


class History:
    """Windows that wait beside the tables and enter them when they are known; so do the trades,
    each of its window's pattern and of the paper decision maker's family.

    `connection` is the owner's, in autocommit mode, to a database that holds nothing else.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        windows: Sequence[Window],
        trades: Sequence[Trade] = (),
    ) -> None:
        self.connection = connection
        self._has_trades = bool(trades)
        connection.execute(queries("backtest/stage"))
        connection.execute(queries("backtest/stage_trades"))
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
        with (
            connection.cursor() as cursor,
            cursor.copy(queries("backtest/stage_trade_rows")) as copy,
        ):
            for trade in trades:
                copy.write_row(_trade_row(trade))
        connection.execute(queries("backtest/staged"))
        self._reached = moment(0)

    def at(self, day: int) -> None:
        """Moves the clock to the start of a UTC day (days since 1970) and shows what was known."""
        until = moment(day * DAY_MS)
        stretch = {"since": self._reached, "until": until}
        self.connection.execute(queries("backtest/reach"), (until,))
        self.connection.execute(queries("backtest/show"), stretch)
        self.connection.execute(queries("backtest/mark"), stretch)
        self.connection.execute(queries("backtest/drop_marks"))
        if self._has_trades:
            self.connection.execute(queries("backtest/close_trades"), stretch | {"family": FAMILY})
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


def _trade_row(trade: Trade) -> tuple[Any, ...]:
    window = trade.window
    return (
        window.window_id,
        window.pattern_key,
        window.timeframe,
        json.dumps(window.scope),
        trade.roi,
        window.result.reached_s3,
        moment(window.decided_ms),
        moment(trade.closed_ms),
    )


def moment(ms: int) -> datetime:
    """Epoch milliseconds as a time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else moment(ms)
