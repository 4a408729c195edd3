"""Makes `plain_step`, the rules as a plain loop, importable beside the tests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def quiet(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A connection that waits for no disk."""
    connection.execute("set synchronous_commit = off")
    return connection
