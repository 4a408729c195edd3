"""What the database is to be told: kept until it was, sent in batches, rejects told."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any, LiteralString

import psycopg
from psycopg.types.json import Jsonb

from quadrant.errors import QuadrantError
from quadrant.recorder.setup import Setup

_LOG = logging.getLogger(__name__)
BATCH = 500
# Seconds between attempts to reach a lost database, doubled from the first to the last.
_FIRST_WAIT, _LAST_WAIT = 0.5, 30.0
Row = dict[str, Any]
Reject = tuple[str, str]
"""Its code and reason."""


class Rejected(QuadrantError):
    """The database kept rows as rejects; `reasons` says why, one for each."""

    def __init__(self, reasons: list[Reject]) -> None:
        code, reason = reasons[0]
        super().__init__(
            f"{len(reasons)} rejected, the first: {reason}",
            hint="quadrant rejects list",
            code=code,
        )
        self.reasons = reasons


class _Away(Exception):
    """The database is not there; what is to be told stays."""


class Outbox:
    """The gates, setups and trades of a run, over a connection that may be lost.

    What is sent again is recognised by its names. Without a DSN all is forgotten instead of sent.
    `written` counts what became of rows: new, completed, already there, rejected.
    """

    def __init__(
        self, dsn: str | None, pattern: str, run: str, fee: float, registration: Row
    ) -> None:
        self._dsn = dsn
        self._names = {"pattern_key": pattern, "run": run}
        self._fee = fee
        self._registration: Row | None = registration | {"pattern_key": pattern}
        self._setups: dict[str, Setup] = {}
        self.untold: dict[str, Setup] = {}
        self._corrections: dict[str, Row] = {}
        self._trades: list[Row] = []
        self._connection: psycopg.Connection[Any] | None = None
        self._pause = _FIRST_WAIT
        self._next_try = 0.0
        self._error = ""
        self.written: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many rows the database was not told yet."""
        return len(self.untold) + len(self._corrections) + len(self._trades)

    def note(self, setup: Setup) -> None:
        """A setup opened, closed or was sold: told from its close or its sale on."""
        self._setups[setup.window_id] = setup
        if setup.closed_ms is not None or setup.sold_ms is not None:
            self.untold[setup.window_id] = setup

    def bought(self, window_id: str, bar_ts: int | None, trade: str, unknown: Row) -> None:
        """A setup was bought; `unknown` is told where its bars were seen before a restart."""
        if (setup := self._setups.get(window_id)) is not None:
            setup.bought(bar_ts, trade)
            self.untold[window_id] = setup
        else:
            told = {"window_id": window_id, "decision": "acted", "trade_id": trade}
            self._corrections[window_id] = self._names | told | {"blocked_by": []} | unknown

    def closed(self, trade: Row) -> None:
        """A trade is over."""
        self._trades.append(self._names | trade)

    def register(self) -> bool:
        """Registers the gates, once; False while the database is away.

        Raises QuadrantError with the database's code where it refuses.
        """
        try:
            if self._registration is not None:
                self._call("register_gates", self._registration)
            self._registration = None
        except _Away:
            return False
        return True

    def gates_over_time(self, scope: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of pm.gates_over_time for a scope, times as epoch ms.

        Raises QuadrantError where the database refuses the scope or is away.
        """
        try:
            return self._call("gates_over_time", self._names | {"scope": Jsonb(dict(scope))})
        except _Away:
            raise QuadrantError(
                f"the gates of {scope} as they were cannot be read: {self._error}",
                hint="A backtest by gates_then needs the database from its first bar on.",
                code="QD000",
            ) from None

    def flush(self, until_ms: float) -> tuple[bool, list[Reject]]:
        """Tells setups that closed up to then, and trades: is it done, and what was rejected.

        Not done while the database is away: what was not told is kept.
        """
        due = [s for s in self.untold.values() if (s.closed_ms or s.opened_ms) <= until_ms]
        rejects: list[Reject] = []
        if self._is_away or not self.register():
            return False, rejects
        try:
            for at in range(0, len(due), BATCH):
                batch = due[at : at + BATCH]
                rejects += self._windows(self._names | s.row(self._fee) for s in batch)
                for setup in batch:
                    del self.untold[setup.window_id]
                    if setup.is_over:
                        self._setups.pop(setup.window_id, None)
            rejects += self._windows(self._corrections.values())
            self._corrections.clear()
            while self._trades:
                rejects += self._closed_trades(self._trades[:BATCH])
                del self._trades[:BATCH]
        except _Away:
            return False, rejects
        return True, rejects

    def close(self) -> None:
        """Ends the connection; what is not sent is the caller's."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _is_away(self) -> bool:
        """Was the database lost so lately that it is not tried again yet?"""
        return self._connection is None and time.monotonic() < self._next_try

    def _windows(self, given: Iterable[Row]) -> list[Reject]:
        # Rows are made when they are asked for: where nothing is sent, none.
        if self._dsn is None or not (rows := list(given)):
            return []
        answers = self._call("windows", {"rows": Jsonb(rows)})
        self.written.update(written for written, _, _ in answers)
        return [(code, reason) for written, code, reason in answers if written == "rejected"]

    def _closed_trades(self, rows: list[Row]) -> list[Reject]:
        told = self._call("trades", {"rows": Jsonb(rows), "source": self._names["run"]})
        for (counts,) in told:
            written = {"trades": counts["new"], "already there": counts["already_there"]}
            self.written += Counter(written | {"rejected": counts["rejected"]})
        return [(each["sqlstate"], each["reason"]) for (c,) in told for each in c["reasons"]]

    def _call(self, name: str, parameters: Row) -> list[tuple[Any, ...]]:
        """The rows a named statement answers; none without a DSN."""
        if self._is_away:
            raise _Away
        if self._dsn is None:
            return []
        try:
            if self._connection is None:
                self._connection = psycopg.connect(
                    self._dsn, autocommit=True, connect_timeout=5, client_encoding="utf8"
                )
            rows = self._connection.execute(_query(name), parameters).fetchall()
        except psycopg.OperationalError as e:
            self._lose(str(e).strip())
            raise _Away from e
        except psycopg.Error as e:
            code, said = e.sqlstate or "QD000", e.diag.message_primary or str(e)
            raise QuadrantError(said, hint=e.diag.message_hint or "", code=code) from e
        if self._error:
            _LOG.warning("the database is back")
        self._error = ""
        self._pause = _FIRST_WAIT
        return rows

    def _lose(self, why: str) -> None:
        if not self._error:
            _LOG.warning("the database is away, what is recorded is kept: %s", why)
        self._error = why
        self.close()
        self._next_try = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LAST_WAIT)


def _query(name: str) -> LiteralString:
    path = resources.files("quadrant").joinpath("sql", "recording", f"{name}.sql")
    return path.read_text("utf-8")
