"""quadrant config as a user runs it, and the page written from the registry."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).parents[3]
Command = Callable[..., Any]


@pytest.fixture
def config(database: str, run_command: Command) -> Command:
    """The command on the test's database, 80 columns wide."""
    return partial(run_command, "config", columns=80, QUADRANT_DSN=database)


@pytest.fixture
def answer(config: Command) -> Command:
    """What the command answers a script."""
    return lambda *arguments: config(*arguments, "--json").json


def test_a_setting_is_listed_set_told_and_taken_away(database: str, answer: Command) -> None:
    pattern = ("--pattern", "pm.uptrend.S1.entry")
    assert {row["name"]: row["value"] for row in answer("list")}["n_min"] == 33
    assert answer("set", "n_min", "20")["new_value"] == 20
    assert answer("set", "n_min", "25", *pattern)["pattern_key"] == pattern[1]
    assert answer("set", "profile", "plan")["new_value"] == "plan"
    assert answer("set", "n_min", "20") is None
    told = answer("get", "n_min", *pattern)
    assert (told["value"], told["default_value"], told["unit"]) == (25, 33, "experiments")
    unset = answer("unset", "n_min")
    assert (unset["old_value"], unset["new_value"]) == (20, None)
    with psycopg.connect(database) as connection:
        assert (unset["changed_by"],) == connection.execute("select session_user").fetchone()
    history = answer("history", "n_min")
    assert [(row["old_value"], row["new_value"]) for row in history] == [
        (20, None),
        (None, 25),
        (None, 20),
    ]


def test_tables_are_read_at_80_columns(config: Command) -> None:
    gate = ("--pattern", "pm.uptrend.S1.entry", "--gate", "ts")
    assert "pm.uptrend.S1.entry/ts: not set -> false" in (
        config("set", "tuning_overrides_enabled", "false", *gate).stdout
    )
    for arguments in (("list",), ("get", "max_dims"), ("history",)):
        shown = config(*arguments).stdout
        assert max(map(len, shown.splitlines())) <= 80
    lines = config("list").stdout
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
def test_what_cannot_be_is_one_coded_line(
    config: Command, name: str, value: str, code: str
) -> None:
    refused = config("set", "--", name, value)
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
