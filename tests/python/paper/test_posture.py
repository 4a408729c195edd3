"""Posture of the paper PM: flags, then strength overrides; sized by A, trimmed by E, told."""

from __future__ import annotations

import json

import pytest

S1 = "pm.uptrend.S1.entry"
SETUP = {"halo": 0.4, "ts": 0.7}
ALTS_BUY = (("alt", "buy"),)  # A 0.575, E 0.425


def strength(desk, dir_a, dir_e, *, scope=None, pattern=S1):
    (row,) = desk.connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, multiplier,"
        " scope_subset, dir_a, dir_e, confidence_score, method)"
        " values (%s, 'pm_strength', null, %s, %s, %s, 1, 'strength') returning id",
        (pattern, json.dumps(scope or {}), dir_a, dir_e),
    ).fetchall()
    return row[0]


def buy(desk, **values):
    desk.bar("S0")
    desk.bar("S1", **SETUP, **values)
    (filled,) = desk.bar("S1", open=100)
    return filled


def test_flags_size_an_entry_and_a_trim(desk):
    filled = buy(desk, flags=ALTS_BUY)
    assert filled.context["a_value"] == pytest.approx(0.575)
    assert desk.trade["cost"] == pytest.approx(1000 * (0.1 + 0.5 * 0.575))
    desk.walk("S2", "S3")
    desk.bar("S3", trim=True, flags=ALTS_BUY)
    before = desk.trade["quantity"]
    (trimmed,) = desk.bar("S3", open=100)
    assert trimmed.kind == "trim"
    assert desk.trade["quantity"] == pytest.approx(before * (1 - 0.425))


def test_flags_are_those_of_the_signal_bar(desk):
    filled = buy(desk)
    desk.bar("S2", **SETUP)
    (added,) = desk.bar("S2", flags=ALTS_BUY)
    assert (filled.context["a_value"], added.context["a_value"]) == (0.5, 0.5)


def test_switched_off_its_own_posture_is_used(desk):
    desk.connection.execute("select learning.set_setting('ae_v2_enabled', 'false')")
    assert buy(desk, flags=ALTS_BUY).context["a_value"] == 0.5
    assert desk.trade["cost"] == pytest.approx(350)


def test_strength_overrides_move_the_posture_and_are_told_of_the_trade(desk):
    used = strength(desk, -1, 1, scope={"chain": "test"})
    strength(desk, 1, 1, scope={"chain": "elsewhere"})
    filled = buy(desk)
    assert filled.context["a_value"] == pytest.approx(0.5 - 0.22 * 0.5)
    assert filled.context["posture_overrides"] == [{"id": used, "weight": 2}]
    assert desk.trade["cost"] == pytest.approx(1000 * (0.1 + 0.5 * 0.39))
    desk.bar("S3", trim=True)
    before = desk.trade["quantity"]
    desk.bar("S3", open=100)
    assert desk.trade["quantity"] == pytest.approx(before * (1 - 0.61))
    desk.bar("S0")
    desk.bar("S0", open=100)
    (closed,) = desk.strands("position_closed")
    assert closed["context"]["overrides"] == {"posture": [{"id": used, "weight": 2}]}


def test_a_change_of_overrides_is_heard(desk):
    assert buy(desk).context["a_value"] == 0.5
    strength(desk, -1, 0, pattern="pm.uptrend.S2.entry")
    desk.bar("S2", **SETUP)
    (added,) = desk.bar("S2")
    assert added.context["a_value"] == pytest.approx(0.39)


def test_gates_in_force_are_told_of_windows_and_trades(desk):
    (row,) = desk.connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, multiplier)"
        " values ('pm.uptrend.S1.entry', 'tuning_halo', 1.1) returning id"
    ).fetchall()
    buy(desk)
    ((decision, _, factors),) = desk.windows("s1_entry")
    assert (decision, factors["overrides"]) == ("acted", [row[0]])
    desk.bar("S2", **(SETUP | {"ts": 0.1}))
    desk.bar("S0")
    desk.bar("S0", open=100)
    ((decision, _, factors),) = desk.windows("s2_entry")
    assert (decision, "overrides" in factors) == ("skipped", False)
    assert (factors["a_value"], factors["position_size_frac"]) == (0.5, 0.35)
    (closed,) = desk.strands("position_closed")
    assert closed["context"]["overrides"] == {"gates": [row[0]]}


def test_a_skip_tells_the_overrides_in_force_at_its_bar(desk):
    (row,) = desk.connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, multiplier)"
        " values ('pm.uptrend.S1.entry', 'tuning_ts_min', 1.1) returning id"
    ).fetchall()
    desk.bar("S0")
    desk.bar("S1", halo=0.4, ts=0.5)
    desk.bar("S0")
    ((decision, blocked_by, factors),) = desk.windows("s1_entry")
    assert (decision, blocked_by, factors["overrides"]) == ("skipped", ["ts"], [row[0]])


def test_the_database_is_asked_once_per_combination(desk):
    asked = []
    ask = desk.manager._postures._ask
    desk.manager._postures._ask = lambda *key: asked.append(key) or ask(*key)
    for _ in range(3):
        buy(desk)
        desk.bar("S0")
        desk.bar("S0")
    assert len(asked) == len({str(key) for key in asked})
    assert len(desk.strands("position_closed")) == 3
