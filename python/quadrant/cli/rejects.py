"""quadrant rejects: bad inputs that were kept, and another try for them."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row, scalar_row
from rich.json import JSON
from rich.table import Table

from quadrant.cli.console import Json, hint, out, plain, print_json, progress_bar
from quadrant.cli.session import session
from quadrant.database import queries
from quadrant.errors import QuadrantError

rejects = typer.Typer(no_args_is_help=True, help="Bad inputs that were kept, each with its reason.")


class NoSuchReject(QuadrantError):
    """The reject asked for is not there."""

    code = "QD045"


@rejects.command("list")
def list_command(
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The newest so many.")] = 50,
    json: Json = False,
) -> None:
    """List rejects, newest first, and how many there are by code and source."""
    with session() as connection:
        rows = _rejects(connection, limit=limit)
        counts = connection.execute(queries("importing/reject_reasons")).fetchall()
    if json:
        print_json(rows)
        return
    if not rows:
        out.print("There are no rejects.")
        return
    table = Table("id", "when (UTC)", "kind", "source", "code", "reason")
    for row in rows:
        table.add_row(
            str(row["id"]),
            f"{row['rejected_at']:%Y-%m-%d %H:%M}",
            *(plain(str(row[name])) for name in ("kind", "source", "code", "reason")),
        )
    out.print(table)
    total = sum(count for *_, count in counts)
    if total > len(rows):
        by_code = Table("code", "kind", "source", title=f"All {total:,}", title_justify="left")
        by_code.add_column("count", justify="right")
        for code, kind, source, count in counts[:20]:
            by_code.add_row(code, kind, plain(source), f"{count:,}")
        out.print(by_code)
    hint("quadrant rejects show ID prints one; quadrant rejects retry ID tries it again.")


@rejects.command()
def show(
    reject_id: Annotated[int, typer.Argument(metavar="ID", help="As in quadrant rejects list.")],
    *,
    json: Json = False,
) -> None:
    """Show one reject with what was sent."""
    with session() as connection:
        found = _rejects(connection, reject_id=reject_id)
    if not found:
        raise NoSuchReject(f"there is no reject {reject_id}", hint="quadrant rejects list")
    (row,) = found
    if json:
        print_json(row)
        return
    payload = row.pop("payload")
    for name, value in row.items():
        out.print(plain(f"{name:12} {value}"), soft_wrap=True)
    out.print(JSON.from_data(payload, ensure_ascii=True), soft_wrap=True)


@rejects.command()
def retry(
    reject_ids: Annotated[list[int] | None, typer.Argument(metavar="[ID]...")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every reject.")] = False,
    json: Json = False,
) -> None:
    """Try rejects again: what passes now is stored and no reject any more.

    Each is a transaction of its own. Exits 1 where one is still rejected.
    """
    if bool(reject_ids) == everything:
        raise typer.BadParameter("Name the rejects, or say --all.")
    with session() as connection, progress_bar("Trying again") as bar:
        ids = list(dict.fromkeys(reject_ids or _all_ids(connection)))
        answers = []
        for done, reject_id in enumerate(ids, start=1):
            answers.append({"id": reject_id, **_retry(connection, reject_id)})
            bar(f"{done:,} of {len(ids):,}", done, len(ids))
    rejected = [answer for answer in answers if answer["written"] == "rejected"]
    if json:
        print_json(answers)
    else:
        counts = Counter(answer["written"] for answer in answers)
        table = Table("became", title=f"Tried {len(answers):,} again", title_justify="left")
        table.add_column("count", justify="right")
        for written, count in counts.most_common():
            table.add_row("still rejected" if written == "rejected" else written, f"{count:,}")
        for answer in rejected[:20]:
            table.add_row(plain(f"  {answer['id']}: {answer['code']} {answer['reason']}"), "")
        out.print(table)
    if rejected:
        raise typer.Exit(1)


def _rejects(
    connection: psycopg.Connection[Any], *, limit: int = 1, reject_id: int | None = None
) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            queries("importing/rejects"), {"id": reject_id, "limit": limit}
        ).fetchall()


def _all_ids(connection: psycopg.Connection[Any]) -> list[int]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(queries("importing/reject_ids")).fetchall()


def _retry(connection: psycopg.Connection[Any], reject_id: int) -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        answer = cursor.execute(queries("importing/retry_reject"), {"id": reject_id}).fetchone()
    assert answer is not None
    return answer


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.add_typer(rejects, name="rejects")
