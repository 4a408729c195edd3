"""quadrant roles: logins for the bot, people, the worker and the jobs."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import psycopg
import typer

from quadrant.cli.console import Json, err, out, print_json, split_names
from quadrant.cli.session import session
from quadrant.database import queries

_KINDS = ("pm", "analyst", "worker", "jobs")

roles = typer.Typer(no_args_is_help=True)


@roles.callback()
def group() -> None:
    """Logins with the rights of one of Quadrant's roles each."""


@roles.command("create-logins")
def create_logins(
    only: Annotated[
        str | None, typer.Option(help=f"Which of {', '.join(_KINDS)}; by default all.")
    ] = None,
    suffix: Annotated[
        str, typer.Option(help="Logins are named quadrant_pm and so on, with this behind.")
    ] = "_login",
    json: Json = False,
) -> None:
    """Make a login each for pm, analyst and worker, and give all and quadrant_jobs their passwords.

    Passwords come from QUADRANT_PM_PASSWORD and so on, or are asked for; who has none is left out.
    Again with new passwords: these are in force then.
    """
    kinds = split_names(only) or list(_KINDS)
    if unknown := set(kinds) - set(_KINDS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: none of {', '.join(_KINDS)}")
    passwords = {kind: _password(kind) for kind in kinds}
    done = []
    with session() as connection, connection.transaction():
        for kind, password in passwords.items():
            role = f"quadrant_{kind}"
            login = role if kind == "jobs" else role + suffix
            made = _create(connection, login, role, password) if password else "left out"
            done.append({"role": role, "login": login, "done": made})
    if json:
        print_json(done)
        return
    for row in done:
        if row["done"] == "left out":
            name = _variable(row["role"].removeprefix("quadrant_"))
            err.print(f"{row['login']} left out: {name} is not set.", style="yellow")
        else:
            out.print(f"{row['login']} {row['done']}", highlight=False)


def _password(kind: str) -> str:
    given = os.environ.get(_variable(kind), "")
    if given or not sys.stdin.isatty():
        return given
    return str(
        typer.prompt(
            f"Password for {kind} (empty: leave it out)",
            default="",
            show_default=False,
            hide_input=True,
            err=True,
        )
    )


def _variable(kind: str) -> str:
    return f"QUADRANT_{kind.upper()}_PASSWORD"


def _create(connection: psycopg.Connection[Any], login: str, role: str, password: str) -> str:
    """The password leaves this process as its verifier: no server's log shows it."""
    verifier = connection.pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    )
    row = connection.execute(
        queries("operations/create_login"),
        {"login": login, "role": role, "password": verifier.decode()},
    ).fetchone()
    assert row is not None
    return str(row[0])


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.add_typer(roles, name="roles")
