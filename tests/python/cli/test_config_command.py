"""quadrant config as a user runs it, and the page written from the registry."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()"]


def config(database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "config", *arguments],
        env={**os.environ, "COLUMNS": "80", "QUADRANT_DSN": database},
        capture_output=True,
        text=True,
        check=False,
    )


def answer(database: str, *arguments: str) -> Any:
    done = config(database, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_setting_is_listed_set_told_and_taken_away(database: str) -> None:
    pattern = ("--pattern", "pm.uptrend.S1.entry")
    assert {row["name"]: row["value"] for row in answer(database, "list")}["n_min"] == 33
    assert answer(database, "set", "n_min", "20")["new_value"] == 20
    assert answer(database, "set", "n_min", "25", *pattern)["pattern_key"] == pattern[1]
    assert answer(database, "set", "profile", "plan")["new_value"] == "plan"
    assert answer(database, "set", "n_min", "20") is None
    told = answer(database, "get", "n_min", *pattern)
    assert (told["value"], told["default_value"], told["unit"]) == (25, 33, "experiments")
    unset = answer(database, "unset", "n_min")
    assert (unset["old_value"], unset["new_value"]) == (20, None)
    with psycopg.connect(database) as connection:
        assert (unset["changed_by"],) == connection.execute("select session_user").fetchone()
    history = answer(database, "history", "n_min")
    assert [(row["old_value"], row["new_value"]) for row in history] == [
        (20, None),
        (None, 25),
        (None, 20),
    ]


def test_tables_are_read_at_80_columns(database: str) -> None:
    gate = ("--pattern", "pm.uptrend.S1.entry", "--gate", "ts")
    assert "pm.uptrend.S1.entry/ts: not set -> false" in (
        config(database, "set", "tuning_overrides_enabled", "false", *gate).stdout
    )
    for arguments in (("list",), ("get", "max_dims"), ("history",)):
        shown = config(database, *arguments).stdout
        assert max(map(len, shown.splitlines())) <= 80
    lines = config(database, "list").stdout
    assert re.search(r"│ lookback_days +│ 90 +│ 90 +│ 1 to 3650 days", lines)
    assert re.search(r"│   pm.uptrend.S1.entry/ts +│ false ", lines)
    assert "…" not in lines


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("min_ratio", "5000", "QD082"),
        ("min_ratio", "NaN", "QD081"),
        ("min_ratio", "1e999", "QD082"),
        ("n_min", "2.5", "QD082"),
        ("shadow", "off", "QD081"),
        ("profile", "12", "QD081"),
        ("n_mni", "20", "QD080"),
        ("n_min", '"\\u0000"', "QD081"),
        ("n_min", '{"a": 1}', "QD081"),
    ],
)
def test_what_cannot_be_is_one_coded_line(database: str, name: str, value: str, code: str) -> None:
    refused = config(database, "set", "--", name, value)
    assert (refused.returncode, refused.stderr[:6]) == (1, f"{code}:")


def test_the_page_is_written_from_the_registry(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute("select learning.settings_page()").fetchone()
    assert row is not None
    assert (ROOT / "docs" / "settings.md").read_text() == f"{row[0]}\n"


def test_sql_reads_only_settings_that_are_registered(connection: psycopg.Connection[Any]) -> None:
    known = {row[0] for row in connection.execute("select name from learning.known_settings()")}
    call = r"learning\.(?:setting|setting_in|switch_in)\("
    name = r"(?:[^()]|\([^()]*\))*?(?<!-> )'([\w.]+)'[,)]"
    read = set()
    for file in (ROOT / "sql").rglob("*.sql"):
        read |= set(re.findall(call + name, file.read_text()))
    assert {name for name in read if not name.endswith(".")} <= known
    assert len(read) > 10
