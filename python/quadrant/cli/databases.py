"""quadrant databases: the databases of the server, and whose world each holds."""

from __future__ import annotations

from typing import Any

import psycopg
import typer
from psycopg.rows import dict_row
from rich.table import Table

from quadrant.cli.console import Json, command, out, plain, print_json
from quadrant.database import connect, queries
from quadrant.errors import QuadrantError
from quadrant.server import resolve_dsn, server_dsn


def databases(
    json: Json = False,
) -> None:
    """List the server's databases: a bot's, a replay's (of which bars), or not used yet."""
    with connect(server_dsn(), autocommit=True) as connection:
        names = [name for (name,) in connection.execute(queries("operations/databases"))]
    worlds = {name: _world(name) for name in names}
    if json:
        print_json([{"database": name, **world} for name, world in worlds.items()])
        return
    table = Table("database", "holds", "since", "replayed to")
    for name, world in worlds.items():
        table.add_row(
            plain(name),
            plain(_told(world)),
            *(f"{world[key]:%Y-%m-%d}" if world.get(key) else "" for key in _TIMES),
        )
    out.print(table)
    out.print(f"Open one with: {command('psql', 'NAME')}", highlight=False, markup=False)


_TIMES = ("first_used_at", "replayed_to")


def _world(name: str) -> dict[str, Any]:
    """The row of analyst.world, or what is wrong under `holds`."""
    try:
        with (
            connect(resolve_dsn(database=name), autocommit=True) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            row = cursor.execute(queries("operations/world")).fetchone()
            return {"holds": row["kind"], **row} if row else {"holds": "nothing yet"}
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return {"holds": "no schema of this version"}
    except (psycopg.errors.InsufficientPrivilege, QuadrantError) as e:
        return {"holds": f"unknown: {getattr(e, 'message', None) or str(e)}"}


def _told(world: dict[str, Any]) -> str:
    if world["holds"] == "replay":
        return f"replay of {world['data'] or 'recorded bars'}"
    return "a bot's market" if world["holds"] == "live" else str(world["holds"])


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(databases)
