"""The ten questions of docs/questions.md are answered, as an analyst, by what is in the views."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hand_market import Connection
from pages import DOCS, sql_blocks
from psycopg.rows import dict_row

PAGE = (DOCS / "questions.md").read_text()
SECTIONS = re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)


def answer(analyst: Connection, number: int) -> list[dict[str, Any]]:
    (query,) = sql_blocks(SECTIONS[number - 1][1])
    return analyst.cursor(row_factory=dict_row).execute(query.encode()).fetchall()


@pytest.mark.parametrize("number", range(1, 11), ids=[heading for heading, _ in SECTIONS])
def test_it_is_answered_and_the_answer_is_told(analyst: Connection, number: int) -> None:
    rows = answer(analyst, number)
    assert rows, "no row where there is something to tell"
    told = SECTIONS[number - 1][1].split("```")[-1]
    assert len(told.split()) > 20, "no word on how to read it"
    assert len(SECTIONS) == 10


def test_what_changes_let_in_is_what_the_headline_says(analyst: Connection) -> None:
    (row,) = answer(analyst, 1)
    told = analyst.execute("select h.let_in, h.kept_out from analyst.headline as h").fetchone()
    assert (row["let_in"], row["kept_out"]) == told
    assert row["let_in"] > 0


def test_a_skip_names_the_gates_that_failed(analyst: Connection) -> None:
    analyst.execute("reset role")  # the newest has no samples: look at those of the bot
    analyst.execute("delete from learning.pattern_episode_events where window_id = 'p1'")
    analyst.execute("set local role quadrant_analyst")
    for row in answer(analyst, 3):
        fails = row["value"] < row["threshold"]
        if row["direction"] == "at_most":
            fails = row["value"] > row["threshold"]
        assert row["failed"] == fails, row["gate"]
        assert (row["gate"] == "halo") == fails


def test_a_change_that_is_pinned_is_ended_by_nobody_else(analyst: Connection) -> None:
    analyst.execute("reset role")
    analyst.execute("update learning.solutions set pinned = true where status = 'active'")
    analyst.execute("set local role quadrant_analyst")
    assert [row["sentence"] for row in answer(analyst, 4)] == [
        "it is pinned: nothing the judge finds ends it, only a person does"
    ]


def test_the_path_of_shares_adds_up_and_noise_is_none(analyst: Connection) -> None:
    rows = answer(analyst, 6)
    assert sum(row["moved"] for row in rows) == 0
    assert all(row["travelled"] >= abs(row["moved"]) and row["trades"] == 20 for row in rows)
    trades = analyst.execute("select t.timeframe, t.roi from analyst.trades as t").fetchall()
    for row in rows:
        own = [roi for timeframe, roi in trades if timeframe == row["timeframe"]]
        others = [roi for timeframe, roi in trades if timeframe != row["timeframe"]]
        by_hand = sum(own) / len(own) - sum(others) / len(others)
        assert row["difference"] == pytest.approx(by_hand)
        assert abs(row["z"]) < 2


def test_trades_under_an_override_are_those_told_with_it(analyst: Connection) -> None:
    (row,) = answer(analyst, 7)
    assert (row["n_with"], row["n_without"]) == (30, 30)


def test_what_came_after_the_newest_look_waits(analyst: Connection) -> None:
    row = next(row for row in answer(analyst, 9) if row["last_look"])
    assert row["n_pending"] == 1
    assert row["decided_since"] == 61
