"""Walking forward through histories whose lesson is known, in a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import markets
import numpy as np
import psycopg
import pytest

from quadrant.backtest import (
    ARMS,
    BASE,
    JUDGE,
    allocations,
    document,
    split,
    trades_of,
    walk,
)
from quadrant.backtest.history import DAY_MS, History
from quadrant.backtest.walk import ORACLE, PLAN
from quadrant.backtest.windows import closed_windows
from quadrant.bars import TIMEFRAMES
from quadrant.market import planted_market, synthesize, write_market

Connection = psycopg.Connection[Any]
S2, LADDER = "pm.uptrend.S2.entry", "pm.uptrend.S3.dx"


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
    gates = (JUDGE, PLAN, "drift", BASE, ORACLE)
    found = walk(connection, windows, grids, split(windows, 2), look_every=40, arms=gates)
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


def test_each_channel_acts_alone_and_all_three_together(connection: Connection, grids: Any) -> None:
    """Trades in one bucket win and end in S3, elsewhere they lose: sizes and capital go there."""
    rng = np.random.default_rng(2)
    windows = []
    for window in markets.synthetic(rng, 64, 28.0, markets.right_skewed, slices=1):
        good = window.scope["bucket"] == "v0"
        roi = abs(window.result.roi) if good else -abs(window.result.roi)
        told = replace(markets.told(window.result.roi_ms, 100.0, roi), reached_s3=good)
        windows.append(replace(window, result=told))
    arms = ("strength", "capital", "channels", PLAN, "plan_strength", "plan_channels", BASE)
    found = walk(connection, windows, grids, split(windows, 1), look_every=40, arms=arms)
    arm = {one.arm: one for one in found.arms}
    (in_force,) = (fold.in_force for fold in found.folds)
    base = arm[BASE]

    strength = arm["plan_strength"]
    assert in_force["plan_strength"] >= 2
    assert strength.bought == base.bought
    assert 0.86 * base.stakes < strength.stakes < base.stakes, "most trades lose"
    assert strength.at_equal_exposure.low > 0
    capital = arm["capital"]
    assert (in_force["capital"], capital.bought) == (5, base.bought), "the whole, four buckets"
    assert capital.at_equal_exposure.low > 0
    assert len({arm[one].stakes for one in ("strength", "capital", "channels")}) == 3
    assert in_force["plan_channels"] == sum(in_force[one] for one in (PLAN, "plan_strength")) + 5
    assert arm["plan_channels"].bought == arm[PLAN].bought
    assert arm["plan_channels"].stakes != arm[PLAN].stakes


def test_a_trade_has_the_share_its_timeframe_had_when_it_was_opened(
    new_database: Callable[..., AbstractContextManager[str]], grids: Any
) -> None:
    """The documents' walk-through (15m +5 %, 1h -2 %: 15.06 / 49.94 / 35), and two trades more."""
    told = (
        ("15m", 0, 1, 0.05),
        ("1h", 1, 2, -0.02),
        ("15m", 1.5, 6, 0.10),  # opened at 15 %
        ("1h", 3, 6, 0.10),  # opened at 49.94 %
    )
    (like, *_) = windows_of(10, grids)
    sample = {"ts_score": 0.9, "halo_distance": 0.1, "slope": 0.5, "entry_price": 100.0}
    windows = []
    for number, (timeframe, opened, closed, roi) in enumerate(told):
        at, known = (int((markets.FIRST_DAY + day) * DAY_MS) for day in (opened, closed))
        windows.append(
            replace(
                like,
                window_id=f"w{number}",
                timeframe=timeframe,
                opened_ms=at,
                decided_ms=at,
                samples=[sample],
                result=markets.told(known, 100.0, roi),
            )
        )
    trades = trades_of(windows, grids)
    assert [trade.roi for trade in trades] == pytest.approx([roi for *_, roi in told])

    @contextmanager
    def databases() -> Iterator[Connection]:
        with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
            yield connection

    begin = markets.FIRST_DAY + 1
    found = {one.profile: one for one in allocations(databases, trades, begin, begin + 4)}
    fixed = (0.5 * -0.02 + 0.15 * 0.10 + 0.5 * 0.10) / 4
    assert found["fixed"].money_per_day == pytest.approx(fixed)
    assert found["plan"].money_per_day == pytest.approx(fixed + (0.4994 - 0.5) * 0.10 / 4)
    assert found["plan"].gain.value == pytest.approx(-0.0006 * 0.10 / 4)
    assert {one["timeframe"]: one["share"] for one in found["fixed"].shares} == {
        "15m": 0.15,
        "1h": 0.5,
        "4h": 0.35,
    }
    assert [one["verdict"] for one in found["evidence"].shares] == ["not told from noise"] * 3
    assert all(one["noise_lowest"] is not None for one in found["plan"].shares if one["trades"])


def test_what_was_bought_says_when_and_whether_it_reached_s3(grids: Any) -> None:
    """Bars of an hour, S2 S2 S3 S2; bought after the first is open, sold at its end, or later."""
    hour = TIMEFRAMES["1h"]
    frame: Any = SimpleNamespace(
        timeframe="1h", state=np.array([2, 2, 3, 2]), exists_at=np.arange(1, 5) * hour
    )
    writes: Any = SimpleNamespace(windows={}, results={}, marks=[])

    def window(name: str, pattern_key: str, passes: int, sold: int) -> None:
        levers = [lever for lever in grids[pattern_key].levers if not lever.is_arms]
        samples = [
            {"ts": bar * hour, "entry_price": 100.0, "close": 100.0, "atr": 1.0}
            | {v.value_key: v.base + (bar != passes) * (1 if v.at_most else -1) for v in levers}
            for bar in range(3)
        ]
        row = {"window_id": name, "episode_id": name, "attempt_id": name, "episode_type": "x"}
        row |= {"pattern_key": pattern_key, "scope": {}, "opened_ms": 0, "closed_ms": 4 * hour}
        row |= {"decided_ms": 4 * hour, "blocked_by": ["ts"], "factors": {"samples": samples}}
        writes.windows[name] = row
        writes.results[name] = {"roi": 0.1, "roi_ms": sold * hour}

    window("before S3", S2, 0, sold=2)
    window("into S3", S2, 0, sold=3)
    window("after S3", S2, 9, sold=4)
    window("a ladder", LADDER, 1, sold=4)
    found = {w.window_id: w for w in closed_windows(writes, frame, grids)}
    assert {
        name: (w.acted, w.decided_ms / hour, w.result.reached_s3) for name, w in found.items()
    } == {
        "before S3": (True, 1, False),
        "into S3": (True, 1, True),
        "after S3": (False, 4, False),
        "a ladder": (True, 2, True),
    }


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
    assert [arm["arm"] for arm in result["arms"]] == list(ARMS)
    assert [one["profile"] for one in result["allocations"]] == ["plan", "evidence", "fixed"]
    assert len(result["folds"]) == 2
    assert result["noise"]["histories"] == 1
    with psycopg.connect(database) as connection:
        stored = connection.execute("select arm, money, verdict from analyst.backtests").fetchall()
        events = connection.execute("select count(*) from learning.pattern_episode_events")
        assert events.fetchone() == (0,)
    assert [row[0] for row in stored] == list(ARMS)
    assert stored[3][1] == pytest.approx(result["arms"][3]["money"])
    assert stored[0][2] == result["verdict"]
    with psycopg.connect(server_dsn) as connection:
        left = connection.execute(
            "select count(*) from pg_database where datname like 'backtest%'"
        ).fetchone()
    assert left == (0,)
