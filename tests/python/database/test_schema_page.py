"""docs/schema.sql says what is in a database. `make schema` writes it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
from schema_page import schema_page

PAGE = Path(__file__).parents[3] / "docs" / "schema.sql"


def test_the_page_is_current(connection: psycopg.Connection[Any]) -> None:
    page = schema_page(connection)
    if os.environ.get("QUADRANT_WRITE"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "run: make schema"
