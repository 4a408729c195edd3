"""quadrant config list, get, set, unset, history: the settings in force."""

from __future__ import annotations

import json as json_lib
from datetime import UTC
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from quadrant.cli.console import Json, hint, out, plain, print_json
from quadrant.cli.session import fetch

Name = Annotated[str, typer.Argument(metavar="NAME", help="As in quadrant config list.")]
Pattern = Annotated[str | None, typer.Option(help="For this pattern only, not for all.")]
Gate = Annotated[str | None, typer.Option(help="A switch for this gate of the pattern.")]

config = typer.Typer(help="Settings: what is in force, and changing it.", no_args_is_help=True)


@config.command("list")
def list_command(json: Json = False) -> None:
    """List every setting with its value and default; what was set is bold."""
    rows = _rows("list")
    if json:
        print_json(rows)
        return
    table = Table("setting", "value", "default", "accepts")
    for row in rows:
        table.add_row(
            _name(row),
            Text(_shown(row["value"]), style="bold" if row["is_set"] else ""),
            "" if row["pattern_key"] else _shown(row["default_value"]),
            "" if row["pattern_key"] else _range(row),
        )
    out.print(table)
    hint("quadrant config get NAME tells what one means.")


@config.command()
def get(name: Name, *, pattern: Pattern = None, gate: Gate = None, json: Json = False) -> None:
    """Print the value in force, and what the setting means."""
    general, *own = _rows("get", name=name, pattern=pattern, gate=gate)
    value = general.pop("in_force")
    if json:
        own_values = [{key: row[key] for key in ("pattern_key", "gate", "value")} for row in own]
        about = {"pattern_key": pattern, "gate": gate, "value": value, "own_values": own_values}
        print_json({**general, **about})
        return
    out.print(plain(f"{name} = {_shown(value)}"), style="bold")
    out.print(plain(general["meaning"]))
    for what, text in (
        ("accepts", general["accepts"]),
        ("default", _shown(general["default_value"])),
        ("read by", general["read_by"]),
        ("module", general["module_id"]),
        *((str(_name(row)).strip(), _shown(row["value"])) for row in own),
    ):
        out.print(plain(f"  {what:9} {text}"))


@config.command("set")
def set_(
    name: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    *,
    pattern: Pattern = None,
    gate: Gate = None,
    json: Json = False,
) -> None:
    """Set a setting; it takes effect at the next read."""
    _change(name, _parsed(value), pattern, gate, json)


@config.command()
def unset(name: Name, *, pattern: Pattern = None, gate: Gate = None, json: Json = False) -> None:
    """Take a value away again: the general one, or the default, is in force."""
    _change(name, None, pattern, gate, json)


@config.command()
def history(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]")] = None,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The newest so many.")] = 50,
    json: Json = False,
) -> None:
    """List changes of settings, newest first."""
    rows = _rows("history", name=name, limit=limit)
    if json:
        print_json(rows)
        return
    if not rows:
        out.print("No setting was changed.")
        return
    table = Table("when (UTC)", "setting", "was", "became", "by")
    for row in rows:
        table.add_row(
            f"{row['changed_at'].astimezone(UTC):%Y-%m-%d %H:%M}",
            _name({**row, "name": row["setting"]}, in_full=True),
            *(plain(_shown(row[which])) for which in ("old_value", "new_value")),
            plain(row["changed_by"]),
        )
    out.print(table)


def _change(
    name: str, value: str | None, pattern: str | None, gate: str | None, json: bool
) -> None:
    rows = _rows("set", name=name, value=value, pattern=pattern, gate=gate)
    if json:
        print_json(rows[0] if rows else None)
    elif not rows:
        out.print("Nothing changed.")
    else:
        (row,) = rows
        where = _name({**row, "name": row["setting"]}, in_full=True)
        was, became = _shown(row["old_value"]), _shown(row["new_value"])
        out.print(plain(f"{where}: {was} -> {became}"), soft_wrap=True)


def _parsed(value: str) -> str:
    """A number, true, false or null as JSON, anything else as a JSON text: the database judges."""
    try:
        known = json_lib.loads(value, parse_constant=str)
    except ValueError:
        known = value
    return json_lib.dumps(value) if isinstance(known, (str, list, dict)) else value


def _range(row: dict[str, Any]) -> str:
    if row["smallest"] is None:
        return str(row["accepts"])
    return f"{row['smallest']} to {row['largest']} {row['unit']}"


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    return value if isinstance(value, str) else json_lib.dumps(value)


def _name(row: dict[str, Any], *, in_full: bool = False) -> Text:
    own = "/".join(str(row[key]) for key in ("pattern_key", "gate") if row[key])
    if in_full:
        return plain(f"{row['name']} {own}".strip())
    return plain(f"  {own}" if own else row["name"])


def _rows(query: str, **parameters: Any) -> list[dict[str, Any]]:
    return fetch(f"settings/{query}", parameters or None)


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.add_typer(config, name="config")
