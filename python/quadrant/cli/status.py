"""quadrant status: how things stand, on one screen."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import Any, LiteralString

import typer
from psycopg.rows import dict_row
from rich.table import Table
from rich.text import Text

from quadrant.cli.console import Json, as_called, command, out, plain, print_json
from quadrant.cli.session import session
from quadrant.database import queries

Row = dict[str, Any]
_SHOWN_CHANGES = 3
# Gravest first.
_STYLES = {"fail": "bold red", "warn": "yellow", "ok": "green"}


def status(json: Json = False) -> None:
    """Say on one screen how things stand: gates, proposals, capital, health, runs."""
    stands = _read()
    if json:
        print_json(stands)
    else:
        _tell(stands)


def _read() -> Row:
    """What the views say, as an analyst sees it, all of one moment."""
    with (
        session() as connection,
        connection.transaction(),
        connection.cursor(row_factory=dict_row) as cursor,
    ):

        def rows(query: LiteralString) -> list[Row]:
            return cursor.execute(queries(query)).fetchall()

        cursor.execute("set transaction isolation level repeatable read, read only")
        rows("report/settle")
        rows("report/become_analyst")
        changes = rows("report/changes")
        health = sorted(
            rows("operations/health"), key=lambda row: list(_STYLES).index(row["status"])
        )
        return {
            "headline": rows("report/headline")[0],
            "market": rows("report/summary")[0],
            "in_force": [row for row in changes if row["status"] == "in force"],
            "suspended": [row for row in changes if row["status"] == "suspended"],
            "proposed": sum(row["status"] == "proposed" for row in changes),
            "nearest": next(iter(rows("status/nearest")), None),
            "capital": rows("report/allocation"),
            "health": {
                "counts": Counter(row["status"] for row in health),
                "worst": health[0] if health else None,
            },
            "runs": rows("status/newest_runs"),
        }


def _tell(stands: Row) -> None:
    headline = stands["headline"]
    _say(headline["sentence"], style="bold")
    _say(as_called(headline["changes_in_words"]))
    _say(_market(stands["market"]))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for name in ("in_force", "suspended"):
        rows = stands[name]
        for place, row in enumerate(rows[:_SHOWN_CHANGES]):
            table.add_row("" if place else name.replace("_", " "), plain(_change(row)))
        if len(rows) > _SHOWN_CHANGES:
            more = f"and {len(rows) - _SHOWN_CHANGES} more: {command('override list')}"
            table.add_row("", plain(more))
    if not stands["in_force"]:
        table.add_row("in force", "nothing: base gates everywhere")
    for place, line in enumerate(_proposed(stands)):
        table.add_row("" if place else "proposed", plain(line))
    table.add_row("capital", plain(_capital(stands["capital"])))
    table.add_row("health", _health(stands["health"]))
    table.add_row("runs", _runs(stands["runs"]))
    out.print()
    out.print(table)


def _market(market: Row) -> str:
    whose = f"Replay of {market['data']}" if market["world"] == "replay" else "A bot's market"
    if not market["windows"]:
        return f"{whose}; profile {market['profile']}."
    return (
        f"{whose} until {market['until'].astimezone(UTC):%Y-%m-%d %H:%M}: "
        f"{market['windows']:,} setups, {market['finished']:,} finished; "
        f"profile {market['profile']}."
    )


def _named(row: Row) -> str:
    return f"{row['id']}: {row['setup']}, {row['gates_words']}, {row['scope_words']}"


def _change(row: Row) -> str:
    parts = [_named(row)]
    if row["pinned"]:
        parts.append("pinned")
    if row["method"] != "simulation":
        parts.append(f"by {row['decided_by']}" if row["method"] == "manual" else row["method"])
    if row["evidence"] is not None:
        parts.append(f"E {row['evidence']:,.1f}")
    if row["in_force_since"]:
        parts.append(f"since {row['in_force_since'].astimezone(UTC):%Y-%m-%d}")
    parts += [
        f"{words} {row[name]:,}, {row[f'{name}_succeeded']:,} of "
        f"{row[f'{name}_finished']:,} finished succeeded"
        for name, words in (("let_in", "let in"), ("kept_out", "kept out"))
        if row[name]
    ]
    if row["reason"]:
        parts.append(row["reason"])
    return "; ".join(parts)


def _proposed(stands: Row) -> list[str]:
    nearest = stands["nearest"]
    if nearest is None:
        return ["nothing"]
    why = "; ".join(nearest["unmet"]) or nearest["reason"] or "a person approves it or not"
    return [
        f"{stands['proposed']}; the nearest is {_named(nearest)}",
        f"It is not in force: {why}.",
        f"Its story: {command('explain ' + str(nearest['id']))}",
    ]


def _capital(rows: list[Row]) -> str:
    shares = ", ".join(
        f"{row['timeframe']} {row['share']:.0%}"
        + (f" (to {row['desired']:.0%})" if row["desired"] is not None else "")
        for row in rows
    )
    why = rows[0]["why"] if rows else None
    return f"{shares}; {why}" if why else shares or "nothing was traded yet"


def _health(health: Row) -> Text:
    worst, counts = health["worst"], health["counts"]
    if worst is None or worst["status"] == "ok":
        return Text(f"all {counts['ok']} checks ok", style=_STYLES["ok"])
    told = [worst["check_name"], worst["detail"], as_called(worst["what_to_do"])]
    text = Text.assemble(
        (worst["status"], _STYLES[worst["status"]]), " ", plain(": ".join(filter(None, told)))
    )
    others = counts["fail"] + counts["warn"] - 1
    return text.append(f"\n{others} more: {command('doctor')}") if others else text


def _runs(rows: list[Row]) -> Table | str:
    if not rows:
        return "none yet"
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(
            row["job"].removeprefix("quadrant."),
            Text(row["status"], style="red" if row["status"] == "failed" else ""),
            f"{row['as_of'].astimezone(UTC):%Y-%m-%d %H:%M}",
            f"{row['seconds']:,.1f} s",
        )
    return table


def _say(text: str, style: str = "") -> None:
    line = plain(text)
    line.stylize(style)
    out.print(line)


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(status)
