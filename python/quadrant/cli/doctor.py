"""quadrant doctor: is it alive, and what to do where it is not."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from quadrant.cli.console import Json, as_called, hint, out, plain, print_json
from quadrant.cli.session import session
from quadrant.database import queries

# Gravest first.
_STYLES = {"fail": "bold red", "warn": "yellow", "ok": "green"}


def doctor(
    all_: Annotated[bool, typer.Option("--all", help="Show what is ok as well.")] = False,
    json: Json = False,
) -> None:
    """Check the whole system, what is not ok first; exits 1 when a check fails."""
    with session() as connection:
        found = connection.execute(queries("operations/health")).fetchall()
    rows = sorted(found, key=lambda row: list(_STYLES).index(row[1]))
    if json:
        names = ("check", "status", "detail", "what_to_do")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        for row in rows:
            if all_ or row[1] != "ok":
                _print(*row)
        ok = sum(row[1] == "ok" for row in rows)
        out.print(Text(f"{ok} check{'' if ok == 1 else 's'} ok", style=_STYLES["ok"]), end="")
        hint("" if all_ or not ok else " (quadrant doctor --all shows them)")
    if any(row[1] == "fail" for row in rows):
        raise typer.Exit(1)


def _print(name: str, status: str, detail: str, what_to_do: str) -> None:
    out.print(Text.assemble((f"{status:<6}", _STYLES[status]), plain(name)))
    for text in filter(None, (detail, as_called(what_to_do))):
        out.print(Padding(plain(text), (0, 0, 0, 6)))


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(doctor)
