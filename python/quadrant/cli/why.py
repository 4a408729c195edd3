"""quadrant why: what is in force for a position, and why, as text."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from quadrant.cli.console import Json, out, plain, print_json
from quadrant.cli.override import scope_in_words
from quadrant.cli.session import fetch
from quadrant.errors import QuadrantError

Row = dict[str, Any]
_SHOWN_LOSERS = 3


class NoSuchPosition(QuadrantError):
    """No position has that symbol and timeframe."""

    code = "QD048"


def why(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL")],
    timeframe: Annotated[str, typer.Argument(metavar="TIMEFRAME", help="15m, 1h or 4h.")],
    *,
    json: Json = False,
) -> None:
    """Say what is in force for a position now, which override won, and why the others lost."""
    asked = {"symbol": symbol, "timeframe": timeframe}
    rows = fetch("people/why", asked)
    if not rows:
        known = [
            f"{row['symbol']} {row['timeframe']}" for row in fetch("people/positions_like", asked)
        ]
        raise NoSuchPosition(
            f"there is no position {symbol} {timeframe}",
            hint=f"Alike: {', '.join(known)}." if known else "No position is known yet.",
        )
    positions = [
        _position(list(of_position)) for _, of_position in groupby(rows, itemgetter("position_id"))
    ]
    if json:
        print_json(positions)
        return
    for position in positions:
        tell(position)


def _position(rows: list[Row]) -> Row:
    """One position of the answer: its levers by pattern, each with what holds for it."""
    first = rows[0]
    names = (
        "position_id",
        "symbol",
        "timeframe",
        "token_chain",
        "book",
        "status",
        "state",
        "scope",
    )
    patterns = []
    for pattern_key, of_pattern in groupby(rows, itemgetter("pattern_key")):
        found = list(of_pattern)
        patterns.append(
            {
                "pattern_key": pattern_key,
                **{name: found[0][name] for name in ("a", "e", "position_size_frac")},
                "levers": [
                    _lever(lever, list(of_lever))
                    for lever, of_lever in groupby(found, itemgetter("lever"))
                ],
            }
        )
    position = {name: first[name] for name in names} | {"patterns": patterns}
    return position | {"sentence": _sentence(position)}


def _lever(lever: str, rows: list[Row]) -> Row:
    first = rows[0]
    told = (
        "place",
        "override_id",
        "scope_subset",
        "method",
        "verdict",
        "value",
        "share",
        "sentence",
    )
    return {
        "lever": lever,
        "action_category": first["action_category"],
        "base": first["base"],
        "value": first["value"] if first["verdict"] == "wins" else first["base"],
        "verdict": first["verdict"],
        "overrides": [
            {name: row[name] for name in told} for row in rows if row["override_id"] is not None
        ],
    }


def _sentence(position: Row) -> str:
    gates = [
        lever
        for pattern in position["patterns"]
        for lever in pattern["levers"]
        if lever["action_category"] not in {"pm_strength", "dm_alloc"}
    ]
    moved = [gate for gate in gates if gate["verdict"] == "wins"]
    off = sum(gate["verdict"] == "switched off" for gate in gates)
    steered = sum(
        any(found["verdict"] == "blended" for found in lever["overrides"])
        for pattern in position["patterns"]
        for lever in pattern["levers"]
        if lever["action_category"] == "pm_strength"
    )
    parts = [
        f"{len(moved)} of {len(gates)} gates come from overrides"
        if moved
        else "base gates everywhere"
    ]
    if off:
        parts.append(f"overrides of {off} are switched off")
    parts.append(
        f"posture is moved for {_count(steered, 'pattern')}" if steered else "posture is neutral"
    )
    what = f"{position['symbol']} {position['timeframe']}"
    return f"{what} ({position['status']}, {position['state']}): {'; '.join(parts)}."


def tell(position: Row) -> None:
    """Print a position: a sentence, then every lever with what won and what lost."""
    _say(position["sentence"], style="bold")
    _say(f"Its scope: {scope_in_words(position['scope'])}.")
    for pattern in position["patterns"]:
        out.print()
        _say(pattern["pattern_key"], style="bold")
        for lever in pattern["levers"]:
            _tell_lever(pattern, lever)


def _tell_lever(pattern: Row, lever: Row) -> None:
    overrides = lever["overrides"]
    if lever["action_category"] == "pm_strength":
        _say(
            f"posture: A 0.5 -> {pattern['a']:.3g}, E 0.5 -> {pattern['e']:.3g}, "
            f"an entry takes {pattern['position_size_frac']:.1%} of what is free"
            f"{'' if overrides else ': no override holds here'}",
            indent=2,
        )
    elif lever["action_category"] == "dm_alloc":
        _say("allocation: a blend of what holds here", indent=2)
    elif lever["verdict"] == "wins":
        won, *overrides = overrides
        _say(
            f"{lever['lever']}: {lever['base']:g} -> {lever['value']:g} by {_named(won)}, "
            f"{won['sentence']}",
            indent=2,
        )
    else:
        what = "base, no override holds here" if not overrides else "base, switched off"
        _say(f"{lever['lever']}: {lever['base']:g}: {what}", indent=2)
    for override in overrides[:_SHOWN_LOSERS]:
        value = "" if override["value"] is None else f" ({override['value']:g})"
        _say(f"- {_named(override)}{value} {override['sentence']}", indent=4)
    if len(overrides) > _SHOWN_LOSERS:
        _say(f"- and {len(overrides) - _SHOWN_LOSERS} more (--json lists all)", indent=4)


def _named(override: Row) -> str:
    hand = ", by hand" if override["method"] == "manual" else ""
    return f"{override['override_id']} [{scope_in_words(override['scope_subset'])}{hand}]"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _say(text: str, *, indent: int = 0, style: str = "") -> None:
    line: Text = plain(text)
    line.stylize(style)
    out.print(Padding(line, (0, 0, 0, indent)) if indent else line)


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(why)
