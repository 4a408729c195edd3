"""`quadrant serve`: the schedule and the worker in one process, where there is no pg_cron."""

from __future__ import annotations

import logging
import signal
from contextlib import suppress

import typer

from quadrant.cli.session import session
from quadrant.cli.worker import show_log
from quadrant.database.errors import Unreachable
from quadrant.jobs import JobRunner
from quadrant.judging import Worker
from quadrant.logfile import LogFile
from quadrant.server import resolve_dsn


def serve() -> None:
    """Run the jobs of learning.schedule when they are due, and a worker, until Ctrl-C or SIGTERM.

    Jobs that pg_cron has are left to it. Log in as quadrant_jobs, or who may do as much.
    """
    dsn = resolve_dsn()
    with suppress(Unreachable), session(dsn):  # a server that is down is waited for
        pass
    log_file = LogFile()
    show_log(log_file)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # we say what it does
    worker = Worker(dsn, runs_jobs=True, after=log_file.follow)
    jobs = JobRunner(dsn, after=log_file.follow)
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: worker.stop())
    jobs.start()
    try:
        worker.run()
    finally:
        jobs.stop()


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(serve)
