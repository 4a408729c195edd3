"""quadrant learn: one learning cycle now, outside the schedule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from psycopg.rows import dict_row
from rich.table import Table

from quadrant.cli.console import err, out, plain, print_json
from quadrant.cli.override import gates_in_words, scope_in_words
from quadrant.database import check_schema, connect, queries
from quadrant.errors import QuadrantError
from quadrant.learner import Learner
from quadrant.server import resolve_dsn

Row = dict[str, Any]


class LearningBusyError(QuadrantError):
    """Another run of a learning job is in progress."""

    code = "QD191"


def learn(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what mining and judging would change; undo it.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Mine, judge and aggregate now, at the database's clock, and print what changed.

    Exits 1 when a step failed: the log says which and why.
    """
    if dry_run:
        _preview(json)
        return
    with (
        connect(resolve_dsn(), autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        check_schema(connection)
        before = cursor.execute(queries("operations/learning_so_far")).fetchone()
        with err.status("Learning"):
            Learner(connection).learn(judge_anyway=True)
            connection.execute(queries("learner/aggregate"))
        learned = cursor.execute(queries("operations/learned"), before).fetchone()
    assert learned is not None  # one row, whatever happened
    if skipped := learned.pop("skipped"):
        raise LearningBusyError(
            f"nothing was learned: {', '.join(skipped)}",
            hint="Wait for it; analyst.runs shows what is running.",
        )
    if json:
        print_json(learned)
    else:
        _print(learned)
    if learned["failed"]:
        raise typer.Exit(1)


def _preview(json: bool) -> None:
    with connect(resolve_dsn(), autocommit=True) as connection:
        check_schema(connection)
        with err.status("Learning, to be undone"):
            difference = Learner(connection).preview()
    if difference is None:
        raise LearningBusyError(
            "nothing was learned: another judging run is in progress",
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
        err.print(f"{job} failed in part: quadrant log --level error", style="bold red")


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(learn)
