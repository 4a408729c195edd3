"""Where commands write: results to stdout, progress and errors to stderr."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from quadrant.cli.examples import EXAMPLES
from quadrant.errors import QuadrantError
from quadrant.server import chosen_database

out = Console()
err = Console(stderr=True)

# `quadrant` before one of its commands, in somebody's sentence.
_OUR_COMMAND = re.compile(
    rf"\bquadrant ({'|'.join(sorted({name.split()[0] for name in EXAMPLES}))})\b"
)
_OF_THE_SERVER = ("databases", "down")


Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def tell_error(error: QuadrantError) -> None:
    """A coded error on stderr: one red line, and what to do."""
    err.print(Text(f"{error.code}: {error.message}", style="bold red"), soft_wrap=True)
    if error.hint:
        err.print(Text(as_called(error.hint)), soft_wrap=True)


def split_names(names: str | None) -> list[str] | None:
    """The names in a comma-separated option; None where none was given."""
    return [name.strip() for name in names.split(",") if name.strip()] if names else None


def print_json(value: Any) -> None:
    """One JSON document on stdout, for scripts: no colours, no wrapping."""
    typer.echo(json.dumps(value, default=str, indent=2))


def command(arguments: str, database: str | None = None) -> str:
    """A command of ours that works as it is printed: our program as it was called, on `database`
    or the one that --database chose; no database where it is about the whole server.
    """
    program = "quadrant"
    called = Path(sys.argv[0])
    on_the_path = shutil.which(program)
    if called.name == program and not (on_the_path and called.samefile(on_the_path)):
        program = shlex.quote(str(called))
    name = None if arguments in _OF_THE_SERVER else database or chosen_database()
    return " ".join([program, *(["--database", shlex.quote(name)] if name else []), arguments])


def as_called(text: str) -> str:
    """A sentence with its commands of ours written as `command` writes them."""
    return _OUR_COMMAND.sub(lambda found: command(found[1]), text)


def hint(text: str) -> None:
    """A last line on stdout about commands, which work as they are printed."""
    out.print(Text(as_called(text)), soft_wrap=True)


def plain(text: object) -> Text:
    """Somebody else's words for the terminal: no markup, control characters written out."""
    return Text("".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text)))


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr (silent where that is no terminal), moved by progress(what, done, total)."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def progress(what: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title}: {what}", completed=done, total=total or None)

        yield progress
