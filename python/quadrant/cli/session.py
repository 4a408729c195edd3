"""How commands reach the database they work on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row

from quadrant.database import check_schema, connect, queries
from quadrant.server import resolve_dsn


def session(dsn: str | None = None, **options: Any) -> psycopg.Connection[Any]:
    """A connection in autocommit mode to the database of the command line, or to `dsn`.

    Raises NotRunning, the errors of `connect`, and SchemaOutdated where the database's schema is
    not that of this version.
    """
    connection = connect(resolve_dsn() if dsn is None else dsn, autocommit=True, **options)
    try:
        check_schema(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def fetch(query: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of a named query, in a session of its own; raises as `session` does."""
    with session() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(queries(query), parameters).fetchall()
