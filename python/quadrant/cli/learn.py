"""quadrant learn: one learning cycle now, outside the schedule."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from psycopg.rows import dict_row
from rich.table import Table

from quadrant.cli.console import command, err, out, print_json
from quadrant.database import check_schema, connect, queries
from quadrant.errors import QuadrantError
from quadrant.learner import Learner, take_jobs
from quadrant.logfile import LogFile
from quadrant.replay import replay_time
from quadrant.server import resolve_dsn

Row = dict[str, Any]


class LearningBusyError(QuadrantError):
    """Another run of a learning job is in progress."""

    code = "QD191"


def learn(
    json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Mine, judge and aggregate now, at the database's clock, and print what changed.

    Waits for a run that is in progress. In a replay's database "now" is the time the replay has
    reached. Exits 1 when a step failed: the log says which and why.
    """
    with (
        connect(resolve_dsn(), autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        check_schema(connection)
        log_file = LogFile()
        log_file.follow(connection)
        with err.status("Learning"):
            if busy := take_jobs(connection, "quadrant learn"):
                raise LearningBusyError(
                    f"nothing was learned: {busy} is in progress",
                    hint="Wait for it; analyst.runs shows what is running.",
                )
            with replay_time(connection):
                before = cursor.execute(queries("operations/learning_so_far")).fetchone()
                Learner(connection).learn(judge_anyway=True)
                connection.execute(queries("learner/aggregate"))
        log_file.follow(connection)
        learned = cursor.execute(queries("operations/learned"), before).fetchone()
        assert learned is not None  # one row, whatever happened
        experiments = (
            None
            if learned["lessons_active"] or learned["too_old"]
            else cursor.execute(queries("operations/experiments")).fetchone()
        )
    if json:
        print_json(learned)
    else:
        _print(learned)
    if experiments:
        err.print(_what_is_missing(**experiments), soft_wrap=True, highlight=False, markup=False)
    if learned["failed"]:
        raise typer.Exit(1)


def _what_is_missing(experiments: int, needed: int) -> str:
    if not experiments:
        return (
            "There is nothing to learn from: no finished experiment is recorded here. "
            "A bot records them, `quadrant import` and `quadrant replay` bring some; "
            f"{command('databases')} lists the other databases."
        )
    return (
        f"No slice has enough finished experiments for a lesson: {experiments} are recorded, a "
        f"lesson needs {needed} (n_min), none older than lookback_days."
    )


def _print(learned: Row) -> None:
    table = Table(title="Learned", title_justify="left")
    table.add_column("")
    for column in ("lessons", "overrides"):
        table.add_column(column, justify="right")
    for name, *keys in (
        ("new", "", "overrides_created"),
        ("changed", "lessons_changed", "overrides_changed"),
        ("retired, removed", "lessons_retired", "overrides_removed"),
        ("in force now", "lessons_active", "overrides_in_force"),
        ("proposed, not applied", "", "overrides_proposed"),
    ):
        table.add_row(name, *(f"{learned[key]:,}" if key else "-" for key in keys))
    out.print(table)
    for sentence in learned["too_old"]:
        out.print(f"Nothing to learn: {sentence}.", highlight=False)
    for job in learned["unfinished"]:
        out.print(f"{job} waits for another worker's simulations.", highlight=False)
    for job in learned["failed"]:
        err.print(f"{job} failed in part: {command('log --level error')}", style="bold red")


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(learn)
