"""Databases of a backtest's own, beside the one whose settings it goes by."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

from quadrant.database import connect, migrate, queries


class Scratch:
    """A migrated, configured, empty database, and as many copies of it as are asked for."""

    def __init__(self, dsn: str, configuration: dict[str, Any], progress: Any) -> None:
        self._dsn = dsn
        self._names: list[str] = []
        self._pattern = self._create(None)
        made = make_conninfo(dsn, dbname=self._pattern)
        migrate(made, progress)
        with connect(made, autocommit=True) as connection:
            connection.execute(queries("backtest/configure"), (Jsonb(configuration),))
            connection.execute(queries("backtest/profile"), ("evidence",))

    @contextmanager
    def database(self, *, keep: bool = False) -> Iterator[psycopg.Connection[Any]]:
        """The owner's connection to a new, empty database, dropped afterwards unless `keep`."""
        name = self._create(self._pattern)
        with connect(make_conninfo(self._dsn, dbname=name), autocommit=True) as connection:
            yield connection
        if keep:
            self._names.remove(name)
        else:
            self._drop(name)

    def close(self) -> None:
        """Drops every database that is not kept."""
        for name in reversed(self._names[:]):
            self._drop(name)

    def _create(self, template: str | None) -> str:
        name = f"backtest_{uuid.uuid4().hex[:8]}"
        self._names.append(name)
        self._run("create database {} template {}", name, template or "template1")
        return name

    def _drop(self, name: str) -> None:
        self._run("drop database if exists {} with (force)", name)
        self._names.remove(name)

    def _run(self, statement: str, *names: str) -> None:
        with connect(self._dsn, autocommit=True) as admin:
            admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def scratch(dsn: str, progress: Any = lambda *_: None) -> Iterator[Scratch]:
    """Databases with the gates, dimensions and settings of the one at `dsn`; all dropped."""
    with connect(dsn) as connection:
        row = connection.execute(queries("backtest/configuration")).fetchone()
    assert row is not None  # one row, whatever there is
    made = None
    try:
        made = Scratch(dsn, row[0], progress)
        yield made
    finally:
        if made is not None:
            made.close()
