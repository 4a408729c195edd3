"""`quadrant migrate`: migrations/, then sql/, one migrate at a time in a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from quadrant.database import migrations
from quadrant.database.connection import connect
from quadrant.database.deploy import deploy, remove_all
from quadrant.database.errors import (
    INSTALL_RIGHTS,
    LoginRefused,
    MadeBeforeRelease,
    MigrateBusy,
    SchemaOutdated,
    WrongEncoding,
)
from quadrant.database.queries import queries
from quadrant.database.tree import SchemaTree

LOCK_WAIT = "300s"
# The first migration of the chain that no release had.
UNRELEASED = "0001.schemas_and_roles"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class MigrationReport:
    """What one migrate changed: ids of migrations, files below sql/, objects dropped for good.

    `warnings` are rights it could not take away, as sentences.
    """

    migrations: tuple[str, ...]
    files: tuple[str, ...]
    removed: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was to do."""
        return bool(self.migrations or self.files or self.removed)


def migrate(
    dsn: str, progress: Progress = lambda *_: None, *, tree: SchemaTree | None = None
) -> MigrationReport:
    """Bring a database's schema to what the tree (by default: this version of Quadrant) says.

    `progress(what, done, total)` is called before each file. Safe to run twice, at the same time
    and after a crash. Raises QD2xx (connection) and QD3xx (schema) errors.
    """
    tree = tree or SchemaTree.installed()
    with _locked(dsn) as connection:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise WrongEncoding(
                f"the database's encoding is {encoding}, not UTF8",
                hint="create database ... encoding 'UTF8' template template0",
            )
        _refuse_unreleased(_applied(connection))
        applied = migrations.apply(dsn, tree.migrations, progress)
        deployed = deploy(connection, tree, progress, recheck=bool(applied))
        warnings = [row[0] for row in connection.execute(queries("migrate/warnings"))]
    return MigrationReport(tuple(applied), deployed.files, deployed.removed, tuple(warnings))


def rollback(
    dsn: str, progress: Progress = lambda *_: None, *, tree: SchemaTree | None = None
) -> tuple[str, ...]:
    """Take everything migrate made out of a database again, its data included; the ids."""
    tree = tree or SchemaTree.installed()
    with _locked(dsn) as connection:
        _refuse_unreleased(_applied(connection))
        remove_all(connection)
        return tuple(migrations.rollback(dsn, tree.migrations, progress))


def check_schema(connection: psycopg.Connection[Any], tree: SchemaTree | None = None) -> None:
    """Raise SchemaOutdated unless exactly this version's migrations and files are deployed.

    MadeBeforeRelease where no migrate could bring it there.

    A role that may not look (the worker's, the PM's) is trusted.
    """
    tree = tree or SchemaTree.installed()
    try:
        row = connection.execute(queries("migrate/applied")).fetchone()
    except psycopg.errors.InsufficientPrivilege:
        return
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        row = None
    applied, deployed = (set(values) for values in row) if row else (set(), set())
    wanted = {p.stem for p in tree.migrations.glob("*.sql") if not p.stem.endswith(".rollback")}
    _refuse_unreleased(applied)
    if not applied:
        raise SchemaOutdated("the database has no Quadrant schema", hint="Run: quadrant migrate")
    if unknown := applied - wanted:
        raise SchemaOutdated(
            f"the database is newer than this version: it has {max(unknown)}",
            hint="Update Quadrant.",
        )
    if missing := sorted(wanted - applied):
        raise SchemaOutdated(
            f"the database's schema is older than this version: {missing[0]} is missing",
            hint="Run: quadrant migrate",
        )
    if {file.sha256 for file in tree.files()} != deployed:
        raise SchemaOutdated(
            "the database's functions and views are not those of this version of Quadrant",
            hint="Run: quadrant migrate",
        )


def _applied(connection: psycopg.Connection[Any]) -> set[str]:
    """The ids of the migrations that ran here."""
    try:
        row = connection.execute(queries("migrate/applied")).fetchone()
    except psycopg.errors.UndefinedTable:
        return set()
    return set(row[0]) if row else set()


def _refuse_unreleased(applied: set[str]) -> None:
    if UNRELEASED in applied:
        raise MadeBeforeRelease(
            "the database was made by a version of Quadrant that was never released",
            hint="Make a new database (create database ..., or another --database) and replay your "
            "bars, import your files or record into that one; then drop this one.",
        )


@contextmanager
def _locked(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A session that finds the schema quadrant_meta, while another one holds its lock.

    The lock is a table's, which nobody else reaches: any login may hold an advisory lock.
    """
    with connect(dsn, autocommit=True) as connection, connect(dsn) as locker:
        try:
            connection.execute(queries("migrate/prepare"))
        except psycopg.errors.InsufficientPrivilege as e:
            primary = e.diag.message_primary or str(e)
            raise LoginRefused(primary, hint=INSTALL_RIGHTS) from e
        for session in (connection, locker):
            session.execute(psycopg.sql.SQL("set lock_timeout = {}").format(LOCK_WAIT))
        locker.execute("set idle_in_transaction_session_timeout = 0")
        try:
            locker.execute(queries("migrate/lock"))
        except psycopg.errors.LockNotAvailable as e:
            raise MigrateBusy(
                f"another migrate has been running for {LOCK_WAIT}",
                hint="Wait for it, or end its session (pg_stat_activity shows it).",
            ) from e
        yield connection
