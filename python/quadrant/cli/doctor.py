"""quadrant doctor: is it alive, and what to do where it is not."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from quadrant.cli.console import out, print_json
from quadrant.database import check_schema, connect, queries
from quadrant.server import resolve_dsn

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Check the whole system; exits 1 when a check fails."""
    with connect(resolve_dsn(), autocommit=True) as connection:
        check_schema(connection)
        rows = connection.execute(queries("operations/health")).fetchall()
    if json:
        names = ("check", "status", "detail", "what_to_do")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        table = Table("check", "status", "seen", "what to do")
        for name, status, detail, what_to_do in rows:
            table.add_row(name, Text(status, style=_STYLES[status]), detail, what_to_do)
        out.print(table)
    if any(row[1] == "fail" for row in rows):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(doctor)
