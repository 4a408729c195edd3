"""quadrant learn: one learning cycle now, outside the schedule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row
from rich.table import Table

from quadrant.cli.console import Json, command, err, out, plain, print_json
from quadrant.cli.override import gates_in_words, scope_in_words
from quadrant.cli.session import session
from quadrant.database import queries
from quadrant.errors import QuadrantError
from quadrant.judging.learner import Learner, give_back_jobs, take_jobs
from quadrant.logfile import LogFile
from quadrant.replay import replay_time

Row = dict[str, Any]


class LearningBusyError(QuadrantError):
    """Another run of a learning job is in progress."""

    code = "QD191"


def learn(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what mining and judging would change; undo it.")
    ] = False,
    json: Json = False,
) -> None:
    """Mine, judge and aggregate now, at the database's clock, and print what changed.

    Waits for a run that is in progress. In a replay's database "now" is the time the replay has
    reached. Exits 1 when a step failed: the log says which and why.
    """
    if dry_run:
        _preview(json)
        return
    with session() as connection, connection.cursor(row_factory=dict_row) as cursor:
        log_file = LogFile()
        log_file.follow(connection)
        with err.status("Learning"), _all_jobs(connection), replay_time(connection):
            before = cursor.execute(queries("operations/learning_so_far")).fetchone()
            Learner(connection).learn(judge_anyway=True)
            connection.execute(queries("learner/aggregate"))
            # By the same time: by today's, all of a replay is too old to learn from.
            learned = cursor.execute(queries("operations/learned"), before).fetchone()
        log_file.follow(connection)
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


@contextmanager
def _all_jobs(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Given back at the end, not when the server notices that the session is over."""
    if busy := take_jobs(connection, "quadrant learn"):
        raise LearningBusyError(
            f"nothing was learned: {busy} is in progress",
            hint="Wait for it; analyst.runs shows what is running.",
        )
    yield
    give_back_jobs(connection)


def _preview(json: bool) -> None:
    with (
        session() as connection,
        err.status("Learning, to be undone"),
        _all_jobs(connection),
        replay_time(connection),
    ):
        difference = Learner(connection).preview()
    if difference is None:
        raise LearningBusyError(
            "nothing was learned: another run is in progress",
            hint="Wait for it; analyst.runs shows what is running.",
        )
    if json:
        print_json(asdict(difference))
        return
    for look in difference.looks:
        _say(
            f"{look['pattern_key']}: {look['slices']:,} slices compared on "
            f"{look['n_windows']:,} setups of {look['n_days']:,} days, profile {look['profile']}"
            f"{'; the look failed' if look['status'] == 'failed' else ''}."
        )
    if not difference.looks:
        _say("There is nothing to judge.")
    for change in difference.changes:
        _say(f"- {_sentence(change)}")
    if not difference.changes:
        _say("No gate would change, and no proposal.")
    _say("Nothing was written.")


def _sentence(change: Row) -> str:
    """One change of a decision, as a sentence."""
    where = f"{change['pattern_key']} in {scope_in_words(change['scope_subset'])}"
    what = gates_in_words(change["gates"])
    if change["change"] == "ended":
        ends = "would go out of force" if change["was"] == "active" else "would end"
        reason = f": {change['reason']}" if change["reason"] else ""
        return f"{where}: {what} {ends}{reason}."
    becomes = {"active": "come into force", "suspended": "be suspended"}.get(
        change["status"], "be proposed"
    )
    seen = []
    if change["changed"] is not None:
        seen = [
            f"{change['changed']:,} setups changed",
            f"{change['value']:+.2f} ROI in sum",
            f"z {change['z']:.1f}",
            f"E {change['evidence']:,.1f}",
        ]
    figures = f" ({', '.join(seen)})" if seen else ""
    reason = f", {change['reason']}" if change["reason"] else ""
    return f"{where}: {what} would {becomes}{figures}{reason}."


def _say(text: str) -> None:
    out.print(plain(text))


def _what_is_missing(experiments: int, needed: int) -> str:
    if not experiments:
        return (
            "There is nothing to learn from: no finished experiment is recorded here. "
            f"A bot records them, `{command('import')}` and `{command('replay')}` bring some; "
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
