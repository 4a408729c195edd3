"""`quadrant worker`: the process that simulates gate changes for the database."""

from __future__ import annotations

import logging
import signal
from contextlib import suppress
from typing import Annotated

import typer
from rich.logging import RichHandler

from quadrant.cli.console import err, out
from quadrant.cli.session import session
from quadrant.database.errors import Unreachable
from quadrant.judging import Worker
from quadrant.logfile import NAME, LogFile
from quadrant.server import resolve_dsn


def worker(
    once: Annotated[
        bool, typer.Option("--once", help="Do what is waiting, print how much, and leave.")
    ] = False,
) -> None:
    """Simulate gate changes whenever the database asks (NOTIFY), until Ctrl-C or SIGTERM."""
    dsn = resolve_dsn()
    # A worker waits for a server that is down, not for a schema that is not there.
    with suppress(*() if once else (Unreachable,)), session(dsn):
        pass
    log_file = LogFile()
    judge = Worker(dsn, after=log_file.follow)
    if once:
        done = judge.once()
        out.print(f"{done} simulation{'' if done == 1 else 's'} done.")
        return
    show_log(log_file)
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: judge.stop())
    judge.run()


def show_log(log_file: LogFile) -> None:
    """Show the process's own lines on stderr, and write them to the log file."""
    logging.basicConfig(
        level=logging.INFO, format="%(message)s", handlers=[RichHandler(console=err)]
    )
    logging.getLogger(NAME).addHandler(log_file)


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(worker)
