"""quadrant log: the learning log, as it was and as it comes."""

from __future__ import annotations

import json as json_lib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import psycopg
import typer

from quadrant.database import check_schema, connect, queries
from quadrant.server import resolve_dsn

POLL_SECONDS = 2.0


class Level(StrEnum):
    """Levels of the log, least first."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"

    @property
    def and_above(self) -> list[str]:
        """This level and the graver ones."""
        levels = list(Level)
        return [level.value for level in levels[levels.index(self) :]]


def log(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, help="How many to begin with.")
    ] = 50,
    level: Annotated[
        Level, typer.Option(case_sensitive=False, help="The least level shown.")
    ] = Level.INFO,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Print the learning log."""
    with connect(resolve_dsn(), autocommit=True) as connection:
        check_schema(connection)
        if follow:
            connection.execute("listen quadrant_log")
        last = _print_new(connection, 0, lines, level, json)
        while follow:
            # The log is told of once per run; a run that takes long is read as it goes.
            for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass
            last = _print_new(connection, last, 10_000, level, json)


def format_line(at: datetime, level: str, event: str, data: dict[str, Any]) -> str:
    """One line as in the system's log file, with the figures of `data` behind the event."""
    moment = at.astimezone(UTC)
    stamp = f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03d}"
    figures = "".join(
        f" | {key}={value if isinstance(value, str) else json_lib.dumps(value)}"
        for key, value in data.items()
    )
    return f"{stamp} - learning_system - {level} - {event}{figures}"


def _print_new(
    connection: psycopg.Connection[Any], after: int, limit: int, level: Level, json: bool
) -> int:
    parameters = {"after": after, "limit": limit, "levels": level.and_above}
    for log_id, at, its_level, event, data in connection.execute(
        queries("operations/log_lines"), parameters
    ):
        if json:
            row = {"at": at.isoformat(), "level": its_level, "event": event, "data": data}
            typer.echo(json_lib.dumps(row))
        else:
            typer.echo(format_line(at, its_level, event, data))
        after = log_id
    return after


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(log)
