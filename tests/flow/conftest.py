from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo


@pytest.fixture(scope="session")
def new_database(server_dsn: str, template: str) -> Callable[[], AbstractContextManager[str]]:
    """A context manager of a new, migrated database, for tests that need several."""

    @contextmanager
    def make() -> Iterator[str]:
        name = f"quadrant_flow_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(server_dsn, autocommit=True) as admin:
            admin.execute(
                sql.SQL("create database {} template {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        try:
            yield make_conninfo(server_dsn, dbname=name)
        finally:
            with psycopg.connect(server_dsn, autocommit=True) as admin:
                admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    return make
