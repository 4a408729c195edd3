"""quadrant log: the learning log, as it was and as it comes."""

from __future__ import annotations

import json as json_lib
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import psycopg
import typer
from pytimeparse2 import parse as parse_seconds

from quadrant.cli.console import as_called, err
from quadrant.cli.session import session
from quadrant.database import queries
from quadrant.logfile import format_line

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
    since: Annotated[
        str | None,
        typer.Option(help="From when: a time (UTC) like 2026-01-15T10:09, or how long ago: 2h."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Print the learning log: in simulated time where a replay made it."""
    with session() as connection:
        if follow:
            connection.execute("listen quadrant_log")
        go_on = _since(connection, None)[0][0]
        rows = connection.execute(
            queries("operations/log_lines"),
            {"levels": level.and_above, "since": _time(connection, since), "limit": lines},
        ).fetchall()
        shown = {row[0] for row in rows}
        for row in rows:
            _print(*row[1:], json=json)
        if not rows and lines and not follow:
            _explain(connection, level)
        while follow:
            # The log is told of once per run; a run that takes long is read as it goes.
            for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass
            news = _since(connection, go_on)
            go_on = news[0][0]
            for _, log_id, at, its_level, event, data in news:
                if its_level in level.and_above and log_id not in shown:
                    _print(at, its_level, event, data, json=json)


def _since(connection: psycopg.Connection[Any], go_on: str | None) -> list[tuple[Any, ...]]:
    """At least one row, which says where to go on from."""
    return connection.execute(queries("operations/log_since"), {"since": go_on}).fetchall()


def _time(connection: psycopg.Connection[Any], since: str | None) -> datetime | None:
    """A time as it was given, or so long before the database's clock."""
    if since is None:
        return None
    if seconds := parse_seconds(since):
        row = connection.execute(queries("operations/clock")).fetchone()
        assert row is not None
        now: datetime = row[0]
        return now - timedelta(seconds=float(seconds))
    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        raise typer.BadParameter(
            f"{since!r} is neither a time like 2026-01-15T10:09 nor a length like 2h."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _print(at: datetime, level: str, event: str, data: dict[str, Any], *, json: bool) -> None:
    if json:
        row = {"at": at.isoformat(), "level": level, "event": event, "data": data}
        typer.echo(json_lib.dumps(row))
    else:
        typer.echo(format_line(at, level, event, data))


def _explain(connection: psycopg.Connection[Any], level: Level) -> None:
    row = connection.execute(queries("operations/log_known")).fetchone()
    assert row is not None
    has_lines, has_experiments = row
    if has_lines:
        err.print(f"No line of level {level} or above there; --level and --since ask for others.")
    elif has_experiments:
        err.print(as_called("The log is empty: nothing has learned yet. quadrant learn does, now."))
    else:
        err.print(
            as_called(
                "The log is empty, for there are no experiments: quadrant replay, quadrant tick or "
                "quadrant import brings them, quadrant learn learns from them."
            )
        )


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(log)
