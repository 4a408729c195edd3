"""Walking forward through histories whose lesson is known, in a real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import markets
import numpy as np
import psycopg
import pytest

from quadrant.backtest import BASE, JUDGE, document, split, walk
from quadrant.backtest.history import DAY_MS, History
from quadrant.market import planted_market, synthesize, write_market

Connection = psycopg.Connection[Any]


def windows_of(days: int, grids: Any, points: float = 0.0, seed: int = 1) -> list[Any]:
    rng = np.random.default_rng(seed)
    windows = markets.synthetic(rng, days, 5.0, markets.right_skewed)
    grid = grids[markets.PATTERN]
    step = markets.step(windows, grid, 130, loosens=True)
    return markets.plant(windows, grid, step, markets.shift(points), rng)


def test_a_database_shows_what_was_known_at_each_moment(connection: Connection, grids: Any) -> None:
    windows = windows_of(40, grids)
    history = History(connection, windows)
    for day in (5, 12, 13, 30):
        history.at(markets.FIRST_DAY + day)
        now = (markets.FIRST_DAY + day) * DAY_MS
        expected = {
            w.window_id: (
                w.result.outcome if w.result.outcome_ms <= now else None,
                w.result.roi if w.result.roi_ms <= now else None,
            )
            for w in windows
            if w.closed_ms <= now
        }
        shown = connection.execute(
            "select window_id, outcome, roi from learning.pattern_episode_events"
        ).fetchall()
        assert {row[0]: row[1:] for row in shown} == expected
    assert connection.execute("select learning.clock()").fetchone()[0].timestamp() * 1000 == now


def test_a_window_that_waits_shows_its_latest_mark_until_its_result(
    connection: Connection, grids: Any
) -> None:
    (one, *_) = windows_of(10, grids)
    opened = one.opened_ms // DAY_MS
    marks = tuple(((opened + n) * DAY_MS, 100.0, 100.0 + n, n / 100) for n in (3, 4, 5))
    result = replace(one.result, roi_ms=(opened + 6) * DAY_MS, marks=marks)
    history = History(connection, [replace(one, result=result)])
    shown = "select exit_price from learning.window_marks"
    for day, price in ((2, []), (3, [(103.0,)]), (5, [(105.0,)]), (6, [])):
        history.at(opened + day)
        assert connection.execute(shown).fetchall() == price


def test_what_is_planted_pays_on_what_follows_and_the_arms_leave_no_trace(
    connection: Connection, grids: Any
) -> None:
    windows = windows_of(330, grids, points=6.0)
    found = walk(connection, windows, grids, split(windows, 2), look_every=40)
    arms = {arm.arm: arm for arm in found.arms}
    assert all(fold.in_force[JUDGE] == 1 for fold in found.folds)
    assert arms[JUDGE].gain.low > 0
    assert arms[JUDGE].selection.low > 0
    assert arms[BASE].gain.value == 0
    assert arms["oracle"].money >= arms[JUDGE].money
    result = document(found, [], market="here", look_every=40, series=1)
    assert result["verdict"].startswith("Better than base gates: +")
    # Plan and drift were tried in transactions that were rolled back.
    assert connection.execute(
        "select array_agg(distinct method), learning.judging_profile(min(pattern_key))"
        " from learning.pm_overrides"
    ).fetchone() == (["simulation"], "evidence")


def test_nothing_to_learn_is_said_plainly(connection: Connection, grids: Any) -> None:
    windows = windows_of(330, grids)
    found = walk(connection, windows, grids, split(windows, 2), look_every=60, arms=(JUDGE,))
    assert found.arms[0].gain.value == 0
    told = document(found, [found], market="here", look_every=60, series=1)
    assert told["verdict"].startswith("No better than base gates: nothing had evidence")
    assert told["noise"]["ever"] == 0
    assert told["noise"]["patterns"] == 1


@pytest.mark.slow
def test_the_command_walks_stores_and_drops_its_databases(
    database: str, server_dsn: str, tmp_path: Path, run_command: Callable[..., Any]
) -> None:
    write_market(synthesize(planted_market(days=75, timeframes=("1h",)), 1), tmp_path)
    options = ("--folds", "2", "--null", "1", "--json")
    result = run_command("backtest", tmp_path, *options, columns=80, QUADRANT_DSN=database).json
    assert [arm["arm"] for arm in result["arms"]] == ["evidence", "plan", "drift", "base", "oracle"]
    assert len(result["folds"]) == 2
    assert result["noise"]["histories"] == 1
    with psycopg.connect(database) as connection:
        stored = connection.execute("select arm, money, verdict from analyst.backtests").fetchall()
        events = connection.execute("select count(*) from learning.pattern_episode_events")
        assert events.fetchone() == (0,)
    assert [row[0] for row in stored] == ["evidence", "plan", "drift", "base", "oracle"]
    assert stored[3][1] == pytest.approx(result["arms"][3]["money"])
    assert stored[0][2] == result["verdict"]
    with psycopg.connect(server_dsn) as connection:
        left = connection.execute(
            "select count(*) from pg_database where datname like 'backtest%'"
        ).fetchone()
    assert left == (0,)
