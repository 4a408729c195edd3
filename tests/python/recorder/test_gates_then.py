"""A backtest that trades by the gates as they were at each bar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import pytest

from quadrant.errors import QuadrantError
from quadrant.recorder import Recorder, TargetStopTime, at_least

PATTERN = "pm.breakout.surge.entry"
MakeBars = Callable[..., dict[str, list[Any]]]
# The setup is there on these bars; every one of them has a surge that base gates refuse.
FIRST, SECOND, THIRD = 1, 5, 9


def recorder(dsn: str, **options: Any) -> Recorder:
    gates = [at_least("surge", 2.0, -0.5, -0.25, 0.25, 0.5)]
    rule = TargetStopTime(0.04, 0.04, 10)
    return Recorder(dsn, PATTERN, gates, rule, timeframe="1h", namespace="then", **options)


@pytest.fixture
def bars(connection: psycopg.Connection[Any], pm_dsn: str, make_bars: MakeBars) -> Any:
    """Three setups; A/B's gate is 1.5 from the close of the second's bar to that of the third's."""
    frame = make_bars([1.6, 1.6, 1.6], [True, True, True])
    with recorder(pm_dsn):
        pass
    for at, change in (
        (
            frame["date"][SECOND + 1],
            "insert into learning.pm_overrides (pattern_key, action_category, scope_subset, delta)"
            ' select pattern_key, action_category, \'{"pair": "A/B"}\', -0.5 from learning.gates'
            f" where pattern_key = '{PATTERN}'",
        ),
        (frame["date"][THIRD + 1], "delete from learning.pm_overrides"),
    ):
        at_the_moment(connection, at, change)
    return frame


def at_the_moment(connection: psycopg.Connection[Any], at: datetime, change: str) -> None:
    connection.execute("select learning.set_clock(%s)", (at,))
    connection.execute(change)


def passing(recorded: Recorder, bars: Any, pair: str) -> list[int]:
    found = recorded.frame(bars, pair, "breakout")
    return [place for place, passes in enumerate(found.passes) if passes]


def test_each_bar_is_answered_by_the_gates_of_its_time(
    connection: psycopg.Connection[Any], pm_dsn: str, bars: Any
) -> None:
    with recorder(pm_dsn, run="then", gates_then=True) as recorded:
        assert passing(recorded, bars, "A/B") == [SECOND]
        assert passing(recorded, bars, "C/D") == []
        assert recorded.gates("A/B") == {"surge": 2.0}, "now"
    blocked = connection.execute(
        "select blocked_by, jsonb_array_length(overrides) from learning.pattern_episode_events"
        " where scope ->> 'pair' = 'A/B' order by opened_at"
    ).fetchall()
    assert blocked == [(["surge"], None), (["policy"], 1), (["surge"], None)]


def test_by_itself_a_backtest_is_answered_by_the_gates_of_now(pm_dsn: str, bars: Any) -> None:
    with recorder(pm_dsn, run="now") as recorded:
        assert passing(recorded, bars, "A/B") == []


def test_without_the_database_it_is_refused_instead_of_answering_base(make_bars: MakeBars) -> None:
    with (
        recorder("host=/nowhere dbname=none", gates_then=True) as recorded,
        pytest.raises(QuadrantError, match="as they were cannot be read"),
    ):
        passing(recorded, make_bars([1.6], [True]), "A/B")
