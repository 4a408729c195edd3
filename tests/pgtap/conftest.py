"""pgTAP: every test*.sql runs in its own transaction in one migrated database.

pgTAP and the helpers (helpers.sql) are in the schema `tests`, which no migration makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest


@pytest.fixture(scope="session")
def pgtap_connection(
    server_dsn: str, new_database: Callable[[], AbstractContextManager[str]]
) -> Iterator[psycopg.Connection[Any]]:
    """The connection pytest-pgtap uses; skips where the server has no pgTAP."""
    with psycopg.connect(server_dsn, autocommit=True) as admin:
        row = admin.execute("select from pg_available_extensions where name = 'pgtap'").fetchone()
        if row is None:
            pytest.skip("pgTAP is not installed for this server: only pytest's own tests run")
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create schema tests")
        connection.execute("create extension pgtap schema tests")
        connection.execute("set search_path = public, tests")
        connection.execute(Path(__file__).with_name("helpers.sql").read_text())
        yield connection
