"""Which database this process works on."""

from __future__ import annotations

import os
from collections.abc import Mapping

import psycopg
from psycopg.conninfo import make_conninfo

from quadrant.database.errors import BadDsn
from quadrant.server.cluster import Cluster
from quadrant.server.errors import NotRunning
from quadrant.server.home import Home

DATABASE = "quadrant"
"""The database of a home where nobody names one."""


def chosen_database(environ: Mapping[str, str] = os.environ) -> str | None:
    """QUADRANT_DATABASE, where `quadrant --database` leaves the name it was given."""
    return environ.get("QUADRANT_DATABASE") or None


def resolve_dsn(environ: Mapping[str, str] = os.environ, *, database: str | None = None) -> str:
    """The server of QUADRANT_DSN, else the running embedded one of QUADRANT_HOME; and on it
    `database`, else QUADRANT_DATABASE, else what QUADRANT_DSN names, else DATABASE.

    Raises NotRunning, and BadDsn where another database cannot be put into QUADRANT_DSN.
    """
    name = database or chosen_database(environ)
    if given := environ.get("QUADRANT_DSN"):
        return _with_database(given, name) if name else given
    home = Home.current(environ)
    dsn = Cluster(home).dsn(name or DATABASE)
    if dsn is None:
        raise NotRunning(
            f"no database: QUADRANT_DSN is not set and no server runs in {home.root}",
            hint="Start one with: quadrant up",
        )
    return dsn


def server_dsn(environ: Mapping[str, str] = os.environ) -> str:
    """A DSN from which the server's other databases are seen and made; raises NotRunning."""
    return environ.get("QUADRANT_DSN") or resolve_dsn(environ, database="postgres")


def _with_database(dsn: str, name: str) -> str:
    try:
        return make_conninfo(dsn, dbname=name)
    except psycopg.ProgrammingError as e:
        raise BadDsn(f"QUADRANT_DSN cannot be read: {e}") from e
