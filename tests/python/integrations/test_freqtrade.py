"""freqtrade over the database, offline: backtest, live loop, hyperopt."""

from __future__ import annotations

from typing import Any

import pytest
from bots import HOUR, START, Bots

BACKTEST = ("backtesting", "--cache", "none", "--export", "none")
# The first and how many of the bars that it is live at: it knows 999 before each.
FIRST, CANDLES = 1100, 60
# What both see of a setup, whoever bought it.
WINDOWS = """
    select e.scope, e.opened_at, e.closed_at, e.outcome_reason, e.outcome_at,
        e.entry_price, e.exit_price, e.roi,
        (select array_agg((s ->> 'ts')::bigint order by s ->> 'ts')
            from jsonb_array_elements(e.factors -> 'samples') as s) as samples
    from learning.pattern_episode_events as e
    where e.run = %s and e.opened_at between to_timestamp(%s) and to_timestamp(%s)
        and e.outcome_at <= to_timestamp(%s)
    order by e.scope, e.opened_at
"""

pytestmark = pytest.mark.slow


def test_a_backtest_is_recorded_and_again_adds_nothing(bots: Bots) -> None:
    seen = []
    for _ in range(2):
        bots.freqtrade(*BACKTEST)
        seen.append(bots.recorded("Dip/backtest"))
    assert seen[0] == seen[1]
    assert seen[0]["acted"] == seen[0]["trades"] == seen[0]["paired"] > 10
    assert seen[0]["windows"] > 2 * seen[0]["acted"]
    assert seen[0]["difference"] < 1e-3
    assert (seen[0]["rejects"], seen[0]["steps"]) == (0, 0)


def test_live_windows_are_those_of_the_backtest(bots: Bots) -> None:
    told = bots.freqtrade(FIRST, CANDLES, script="live_freqtrade.py")
    live = bots.recorded("Dip/live")
    assert f"trades {live['acted']} closed {live['trades']}" in told
    assert live["acted"] >= live["trades"] > 0
    assert live["rejects"] == 0

    hours = [START + HOUR * hour for hour in (FIRST - 800, FIRST + CANDLES)]
    backtest, streamed = (
        bots.connection.execute(WINDOWS, (run, *hours, hours[1])).fetchall()
        for run in ("Dip/backtest", "Dip/live")
    )
    assert len(streamed) > 100
    assert streamed == backtest


def test_a_backtest_can_trade_by_the_gates_of_each_candles_time(bots: Bots) -> None:
    """From the middle of the bars on, the gate on adx was 30 instead of 20."""
    middle = START + HOUR * 800
    bots.freqtrade(*BACKTEST)
    bots.connection.execute("select learning.set_clock(to_timestamp(%s))", (middle,))
    bots.connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, scope_subset, delta)"
        " select g.pattern_key, g.action_category, '{}', 10 from learning.gates as g"
        " where g.pattern_key = 'pm.dip.freqtrade.entry' and g.gate = 'adx'"
    )
    bots.freqtrade(*BACKTEST, quadrant={"gates_then": True, "run": "then"})
    bots.connection.execute("delete from learning.pm_overrides")
    bots.connection.execute("select learning.set_clock(null)")

    bought: dict[str, tuple[list[Any], list[Any]]] = {}
    for run in ("Dip/backtest", "Dip/then"):
        early, late = (
            [
                row[0]
                for row in bots.connection.execute(
                    "select opened_at from learning.pattern_episode_events where run = %s"
                    f" and decision = 'acted' and decided_at {side} to_timestamp(%s)"
                    " order by opened_at, scope",
                    (run, middle),
                )
            ]
            for side in ("<=", ">")
        )
        bought[run] = early, late
    assert bought["Dip/then"][0] == bought["Dip/backtest"][0] != []
    assert 0 < len(bought["Dip/then"][1]) < len(bought["Dip/backtest"][1])
    assert bots.connection.execute(
        "select count(*) from learning.pattern_episode_events"
        " where run = 'Dip/then' and (overrides is null) = (decided_at > to_timestamp(%s))",
        (middle,),
    ).fetchone() == (0,)


def test_hyperopt_passes_and_records_nothing(bots: Bots) -> None:
    count = "select count(*) from learning.pattern_episode_events"
    before = bots.connection.execute(count).fetchone()
    loss = ("--spaces", "stoploss", "--hyperopt-loss", "SharpeHyperOptLossDaily")
    told = bots.freqtrade("hyperopt", *loss, "-e", "3", "-j", "2", "--disable-param-export")
    assert "Best result" in told
    assert bots.connection.execute(count).fetchone() == before
