"""quadrant import: episodes and trades of another system."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from quadrant.cli.console import Json, hint, out, plain, print_json, progress_bar
from quadrant.cli.session import session
from quadrant.database import connect
from quadrant.importer import (
    ImportReport,
    Kind,
    RoiUnit,
    ScoreScale,
    Units,
    import_rows,
    read_database,
    read_file,
    read_only,
)
from quadrant.importer.source import Source
from quadrant.logfile import LogFile

_SCHEMAS = ("public", "learning")


def import_command(
    path: Annotated[
        Path | None, typer.Argument(help="CSV or JSON lines (.gz of either), a row per line.")
    ] = None,
    *,
    roi_unit: Annotated[RoiUnit, typer.Option(help="How ROI is written: 0.05 or 5 for 5 %.")],
    score_scale: Annotated[
        ScoreScale | None,
        typer.Option(help="The top of the engine scores' scale. Needed for episodes."),
    ] = None,
    kind: Annotated[
        Kind | None,
        typer.Option(
            help="Experiments, or the actions of closed trades. A file: episodes unless said; "
            "a database: both unless said."
        ),
    ] = None,
    from_dsn: Annotated[
        str | None,
        typer.Option(
            "--from-dsn",
            help="Read another PostgreSQL instead of a file; nothing is written there.",
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(help="Its schema with the tables. Unless said: public, then learning."),
    ] = None,
    roi_is_checked: Annotated[
        bool,
        typer.Option(
            "--roi-is-checked", help="ROIs below -1 and above 10 (1,000 %) are right: take them."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Import episodes or trades of another system; bad rows are kept as rejects, with their reason.

    A second run changes nothing but what was missing. Old trades move no allocation.
    """
    if (path is None) == (from_dsn is None):
        raise typer.BadParameter("Name a file, or a database with --from-dsn.")
    if schema is not None and from_dsn is None:
        raise typer.BadParameter("--schema goes with --from-dsn.")
    if score_scale is None and (kind is not Kind.TRADES):
        raise typer.BadParameter(
            "Say --score-scale 1 (scores like 0.57) or 100 (like 57): it cannot be guessed."
        )
    units = Units(roi_unit, score_scale or ScoreScale.ONE, roi_is_checked)
    with ExitStack() as stack:
        connection = stack.enter_context(session())
        log_file = LogFile()
        log_file.follow(connection)
        if path is not None:
            sources = [read_file(path, kind or Kind.EPISODES)]
        else:
            other = stack.enter_context(connect(from_dsn or ""))
            read_only(other)
            sources = read_database(
                other, [kind] if kind else Kind, (schema,) if schema else _SCHEMAS
            )
        reports = [(source, _import(connection, source, units)) for source in sources]
        log_file.follow(connection)
    if json:
        described = [_described(source, report) for source, report in reports]
        print_json(described[0] if path is not None else described)
    else:
        for source, report in reports:
            _print_report(source, report)


def _import(connection: Any, source: Source, units: Units) -> ImportReport:
    with progress_bar(f"Importing {source.name}") as bar:
        return import_rows(
            connection,
            source,
            units,
            lambda read, done: bar(f"{read:,} rows", done, source.total),
        )


def _described(source: Source, report: ImportReport) -> dict[str, Any]:
    return {
        "source": source.name,
        "kind": source.kind,
        "read": report.read,
        "new": report.new,
        "completed": report.completed,
        "already_there": report.already_there,
        "rejected": report.rejected,
        "left_out": report.left_out,
        "columns_left_out": report.columns_left_out,
        "beyond_lookback": report.beyond_lookback,
        "reasons": [
            {"sqlstate": state, "reason": reason, "rows": rows}
            for (state, reason), rows in report.reasons.most_common()
        ],
    }


def _print_report(source: Source, report: ImportReport) -> None:
    title = plain(f"Imported {source.kind} of {source.name}")
    table = Table("rows", title=title, title_justify="left")
    table.add_column("count", justify="right")
    table.add_row("read", f"{report.read:,}")
    table.add_row("new", f"{report.new:,}")
    table.add_row("completed with what they lacked", f"{report.completed:,}")
    table.add_row("already there", f"{report.already_there:,}")
    if report.beyond_lookback:
        table.add_row(
            f"older than the lookback of {report.lookback_days} days: kept, not mined",
            f"{report.beyond_lookback:,}",
        )
    if report.left_out:
        table.add_row("left out: windows still open there", f"{report.left_out:,}")
    table.add_row("rejected", f"{report.rejected:,}")
    for (state, reason), rows in report.reasons.most_common(20):
        table.add_row(plain(f"  {state}: {reason}"), f"{rows:,}")
    out.print(table)
    if len(report.reasons) > 20:
        out.print(f"... and {len(report.reasons) - 20:,} more reasons.")
    if report.columns_left_out:
        out.print(plain(f"Columns left out: {', '.join(report.columns_left_out)}."))
    if report.rejected:
        hint("The rejected rows are kept: quadrant rejects list")


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command("import")(import_command)
