"""What the database is to be told: kept until it was, sent in batches, rejects told."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from typing import Any, LiteralString

import psycopg
from psycopg.types.json import Jsonb

from quadrant.errors import QuadrantError

_LOG = logging.getLogger(__name__)
BATCH = 500
# Seconds between attempts to reach a lost database, doubled from the first to the last.
_FIRST_WAIT, _LAST_WAIT = 0.5, 30.0


class Rejected(QuadrantError):
    """The database kept rows as rejects; `reasons` says why, one for each."""

    def __init__(self, reasons: list[tuple[str, str]]) -> None:
        code, reason = reasons[0]
        super().__init__(
            f"{len(reasons)} rejected, the first: {reason}",
            hint="quadrant rejects list",
            code=code,
        )
        self.reasons = reasons


class Outbox:
    """A connection that may be lost: what is sent again is recognised by its names.

    `written` counts what became of rows: new, completed, already there, rejected.
    """

    def __init__(self, dsn: str, source: str) -> None:
        self._dsn = dsn
        self._source = source
        self._connection: psycopg.Connection[Any] | None = None
        self._pause = _FIRST_WAIT
        self._next_try = 0.0
        self.written: Counter[str] = Counter()
        self.error = ""

    @property
    def is_away(self) -> bool:
        """Was the database lost so lately that it is not tried again yet?"""
        return self._connection is None and time.monotonic() < self._next_try

    def call(self, name: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]] | None:
        """The rows a named statement answers; None while the database is away.

        Raises QuadrantError with the database's code where it refuses.
        """
        if self.is_away:
            return None
        try:
            if self._connection is None:
                self._connection = psycopg.connect(
                    self._dsn, autocommit=True, connect_timeout=5, client_encoding="utf8"
                )
            rows = self._connection.execute(_query(name), parameters).fetchall()
        except psycopg.OperationalError as e:
            self._lose(str(e).strip())
            return None
        except psycopg.Error as e:
            code, said = e.sqlstate or "QD000", e.diag.message_primary or str(e)
            raise QuadrantError(said, hint=e.diag.message_hint or "", code=code) from e
        if self.error:
            _LOG.warning("the database is back")
        self.error = ""
        self._pause = _FIRST_WAIT
        return rows

    def send_windows(self, rows: Sequence[dict[str, Any]]) -> list[tuple[str, str]] | None:
        """Tells experiments; the rejects' codes and reasons. None: nothing was told."""
        answers = self.call("windows", {"rows": Jsonb(list(rows))})
        if answers is None:
            return None
        self.written.update(written for written, _, _ in answers)
        return [(code, reason) for written, code, reason in answers if written == "rejected"]

    def send_trades(self, rows: Sequence[dict[str, Any]]) -> list[tuple[str, str]] | None:
        """Tells closed trades; the rejects' codes and reasons. None: nothing was told."""
        answers = self.call("trades", {"rows": Jsonb(list(rows)), "source": self._source})
        if answers is None:
            return None
        ((counts,),) = answers
        told = {"trades": counts["new"], "already there": counts["already_there"]}
        self.written += Counter(told | {"rejected": counts["rejected"]})
        return [(each["sqlstate"], each["reason"]) for each in counts["reasons"]]

    def close(self) -> None:
        """Ends the connection; what is not sent is the caller's."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _lose(self, why: str) -> None:
        if not self.error:
            _LOG.warning("the database is away, what is recorded is kept: %s", why)
        self.error = why
        self.close()
        self._next_try = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LAST_WAIT)


def _query(name: str) -> LiteralString:
    path = resources.files("quadrant").joinpath("sql", "recording", f"{name}.sql")
    return path.read_text("utf-8")
