"""The pages: links lead somewhere, the map names every page, and the lists are whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path) if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


def test_the_readme_is_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 100


def test_the_map_names_every_page() -> None:
    known = (ROOT / "docs" / "README.md").read_text()
    names = [path.name for path in (ROOT / "docs").iterdir() if path.is_file()]
    assert [n for n in names if f"({n})" not in known and n != "README.md"] == []


def test_every_view_for_people_is_told(connection: psycopg.Connection[Any]) -> None:
    told = (ROOT / "docs" / "views.md").read_text()
    views = connection.execute(
        "select c.oid::regclass::text from pg_class as c"
        " where c.relnamespace = 'analyst'::regnamespace and c.relkind in ('v', 'm')"
    ).fetchall()
    assert [view for (view,) in views if f"`{view}`" not in told] == []
    assert len(views) > 20
