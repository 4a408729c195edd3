"""quadrant override: what people decide about gates, in their own name."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer
from psycopg.types.json import Jsonb
from rich.table import Table
from rich.text import Text

from quadrant.cli.console import Json, hint, out, plain, print_json
from quadrant.cli.session import fetch
from quadrant.errors import QuadrantError
from quadrant.scope import read_scope, write_scope

override = typer.Typer(
    no_args_is_help=True, help="See and decide which gates are in force, in your name."
)

Row = dict[str, Any]
Id = Annotated[int, typer.Argument(metavar="ID", help="As in quadrant override list.")]
Pattern = Annotated[str, typer.Argument(metavar="PATTERN", help="Like pm.uptrend.S1.entry.")]
Scope = Annotated[
    str, typer.Option("--scope", help="The slice: bucket=nano,timeframe=15m; all when left out.")
]
By = Annotated[str | None, typer.Option("--by", help="Who decides; by default the OS user.")]


class NotAValue(QuadrantError):
    """A gate is given no number, or the scope cannot be read."""

    code = "QD093"


@override.command("list")
def list_command(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Drift's proposals too.")] = False,
    json: Json = False,
) -> None:
    """List what is in force and what is proposed, with ids."""
    rows = fetch("people/decisions", {"all": everything})
    if json:
        print_json(rows)
        return
    if not rows:
        out.print("Nothing is in force, nothing is proposed: base gates everywhere.")
        return
    table = Table("id", "what", "gates", "z", "E : 1", "record")
    for row in rows:
        evidence, odds = row["evidence"], row["odds_for"]
        what = status_of(row), row["pattern_key"], scope_in_words(row["scope_subset"])
        table.add_row(
            str(row["id"]),
            Text("\n").join(plain(line) for line in what),
            plain(gates_in_words(row["gates"])),
            "-" if row["z"] is None else f"{row['z']:.1f}",
            "-" if evidence is None else f"{evidence:,.{0 if evidence >= 10 else 1}f}",
            "-" if odds is None else f"{odds:,.1f} : 1",
        )
    out.print(table)
    if any(row["odds_for"] is not None for row in rows):
        out.print(
            "E : 1: evidence of the newest look; record: the odds on what came since it began."
        )
    hint("quadrant explain ID tells the story of one.")


@override.command("set")
def set_command(
    pattern: Pattern,
    gates: Annotated[list[str], typer.Argument(metavar="GATE=VALUE...")],
    *,
    scope: Scope = "",
    pin: Annotated[bool, typer.Option("--pin", help="Pin it: it outranks everything.")] = False,
    by: By = None,
    json: Json = False,
) -> None:
    """Set gates by hand in a slice: the thresholds themselves, not multipliers."""
    rows = _decide(
        "set_override",
        by,
        pattern=pattern,
        scope=Jsonb(read_scope(scope)),
        gates=Jsonb(dict(_gate(text) for text in gates)),
        pinned=True if pin else None,
    )
    if json:
        print_json(rows)
        return
    for row in rows:
        _tell(
            f"{row['id']}: {row['pattern_key']} in {scope_in_words(row['scope_subset'])}: "
            f"{row['gate']} {row['base']:g} -> {row['value']:g}"
            f"{', pinned' if row['pinned'] else ''}."
        )


@override.command()
def clear(
    pattern: Pattern,
    gates: Annotated[list[str] | None, typer.Argument(metavar="[GATE]...")] = None,
    *,
    scope: Scope = "",
    by: By = None,
    json: Json = False,
) -> None:
    """Take back what was set by hand in a slice: the gates named, or all."""
    rows = _decide(
        "clear_override",
        by,
        pattern=pattern,
        scope=Jsonb(read_scope(scope)),
        gates=list(gates) if gates else None,
    )
    if json:
        print_json(rows)
        return
    for row in rows:
        _tell(
            f"{row['pattern_key']} in {scope_in_words(row['scope_subset'])}: "
            f"{row['gate'] or row['action_category']} is no longer set by hand."
        )


@override.command()
def pin(override_id: Id, *, by: By = None, json: Json = False) -> None:
    """Pin a solution, or what was set by hand in a slice: it outranks everything and stays."""
    _pin(override_id, by, json, pinned=True)


@override.command()
def unpin(override_id: Id, *, by: By = None, json: Json = False) -> None:
    """Take the pin out: the judge decides about a solution again."""
    _pin(override_id, by, json, pinned=False)


@override.command()
def approve(override_id: Id, *, by: By = None, json: Json = False) -> None:
    """Put a proposed solution in force."""
    _solution("approve", override_id, by, json)


@override.command()
def dismiss(override_id: Id, *, by: By = None, json: Json = False) -> None:
    """End a solution for good: the same change is not proposed again."""
    _solution("dismiss", override_id, by, json)


def _pin(override_id: int, by: str | None, json: bool, *, pinned: bool) -> None:
    rows = _decide("pin", by, id=override_id, pinned=pinned)
    if json:
        print_json(rows)
        return
    first = rows[0]
    _tell(
        f"{first['pattern_key']} in {scope_in_words(first['scope_subset'])} is "
        f"{'pinned' if pinned else 'no longer pinned'}: {len(rows)} "
        f"{'override' if len(rows) == 1 else 'overrides'}."
    )


def _solution(query: str, override_id: int, by: str | None, json: bool) -> None:
    (row,) = _decide(query, by, id=override_id)
    solution = row["solution"]
    if json:
        print_json(solution)
        return
    status = "in force" if solution["status"] == "active" else solution["status"]
    _tell(
        f"Solution {solution['id']}, {solution['pattern_key']} in "
        f"{scope_in_words(solution['scope_subset'])}, is {status}, by {solution['changed_by']}."
    )


def scope_in_words(scope: dict[str, Any]) -> str:
    """bucket=nano, timeframe=15m; "all" for the whole pattern."""
    return write_scope(scope) or "all"


def gates_in_words(gates: list[Row] | None) -> str:
    """halo 1 -> 1.1, ts 0.6 -> 0.55; "back to base" where nothing moves; strength by its name."""
    known = [g for g in gates or () if g["base"] is not None]
    if not known and gates:
        return ", ".join(
            g["gate"] if g["value"] is None else f"{g['gate']} x {g['value']:.3g}" for g in gates
        )
    moved = [g for g in known if abs(g["value"] - g["base"]) > 1e-9]
    words = [f"{g['gate']} {g['base']:g} -> {g['value']:g}" for g in moved]
    return ", ".join(words) or "back to base"


def status_of(row: Row) -> str:
    """in force, proposed or suspended, with what makes it special."""
    status = "in force" if row["status"] == "active" else row["status"]
    notes = [row["method"]] if row["method"] != "simulation" else []
    return ", ".join([status, *notes, *(["pinned"] if row["pinned"] else [])])


def _gate(text: str) -> tuple[str, float]:
    gate, sign, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not sign or not abs(number) < float("inf"):
        raise NotAValue(f"{text!r} gives no gate a number", hint="Write it like halo=1.1.")
    return gate.strip(), number


def _person(by: str | None) -> str | None:
    """The name given, else the OS user's, else none: the database's user decides then."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def _decide(query: str, by: str | None, **parameters: Any) -> list[Row]:
    return fetch(f"people/{query}", {**parameters, "by": _person(by)})


def _tell(text: str) -> None:
    out.print(plain(text), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.add_typer(override, name="override")
