"""The command `quadrant`: its parts, and what becomes of their errors."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import Annotated

import psycopg
import typer

from quadrant.cli import (
    backtest,
    clock,
    config,
    databases,
    doctor,
    explain,
    importing,
    learn,
    log,
    override,
    record,
    rejects,
    replay,
    report,
    roles,
    runs,
    serve,
    server,
    snapshots,
    status,
    tick,
    web,
    why,
    worker,
)
from quadrant.cli.console import err, tell_error
from quadrant.cli.examples import show_examples
from quadrant.database import explain as explained
from quadrant.database import raised_by_us
from quadrant.errors import QuadrantError

app = typer.Typer(
    name="quadrant",
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


# One line per module of commands: register(app) puts them on the command line, in this order.
status.register(app)
server.register(app)
importing.register(app)
backtest.register(app)
clock.register(app)
config.register(app)
databases.register(app)
doctor.register(app)
explain.register(app)
why.register(app)
learn.register(app)
log.register(app)
override.register(app)
record.register(app)
rejects.register(app)
replay.register(app)
report.register(app)
roles.register(app)
runs.register(app)
serve.register(app)
snapshots.register(app)
tick.register(app)
web.register(app)
worker.register(app)
show_examples(app)


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
