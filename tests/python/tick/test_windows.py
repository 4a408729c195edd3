"""The rules every kind of window follows, one test a rule."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from quadrant.bars import TIMEFRAMES
from quadrant.tick import Action, Gate
from quadrant.tick.gates import UnknownValue

HOUR, DAY = TIMEFRAMES["1h"], 86_400_000
WAY = {
    "s1_entry": (("S0",), "S1", {"halo": 0.8}),
    "s2_entry": (("S0", "S1"), "S2", {"halo": 0.4}),
    "s3_retest": (("S0", "S1", "S2", "S3"), "S3", {"band": True, "dx": 0.7}),
    "s3_dx": (("S0", "S1", "S2", "S3"), "S3", {"band": True, "dx": 0.7}),
}
"""Kind -> the states before, its state, what opens its window."""
PATTERNS = {
    "s1_entry": "pm.uptrend.S1.entry",
    "s2_entry": "pm.uptrend.S2.entry",
    "s3_retest": "pm.uptrend.S3.retest",
    "s3_dx": "pm.uptrend.S3.dx",
}
EVERY_KIND = pytest.mark.parametrize("kind", WAY)


def begin(tape, **first):
    tape.bar("S0")
    return tape.bar("S1", **first)


def arrive(tape, kind, **first):
    """The way to the kind's state, then a bar that opens its window."""
    before, state, opens = WAY[kind]
    tape.walk(*before)
    return tape.bar(state, **({"ts": 0.7} | opens | first))


def buy(kind):
    return lambda bar: [Action("entry", bar.bar_ts, "t", kind)]


# -- the row ----------------------------------------------------------------------------------


@EVERY_KIND
def test_the_row_of_an_open_window_is_pending_with_the_scope_of_its_opening(tape, kind):
    opened = arrive(tape, kind)
    tape.ticker.subject.scope = {"chain": "moved"}
    tape.bar(opened.state, **WAY[kind][2])
    (window,) = tape.of(kind)
    assert window["scope"] == {"chain": "test"}
    assert window["opened_ms"] == opened.exists_at
    assert not {"decision", "outcome", "closed_ms"} & set(window)


@EVERY_KIND
def test_pattern_scope_and_levers_are_of_its_opening_not_of_the_state_that_ends_it(tape, kind):
    pattern = PATTERNS[kind]
    then, later = (
        {
            name: dict.fromkeys(("ts", "halo", "slope", "dx", "dx_atr_mult"), v)
            for name in PATTERNS.values()
        }
        for v in (0.95, 0.5)
    )
    arrive(tape, kind, thresholds=then)
    tape.ticker.subject.scope = {"chain": "moved"}
    tape.bar("S0", thresholds=later)
    (window,) = tape.of(kind)
    assert window["pattern_key"] == pattern
    assert window["scope"] == {"chain": "test"}
    gate = "dx" if kind == "s3_dx" else "ts"
    assert window["factors"][f"{gate}_min"] == 0.95
    assert gate in window["blocked_by"]


@EVERY_KIND
def test_a_window_open_at_the_end_is_decided_before_it_is_judged(tape, kind):
    arrive(tape, kind)
    ended = tape.bar("S0")
    (window,) = tape.of(kind)
    assert (window["decision"], window["outcome"]) == ("skipped", "failure")
    assert window["closed_ms"] == window["outcome_ms"] == ended.exists_at
    assert window["decided_ms"] < window["outcome_ms"]


@EVERY_KIND
def test_without_an_attempt_that_began_in_s0_there_is_no_window(tape, kind):
    _, state, opens = WAY[kind]
    tape.bar(state, **opens)
    tape.bar(state, **opens)
    assert tape.of(kind) == []


def test_the_next_attempt_is_another_one(tape):
    begin(tape, halo=1.0)
    begin(tape, halo=1.0)
    assert len({w["attempt_id"] for w in tape.windows}) == 2


# -- the decision -----------------------------------------------------------------------------


def test_a_skip_is_decided_at_the_bar_closest_to_passing_and_names_the_gates_that_failed(tape):
    begin(tape, halo=1.2, ts=0.7)  # halo margin -1
    near = tape.bar("S1", halo=1.1, ts=0.58)  # ts margin -0.2, halo margin -0.5
    tape.bar("S1", halo=0.9, ts=0.52)  # ts margin -0.8
    tape.bar("S1", halo=5)
    (window,) = tape.windows
    assert window["decision"] == "skipped"
    assert window["decided_ms"] == near.exists_at
    assert list(window["blocked_by"]) == ["ts", "halo"]
    factors = window["factors"]
    assert (factors["ts_score"], factors["halo_distance"]) == (0.58, 1.1)
    assert (factors["ts_min"], factors["halo_max"], factors["slope_min"]) == (0.6, 1.0, 0.0)
    assert (factors["ts_ok"], factors["halo_ok"], factors["slope_ok"]) == (False, False, True)
    assert factors["entry_zone_ok"] is False
    assert factors["summary"]["sample_count"] == 2
    assert factors["summary"]["ts_score"] == {
        "min": 0.58,
        "max": 0.7,
        "median": pytest.approx(0.64),
    }


def test_of_two_bars_equally_close_the_first_decides(tape):
    first = begin(tape, halo=1.1, ts=0.7)
    tape.bar("S1", halo=1.1, ts=0.9)
    tape.bar("S1", halo=5)
    assert tape.windows[0]["decided_ms"] == first.exists_at


def test_margins_are_in_grid_steps_so_that_units_compare(tape):
    begin(tape, halo=1.05, ts=0.7, slope=-0.02)  # 0.02 short, a whole step
    near = tape.bar("S1", halo=1.1, ts=0.7, slope=0.0)  # 0.1 short, half a step
    tape.bar("S1", halo=5)
    assert tape.windows[0]["decided_ms"] == near.exists_at


def test_blocked_by_is_judged_by_the_gates_in_force_not_by_base(tape):
    begin(tape, halo=1.1, ts=0.7, thresholds=(0.75, 1.2, 0.0))
    tape.bar("S1", halo=5)
    assert list(tape.windows[0]["blocked_by"]) == ["ts"]


@EVERY_KIND
def test_all_gates_passed_and_nothing_bought_is_a_policy_skip(tape, kind):
    arrive(tape, kind)
    tape.bar("S0")
    assert list(tape.of(kind)[0]["blocked_by"]) == ["policy"]
    assert "policy_reason" not in tape.of(kind)[0]["factors"]


@EVERY_KIND
@pytest.mark.parametrize("reason", ["no_budget", "token_blocked", "order_failed", "no_pool"])
def test_a_policy_skip_keeps_the_reason_of_the_pm(tape, kind, reason):
    arrive(
        tape,
        kind,
        actions=lambda b: [Action("pass", b.bar_ts, episode_type=kind, reason=reason)],
    )
    tape.bar("S0")
    (window,) = tape.of(kind)
    assert list(window["blocked_by"]) == ["policy"]
    assert window["factors"]["policy_reason"] == reason


def test_a_reason_reported_with_the_next_bar_still_lands_on_its_own(tape):
    passed = begin(tape, halo=0.5, ts=0.7)
    late = Action("pass", passed.bar_ts, episode_type="s1_entry", reason="no_budget")
    tape.bar("S1", halo=5, actions=[late])
    assert tape.windows[0]["factors"]["policy_reason"] == "no_budget"


def test_a_gate_that_failed_is_named_even_where_the_pm_gave_a_reason(tape):
    begin(
        tape,
        halo=1.1,
        ts=0.7,
        actions=lambda b: [Action("pass", b.bar_ts, reason="no_budget")],
    )
    tape.bar("S1", halo=5)
    assert list(tape.windows[0]["blocked_by"]) == ["halo"]
    assert "policy_reason" not in tape.windows[0]["factors"]


@EVERY_KIND
def test_an_acted_decision_is_frozen_at_the_bar_that_bought(tape, kind):
    _, state, opens = WAY[kind]
    bought = arrive(tape, kind, actions=buy(kind), dx=0.7)
    tape.bar(state, **(opens | {"ts": 0.9, "dx": 0.9, "halo": 0.0}))
    tape.bar("S0")
    (window,) = tape.of(kind)
    assert (window["decision"], window["trade_id"]) == ("acted", "t")
    assert window["decided_ms"] == bought.exists_at
    assert list(window["blocked_by"]) == []
    gate, value = ("dx_score", 0.7) if kind == "s3_dx" else ("ts_score", 0.7)
    assert window["factors"][gate] == value
    assert window["factors"]["summary"]["sample_count"] == 1
    assert window["factors"]["summary"][gate]["max"] == value


def test_bars_after_the_decision_are_not_in_the_summary_of_a_skip(tape):
    begin(tape, halo=1.2, ts=0.55)
    tape.bar("S1", halo=1.2, ts=0.30)
    tape.bar("S1", halo=9)
    summary = tape.windows[0]["factors"]["summary"]
    assert summary["sample_count"] == 1
    assert summary["ts_score"]["min"] == 0.55


# -- fills that are reported late -------------------------------------------------------------


def test_a_fill_reported_later_still_lands_on_the_bar_that_decided_it(tape):
    bought = begin(tape, halo=0.8, ts=0.7)
    tape.bar("S1", halo=0.1, ts=0.9, actions=[Action("entry", bought.bar_ts, "trade")])
    tape.bar("S1", halo=5)
    assert tape.windows[0]["decided_ms"] == bought.exists_at
    assert tape.windows[0]["factors"]["halo_distance"] == 0.8


@pytest.mark.parametrize("after", [{"halo": 9.0}, {"state": "S2"}, {"state": "S0"}])
def test_a_fill_reported_on_the_bar_that_closes_the_window_is_not_lost(tape, after):
    bought = begin(tape, halo=0.8, ts=0.7)
    action = [Action("entry", bought.bar_ts, "trade")]
    tape.bar(**({"state": "S1"} | after), actions=action)
    (window,) = tape.windows
    assert (window["decision"], window["trade_id"]) == ("acted", "trade")
    assert window["decided_ms"] == bought.exists_at


@pytest.mark.parametrize("kind", ["s1_entry", "s2_entry", "s3_retest"])
@pytest.mark.parametrize(("bars", "decision"), [(1, "acted"), (3, "acted"), (4, "skipped")])
def test_a_fill_corrects_a_skip_within_three_bars_and_not_later(tape, kind, bars, decision):
    bought = arrive(tape, kind)
    for _ in range(bars):  # the first of them closes the window
        tape.bar(bought.state)
    closed_ms = tape.of(kind)[0]["closed_ms"]
    tape.bar(bought.state, actions=[Action("entry", bought.bar_ts, "t", kind)])
    (window,) = tape.of(kind)
    assert window["decision"] == decision
    assert window["closed_ms"] == closed_ms
    if decision == "acted":
        assert (list(window["blocked_by"]), window["trade_id"]) == ([], "t")
        assert window["decided_ms"] == bought.exists_at


def test_a_fill_of_the_window_before_is_not_lost_when_the_next_one_opens(tape):
    bought = begin(tape, halo=0.8, ts=0.7)
    tape.bar("S1")
    tape.bar("S1", halo=0.8, ts=0.7)
    tape.bar("S1", halo=0.8, actions=[Action("entry", bought.bar_ts, "t")])
    tape.bar("S0")
    assert [w["decision"] for w in tape.windows] == ["acted", "skipped"]


def test_a_correction_leaves_outcome_and_virtual_result_alone(tape):
    bought = arrive(tape, "s3_retest")
    tape.bar("S3", trim=True)
    tape.bar("S3", actions=[Action("add", bought.bar_ts, "t", "s3_retest")])
    (window,) = tape.of("s3_retest")
    assert (window["decision"], window["outcome"]) == ("acted", "success")
    tape.walk("S0", "S0")
    assert tape.of("s3_retest")[0]["outcome"] == "success"
    assert "roi" in tape.of("s3_retest")[0]


# -- samples ----------------------------------------------------------------------------------


def test_samples_are_the_bars_no_earlier_bar_beats_and_go_on_after_the_decision(tape):
    first = begin(
        tape, halo=0.8, ts=0.7, slope=0.01, actions=lambda b: [Action("entry", b.bar_ts, "t")]
    )
    tape.bar("S1", halo=0.9, ts=0.65, slope=0.01)  # beaten on every gate
    after = tape.bar("S1", halo=1.1, ts=0.8, slope=0.0)
    tape.bar("S1", halo=5)
    samples = tape.windows[0]["factors"]["samples"]
    assert [(s["ts"], s.get("after", False)) for s in samples] == [
        (first.bar_ts, False),
        (after.bar_ts, True),
    ]


# -- the virtual result -----------------------------------------------------------------------


def test_the_virtual_result_buys_after_the_reference_bar_and_sells_after_the_exit(tape):
    begin(tape, halo=1.2, ts=0.5)
    tape.bar("S1", halo=0.9, ts=0.59, open=101)  # nearest to passing base
    tape.bar("S1", halo=1.2, ts=0.5, open=102)
    tape.bar("S2", open=103)
    tape.bar("S0", open=104)
    assert "roi" not in tape.windows[0]
    sold = tape.bar("S0", open=110)
    (window,) = tape.windows
    assert (window["entry_price"], window["exit_price"]) == (102, 110)
    assert window["roi"] == pytest.approx((110 * 0.999 - 102 * 1.001) / 102)
    assert window["roi_ms"] == sold.bar_ts


def test_the_reference_bar_is_the_first_that_passes_base(tape):
    begin(tape, halo=1.2)
    tape.bar("S1", halo=0.9, ts=0.65)
    tape.bar("S1", halo=0.1, ts=0.9, open=102)
    tape.bar("S1", halo=9, open=103)
    tape.walk("S0", "S0")
    assert tape.windows[0]["entry_price"] == 102


@EVERY_KIND
@pytest.mark.parametrize("bought", [True, False])
@pytest.mark.parametrize("leave", [{"state": "S3", "emergency": True}, {"state": "S0"}])
def test_every_window_of_every_kind_is_worth_something_acted_or_skipped(tape, kind, bought, leave):
    opened = arrive(tape, kind, actions=buy(kind) if bought else ())
    tape.bar(opened.state, open=101)  # where the unit is bought
    if leave["state"] == "S3" != opened.state:
        tape.walk(*{"S1": ("S2", "S3"), "S2": ("S3",)}[opened.state])
    if kind != "s3_dx":
        tape.bar("S3" if leave["state"] == "S3" else opened.state, trim=True, price=150)
    tape.bar(**leave, open=96)
    assert "roi" not in tape.of(kind)[0]
    tape.bar("S0", open=95)
    tape.walk("S0", "S0")
    (window,) = tape.of(kind)
    assert window["decision"] == ("acted" if bought else "skipped")
    assert (window["entry_price"], window["exit_price"]) == (101, 95)
    assert window["roi"] == pytest.approx((95 * 0.999 - 101 * 1.001) / 101)


def test_the_result_of_a_dx_cycle_outlives_the_trim_that_ended_it(tape):
    arrive(tape, "s3_dx")
    tape.bar("S3", trim=True, open=101)
    tape.bar("S3", open=120)
    assert "roi" not in tape.of("s3_dx")[0]
    tape.bar("S3", emergency=True, open=110)
    tape.bar("S3", open=90)
    (cycle,) = tape.of("s3_dx")
    assert (cycle["outcome"], cycle["entry_price"], cycle["exit_price"]) == ("success", 101, 90)


def test_the_virtual_result_does_not_depend_on_gates_or_decision(make_tape):
    results = []
    for thresholds, act in (((0.6, 1.0, 0.0), False), ((0.5, 1.2, -0.02), True)):
        tape = make_tape()
        begin(
            tape,
            halo=1.2,
            ts=0.55,
            thresholds=thresholds,
            actions=(lambda b: [Action("entry", b.bar_ts, "t")]) if act else (),
        )
        tape.bar("S1", halo=0.9, ts=0.62, thresholds=thresholds, open=101)
        tape.bar("S1", halo=1.0, ts=0.61, thresholds=thresholds, open=105)
        tape.bar("S3", open=106)
        tape.bar("S3", emergency=True, open=120)
        tape.bar("S3", open=119)
        (window,) = tape.windows
        samples = [
            {k: v for k, v in s.items() if k != "after"} for s in window["factors"]["samples"]
        ]
        results.append((samples, window["outcome"], window["roi"], window["opened_ms"]))
        assert window["exit_price"] == 119
    assert results[0] == results[1]


# -- what cannot be judged --------------------------------------------------------------------


@EVERY_KIND
@pytest.mark.parametrize("closed", [True, False], ids=["closed before", "open"])
def test_a_gap_of_more_than_three_bars_closes_what_is_pending_as_neutral(tape, kind, closed):
    _, state, opens = WAY[kind]
    arrive(tape, kind)
    if closed:
        tape.bar(state)
    back = tape.bar(state, skip=4, **opens)
    tape.bar("S3", trim=True)
    tape.walk("S0", "S0")
    (window,) = tape.of(kind)
    assert (window["outcome"], window["outcome_reason"]) == ("neutral", "data gap")
    assert window["outcome_ms"] == back.exists_at
    assert window["decision"] == "skipped"
    assert "roi" not in window


@EVERY_KIND
def test_a_gap_of_three_bars_is_not_one(tape, kind):
    _, state, opens = WAY[kind]
    arrive(tape, kind)
    tape.bar(state, skip=3, **opens)
    assert "outcome" not in tape.of(kind)[0]
    tape.walk("S0", "S0")
    assert tape.of(kind)[0]["outcome"] == "failure"
    assert "roi" in tape.of(kind)[0]


def test_after_a_gap_the_next_attempt_is_followed_again(tape):
    arrive(tape, "s3_dx")
    tape.bar("S3", skip=9)
    arrive(tape, "s3_dx")
    tape.bar("S3", trim=True)
    assert [w["outcome"] for w in tape.of("s3_dx")] == ["neutral", "success"]


def test_a_gap_does_not_take_back_an_outcome(tape):
    begin(tape, halo=1.0)
    tape.walk("S2", "S3")
    tape.bar("S3", skip=9)
    assert tape.windows[0]["outcome"] == "success"


def test_the_engine_tells_of_a_gap_the_ticker_slept_through(tape):
    begin(tape, halo=1.0)
    tape.ticker.last_bar_ts += 5 * 3_600_000  # as a restart under a feed's watermark leaves it
    tape.bar("S1", halo=1.0, skip=5)
    assert tape.windows[0]["outcome_reason"] == "data gap"


# -- the same bars again ----------------------------------------------------------------------


def test_a_bar_at_or_before_the_last_is_stale_and_changes_nothing(tape):
    snapshot = begin(tape, halo=1.0)
    before = json.dumps([tape.ticker.to_json(), tape.windows])
    assert tape.ticker.process(snapshot) is False
    assert json.dumps([tape.ticker.to_json(), tape.windows]) == before


def test_a_ticker_restored_from_json_at_any_bar_goes_on_the_same(make_tape):
    """A walk through all four kinds: acted, skipped, corrected, two cycles, an emergency."""
    bought = buy(None)
    dx = {"band": True, "ts": 0.5, "dx": 0.7, "dx_suppression": 0.02, "dx_bonus": 0.01}

    def ladder(number):
        told = {"dx_count": number, "pool_basis": 90.0}
        return lambda b: [Action("add", b.bar_ts, "t", "s3_dx", told)]

    def late(back, kind):
        return lambda b: [Action("add", b.bar_ts - back * 3_600_000, "t", kind)]

    script = [
        ("S0", {}),
        ("S1", {"halo": 1.1, "ts": 0.6}),
        ("S1", {"halo": 0.9, "ts": 0.59, "open": 101}),
        ("S1", {"halo": 5}),
        ("S2", {"price": 104, "halo": 0.6, "ts": 0.4}),
        ("S1", {"halo": 1.0}),
        ("S2", {"price": 107, "trim": True, "halo": 0.3, "ts": 0.7}),
        ("S2", {"price": 107, "halo": 3.0}),
        ("S2", {"price": 107, "actions": late(2, "s2_entry")}),
        ("S3", {"price": 110}),
        ("S3", dx | {"price": 100, "ema144": 103, "actions": ladder(1)}),
        ("S3", {"price": 104}),
        ("S3", dx | {"price": 98, "ema144": 103, "ts": 0.7, "dx": 0.68}),
        ("S3", dx | {"price": 99, "dx": 0.8, "actions": ladder(2)}),
        ("S3", {"price": 120, "trim": True}),
        ("S3", dx),
        ("S3", dx | {"trim": True}),
        ("S3", dx),
        ("S3", {}),
        ("S3", dx | {"dx": 0.5, "actions": bought}),
        ("S3", {"price": 90, "emergency": True}),
        ("S3", {"open": 91}),
        ("S3", dx),
        ("S0", {}),
        ("S0", {"open": 80}),
        ("S1", {"halo": 0.5}),
        ("S1", {"halo": 0.5, "skip": 7}),
    ]
    whole = make_tape()
    for state, values in script:
        whole.bar(state, **values)
    told = [(w["episode_type"], w["decision"], w.get("outcome")) for k in WAY for w in whole.of(k)]
    assert set(told) == {
        *(("s1_entry", "skipped", "success"), ("s1_entry", "skipped", "neutral")),
        *(("s2_entry", "skipped", "success"), ("s2_entry", "acted", "success")),
        *(("s3_retest", "skipped", "success"), ("s3_retest", "acted", "failure")),
        *(("s3_retest", "skipped", "failure"), ("s3_dx", "acted", "success")),
        *(("s3_dx", "skipped", "success"), ("s3_dx", "skipped", "failure")),
    }
    expected = json.dumps(asdict(whole.writes))
    for stop in range(1, len(script)):
        tape = make_tape()
        for n, (state, values) in enumerate(script):
            if n == stop:
                tape.restart()
            tape.bar(state, **values)
        assert json.dumps(asdict(tape.writes)) == expected, f"restarted before bar {stop}"


# -- gates that are registered meanwhile ------------------------------------------------------

OX = Gate("ox", "ox", at_most=True, base=0.5, span=0.2)


def with_gates(tape, *more, without=()):
    """The tape's ticker starts again, with other gates of S1."""
    s1 = PATTERNS["s1_entry"]
    named = {gate.name: gate for gate in (*tape.gates[s1], *more) if gate.name not in without}
    tape.gates = {**tape.gates, s1: tuple(named.values())}
    tape.restart()


def test_a_gate_on_any_number_of_the_engine_is_held_against_every_bar(tape):
    with_gates(tape, OX)
    begin(tape, halo=0.8, ts=0.7, ox=0.7)
    near = tape.bar("S1", halo=0.8, ts=0.65, ox=0.52)
    tape.bar("S1", halo=5)
    (window,) = tape.windows
    assert (window["decided_ms"], window["blocked_by"]) == (near.exists_at, ["ox"])
    factors = window["factors"]
    assert (factors["ox"], factors["ox_max"], factors["ox_ok"]) == (0.52, 0.5, False)
    assert [sample["ox"] for sample in factors["samples"]] == [0.7, 0.52]


def test_a_window_is_held_to_its_end_against_the_gates_it_opened_under(tape):
    begin(tape, halo=0.8, ts=0.5)
    with_gates(tape, OX, without=["slope"])
    tape.bar("S1", halo=0.8, ts=0.55, ox=0.9, slope=-0.01)
    tape.bar("S1", halo=5)
    with_gates(tape, OX, without=["slope"])
    tape.bar("S1", halo=0.8, ts=0.7, ox=0.9, slope=-0.01)
    tape.bar("S1", halo=5)
    before, after = tape.windows
    assert before["blocked_by"] == ["ts", "slope"]
    assert len(before["factors"]["samples"]) == 2
    assert all("slope" in s and "ox" not in s for s in before["factors"]["samples"])
    assert after["blocked_by"] == ["ox"]
    assert all("ox" in s and "slope" not in s for s in after["factors"]["samples"])


def test_a_running_tick_tests_a_gate_from_its_row_on(record):
    record.bar("S0")
    record.bar("S1", halo=0.8, ts=0.5)
    record.rows(
        "insert into learning.gates select pattern_key, 'ox', 'ox', 'at_most', 0.5,"
        " '{-0.2,-0.1,0,0.1,0.2}', 'multiplier', 0.1, 1, 'tuning_ox_max', 4 from learning.gates"
        " where pattern_key = 'pm.uptrend.S1.entry' and gate = 'ts' returning gate"
    )
    for _ in range(2):
        record.bar("S1", halo=0.8, ts=0.55, ox=0.9)
        record.bar("S1", halo=5)
    told = "select blocked_by, factors -> 'ox_max' from learning.pattern_episode_events order by id"
    assert record.rows(told) == [(["ts"], None), (["ts", "ox"], 0.5)]


def test_a_state_that_kept_no_gates_goes_on_under_those_of_now(tape):
    begin(tape, halo=0.8, ts=0.5)
    state = tape.ticker.to_json()
    del state["tracks"]["s1_entry"]["window"]["gates"]
    tape.ticker.restore(json.loads(json.dumps(state)), tape.bar_ts)
    tape.bar("S1", halo=0.8, ts=0.55)
    tape.bar("S1", halo=5)
    (window,) = tape.windows
    assert window["blocked_by"] == ["ts"]
    assert [s["ts_score"] for s in window["factors"]["samples"]] == [0.5, 0.55]


def test_a_gate_on_something_the_engine_does_not_say_is_refused(tape):
    with pytest.raises(UnknownValue, match="ox_of_tomorrow") as refused:
        with_gates(tape, OX._replace(value_key="ox_of_tomorrow"))
    assert refused.value.code == "QD020"
    assert "ox" in refused.value.hint


def test_a_window_that_waits_is_marked_on_every_day_until_its_result_is_known(record):
    record.walk("S0")
    record.bar("S1", halo=1.0, price=100)
    closing = record.bar("S1", halo=2.0, price=101)
    marked = "select extract(epoch from marked_at) * 1000, entry_price, exit_price, roi"
    marked += " from learning.window_marks"
    while record.bar("S1", halo=2.0, price=110).exists_at % DAY:
        assert record.rows(marked) == []
    first_of_the_day = record.bar_ts + HOUR
    entry = closing.open
    roi = (110 * 0.999 - entry * 1.001) / entry
    assert record.rows(marked) == [(first_of_the_day, entry, 110, pytest.approx(roi))]
    for _ in range(24):
        record.bar("S1", halo=2.0, price=90)
    roi = (90 * 0.999 - entry * 1.001) / entry
    assert record.rows(marked) == [(first_of_the_day + DAY, entry, 90, pytest.approx(roi))]
    record.walk("S0", "S0")
    assert record.rows("select roi is not null from learning.pattern_episode_events") == [(True,)]
    assert record.rows(marked) == []
