"""quadrant runs: what was recorded under which label, to compare it and to remove it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from quadrant.cli.console import Json, hint, out, plain, print_json
from quadrant.cli.session import fetch, session
from quadrant.database import queries

runs = typer.Typer(no_args_is_help=True, help="What was recorded, by the label of its run.")


@runs.command("list")
def list_command(*, json: Json = False) -> None:
    """List runs by pattern: setups, what they were worth, and trades."""
    rows = fetch("recording/runs")
    if json:
        print_json(rows)
        return
    if not rows:
        out.print("Nothing is recorded under the label of a run.")
        return
    table = Table("run", "pattern", "from (UTC)", "to")
    for name in ("windows", "acted", "pending", "ROI acted", "ROI skipped", "trades", "ROI trades"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            plain(row["run"]),
            plain(row["pattern_key"]),
            *(f"{row[name]:%Y-%m-%d}" if row[name] else "" for name in ("first_at", "last_at")),
            *(f"{row[name]:,}" for name in ("windows", "acted", "pending")),
            *(_percent(row[name]) for name in ("acted_roi", "skipped_roi")),
            f"{row['trades']:,}",
            _percent(row["trade_roi"]),
        )
    out.print(table)
    hint("quadrant runs remove RUN removes what one recorded; then: quadrant learn.")


@runs.command()
def remove(
    run: Annotated[str, typer.Argument(metavar="RUN", help="As in quadrant runs list.")],
    *,
    json: Json = False,
) -> None:
    """Remove the windows and closed trades of a run: they are no evidence any more."""
    with session() as connection:
        row = connection.execute(queries("recording/remove_run"), {"run": run}).fetchone()
    assert row is not None
    (removed,) = row
    if json:
        print_json(removed)
        return
    out.print(f"Removed {removed['windows']:,} windows and {removed['trades']:,} trades.")
    if removed["moved_capital"]:
        out.print(f"{removed['moved_capital']:,} trades had moved capital; it stays where it is.")


def _percent(fraction: Any) -> str:
    return "" if fraction is None else f"{100 * fraction:.2f} %"


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.add_typer(runs, name="runs")
