"""pgTAP: every test*.sql runs in its own transaction in one migrated database.

pgTAP and the helpers (helpers.sql) are in the schema `tests`, which no migration makes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo


@pytest.fixture(scope="session")
def pgtap_connection(server_dsn: str, template: str) -> Iterator[psycopg.Connection[Any]]:
    """The connection pytest-pgtap uses; skips where the server has no pgTAP."""
    name = sql.Identifier(f"quadrant_pgtap_{uuid.uuid4().hex[:8]}")
    with psycopg.connect(server_dsn, autocommit=True) as admin:
        row = admin.execute("select from pg_available_extensions where name = 'pgtap'").fetchone()
        if row is None:
            pytest.skip("pgTAP is not installed for this server: only pytest's own tests run")
        copy = sql.SQL("create database {} template {}")
        admin.execute(copy.format(name, sql.Identifier(template)))
        dsn = make_conninfo(server_dsn, dbname=name.as_string().strip('"'))
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("create schema tests")
            connection.execute("create extension pgtap schema tests")
            connection.execute("set search_path = public, tests")
            connection.execute(Path(__file__).with_name("helpers.sql").read_text())
            yield connection
        admin.execute(sql.SQL("drop database {} with (force)").format(name))
