"""The pages: links lead somewhere, the map names every page, and the lists are whole."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pages import sql_blocks

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


def test_bars_become_snapshots_as_told(tmp_path: Path, run_command: Any) -> None:
    """The Python and the first command of live.md's "From bars to snapshots" say the same."""
    told = (ROOT / "docs" / "live.md").read_text().split("## From bars to snapshots")[1]
    python, commands = re.findall(r"```(?:python)?\n(.*?)```", told, re.DOTALL)[:2]
    file = tmp_path / "BTCUSDT_1h.csv"
    closes = [100 + (n * n) % 17 for n in range(400)]
    rows = [f"{1_704_067_200_000 + n * 3_600_000},{c},{c},{c},{c},1" for n, c in enumerate(closes)]
    file.write_text("\n".join(["ts,open,high,low,close,volume", *rows]) + "\n")
    names: dict[str, Any] = {}
    exec(python.replace("bars/BTCUSDT_1h.csv", str(file)), names)  # our own page
    first = commands.splitlines()[0].replace("bars/BTCUSDT_1h.csv", str(file))
    assert run_command(*first.split()[1:]).json == asdict(names["snapshot"])
    assert names["history"][-1] == names["snapshot"]


def test_the_concepts_numbers_are_the_functions(connection: psycopg.Connection[Any]) -> None:
    told = (ROOT / "docs" / "concepts.md").read_text()
    (drift,) = connection.execute(
        "select format('ts x %s, halo x %s',"
        " round(learning.drift_multiplier(40, 'at_least', 0, 9)::numeric, 2),"
        " round(learning.drift_multiplier(40, 'at_most', 0, 9)::numeric, 2))"
    ).fetchone() or ("",)
    assert drift in told
    ((two, five),) = connection.execute(
        "select (learning.allocation_step(s, d, 2) -> '1h')::float8,"
        " (learning.allocation_step(s, d, 5) -> '1h')::float8"
        """ from (values ('{"1h": 0.5, "4h": 0.5}'::jsonb, '{"1h": 0.9, "4h": 0.1}'::jsonb))"""
        " as v (s, d)"
    ).fetchall()
    assert two / five == pytest.approx(0.4)
    assert five == pytest.approx(0.003)
    ((e, z, stay_e, stay_z),) = connection.execute(
        "select t.on_evidence, t.on_z, t.off_evidence, t.off_z"
        " from learning.judging_thresholds(0) as t"
    ).fetchall()
    assert f"E >= {e:g} and z >= {z:g}" in told
    assert (stay_e, stay_z) == (pytest.approx(0.4 * e), pytest.approx(z - 0.75))


def test_sql_of_the_pages_runs(connection: psycopg.Connection[Any], subtests: Any) -> None:
    for page in PAGES:
        for number, block in enumerate(sql_blocks(page.read_text())):
            if "create subscription" in block:
                continue  # in no transaction, and to another server: test_shards.py runs them
            with (
                subtests.test(page=page.name, number=number),
                connection.transaction(force_rollback=True),
            ):
                connection.execute(block.encode())
