"""s1_entry: buying near EMA60 in S1. Its windows, its episode, its outcomes."""

from __future__ import annotations

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


@pytest.mark.parametrize("halo_in_force", [0.8, 1.0, 1.5])
def test_no_halo_in_force_moves_where_a_window_opens(tape, halo_in_force):
    """What learning changes must not change what it learns from."""
    begin(tape, halo=1.26)
    tape.bar("S1", halo=1.26, thresholds=(0.6, halo_in_force, 0.0))
    assert tape.windows == []
    tape.bar("S1", halo=1.2, thresholds=(0.6, halo_in_force, 0.0))
    assert len(tape.windows) == 1


def test_reaching_s3_is_a_success_and_returning_to_s0_a_failure(make_tape):
    for last, outcome in (("S3", "success"), ("S0", "failure")):
        tape = make_tape()
        begin(tape, halo=1.0)
        tape.bar("S2")
        ended = tape.bar(last)
        assert tape.windows[0]["outcome"] == outcome
        assert tape.windows[0]["outcome_ms"] == ended.exists_at


@pytest.mark.parametrize("bought", [True, False])
def test_a_trim_flag_in_s2_above_the_reference_price_is_a_success_whoever_bought(tape, bought):
    begin(
        tape,
        halo=1.0,
        price=100,
        actions=(lambda b: [Action("entry", b.bar_ts, "t")]) if bought else (),
    )
    tape.bar("S2", price=100, trim=True)
    assert "outcome" not in tape.windows[0]
    tape.bar("S2", price=100.1, trim=True)
    assert tape.windows[0]["outcome"] == "success"
    tape.walk("S1", "S0")
    assert tape.windows[0]["outcome"] == "success"


def test_the_reference_price_is_the_close_nearest_to_passing_under_base_not_the_decisions(tape):
    loose = (0.3, 1.2, 0.0)
    begin(
        tape,
        halo=1.0,
        ts=0.4,
        price=90,
        thresholds=loose,
        actions=lambda b: [Action("entry", b.bar_ts, "t")],
    )
    tape.bar("S1", halo=1.0, ts=0.59, price=110, thresholds=loose)
    tape.bar("S2", price=105, trim=True)
    assert "outcome" not in tape.windows[0]
    tape.bar("S2", price=111, trim=True)
    assert tape.windows[0]["outcome"] == "success"


def test_an_executed_trim_changes_nothing(tape):
    begin(tape, halo=1.0, actions=lambda b: [Action("entry", b.bar_ts, "t")])
    tape.bar("S2", price=130, actions=lambda b: [Action("trim", b.bar_ts, "t")])
    assert "outcome" not in tape.windows[0]
    tape.bar("S0")
    assert tape.windows[0]["outcome"] == "failure"


def test_a_trim_flag_outside_s2_does_not_count(tape):
    begin(tape, halo=1.0, price=100)
    tape.bar("S1", price=120, trim=True)
    tape.bar("S0")
    assert tape.windows[0]["outcome"] == "failure"


def test_a_trim_flag_before_the_window_opened_does_not_count(tape):
    begin(tape, halo=1.0)
    tape.bar("S2", price=120, trim=True)
    tape.bar("S1", halo=1.0)
    tape.bar("S0")
    assert [w["outcome"] for w in tape.windows] == ["success", "failure"]


def test_a_trim_flag_succeeds_only_the_windows_whose_reference_lies_below(tape):
    begin(tape, halo=1.0, price=100)
    tape.bar("S2")
    tape.bar("S1", halo=1.0, price=120)
    tape.bar("S2", price=110, trim=True)
    tape.walk("S1", "S0")
    assert [w["outcome"] for w in tape.windows] == ["success", "failure"]


def test_a_window_open_at_the_collapse_is_finalised_before_its_outcome(tape):
    begin(tape, halo=1.0)
    end = tape.bar("S0")
    (window,) = tape.windows
    assert (window["decision"], window["outcome"]) == ("skipped", "failure")
    assert window["closed_ms"] == window["outcome_ms"] == end.exists_at


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


def test_a_second_window_of_the_same_stay_is_still_a_breakout_and_a_new_attempt_again(tape):
    begin(tape, halo=1.0)
    tape.bar("S1", halo=9)
    tape.bar("S1", halo=1.0)
    tape.bar("S2")
    tape.bar("S1", halo=1.0)
    begin(tape, halo=1.0)
    assert [w["factors"]["entry_path"] for w in tape.windows] == [
        *("breakout", "breakout", "retest"),
        "breakout",
    ]


def test_flips_between_s1_and_s2_leave_the_first_window_as_it_was(tape):
    begin(tape, halo=1.0, ts=0.55)
    tape.bar("S2")
    before = dict(tape.windows[0])
    for _ in range(3):
        tape.bar("S1", halo=0.5, ts=0.9)
        tape.bar("S2")
    assert len(tape.windows) == 4
    assert len({w["episode_id"] for w in tape.windows}) == 1
    assert tape.windows[0] == before
    tape.bar("S3")
    assert [w["outcome"] for w in tape.windows] == ["success"] * 4


def test_an_emergency_or_a_trim_in_s3_no_longer_changes_it(tape):
    begin(tape, halo=1.0)
    tape.walk("S2", "S3")
    tape.bar("S3", emergency=True)
    tape.bar("S0")
    assert tape.windows[0]["outcome"] == "success"
