"""pytest-pgtap collects only test*.sql: a file with another name would never run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PGTAP = Path(__file__).parents[1] / "pgtap"
FILES = sorted(p for p in PGTAP.rglob("*.sql") if p.name != "helpers.sql")


def test_every_pgtap_file_is_collected() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", str(PGTAP)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    collected = {line.split("::")[0] for line in listed.splitlines() if "::" in line}
    root = PGTAP.parents[1]
    assert collected == {p.relative_to(root).as_posix() for p in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_pgtap_file_runs_alone_in_one_transaction(path: Path) -> None:
    text = path.read_text().strip()
    assert re.fullmatch(r"test_[a-z0-9_]+?__[a-z0-9_]+", path.stem)
    assert text.startswith(("begin;", "--"))
    assert text.endswith("rollback;")
    assert not re.search(r"^\\", text, re.MULTILINE), "psql's backslash commands do not work here"


STAGES = {p.stem: p.parent.name for p in (PGTAP.parents[1] / "sql").rglob("*/*/*.sql")}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_pgtap_file_stands_in_the_stage_of_what_it_tests(path: Path) -> None:
    tested = path.stem.removeprefix("test_").split("__")[0]
    assert STAGES.get(tested, path.parent.name) == path.parent.name
