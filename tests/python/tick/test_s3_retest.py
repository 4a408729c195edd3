"""s3_retest: buying a visit of the band EMA333..EMA144 in S3. Its windows and outcomes."""

from __future__ import annotations

import pytest

from quadrant.tick import Action

KIND = "s3_retest"


def begin(tape):
    return tape.walk("S0", "S1", "S2", "S3")


def test_a_window_opens_on_contact_with_the_band_and_ends_with_the_visit(tape):
    begin(tape)
    assert tape.of(KIND) == []
    opened = tape.bar("S3", band=True, dx=0.0, ts=0.0, slope=-9.0)
    tape.bar("S3", band=True)
    closed = tape.bar("S3")
    (window,) = tape.of(KIND)
    assert (window["opened_ms"], window["closed_ms"]) == (opened.exists_at, closed.exists_at)
    assert window["pattern_key"] == "pm.uptrend.S3.retest"
    assert "outcome" not in window


def test_every_visit_is_a_window_of_the_one_episode(tape):
    begin(tape)
    for _ in range(3):
        tape.bar("S3", band=True)
        tape.bar("S3")
    windows = tape.of(KIND)
    assert len(windows) == 3
    assert len({w["episode_id"] for w in windows}) == 1
    tape.bar("S3", trim=True)
    assert [w["outcome"] for w in tape.of(KIND)] == ["success"] * 3


@pytest.mark.parametrize("bought", [True, False])
@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        ({"state": "S3", "trim": True}, "success"),
        ({"state": "S3", "emergency": True}, "failure"),
        ({"state": "S3", "emergency": True, "trim": True}, "failure"),
        ({"state": "S0"}, "failure"),
    ],
    ids=["trim flag", "emergency", "emergency with a trim flag", "S0"],
)
@pytest.mark.parametrize("in_between", [True, False], ids=["after the visit", "in the visit"])
def test_outcomes(tape, last, outcome, in_between, bought):
    begin(tape)
    tape.bar("S3", band=True, actions=(lambda b: [Action("add", b.bar_ts, "t")]) if bought else ())
    if in_between:
        tape.bar("S3")
    ended = tape.bar(**last)
    (window,) = tape.of(KIND)
    assert (window["outcome"], window["outcome_ms"]) == (outcome, ended.exists_at)
    assert window["decision"] == ("acted" if bought else "skipped")
    assert window["closed_ms"] <= window["outcome_ms"]


def test_an_executed_trim_and_an_exit_of_the_pm_change_nothing(tape):
    begin(tape)
    tape.bar("S3", band=True, actions=lambda b: [Action("add", b.bar_ts, "t")])
    tape.bar("S3", actions=lambda b: [Action("trim", b.bar_ts, "t")])
    tape.bar("S3", actions=lambda b: [Action("exit", b.bar_ts, "t")])
    assert "outcome" not in tape.of(KIND)[0]
    tape.bar("S0")
    assert tape.of(KIND)[0]["outcome"] == "failure"


def test_a_trim_flag_before_the_window_opened_does_not_count(tape):
    begin(tape)
    tape.bar("S3", trim=True)
    tape.bar("S3", band=True, trim=True)  # the flag is up on the opening bar itself
    tape.bar("S3")
    assert "outcome" not in tape.of(KIND)[0]
    tape.bar("S0")
    assert tape.of(KIND)[0]["outcome"] == "failure"


def test_a_first_outcome_stays(tape):
    begin(tape)
    tape.bar("S3", band=True)
    tape.bar("S3", trim=True)
    tape.bar("S3", emergency=True)
    tape.bar("S0")
    assert tape.of(KIND)[0]["outcome"] == "success"


def test_after_a_trim_no_window_opens_again_in_the_middle_of_the_visit(tape):
    begin(tape)
    tape.bar("S3", band=True)
    closed = tape.bar("S3", band=True, trim=True)
    tape.bar("S3", band=True)
    (window,) = tape.of(KIND)
    assert window["closed_ms"] == closed.exists_at
    tape.bar("S3")
    tape.bar("S3", band=True)
    assert len(tape.of(KIND)) == 2


def test_after_an_emergency_the_next_visit_is_another_window(tape):
    begin(tape)
    tape.bar("S3", band=True)
    tape.bar("S3", emergency=True)
    tape.bar("S3", band=True)
    tape.bar("S3", trim=True)
    assert [w["outcome"] for w in tape.of(KIND)] == ["failure", "success"]


def test_its_margin_is_dx_less_dx_min_and_adjustment(tape):
    begin(tape)
    passing = {"band": True, "ts": 0.7, "slope": 0.01}
    tape.bar("S3", **passing, dx=0.68, dx_suppression=0.10)  # 0.58: margin -0.2
    near = tape.bar("S3", **passing, dx=0.59, edx=0.4, dx_suppression=0.03, dx_bonus=0.03)  # -0.1
    tape.bar("S3")
    factors = tape.of(KIND)[0]["factors"]
    assert tape.of(KIND)[0]["decided_ms"] == near.exists_at
    assert list(tape.of(KIND)[0]["blocked_by"]) == ["dx"]
    assert (factors["dx_score"], factors["dx_min"]) == (0.59, 0.6)
    assert factors["dx_adjustment"] == pytest.approx(0.0)
    assert (factors["edx_score"], factors["dx_suppression"]) == (0.4, 0.03)


@pytest.mark.parametrize(("suppression", "bonus", "blocked"), [(0.0, 0.02, False), (0.1, 0, True)])
def test_the_band_bonus_admits_and_the_suppression_refuses(tape, suppression, bonus, blocked):
    begin(tape)
    dx = 0.58 if bonus else 0.69
    tape.bar("S3", band=True, ts=0.7, slope=0.0, dx=dx, dx_suppression=suppression, dx_bonus=bonus)
    tape.bar("S3")
    assert list(tape.of(KIND)[0]["blocked_by"]) == (["dx"] if blocked else ["policy"])


def test_a_sample_carries_the_dx_of_its_bar_and_the_adjustment(tape):
    begin(tape)
    first = tape.bar("S3", band=True, ts=0.5, slope=0.01, dx=0.7, dx_suppression=0.1)
    beaten = {"ts": 0.5, "slope": 0.01, "dx": 0.72, "dx_suppression": 0.15}  # 0.57 < 0.60
    tape.bar("S3", band=True, **beaten)
    better = tape.bar("S3", band=True, ts=0.4, slope=0.01, dx=0.62, dx_bonus=0.05)  # 0.67
    tape.bar("S3")
    samples = tape.of(KIND)[0]["factors"]["samples"]
    assert [(s["ts"], s["dx_score"], s["ts_score"]) for s in samples] == [
        (first.bar_ts, 0.7, 0.5),
        (better.bar_ts, 0.62, 0.4),
    ]
    assert [s["dx_adjustment"] for s in samples] == pytest.approx([0.1, -0.05])


def test_the_band_outside_s3_opens_nothing(tape):
    tape.walk("S0", "S1")
    tape.bar("S2", band=True)
    assert tape.of(KIND) == []
