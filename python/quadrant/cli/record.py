"""quadrant record: the recorder for a strategy in any language, as JSON lines."""

from __future__ import annotations

import sys

import typer

from quadrant.recorder.lines import answers
from quadrant.server import resolve_dsn


def record() -> None:
    """Read a strategy's bars, purchases and trades as JSON lines; answer what its gates say.

    One line in, one line out, in their order. docs/recorder.md is the guide.
    """
    for answer in answers(resolve_dsn(), sys.stdin):
        print(answer, flush=True)


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(record)
