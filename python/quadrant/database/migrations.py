"""migrations/ through yoyo: tables, types, roles and constraints, each file exactly once."""

from __future__ import annotations

import contextlib
import io
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.exceptions import BadMigration

from quadrant.database.errors import INSTALL_RIGHTS, MigrationFailed

META = "quadrant_meta"


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """yoyo's backend, with a migration and its mark in one transaction.

    yoyo applies on one connection and marks on another: a crash between the two would apply the
    file again. It also asks the password database and DNS who and where we are, which fails for
    unknown users and takes seconds without DNS.
    """

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:
        self.ensure_internal_schema_updated()
        with self.transaction():
            migration.process_steps(self, "apply", force)
            self._become_ourselves()
            self.mark_one(migration)

    def rollback_one(self, migration: Any, force: bool = False) -> None:
        self.ensure_internal_schema_updated()
        with self.transaction():
            migration.process_steps(self, "rollback", force)
            self._become_ourselves()
            self.unmark_one(migration)

    def _become_ourselves(self) -> None:
        self.execute("reset role")
        self.execute(f"set search_path to {META}")

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        return {
            "id": str(uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": f"uid {os.getuid()}",
            "hostname": socket.gethostname(),
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }


@contextlib.contextmanager
def _backend(dsn: str) -> Iterator[Any]:
    arguments = {**conninfo_to_dict(dsn), "client_encoding": "utf8", "schema": META}
    uri = DatabaseURI("postgresql+psycopg", None, None, None, None, None, arguments)
    # yoyo prints the rows of every select of a migration.
    with contextlib.redirect_stdout(io.StringIO()), _Backend(uri, "_yoyo_migration") as backend:
        backend.init_database()
        backend.break_lock()
        yield backend


def apply(dsn: str, folder: Path, progress: Callable[[str, int, int], None]) -> list[str]:
    """Apply what is pending, one transaction a file; the ids. The caller holds the lock.

    A lock of yoyo's own that is found here belongs to a dead process and is broken.
    Raises MigrationFailed.
    """
    return _each(dsn, folder, progress, "to_apply", "apply_one")


def rollback(dsn: str, folder: Path, progress: Callable[[str, int, int], None]) -> list[str]:
    """Roll every applied migration back, newest first; the ids. Raises MigrationFailed."""
    return _each(dsn, folder, progress, "to_rollback", "rollback_one")


def _each(
    dsn: str, folder: Path, progress: Callable[[str, int, int], None], choose: str, do: str
) -> list[str]:
    with _backend(dsn) as backend:
        todo = list(getattr(backend, choose)(read_migrations(str(folder))))
        for number, migration in enumerate(todo, 1):
            progress(f"migration {migration.id}", number, len(todo))
            try:
                with backend.lock():
                    getattr(backend, do)(migration)
            except (psycopg.Error, BadMigration, ValueError) as e:
                refused = isinstance(e, psycopg.errors.InsufficientPrivilege)
                raise MigrationFailed(
                    f"{Path(migration.path).name}: {str(e).strip()}",
                    hint="Nothing of this file was kept; those before it were."
                    + (f"\n{INSTALL_RIGHTS}" if refused else ""),
                ) from e
        return [m.id for m in todo]
