"""docs/views.md lists every view for people as the database has it. `make schema` writes that."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
from views_page import MARK, views_page

PAGE = Path(__file__).parents[3] / "docs" / "views.md"


def test_the_list_of_views_is_current(connection: psycopg.Connection[Any]) -> None:
    by_hand, mark, written = PAGE.read_text().partition(MARK)
    page = views_page(connection)
    if os.environ.get("QUADRANT_WRITE"):
        PAGE.write_text(by_hand + MARK + page)
        mark, written = MARK, page
    assert mark
    assert written == page, "run: make schema"
