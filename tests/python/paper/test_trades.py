"""Entries, adds, trims and exits of the paper PM, its costs and what it tells of a trade."""

from __future__ import annotations

import pytest

from quadrant.paper import Costs

HOUR = 3_600_000
SETUP = {"halo": 0.4, "ts": 0.7}


def buy(desk, fill=100.0):
    """An entry on an S1 setup, filled with the next bar."""
    desk.bar("S0")
    desk.bar("S1", **SETUP)
    (filled,) = desk.bar("S1", open=fill)
    return filled


def test_an_order_fills_at_the_open_after_its_signal_bar_and_at_no_price_before(desk):
    desk.bar("S0")
    assert desk.bar("S1", **SETUP, open=97, price=98, low=90, high=130) == []
    signal = desk.bar_ts
    assert "trade" not in desk.ticker.memo
    (filled,) = desk.bar("S1", open=103, price=140)
    assert (filled.kind, filled.signal_bar_ts, filled.at_ms) == ("entry", signal, signal + HOUR)
    assert filled.context["price"] == 103
    assert desk.trade["quantity"] == pytest.approx(350 / 103)
    ((decision, _, factors),) = desk.windows("s1_entry")
    assert (decision, factors["price"], factors["ts_score"]) == ("acted", 103, 0.7)


def test_an_entry_takes_a_share_of_the_budget_an_add_of_what_is_left(desk):
    buy(desk)
    assert desk.trade["cost"] == pytest.approx(350)
    desk.bar("S2", **SETUP)
    desk.bar("S2")
    assert desk.trade["cost"] == pytest.approx(350 + 650 * 0.35)


def test_adds_come_once_a_window(desk):
    buy(desk)
    for _ in range(4):
        desk.bar("S2", **SETUP)
    desk.bar("S2")
    assert len(desk.strands("pm_action")) == 2
    desk.bar("S1")
    desk.bar("S2", **SETUP)
    desk.bar("S2")
    assert [a["action"] for a in desk.strands("pm_action")] == ["entry", "add", "add"]
    assert [decision for decision, *_ in desk.windows("s2_entry")] == ["acted", "acted"]


def test_while_it_holds_it_does_not_buy_in_s1_and_says_so(desk):
    buy(desk)
    desk.bar("S1")
    desk.bar("S1", **SETUP)
    desk.bar("S2")
    assert len(desk.strands("pm_action")) == 1
    _, (decision, blocked_by, factors) = desk.windows("s1_entry")
    assert (decision, blocked_by, factors["policy_reason"]) == ("skipped", ["policy"], "holding")


def test_gates_in_force_not_base_let_in(desk):
    desk.connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, multiplier) "
        "values ('pm.uptrend.S1.entry', 'tuning_ts_min', 1.25)"
    )
    desk.bar("S0")
    desk.bar("S1", **SETUP)
    assert desk.order is None
    desk.bar("S1", halo=0.4, ts=0.76)
    assert desk.order is not None


@pytest.mark.parametrize("status", ["paused", "archived"])
def test_a_position_that_is_not_watched_is_not_bought(desk, status):
    desk.bar("S0")
    desk.connection.execute("update learning.lowcap_positions set status = %s", (status,))
    desk.bar("S1", **SETUP)
    assert desk.order is None


def test_a_trim_sells_its_share_once_a_flag(desk):
    buy(desk)
    desk.walk("S2", "S3")
    desk.bar("S3", trim=True)
    assert desk.order["side"] == "trim"
    (trimmed,) = desk.bar("S3", trim=True, open=120)
    assert trimmed.kind == "trim"
    assert trimmed.context["usd"] == pytest.approx(3.5 / 2 * 120)
    desk.bar("S3", trim=True)
    assert (desk.order, desk.trade["trims"]) == (None, 1)
    desk.bar("S3")
    desk.bar("S3", trim=True)
    desk.bar("S3", open=140)
    assert desk.trade["quantity"] == pytest.approx(3.5 / 4)


def test_the_bar_of_a_trim_flag_ends_the_window_and_is_not_bought(desk):
    passing = {"band": True, "ts": 0.9, "dx": 0.9}
    desk.walk("S0", "S1", "S2", "S3")
    desk.bar("S3", **(passing | {"dx": 0.1}))
    desk.bar("S3", **passing, trim=True)
    assert desk.order is None
    desk.bar("S3")
    desk.bar("S3", **passing)
    desk.bar("S3")
    assert [decision for decision, *_ in desk.windows("s3_retest")] == ["skipped", "acted"]


@pytest.mark.parametrize("leave", [{"state": "S3", "emergency": True}, {"state": "S0"}])
def test_everything_goes_at_the_open_after_the_end(desk, leave):
    buy(desk)
    desk.walk("S2", "S3")
    assert desk.bar(**leave, price=95, open=96) == []
    (left,) = desk.bar(leave["state"], open=90)
    assert (left.kind, left.context["price"]) == ("exit", 90)
    assert "trade" not in desk.ticker.memo
    ((status, trade_id),) = desk.connection.execute(
        "select status, current_trade_id from learning.lowcap_positions"
    ).fetchall()
    assert (status, trade_id) == ("watchlist", None)


def test_fees_and_slippage_are_paid_on_both_sides(make_desk):
    costs = Costs(fee=0.001, slippage=0.0005, extra_slippage={"nano": 0.01})
    desk = make_desk(costs=costs, scope={"chain": "test", "vol_bucket": "nano"})
    buy(desk, fill=100)
    desk.bar("S0")
    desk.bar("S0", open=110)
    paid, got = 100 * 1.0105, 110 * (1 - 0.0105)
    proceeds = 350 / paid * got
    (closed,) = desk.strands("position_closed")
    assert [a["price"] for a in desk.strands("pm_action")] == pytest.approx([paid, got])
    pnl = proceeds - 350 - 0.001 * (350 + proceeds)
    assert (closed["pnl"], closed["roi"]) == (pytest.approx(pnl), pytest.approx(pnl / 350))


def test_another_buckets_extra_slippage_is_not_paid(make_desk):
    desk = make_desk(costs=Costs(0.0, 0.0005, {"nano": 0.01}), scope={"vol_bucket": "big"})
    assert buy(desk).context["price"] == pytest.approx(100.05)


def test_a_closed_trade_is_told_with_everything_that_was_done(desk):
    filled = buy(desk)
    opened_ms = desk.bar_ts
    desk.bar("S2", **SETUP)
    desk.bar("S2", open=100)
    desk.bar("S3", trim=True)
    desk.bar("S3", open=120)
    desk.bar("S3", emergency=True)
    desk.scope = {"chain": "moved"}
    desk.bar("S3", open=90)
    (closed,) = desk.strands("position_closed")
    bought = 350 + 650 * 0.35
    proceeds = bought / 100 / 2 * (120 + 90)
    assert closed["trade_id"] == filled.trade_id
    assert closed["pattern_key"] == "pm.uptrend.S1.entry"
    assert closed["timeframe"] == "1h"
    assert closed["scope"] == {"chain": "test"}
    assert (closed["opened_ms"], closed["closed_ms"]) == (opened_ms, desk.bar_ts)
    assert closed["hold_hours"] == 6
    assert closed["cost"] == pytest.approx(bought)
    assert closed["pnl"] == pytest.approx(proceeds - bought)
    assert closed["roi"] == pytest.approx((proceeds - bought) / bought)
    assert (closed["did_trim"], closed["reached_s3"]) == (True, True)
    assert [(one["action"], one["pattern_key"]) for one in closed["actions"]] == [
        ("entry", "dm.paper.equal"),
        ("entry", "pm.uptrend.S1.entry"),
        ("add", "pm.uptrend.S2.entry"),
        ("trim", "pm.uptrend.S1.entry"),
        ("exit", "pm.uptrend.S1.entry"),
    ]
    assert {a["trade_id"] for a in desk.strands("pm_action")} == {filled.trade_id}


def test_a_trade_that_saw_neither_trim_nor_s3_says_so(desk):
    buy(desk)
    desk.walk("S0", "S0")
    (closed,) = desk.strands("position_closed")
    assert (closed["did_trim"], closed["reached_s3"]) == (False, False)


def test_nothing_is_bought_with_an_order_from_before_a_gap(desk):
    desk.bar("S0")
    desk.bar("S1", **SETUP)
    assert desk.order is not None
    assert desk.bar("S1", skip=4, **SETUP) == []
    assert (desk.order, "trade" in desk.ticker.memo) == (None, False)


def test_an_order_survives_a_gap_of_three_bars(desk):
    desk.bar("S0")
    desk.bar("S1", **SETUP)
    (filled,) = desk.bar("S1", skip=3, open=101)
    assert filled.context["price"] == 101


def test_after_a_gap_nothing_is_bought_until_the_next_attempt_but_a_trade_is_closed(desk):
    buy(desk)
    desk.bar("S1", skip=4)
    for state in ("S1", "S2"):
        desk.bar(state, **SETUP)
        assert desk.order is None
    desk.bar("S3", band=True, ts=0.9, dx=0.9)
    assert desk.order is None
    desk.bar("S3", emergency=True)
    (left,) = desk.bar("S3", skip=9, open=70)
    assert (left.kind, left.context["price"]) == ("exit", 70)
    desk.bar("S0")
    desk.bar("S1", **SETUP)
    assert desk.order is not None
