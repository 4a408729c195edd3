"""quadrant report: what was learned as one HTML file that needs no network."""

from __future__ import annotations

import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from quadrant.cli.console import err, out
from quadrant.cli.session import session
from quadrant.report import charts, read, render

DEFAULT = Path("report.html")


def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")] = DEFAULT,
    *,
    bars: Annotated[
        Path | None,
        typer.Option(help="Folder of bars for the chart; default: what the replay read."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Draw setups, chart and capital from this day on."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write what was learned as one page with pictures that opens offline."""
    if bars is not None and not bars.is_dir():
        raise typer.BadParameter(f"{bars} is no folder", param_hint="--bars")
    with session() as connection, err.status("Writing the report"):
        write(connection, output, bars=bars, since=since and since.replace(tzinfo=UTC))
    size = output.stat().st_size / 1e6
    out.print(f"{output.resolve()} ({size:.1f} MB)", soft_wrap=True, highlight=False, markup=False)
    if open_:
        webbrowser.open(output.resolve().as_uri())


def write(
    connection: psycopg.Connection[Any],
    output: Path,
    *,
    bars: Path | None = None,
    since: datetime | None = None,
) -> None:
    """Write the page; without a folder of bars with those that a replay read, where they are."""
    facts = read(connection, since)
    output.write_text(render(facts, charts(facts, bars, since), since), encoding="utf-8")


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(report)
