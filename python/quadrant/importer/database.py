"""Rows of another PostgreSQL whose tables are named as in the data model; it is only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg
from psycopg import sql

from quadrant.database import queries
from quadrant.importer.errors import NothingToImport
from quadrant.importer.kinds import Kind
from quadrant.importer.source import Source

_FETCHED_AT_ONCE = 1_000


def read_only(connection: psycopg.Connection[Any]) -> None:
    """Make the connection's transactions read only, all on one snapshot."""
    connection.autocommit = False
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ


def read_database(
    connection: psycopg.Connection[Any], kinds: Iterable[Kind], schemas: Sequence[str]
) -> list[Source]:
    """The tables of these kinds that are there, each from the first schema that has it.

    Rows come as JSON through a server-side cursor, whatever columns there are; windows without a
    decision (still open there) are left out and counted. They come in the order of their ids, or
    else of their texts: the same at every reading. Raises NothingToImport.
    """
    wanted = list(kinds)
    found = (_table(connection, kind, schemas) for kind in wanted)
    sources = [source for source in found if source is not None]
    if not sources:
        tables = " or ".join(kind.table for kind in wanted)
        raise NothingToImport(
            f"{connection.info.dbname} has no table {tables} in {' or '.join(schemas)}",
            hint="Name the schema it is in: --schema.",
        )
    return sources


def _table(
    connection: psycopg.Connection[Any], kind: Kind, schemas: Sequence[str]
) -> Source | None:
    found = connection.execute(
        queries("importing/source_table"), {"schemas": list(schemas), "table": kind.table}
    ).fetchone()
    if found is None:
        return None
    schema, columns = found
    parts = {
        "table": sql.Identifier(schema, kind.table),
        "decision": sql.Identifier("decision") if "decision" in columns else sql.Literal("none"),
        "position": sql.Identifier("id") if "id" in columns else sql.Literal(1),
    }
    count = connection.execute(sql.SQL(queries("importing/source_count")).format(**parts))
    total, left_out = count.fetchone() or (0, 0)
    rows = _rows(connection, sql.SQL(queries("importing/source_rows")).format(**parts))
    name = f"{connection.info.dbname}.{schema}.{kind.table}"
    return Source(name, kind, total, rows, left_out, frozenset(columns))


def _rows(
    connection: psycopg.Connection[Any], statement: sql.Composed
) -> Iterator[tuple[str, int]]:
    with connection.cursor(name="quadrant_import") as cursor:
        cursor.itersize = _FETCHED_AT_ONCE
        cursor.execute(statement)
        for done, (text,) in enumerate(cursor, start=1):
            yield text, done
