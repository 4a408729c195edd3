"""Connections whose failures are one coded sentence."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from quadrant.errors import QuadrantError
from quadrant.server.errors import BadDsn, LoginRefused, NoSuchDatabase, Unreachable


def connect(dsn: str, **options: Any) -> psycopg.Connection[Any]:
    """Connect with psycopg (options are passed on: autocommit, row_factory, ...).

    Raises BadDsn, Unreachable, NoSuchDatabase or LoginRefused.
    """
    try:
        return psycopg.connect(dsn, **{"connect_timeout": 10, "client_encoding": "utf8", **options})
    except psycopg.OperationalError as e:
        raise explain(e, dsn) from e
    except psycopg.ProgrammingError as e:
        raise _bad_dsn(str(e).strip()) from e


def explain(error: psycopg.OperationalError, dsn: str = "") -> QuadrantError:
    """The coded error for a connection that could not be made or was lost."""
    message = str(error).strip()
    last = message.splitlines()[-1].strip() if message else "the connection was lost"
    where = _where(dsn)
    if any(t in message for t in ("invalid integer value", "invalid port number", "invalid ssl")):
        return _bad_dsn(last)
    if "database" in message and "does not exist" in message:
        return NoSuchDatabase(
            f"{where}: {last}", hint="Create it (createdb), or correct the name in QUADRANT_DSN."
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
