"""quadrant clock show, set, reset: the time learning goes by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from quadrant.cli.console import Json, out, print_json
from quadrant.cli.session import session
from quadrant.database import queries

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

clock = typer.Typer(help="The time learning goes by.", no_args_is_help=True)


@clock.command()
def show(json: Json = False) -> None:
    """Print the clock, and whether somebody set it."""
    _print(None, json)


@clock.command("set")
def set_(
    at: Annotated[datetime, typer.Argument(formats=FORMATS, help="UTC unless it says its zone.")],
    json: Json = False,
) -> None:
    """Stop the clock at a time, for every session, job and worker."""
    _print(at if at.tzinfo else at.replace(tzinfo=UTC), json, move=True)


@clock.command()
def reset(json: Json = False) -> None:
    """Let the clock follow the server's again."""
    _print(None, json, move=True)


def _print(at: datetime | None, json: bool, *, move: bool = False) -> None:
    with session() as connection:
        if move:
            connection.execute(queries("operations/move_clock"), {"at": at})
        row = connection.execute(queries("operations/clock")).fetchone()
    assert row is not None
    now, is_set = row
    text = now.astimezone(UTC).isoformat(timespec="seconds")
    if json:
        print_json({"clock": text, "is_set": is_set})
    else:
        out.print(f"{text} ({'set' if is_set else 'the server clock'})", highlight=False)


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.add_typer(clock, name="clock")
