"""quadrant runs: what was recorded under which label, to compare it and to remove it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

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
    table = Table("run")
    for name in ("setups", "acted", "pending", "trades", "ROI each"):
        table.add_column(name, justify="right")
    for row in rows:
        days = [f"{row[name]:%Y-%m-%d}" for name in ("first_at", "last_at") if row[name]]
        lines = (row["run"], row["pattern_key"], " to ".join(days))
        results = {"acted": "acted_roi", "skipped": "skipped_roi", "trades": "trade_roi"}
        table.add_row(
            Text("\n").join(plain(line) for line in lines),
            *(f"{row[name]:,}" for name in ("windows", "acted", "pending", "trades")),
            "\n".join(
                f"{name} {100 * row[column]:+.2f} %"
                for name, column in results.items()
                if row[column] is not None
            ),
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


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.add_typer(runs, name="runs")
