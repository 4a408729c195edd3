"""The command `quadrant`: its parts, and what becomes of their errors."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import psycopg
import typer
from typer.core import TyperGroup

from quadrant.cli.console import err, tell_error
from quadrant.cli.examples import show_examples
from quadrant.database import explain as explained
from quadrant.database import raised_by_us
from quadrant.errors import QuadrantError

# The modules of quadrant.cli and their commands, in the order of the help. A module is imported
# when one of its commands is asked for: to import all of them takes longer than most commands.
COMMANDS = {
    "status": ("status",),
    "server": ("up", "down", "dsn", "psql", "migrate"),
    "importing": ("import",),
    "backtest": ("backtest",),
    "clock": ("clock",),
    "config": ("config",),
    "databases": ("databases",),
    "doctor": ("doctor",),
    "explain": ("explain",),
    "why": ("why",),
    "learn": ("learn",),
    "log": ("log",),
    "override": ("override",),
    "record": ("record",),
    "rejects": ("rejects",),
    "replay": ("replay", "demo"),
    "report": ("report",),
    "roles": ("roles",),
    "runs": ("runs",),
    "serve": ("serve",),
    "snapshots": ("snapshots",),
    "tick": ("tick",),
    "web": ("web",),
    "worker": ("worker",),
}


class _OnDemand(TyperGroup):
    """A group whose commands are made when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for names in COMMANDS.values() for name in names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        module = next((m for m, names in COMMANDS.items() if cmd_name in names), None)
        if module and cmd_name not in self.commands:
            part = typer.Typer()
            import_module(f"quadrant.cli.{module}").register(part)
            show_examples(part)
            self.commands.update(typer.main.get_group(part).commands)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    name="quadrant",
    cls=_OnDemand,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_INTERRUPTED = 130
# ClickException, of click or of the copy of it inside typer.
_UsageError: type[Exception] = typer.BadParameter.__mro__[2]


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"quadrant {version('quadrant')}")
        raise typer.Exit


@app.callback()
def options(
    database: Annotated[
        str | None,
        typer.Option(
            envvar="QUADRANT_DATABASE",
            help="The database to work on, of the server that is reached: a replay has its own.",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """A PostgreSQL database that learns a trading bot's gates from its experiments."""
    if database:
        os.environ["QUADRANT_DATABASE"] = database


def main() -> None:
    """Run the command line: coded errors are one red line and exit 1, Ctrl-C is exit 130."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(standalone_mode=False) or 0
        if code == _INTERRUPTED:  # typer's answer to Ctrl-C
            err.print("Interrupted.", style="yellow")
        return code if isinstance(code, int) else 0
    except typer.Abort:
        return _INTERRUPTED
    except QuadrantError as e:
        return _report(e)
    except psycopg.OperationalError as e:
        return _report(explained(e))
    except psycopg.Error as e:
        if (error := raised_by_us(e)) is None:
            raise
        return _report(error)
    except _UsageError as e:
        e.show()  # type: ignore[attr-defined]
        return 2


def _report(error: QuadrantError) -> int:
    tell_error(error)
    return 1
