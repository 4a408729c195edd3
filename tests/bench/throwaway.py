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
