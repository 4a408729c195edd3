"""Makes `markets` and `experiments`, made-up slices, importable beside the tests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def market(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """1,500 experiments: in bucket micro, ts a little below base pays; elsewhere nothing does."""
    from experiments import BUCKETS, insert_market, set_lessons

    insert_market(connection, seed=3)
    set_lessons(connection, BUCKETS)
    return connection
