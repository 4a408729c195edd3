"""s2_entry: buying near EMA333 in S2. Its windows, its episode, its outcomes."""

from __future__ import annotations

import pytest

from quadrant.tick import Action


def begin(tape, **first):
    tape.walk("S0", "S1")
    return tape.bar("S2", **first)


def test_a_window_opens_within_0_75_atr_of_ema333_and_closes_beyond(tape):
    begin(tape, halo=0.76)
    assert tape.of("s2_entry") == []
    opened = tape.bar("S2", halo=0.75)
    closed = tape.bar("S2", halo=0.76)
    (window,) = tape.of("s2_entry")
    assert (window["opened_ms"], window["closed_ms"]) == (opened.exists_at, closed.exists_at)
    assert window["pattern_key"] == "pm.uptrend.S2.entry"


def test_its_gates_are_those_of_s2(tape):
    begin(tape, halo=0.6, ts=0.7, slope=-0.01, s1_halo_distance=0.1, s1_slope=0.5)
    tape.bar("S2", halo=5)
    (window,) = tape.of("s2_entry")
    assert list(window["blocked_by"]) == ["halo", "slope"]
    assert window["factors"]["halo_max"] == 0.5


@pytest.mark.parametrize("bought", [True, False])
@pytest.mark.parametrize(("last", "outcome"), [("S3", "success"), ("S0", "failure")])
def test_the_attempt_reaching_s3_is_a_success_and_its_return_to_s0_a_failure(
    tape, last, outcome, bought
):
    begin(tape, halo=0.4, actions=(lambda b: [Action("entry", b.bar_ts, "t")]) if bought else ())
    ended = tape.bar(last)
    (window,) = tape.of("s2_entry")
    assert (window["outcome"], window["outcome_ms"]) == (outcome, ended.exists_at)
    assert window["closed_ms"] == ended.exists_at
    assert window["decision"] == ("acted" if bought else "skipped")


def test_a_trim_flag_in_s2_is_no_outcome(tape):
    begin(tape, halo=0.4)
    tape.bar("S2", price=200, trim=True)
    assert "outcome" not in tape.of("s2_entry")[0]
    tape.bar("S0")
    assert tape.of("s2_entry")[0]["outcome"] == "failure"


def test_flips_to_s1_and_back_neither_restart_nor_overwrite_the_episode(tape):
    begin(tape, halo=0.4, ts=0.55)
    tape.bar("S1", halo=9)
    before = dict(tape.of("s2_entry")[0])
    tape.bar("S2", halo=0.1, ts=0.9)
    tape.bar("S1")
    first, second = tape.of("s2_entry")
    assert first == before
    assert first["episode_id"] == second["episode_id"]
    tape.walk("S2", "S3")
    assert [w["outcome"] for w in tape.of("s2_entry")] == ["success", "success"]


def test_a_return_to_s1_is_no_outcome_until_the_attempt_ends(tape):
    begin(tape, halo=0.4)
    tape.bar("S1")
    assert "outcome" not in tape.of("s2_entry")[0]
    tape.bar("S0")
    assert tape.of("s2_entry")[0]["outcome"] == "failure"


@pytest.mark.parametrize(("ts", "existed"), [(0.6, True), (0.59, False)])
def test_s2_opportunity_existed_says_whether_a_bar_passed_all_base_gates(tape, ts, existed):
    tight = {"pm.uptrend.S2.entry": {"ts": 0.95, "halo": 0.1, "slope": 0.01}}
    begin(tape, halo=0.7, ts=0.9, thresholds=tight)
    tape.bar("S2", halo=0.5, ts=ts, slope=0.0, thresholds=tight)
    tape.bar("S2", halo=0.6, ts=0.9, thresholds=tight)
    tape.bar("S2", halo=5)
    assert tape.of("s2_entry")[0]["factors"]["s2_opportunity_existed"] is existed


def test_other_kinds_do_not_say_whether_an_opportunity_existed(tape):
    tape.bar("S0")
    tape.bar("S1", halo=1.0)
    tape.bar("S0")
    assert "s2_opportunity_existed" not in tape.windows[0]["factors"]
    assert "entry_path" in tape.windows[0]["factors"]


def test_a_position_first_seen_in_s2_has_no_attempt_and_no_window(tape):
    tape.bar("S2", halo=0.1)
    tape.bar("S2", halo=0.1)
    assert tape.of("s2_entry") == []
