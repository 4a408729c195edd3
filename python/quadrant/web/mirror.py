"""What the page shows, as new as the database lets it be."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.rows import dict_row

from quadrant.database import check_schema, connect, explain, queries, raised_by_us
from quadrant.errors import QuadrantError
from quadrant.report import Facts, charts, read
from quadrant.report.reading import Row

T = TypeVar("T")
_NEWS: tuple[LiteralString, ...] = ("client/listen", "web/listen_runs")
_FIRST_WAIT, _LAST_WAIT = 0.2, 5.0
# Seconds: what is recorded between two runs is told to nobody, so it is looked for.
_LOOK_AGAIN = 60.0
# Seconds in which a burst of notifications is one change.
_BURST = 0.2


@dataclass(frozen=True, eq=False)
class Seen:
    """What was read, after how many changes, and when (UTC)."""

    facts: Facts
    charts: list[Row]
    switches: list[Row]
    change: int
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class News:
    """How often something changed, and why the database cannot be asked (empty: it can)."""

    changes: int
    lost: str


class Mirror:
    """The newest facts that could be read. Belongs to one event loop, in which `follow` runs."""

    def __init__(self, dsn: str, bars: Path | None = None) -> None:
        self._dsn, self._bars = dsn, bars
        self._seen: Seen | None = None
        self._of = -1  # the change up to which it was read
        self._changes = 0
        self._gone = ""  # why the database cannot be reached
        self._broken = ""  # why it could not be read
        self._turn = asyncio.Event()
        self._reading = asyncio.Lock()

    @property
    def news(self) -> News:
        """How it stands now."""
        return News(self._changes, self._gone or self._broken)

    async def look(self) -> Seen | None:
        """The facts, read anew where something changed; the last known where that is impossible.

        None where they never could be read: `news.lost` says why.
        """
        async with self._reading:
            changes = self._changes
            if (self._of != changes or self._broken) and not self._gone:
                try:
                    self._seen = await self.ask(partial(self._read, change=changes))
                    self._of, self._broken = changes, ""
                except QuadrantError as error:
                    self._broken = str(error)
                    self._wake()
            return self._seen

    def _read(self, connection: psycopg.Connection[Any], change: int) -> Seen:
        facts = read(connection)
        (switches,) = as_analyst(connection, ("web/switches", {}))
        return Seen(facts, charts(facts, self._bars, None), switches, change)

    async def ask(self, question: Callable[[psycopg.Connection[Any]], T]) -> T:
        """The answer to a question over a connection of its own; raises QuadrantError."""
        return await asyncio.to_thread(_ask, self._dsn, question)

    def changed(self) -> None:
        """Something may have changed: facts are read again when somebody looks."""
        self._changes += 1
        self._wake()

    async def told(self) -> AsyncIterator[News]:
        """How it stands, now and after every change."""
        last = None
        while True:
            turn, news = self._turn, self.news
            if news != last:
                last = news
                yield news
            await turn.wait()

    async def follow(self) -> None:
        """Listen to the database for ever; what it says makes `changed`."""
        wait = _FIRST_WAIT
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._dsn, autocommit=True, connect_timeout=10, client_encoding="utf8"
                )
                async with connection:
                    for listen in _NEWS:
                        await connection.execute(queries(listen))
                    self._gone = ""
                    self.changed()
                    wait = _FIRST_WAIT
                    while True:
                        async for _ in connection.notifies(timeout=_LOOK_AGAIN, stop_after=1):
                            await asyncio.sleep(_BURST)
                        await connection.execute(queries("client/alive"))
                        self.changed()
            except psycopg.Error as error:
                self._gone = _in_words(error)
                self._wake()
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LAST_WAIT)

    def _wake(self) -> None:
        self._turn, turn = asyncio.Event(), self._turn
        turn.set()


def _ask(dsn: str, question: Callable[[psycopg.Connection[Any]], T]) -> T:
    with connect(dsn, autocommit=True) as connection:
        try:
            check_schema(connection)
            return question(connection)
        except psycopg.Error as error:
            raise raised_by_us(error) or QuadrantError(_in_words(error)) from error


def as_analyst(
    connection: psycopg.Connection[Any], *asked: tuple[LiteralString, dict[str, Any]]
) -> list[list[Row]]:
    """The rows of each query, of one read-only moment, as quadrant_analyst where one may be it."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute(queries("report/become_analyst"))
        return [cursor.execute(queries(name), values).fetchall() for name, values in asked]


def _in_words(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.OperationalError):
        return str(explain(error))
    return str(error).strip()


def digest(text: str) -> str:
    """A short name of a text that is another for another text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
