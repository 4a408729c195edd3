from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

GRANTS = Path(__file__).parents[3] / "sql" / "grants.sql"


@pytest.fixture
def granted(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A database as `quadrant migrate` leaves it: a copy has lost the database's own grants."""
    connection.execute(GRANTS.read_bytes())
    return connection
