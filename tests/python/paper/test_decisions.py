"""The paper decision maker: what a trade may use, what is told of it, and what it learns from."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from quadrant.paper import open_positions
from quadrant.paper.decisions import PATTERN

SETUP = {"halo": 0.4, "ts": 0.7}


def multiply(connection, multiplier, scope):
    connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)"
        " values (%s, 'dm_alloc', %s, %s)",
        (PATTERN, json.dumps(scope), multiplier),
    )


def buy(desk):
    desk.bar("S0")
    desk.bar("S1", **SETUP)
    desk.bar("S1", open=100)


def test_all_tokens_have_the_same_and_all_positions_the_whole_capital(connection):
    series = [("A", "15m"), ("A", "1h"), ("B", "1h")]
    found = [p.total_allocation_pct for p in open_positions(connection, "x", series)]
    assert found == pytest.approx([50 * 0.15 / 0.65, 50 * 0.5 / 0.65, 50])


def test_a_trade_has_its_positions_share_times_the_familys_multiplier(desk):
    multiply(desk.connection, 0.8, {"chain": "test"})
    multiply(desk.connection, 0.7, {"chain": "elsewhere"})
    buy(desk)
    assert desk.trade["cost"] == pytest.approx(800 * 0.35)
    desk.connection.execute("update learning.pm_overrides set multiplier = 0.9")
    desk.bar("S2", **SETUP)
    desk.bar("S2", open=100)
    assert desk.trade["cost"] == pytest.approx(800 * 0.35 + 800 * 0.65 * 0.35), "decided once"


@pytest.mark.parametrize(("held", "left"), [(0, 100), (30, 70), (110, 0)])
def test_a_trade_has_no_more_of_the_capital_than_others_leave(desk, monkeypatch, held, left):
    multiply(desk.connection, 1.25, {"chain": "test"})
    desk.bar("S0")
    other = SimpleNamespace(memo={"trade": {"decision": {"allocation_pct": held}}})
    with monkeypatch.context() as patch:
        patch.setitem(desk.tick.tickers, "another", other)
        desk.bar("S1", **SETUP)
    desk.bar("S1", open=100)
    if left:
        assert desk.trade["decision"]["alloc_mult"] == pytest.approx(1.25)
        assert desk.trade["cost"] == pytest.approx(10 * left * 0.35)
    else:
        desk.bar("S0")
        ((decision, blocked_by, factors),) = desk.windows("s1_entry")
        assert (decision, blocked_by) == ("skipped", ["policy"])
        assert factors["policy_reason"] == "no_budget"


def test_a_decision_is_told_when_it_is_made_with_what_it_went_by(desk):
    multiply(desk.connection, 0.8, {"chain": "test"})
    desk.bar("S0")
    assert desk.strands("decision_lowcap") == []
    desk.bar("S1", **SETUP)
    (told,) = desk.strands("decision_lowcap")
    assert told == {
        "pattern_key": PATTERN,
        "scope": {"chain": "test"},
        "total_allocation_pct": 100,
        "alloc_mult": 0.8,
        "allocation_pct": 80,
        "trade_id": told["trade_id"],
        "episode_id": None,
    }
    desk.bar("S1", open=100)
    desk.bar("S2", **SETUP)
    desk.bar("S2", open=100)
    assert desk.trade["trade_id"] == told["trade_id"]
    assert len(desk.strands("decision_lowcap")) == 1, "an add is the portfolio manager's alone"


def test_a_trade_is_one_of_the_family_and_one_of_its_setup(desk):
    buy(desk)
    desk.scope = {"chain": "moved"}
    desk.bar("S0")
    desk.bar("S0", open=110)
    rows = desk.connection.execute(
        "select pattern_key, count(*), min(scope ->> 'chain'), count(distinct trade_id), min(roi)"
        " from learning.pattern_trade_events group by pattern_key order by pattern_key"
    ).fetchall()
    assert rows == [
        (PATTERN, 1, "test", 1, pytest.approx(0.1)),
        ("pm.uptrend.S1.entry", 2, "test", 1, pytest.approx(0.1)),
    ]
