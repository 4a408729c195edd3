"""An embedded server of a benchmark's own, and migrated databases on it."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from quadrant.database import migrate
from quadrant.server import Cluster, Home


@contextmanager
def server() -> Iterator[Cluster]:
    """A server in a temporary folder, gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="quadrant-bench-"))
    root.chmod(0o755)
    cluster = Cluster(Home(root))
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop("immediate")
        shutil.rmtree(root, ignore_errors=True)


def new_database(cluster: Cluster) -> str:
    """The DSN of a new, migrated database."""
    name = f"bench_{uuid.uuid4().hex[:8]}"
    admin_dsn, dsn = cluster.dsn(), cluster.dsn(name)
    assert admin_dsn is not None
    assert dsn is not None
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    migrate(dsn)
    return dsn


@contextmanager
def database(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a new, migrated database, in autocommit mode."""
    with psycopg.connect(new_database(cluster), autocommit=True) as connection:
        yield connection


@contextmanager
def copy(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a copy of a database nobody is connected to, in autocommit mode; dropped."""
    name, source = f"bench_{uuid.uuid4().hex[:8]}", str(conninfo_to_dict(dsn)["dbname"])
    names = sql.Identifier(name), sql.Identifier(source)
    with psycopg.connect(make_conninfo(dsn, dbname="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} template {}").format(*names))
        try:
            copied = make_conninfo(dsn, dbname=name)
            with psycopg.connect(copied, autocommit=True) as connection:
                yield connection
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(names[0]))
