"""quadrant import: the episodes of another system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from quadrant.cli.console import out, print_json, progress_bar
from quadrant.database import check_schema, connect
from quadrant.importer import ImportReport, RoiUnit, ScoreScale, import_file
from quadrant.importer.units import Units
from quadrant.server import resolve_dsn


def import_command(
    path: Annotated[Path, typer.Argument(help="CSV or JSON lines, one episode a line.")],
    *,
    roi_unit: Annotated[RoiUnit, typer.Option(help="How ROI is written: 0.05 or 5 for 5 %.")],
    score_scale: Annotated[ScoreScale, typer.Option(help="The top of the engine scores' scale.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Import the episodes of another system; bad rows are kept as rejects, with their reason."""
    with connect(resolve_dsn(), autocommit=True) as connection, progress_bar("Importing") as bar:
        check_schema(connection)
        report = import_file(
            connection,
            path,
            Units(roi_unit, score_scale),
            lambda read: bar(f"{read:,} rows", read, 0),
        )
    if json:
        print_json(
            {
                "read": report.read,
                "new": report.new,
                "completed": report.completed,
                "already_there": report.already_there,
                "rejected": report.rejected,
                "reasons": [
                    {"sqlstate": state, "reason": reason, "rows": rows}
                    for (state, reason), rows in report.reasons.most_common()
                ],
            }
        )
    else:
        _print_report(path, report)


def _print_report(path: Path, report: ImportReport) -> None:
    table = Table(title=f"Imported {path.name}", title_justify="left")
    table.add_column("rows")
    table.add_column("count", justify="right")
    table.add_row("read", f"{report.read:,}")
    table.add_row("new", f"{report.new:,}")
    table.add_row("completed with their outcome", f"{report.completed:,}")
    table.add_row("already there", f"{report.already_there:,}")
    table.add_row("rejected", f"{report.rejected:,}")
    for (state, reason), rows in report.reasons.most_common(20):
        table.add_row(f"  {state}: {reason}", f"{rows:,}")
    out.print(table)


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command("import")(import_command)
