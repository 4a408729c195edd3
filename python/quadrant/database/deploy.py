"""Deploying sql/: functions, triggers and views, to the scheme of one queue in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from quadrant.database.errors import (
    BodyCheckFailed,
    DeployFailed,
    DeployStuck,
    ForeignDependant,
)
from quadrant.database.queries import queries
from quadrant.database.tree import GRANTS, SchemaFile, SchemaTree, Trigger, is_routine

# undefined_function, _table, _object, _column, _parameter, invalid_schema_name
_UNDEFINED = frozenset({"42883", "42P01", "42704", "42703", "42P02", "3F000"})
# invalid_function_definition, invalid_table_definition, wrong_object_type, duplicate_table
_MUST_DROP = frozenset({"42P13", "42P16", "42809", "42P07"})
_MOST_TRIES = 50

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Deployed:
    """What a deployment did: paths below sql/ that ran, and objects dropped for good."""

    files: tuple[str, ...]
    removed: tuple[str, ...]


def deploy(
    connection: psycopg.Connection[Any], tree: SchemaTree, progress: Progress, *, recheck: bool
) -> Deployed:
    """Bring functions, triggers, views and grants to what the tree says, or change nothing at all.

    `recheck` has every body checked although no file changed (a migration ran). The connection is
    in autocommit mode and its session holds the migration lock. Raises QD302 to QD306.
    """
    with connection.transaction():
        deployment = _Deployment(connection, tree.files(), progress)
        deployed = deployment.run()
        if recheck or deployed.files or deployed.removed:
            deployment.check_bodies()
        _run_grants(connection, tree)
    return deployed


def remove_all(connection: psycopg.Connection[Any]) -> None:
    """Drop every deployed object (before the migrations under it are rolled back)."""
    with connection.transaction():
        _Deployment(connection, [], lambda *_: None).run()


class _Deployment:
    """The state of one run: the queue, and what has run."""

    def __init__(
        self, connection: psycopg.Connection[Any], files: list[SchemaFile], progress: Progress
    ) -> None:
        self._connection = connection
        self._files = files
        self._by_identity = {file.identity: file for file in files}
        self._progress = progress
        self._removed: set[tuple[bool, str, str]] = set()
        self._queue: list[SchemaFile] = []
        self._done: dict[str, SchemaFile] = {}

    def run(self) -> Deployed:
        self._execute("deploy/bodies_unchecked")
        known = {row[0]: row for row in self._execute("deploy/deployed_files")}
        self._removed = {
            (is_routine(kind), schema, name) for _, _, kind, schema, name in known.values()
        }.difference(self._by_identity)
        present = set(self._execute("deploy/objects"))
        triggers = self._triggers()
        self._queue = [
            file
            for file in self._files
            if file.path not in known
            or known[file.path][1] != file.sha256
            or (file.schema, file.name, file.kind) not in present
            or triggers.get(file.identity, frozenset()) != file.triggers
        ]
        removed = self._remove(
            [row for path, row in known.items() if path not in {f.path for f in self._files}]
        )
        self._work()
        return Deployed(tuple(self._done), removed)

    def check_bodies(self) -> None:
        """Create every function again from its own definition, this time with the body checked."""
        self._execute("deploy/bodies_checked")
        for file in self._files:
            if not file.is_routine:
                continue
            for (definition,) in self._execute(
                "deploy/routine_definition", {"schema": file.schema, "name": file.name}
            ):
                try:
                    self._as_owner(file.schema)
                    self._connection.execute(definition)
                except psycopg.Error as e:
                    raise BodyCheckFailed(f"{file.path}: {_sentence(e)}") from e
        self._execute("deploy/reset_role")

    def _work(self) -> None:
        tries: dict[str, int] = {}
        while self._queue:
            waiting: dict[str, str] = {}
            ran = 0
            batch, self._queue = self._queue, []
            for file in batch:
                self._progress(file.path, len(self._done), len(self._done) + len(batch))
                tries[file.path] = tries.get(file.path, 0) + 1
                try:
                    self._deploy_file(file)
                    ran += 1
                except psycopg.Error as e:
                    if e.sqlstate not in _UNDEFINED or tries[file.path] > _MOST_TRIES:
                        raise DeployFailed(f"{file.path}: {_sentence(e)}") from e
                    self._requeue(file)
                    waiting[file.path] = _sentence(e)
            if self._queue and not ran:
                raise DeployStuck(
                    "; ".join(f"{path}: {message}" for path, message in waiting.items()),
                    hint="These files of sql/ wait for each other, or for what no file makes.",
                )

    def _deploy_file(self, file: SchemaFile) -> None:
        try:
            self._create(file)
        except psycopg.Error as e:
            if e.sqlstate not in _MUST_DROP:
                raise
            self._drop(file.is_routine, file.schema, file.name, because=file.path)
            self._create(file)
        self._drop_triggers(self._triggers().get(file.identity, frozenset()) - file.triggers, file)
        self._execute("deploy/reset_role")
        self._execute(
            "deploy/remember",
            {"path": file.path, "sha256": file.sha256, "kind": file.kind}
            | {"schema": file.schema, "name": file.name},
        )
        self._done[file.path] = file

    def _create(self, file: SchemaFile) -> None:
        """Run the file in a savepoint; a second overload makes the old one go."""
        with self._connection.transaction():
            before = self._oids(file) if file.is_routine else set()
            if len(before) > 1:
                self._drop(True, file.schema, file.name, because=file.path)
                before = set()
            self._as_owner(file.schema)
            self._connection.execute(file.text)
            self._execute("deploy/reset_role")
            if file.is_routine and len(self._oids(file)) > 1:
                for oid in before:
                    self._drop_oid(True, oid, because=file.path)

    def _triggers(self) -> dict[tuple[bool, str, str], frozenset[Trigger]]:
        """The triggers on our tables, by the function they call."""
        found: dict[tuple[bool, str, str], set[Trigger]] = {}
        for schema, name, *trigger in self._execute("deploy/triggers"):
            found.setdefault((True, schema, name), set()).add(Trigger(*trigger))
        return {function: frozenset(triggers) for function, triggers in found.items()}

    def _drop_triggers(self, triggers: frozenset[Trigger], file: SchemaFile) -> None:
        """Drop triggers that call the file's function and that the file makes no more."""
        for trigger in triggers:
            self._as_owner(file.schema)
            self._connection.execute(
                sql.SQL("drop trigger {} on {}").format(
                    sql.Identifier(trigger.name), sql.Identifier(trigger.schema, trigger.table)
                )
            )

    def _remove(self, rows: list[tuple[Any, ...]]) -> tuple[str, ...]:
        """Drop what the files that are gone had made, unless another file makes it now."""
        removed = []
        for path, _, kind, schema, name in rows:
            if (is_routine(kind), schema, name) in self._removed:
                self._drop(is_routine(kind), schema, name, because=f"{path} (removed)")
                removed.append(f"{schema}.{name}")
            self._execute("deploy/forget", {"path": path})
        return tuple(removed)

    def _drop(self, routine: bool, schema: str, name: str, *, because: str) -> None:
        for (oid,) in self._execute(
            "deploy/object_oids", {"routine": routine, "schema": schema, "name": name}
        ).fetchall():
            self._drop_oid(routine, oid, because=because)

    def _drop_oid(self, routine: bool, oid: int, *, because: str) -> None:
        """Drop one object with its dependants, once it is sure that all of them are ours."""
        target = self._execute("deploy/drop_target", {"routine": routine, "oid": oid}).fetchone()
        if target is None:  # went with an object dropped before it
            return
        kind, identity, schema = target
        foreign: list[str] = []
        again: list[SchemaFile] = []
        for of_routine, owner, name, description in self._execute(
            "deploy/dependants", {"routine": routine, "oid": oid}
        ):
            dependant = (of_routine, owner, name)
            if dependant in self._by_identity:
                again.append(self._by_identity[dependant])
            elif dependant not in self._removed:
                foreign.append(description)
        if foreign:
            raise ForeignDependant(
                f"{because}: {identity} must be dropped and is used by {', '.join(foreign)}",
                hint="Drop those first (a migration does it for its own), then migrate again.",
            )
        self._as_owner(schema)
        self._connection.execute(sql.SQL(f"drop {kind} {identity} cascade"))
        self._execute("deploy/reset_role")
        for file in again:
            self._requeue(file)

    def _requeue(self, file: SchemaFile) -> None:
        self._done.pop(file.path, None)
        if file not in self._queue:
            self._queue.append(file)

    def _oids(self, file: SchemaFile) -> set[int]:
        rows = self._execute(
            "deploy/object_oids",
            {"routine": file.is_routine, "schema": file.schema, "name": file.name},
        )
        return {row[0] for row in rows}

    def _as_owner(self, schema: str) -> None:
        """Objects belong to the owner of their schema, whoever installs them."""
        self._execute("deploy/become_owner", {"schema": schema})

    def _execute(self, name: str, parameters: dict[str, Any] | None = None) -> psycopg.Cursor[Any]:
        return self._connection.execute(queries(name), parameters)


def _run_grants(connection: psycopg.Connection[Any], tree: SchemaTree) -> None:
    if text := tree.grants():
        try:
            connection.execute(text)
        except psycopg.Error as e:
            raise DeployFailed(f"{GRANTS}: {_sentence(e)}") from e


def _sentence(error: psycopg.Error) -> str:
    """The server's message and, where it names one, the line of the file."""
    diagnostic = error.diag
    text = diagnostic.message_primary or str(error).strip()
    if diagnostic.message_detail:
        text += f" ({diagnostic.message_detail})"
    if diagnostic.context:
        text += f" [{diagnostic.context.splitlines()[0]}]"
    return text
