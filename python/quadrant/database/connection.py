"""Connections whose failures are one coded sentence."""

from __future__ import annotations

import select
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from quadrant.database.errors import (
    BadDsn,
    DiskFull,
    LoginRefused,
    NoSuchDatabase,
    PooledPerTransaction,
    Unreachable,
)
from quadrant.database.queries import queries
from quadrant.errors import QuadrantError

_POOLER_SECONDS = 1.0


def connect(dsn: str, **options: Any) -> psycopg.Connection[Any]:
    """Connect with psycopg (options are passed on: autocommit, row_factory, ...).

    Raises BadDsn, Unreachable, NoSuchDatabase, LoginRefused or PooledPerTransaction.
    """
    connection = _connect(dsn, options)
    try:
        session = _session(connection)
        # A pooler answers a login with a process id of its own making.
        if session != connection.info.backend_pid and _is_lent(session, dsn):
            raise PooledPerTransaction(
                f"{_where(dsn)}: a pooler gives every transaction another session",
                hint="Connect to PostgreSQL itself, or to a pool in session mode; "
                "only calls of pm.* functions work in transaction mode.",
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(dsn: str, options: Mapping[str, Any]) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(dsn, **{"connect_timeout": 10, "client_encoding": "utf8", **options})
    except psycopg.OperationalError as e:
        raise explain(e, dsn) from e
    except psycopg.ProgrammingError as e:
        raise _bad_dsn(str(e).strip()) from e


def _session(connection: psycopg.Connection[Any], seconds: float | None = None) -> int | None:
    """The process id of the session that answers, asked outside of any transaction.

    None where nobody has answered after `seconds`.
    """
    server = connection.pgconn
    server.send_query(queries("operations/session").encode())
    if not select.select([server.socket], [], [], seconds)[0]:
        return None
    result = server.get_result()
    if result is None or not (value := result.get_value(0, 0)):
        raise explain(psycopg.OperationalError(server.get_error_message()))
    while server.get_result() is not None:
        pass
    return int(value)


def _is_lent(session: int | None, dsn: str) -> bool:
    """Does a pooler give `session`, which is ours and idle, to the next who asks?

    Then LISTEN, locks and settings of a session, on which ticking and learning rest, would be lost
    without a word. In a pool that is kept for us the other may have to wait: that is no.
    """
    with closing(_connect(dsn, {})) as other:
        return _session(other, _POOLER_SECONDS) == session


def explain(error: psycopg.OperationalError, dsn: str = "") -> QuadrantError:
    """The coded error for a connection that could not be made or was lost."""
    message = str(error).strip()
    last = message.splitlines()[-1].strip() if message else "the connection was lost"
    where = _where(dsn)
    if isinstance(error, psycopg.errors.DiskFull) or "No space left on device" in message:
        return DiskFull(
            f"the database's disk is full: {error.diag.message_primary or last}",
            hint="Nothing of this step was written. Make room where the server keeps its data, "
            "then do it again.",
        )
    if any(t in message for t in ("invalid integer value", "invalid port number", "invalid ssl")):
        return _bad_dsn(last)
    if "database" in message and "does not exist" in message:
        return NoSuchDatabase(
            f"{where}: {last}",
            hint="Correct the name in QUADRANT_DSN or --database (quadrant databases lists them), "
            "or create it.",
        )
    if any(t in message for t in ("authentication failed", "role", "no password", "pg_hba.conf")):
        return LoginRefused(
            f"{where}: {last}", hint="Correct the user and the password in QUADRANT_DSN."
        )
    return Unreachable(
        f"{where}: {last}",
        hint="Is the server running? Check QUADRANT_DSN, or unset it and run: quadrant up",
    )


def raised_by_us(error: psycopg.Error) -> QuadrantError | None:
    """The coded error for one the database's own functions raised, or for a missing right."""
    primary = error.diag.message_primary or str(error)
    if (error.sqlstate or "").startswith("QD"):
        detail = f": {error.diag.message_detail}" if error.diag.message_detail else ""
        hint = error.diag.message_hint or ""
        return QuadrantError(primary + detail, hint=hint, code=error.sqlstate)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return LoginRefused(primary, hint="Connect as a role that may, or ask for the right.")
    return None


def _bad_dsn(message: str) -> BadDsn:
    return BadDsn(
        f"the DSN cannot be read: {message}",
        hint="It looks like postgresql://user:password@host:5432/database",
    )


def _where(dsn: str) -> str:
    """Host, port and database of a DSN: never its password."""
    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        return "database"
    host, port, name = (parts.get(key) or "" for key in ("host", "port", "dbname"))
    return f"{host or 'default host'}{f':{port}' if port else ''}/{name}"
