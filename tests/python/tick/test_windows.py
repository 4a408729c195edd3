"""The rules of attempts, windows, decisions and outcomes, one test a rule."""

from __future__ import annotations

import json

import pytest

from quadrant.tick import Action


def begin(tape, **first):
    tape.bar("S0")
    return tape.bar("S1", **first)


def test_a_window_opens_where_the_widest_gate_of_the_grid_would_and_closes_beyond(tape):
    begin(tape, halo=1.26)
    assert tape.windows == []
    opened = tape.bar("S1", halo=1.25)
    assert [w["opened_ms"] for w in tape.windows] == [opened.exists_at]
    assert "closed_ms" not in tape.windows[0]
    closed = tape.bar("S1", halo=1.26)
    assert tape.windows[0]["closed_ms"] == closed.exists_at


def test_an_override_beyond_the_grid_widens_the_window_but_one_inside_does_not(tape, make_tape):
    begin(tape)
    tape.bar("S1", halo=1.5, thresholds=(0.6, 1.5, 0.0))
    assert len(tape.windows) == 1
    tight = make_tape()
    begin(tight)
    tight.bar("S1", halo=1.2, thresholds=(0.6, 0.8, 0.0))
    assert len(tight.windows) == 1


def test_the_row_of_an_open_window_is_pending_with_the_scope_of_its_opening(tape):
    begin(tape, halo=1.0)
    tape.ticker.subject.scope = {"chain": "moved"}
    tape.bar("S1", halo=0.5)
    (window,) = tape.windows
    assert window["scope"] == {"chain": "test"}
    assert "decision" not in window
    assert "outcome" not in window


def test_a_skip_is_decided_at_the_bar_closest_to_passing_and_names_the_gates_that_failed(tape):
    begin(tape, halo=1.2, ts=0.7)  # halo margin -1
    near = tape.bar("S1", halo=1.1, ts=0.58)  # ts margin -0.2, halo margin -0.5
    tape.bar("S1", halo=0.9, ts=0.52)  # ts margin -0.8
    tape.bar("S1", halo=5)
    (window,) = tape.windows
    assert window["decision"] == "skipped"
    assert window["decided_ms"] == near.exists_at
    assert window["blocked_by"] == ["ts", "halo"]
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


def test_blocked_by_is_judged_by_the_gates_in_force_not_by_base(tape):
    begin(tape, halo=1.1, ts=0.7, thresholds=(0.75, 1.2, 0.0))
    tape.bar("S1", halo=5)
    assert tape.windows[0]["blocked_by"] == ["ts"]


def test_all_gates_passed_and_nothing_bought_is_a_policy_skip(tape):
    begin(tape, halo=0.5, ts=0.7)
    tape.bar("S1", halo=5)
    assert tape.windows[0]["blocked_by"] == ["policy"]


def test_an_acted_decision_is_frozen_at_the_bar_that_bought(tape):
    bought = begin(tape, halo=0.8, ts=0.7, actions=lambda b: [Action("entry", b.bar_ts, "trade")])
    tape.bar("S1", halo=0.1, ts=0.9)
    tape.bar("S1", halo=5)
    (window,) = tape.windows
    assert window["decision"] == "acted"
    assert window["decided_ms"] == bought.exists_at
    assert window["trade_id"] == "trade"
    assert window["blocked_by"] == []
    assert window["factors"]["ts_score"] == 0.7
    assert window["factors"]["summary"]["sample_count"] == 1


def test_a_fill_reported_later_still_lands_on_the_bar_that_decided_it(tape):
    bought = begin(tape, halo=0.8, ts=0.7)
    tape.bar("S1", halo=0.1, ts=0.9, actions=[Action("entry", bought.bar_ts, "trade")])
    tape.bar("S1", halo=5)
    assert tape.windows[0]["decided_ms"] == bought.exists_at
    assert tape.windows[0]["factors"]["halo_distance"] == 0.8


def test_samples_are_the_bars_no_other_bar_beats_and_go_on_after_the_decision(tape):
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


def test_reaching_s3_is_a_success_and_returning_to_s0_a_failure(tape, make_tape):
    for last, outcome in (("S3", "success"), ("S0", "failure")):
        tape = make_tape()
        begin(tape, halo=1.0)
        tape.bar("S2")
        ended = tape.bar(last)
        assert tape.windows[0]["outcome"] == outcome
        assert tape.windows[0]["outcome_ms"] == ended.exists_at


def test_a_trim_flag_in_s2_above_the_reference_price_is_a_success(tape):
    begin(tape, halo=1.0, price=100)
    tape.bar("S2", price=100, trim=True)
    assert "outcome" not in tape.windows[0]
    tape.bar("S2", price=100.1, trim=True)
    assert tape.windows[0]["outcome"] == "success"
    tape.bar("S1")
    tape.bar("S0")
    assert tape.windows[0]["outcome"] == "success"


def test_a_trim_flag_before_s2_does_not_count(tape):
    begin(tape, halo=1.0, price=100)
    tape.bar("S1", price=120, trim=True)
    tape.bar("S0")
    assert tape.windows[0]["outcome"] == "failure"


def test_a_window_open_at_the_collapse_is_finalised_before_its_outcome(tape):
    begin(tape, halo=1.0)
    end = tape.bar("S0")
    (window,) = tape.windows
    assert (window["decision"], window["outcome"]) == ("skipped", "failure")
    assert window["closed_ms"] == end.exists_at


def test_a_return_from_s2_goes_on_with_the_same_episode_and_is_tagged_retest(tape):
    begin(tape, halo=1.0)
    tape.bar("S2")
    tape.bar("S1", halo=1.0)
    tape.bar("S0")
    first, second = tape.windows
    assert first["episode_id"] == second["episode_id"]
    assert first["window_id"] != second["window_id"]
    assert [w["factors"]["entry_path"] for w in tape.windows] == ["breakout", "retest"]
    assert [w["outcome"] for w in tape.windows] == ["failure", "failure"]


def test_the_next_attempt_is_another_one(tape):
    begin(tape, halo=1.0)
    begin(tape, halo=1.0)
    assert len({w["attempt_id"] for w in tape.windows}) == 2


def test_a_position_first_seen_in_s1_has_no_attempt_and_no_window(tape):
    tape.bar("S1", halo=0.5)
    tape.bar("S1", halo=0.5)
    assert tape.windows == []


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
    tape.bar("S0")
    tape.bar("S0")
    assert tape.windows[0]["entry_price"] == 102


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


def test_trims_are_ignored_by_the_virtual_result(tape):
    begin(tape, halo=1.0)
    tape.bar("S2", price=130, trim=True)
    tape.bar("S2")
    assert "roi" not in tape.windows[0]


def test_a_gap_of_more_than_three_bars_closes_what_is_pending_as_neutral(tape):
    begin(tape, halo=1.0)
    tape.bar("S1", halo=1.0, skip=4)
    tape.bar("S0")
    tape.bar("S0")
    (window,) = tape.windows
    assert window["outcome"] == "neutral"
    assert window["outcome_reason"] == "data gap"
    assert "roi" not in window


def test_a_gap_of_three_bars_is_not_one(tape):
    begin(tape, halo=1.0)
    tape.bar("S1", halo=1.0, skip=3)
    assert "outcome" not in tape.windows[0]


def test_a_bar_at_or_before_the_last_is_stale_and_changes_nothing(tape):
    snapshot = begin(tape, halo=1.0)
    before = json.dumps([tape.ticker.to_json(), tape.windows])
    assert tape.ticker.process(snapshot) is False
    assert json.dumps([tape.ticker.to_json(), tape.windows]) == before


def test_a_ticker_restored_from_json_at_any_bar_goes_on_the_same(make_tape):
    script = [
        ("S0", {}),
        ("S1", {"halo": 1.1, "ts": 0.6}),
        ("S1", {"halo": 0.9, "ts": 0.59, "open": 101}),
        ("S1", {"halo": 5}),
        ("S2", {"price": 104}),
        ("S1", {"halo": 1.0}),
        ("S2", {"price": 107, "trim": True}),
        ("S3", {"price": 110}),
        ("S3", {"price": 90, "emergency": True}),
        ("S3", {"open": 91}),
        ("S0", {}),
    ]
    whole = make_tape()
    for state, values in script:
        whole.bar(state, **values)
    for stop in range(1, len(script)):
        tape = make_tape()
        for n, (state, values) in enumerate(script):
            if n == stop:
                old = tape.ticker
                state_json = json.loads(json.dumps(old.to_json()))
                fresh = make_tape()
                fresh.writes.windows = tape.writes.windows
                fresh.ticker.restore(state_json, old.last_bar_ts)
                fresh.writes.results = tape.writes.results
                fresh.ticker.subject.scope, fresh.bar_ts = old.subject.scope, tape.bar_ts
                tape = fresh
            tape.bar(state, **values)
        assert tape.windows == whole.windows


@pytest.mark.parametrize("after", [{"halo": 9.0}, {"state": "S2"}, {"state": "S0"}])
def test_a_fill_reported_on_the_bar_that_closes_the_window_is_not_lost(tape, after):
    bought = begin(tape, halo=0.8, ts=0.7)
    action = [Action("entry", bought.bar_ts, "trade")]
    tape.bar(**({"state": "S1"} | after), actions=action)
    (window,) = tape.windows
    assert (window["decision"], window["trade_id"]) == ("acted", "trade")
    assert window["decided_ms"] == bought.exists_at


def test_the_engine_tells_of_a_gap_the_ticker_slept_through(tape):
    begin(tape, halo=1.0)
    tape.ticker.last_bar_ts += 5 * 3_600_000  # as a restart under a feed's watermark leaves it
    tape.bar("S1", halo=1.0, skip=5)
    assert tape.windows[0]["outcome_reason"] == "data gap"


def test_bars_after_the_decision_are_not_in_its_summary(tape):
    begin(tape, halo=1.2, ts=0.55)
    tape.bar("S1", halo=1.2, ts=0.30)
    tape.bar("S1", halo=9)
    summary = tape.windows[0]["factors"]["summary"]
    assert summary["sample_count"] == 1
    assert summary["ts_score"]["min"] == 0.55
