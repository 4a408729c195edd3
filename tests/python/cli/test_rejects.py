"""quadrant rejects, and quadrant import of trades and from a database, as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

TRADES = """trade_id,pattern_key,action_category,roi,closed_at,scope,did_trim
t1,pm.s1_entry,entry,5,2026-01-05,"{""timeframe"": ""1h""}",true
t1,pm.s1_entry,trim,5,2026-01-05,"{""timeframe"": ""1h""}",true
t2,pm.s1_entry,[red]buy[/],5,2026-01-05,{},
"""


Quadrant = Callable[..., Any]


@pytest.fixture
def quadrant(run_command: Quadrant) -> Quadrant:
    """The command on the database named first."""
    return lambda database, *arguments: run_command(*arguments, QUADRANT_DSN=database)


@pytest.fixture
def trades(database: str, tmp_path: Path, quadrant: Quadrant) -> str:
    """A database with two actions of a trade, and a reject."""
    path = tmp_path / "trades.csv"
    path.write_text(TRADES)
    done = quadrant(database, "import", str(path), "--kind", "trades", "--roi-unit", "percent")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Imported trades of trades.csv" in done.stdout
    assert "QD047: unknown action '[red]buy[/]'" in done.stdout
    return database


def test_rejects_are_listed_shown_and_tried_again(trades: str, quadrant: Quadrant) -> None:
    listed = quadrant(trades, "rejects", "list")
    assert listed.returncode == 0, listed.stderr
    assert "[red]buy[/]" in listed.stdout
    (reject,) = json.loads(quadrant(trades, "rejects", "list", "--json").stdout)
    assert (reject["kind"], reject["code"], reject["source"]) == ("trade", "QD047", "trades.csv")
    number = str(reject["id"])

    shown = quadrant(trades, "rejects", "show", number)
    assert shown.returncode == 0, shown.stderr
    assert '"trade_id": "t2"' in shown.stdout
    assert json.loads(quadrant(trades, "rejects", "show", number, "--json").stdout) == reject
    assert quadrant(trades, "rejects", "show", "0").stderr.startswith("QD045")

    still = quadrant(trades, "rejects", "retry", "--all")
    assert (still.returncode, "still rejected" in still.stdout) == (1, True)
    with psycopg.connect(trades) as connection:
        connection.execute(
            "update learning.episode_rejects"
            " set payload = jsonb_set(payload, '{action_category}', '\"entry\"')"
        )
    retried = quadrant(trades, "rejects", "retry", number, "--json")
    assert retried.returncode == 0, retried.stderr
    assert json.loads(retried.stdout) == [
        {"id": reject["id"], "written": "new", "code": None, "reason": None}
    ]
    assert quadrant(trades, "rejects", "list").stdout == "There are no rejects.\n"
    assert quadrant(trades, "rejects", "retry", number).stderr.startswith("QD045")
    assert quadrant(trades, "rejects", "retry").returncode == 2
    with psycopg.connect(trades) as connection:
        rows = connection.execute(
            "select trade_id, ordinal, roi from learning.pattern_trade_events order by 1, 2"
        ).fetchall()
    assert rows == [("t1", 1, 0.05), ("t1", 2, 0.05), ("t2", 1, 0.05)]


def test_a_terminal_is_not_steered_by_what_was_sent(database: str, quadrant: Quadrant) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            "select learning.import_rows('episode', array[%s], %s)",
            (
                json.dumps({"pattern_key": "\x1b[2J", "window_id": "w", "decision": "acted",
                            "timestamp": "2026-01-05"}),
                "\x1b]0;title\x07",
            ),
        )  # fmt: skip
    for command in (("list",), ("show", "1"), ("retry", "--all")):
        done = quadrant(database, "rejects", *command)
        assert "x1b" in done.stdout or "u001b" in done.stdout, done.stderr
        assert "\x1b" not in done.stdout


def test_one_database_is_imported_from_another(
    trades: str, empty_database: str, quadrant: Quadrant
) -> None:
    quadrant(empty_database, "migrate")
    units = ("--roi-unit", "fraction", "--score-scale", "1")
    done = quadrant(empty_database, "import", "--from-dsn", trades, *units, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    episodes, copied = json.loads(done.stdout)
    assert (episodes["kind"], episodes["read"]) == ("episodes", 0)
    assert (copied["kind"], copied["new"], copied["rejected"]) == ("trades", 2, 0)
    again = quadrant(empty_database, "import", "--from-dsn", trades, *units)
    assert "already there" in again.stdout
    wrong = quadrant(empty_database, "import", "--from-dsn", trades, "--schema", "public", *units)
    assert (wrong.returncode, wrong.stderr[:5]) == (1, "QD123")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--roi-unit", "percent", "--score-scale", "1"),
        ("a.csv", "--from-dsn", "x", "--roi-unit", "percent", "--score-scale", "1"),
        ("a.csv", "--roi-unit", "percent"),
        ("a.csv", "--score-scale", "1"),
        ("a.csv", "--schema", "x", "--roi-unit", "percent", "--score-scale", "1"),
    ],
)
def test_what_cannot_be_guessed_must_be_said(
    quadrant: Quadrant, database: str, arguments: tuple[str, ...]
) -> None:
    assert quadrant(database, "import", *arguments).returncode == 2
