"""quadrant migrate as a whole: once, twice, at the same time, after a crash."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from quadrant.database import check_schema, migrate, rollback
from quadrant.database.errors import (
    MadeBeforeRelease,
    MigrateBusy,
    MigrationFailed,
    SchemaOutdated,
)

if TYPE_CHECKING:
    from tests.python.database.conftest import Project


def test_a_second_migrate_changes_nothing(project: Project) -> None:
    assert not project.migrate().changed


def test_a_failed_migration_keeps_those_before_it_and_nothing_of_itself(project: Project) -> None:
    project.write("migrations/0002.good.sql", "create table app.good (id int);")
    project.write("migrations/0003.bad.sql", "create table app.half (id int); select nonsense;")
    with pytest.raises(MigrationFailed, match=r"0003\.bad\.sql.*nonsense"):
        project.migrate()
    assert project.query("select to_regclass('app.good') is null, to_regclass('app.half')") == [
        (False, None)
    ]
    project.write("migrations/0003.bad.sql", "create table app.half (id int);")
    assert project.migrate().migrations == ("0003.bad",)


def test_a_migration_that_takes_a_role_is_marked_all_the_same(project: Project) -> None:
    project.write("migrations/0002.role.sql", "set role pg_monitor; select current_user;")
    assert project.migrate().migrations == ("0002.role",)
    assert not project.migrate().changed


def test_a_dead_lock_of_yoyo_is_broken(project: Project) -> None:
    project.query("insert into quadrant_meta.yoyo_lock (locked, pid) values (1, 999999)")
    project.write("migrations/0002.more.sql", "create table app.more (id int);")
    assert project.migrate().migrations == ("0002.more",)


def test_two_at_the_same_time_do_the_work_once(project: Project) -> None:
    project.write("migrations/0002.slow.sql", "select pg_sleep(0.5); create table app.s (id int);")
    with ThreadPoolExecutor(2) as pool:
        reports = [future.result() for future in [pool.submit(project.migrate) for _ in "ab"]]
    assert sorted(len(report.migrations) for report in reports) == [0, 1]


def test_no_login_can_keep_a_migrate_waiting(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("quadrant.database.migrate"), "LOCK_WAIT", "100ms")
    with psycopg.connect(project.dsn) as stranger:
        stranger.execute("set role pg_monitor")
        stranger.execute("select pg_advisory_lock(hashtextextended('quadrant migrate', 0))")
        stranger.commit()
        project.write("migrations/0002.more.sql", "create table app.more (id int);")
        assert project.migrate().migrations == ("0002.more",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            stranger.execute("lock table quadrant_meta.migrate_lock in access share mode")


def test_a_migrate_that_waits_too_long_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("quadrant.database.migrate"), "LOCK_WAIT", "100ms")
    with psycopg.connect(project.dsn) as other:
        other.execute("lock table quadrant_meta.migrate_lock in exclusive mode")
        with pytest.raises(MigrateBusy, match="QD307"):
            project.migrate()


def test_rollback_leaves_nothing(project: Project) -> None:
    assert rollback(project.dsn, tree=project.tree) == ("0001.start",)
    assert project.query("select 1 from pg_namespace where nspname = 'app'") == []
    assert project.migrate().migrations == ("0001.start",)


def test_an_outdated_schema_is_told_with_what_to_do(project: Project) -> None:
    with psycopg.connect(project.dsn, autocommit=True) as connection:
        check_schema(connection, project.tree)

        project.replace("sql/functions/price_of.sql", "t.price from", "t.price + 1 from")
        with pytest.raises(SchemaOutdated, match=r"functions and views[^!]*quadrant migrate"):
            check_schema(connection, project.tree)

        project.write("migrations/0002.more.sql", "create table app.more (id int);")
        with pytest.raises(SchemaOutdated, match=r"older[^!]*0002\.more[^!]*quadrant migrate"):
            check_schema(connection, project.tree)

        project.migrate()
        project.remove("migrations/0002.more.sql")
        with pytest.raises(SchemaOutdated, match=r"newer[^!]*0002\.more"):
            check_schema(connection, project.tree)


def test_a_database_without_a_schema_is_told_so(empty_database: str) -> None:
    with (
        psycopg.connect(empty_database, autocommit=True) as connection,
        pytest.raises(SchemaOutdated, match=r"no Quadrant schema[^!]*quadrant migrate"),
    ):
        check_schema(connection)


def test_a_database_from_before_the_first_release_is_refused(
    project: Project, run_command: Callable[..., Any]
) -> None:
    """Its migrations are gone: nothing of it is touched, and it is told what to do."""
    project.write("migrations/0001.schemas_and_roles.sql", "create table app.old (id int);")
    project.migrate()
    before = project.query("select count(*) from pg_class")
    for attempt in (migrate, rollback):
        with pytest.raises(MadeBeforeRelease, match=r"QD309[^!]*new database[^!]*replay"):
            attempt(project.dsn)
    with (
        psycopg.connect(project.dsn, autocommit=True) as connection,
        pytest.raises(MadeBeforeRelease),
    ):
        check_schema(connection)
    done = run_command("migrate", QUADRANT_DSN=project.dsn)
    assert done.returncode != 0
    assert "QD309" in done.stderr
    assert project.query("select count(*) from pg_class") == before
