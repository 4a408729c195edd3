"""s3_dx: a recovery cycle of the DX ladder. One row a cycle; its counts, depth and outcomes."""

from __future__ import annotations

import pytest

from quadrant.tick import Action
from quadrant.tick.actions import ActionError

KIND = "s3_dx"
PATTERN = "pm.uptrend.S3.dx"


def begin(tape):
    return tape.walk("S0", "S1", "S2", "S3")


def deep(tape, **values):
    return tape.bar("S3", **({"band": True} | values))


def buy(number=1, pool=300.0):
    context = {"dx_count": number, "pool_basis": pool}
    return lambda bar: [Action("add", bar.bar_ts, "t", KIND, context)]


def test_a_cycle_opens_on_entering_the_deep_zone_and_spans_the_visits_until_a_trim(tape):
    begin(tape)
    opened = deep(tape)
    tape.bar("S3")
    deep(tape)
    tape.bar("S3")
    assert "closed_ms" not in tape.of(KIND)[0]
    closed = tape.bar("S3", trim=True)
    (window,) = tape.of(KIND)
    assert (window["opened_ms"], window["closed_ms"]) == (opened.exists_at, closed.exists_at)
    assert window["pattern_key"] == PATTERN
    assert window["outcome"] == "success"


@pytest.mark.parametrize("buys", [0, 1, 3])
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
def test_outcomes(tape, last, outcome, buys):
    begin(tape)
    deep(tape)
    for number in range(1, buys + 1):
        deep(tape, actions=buy(number))
    ended = tape.bar(**last)
    (window,) = tape.of(KIND)
    assert (window["outcome"], window["outcome_ms"]) == (outcome, ended.exists_at)
    assert window["closed_ms"] == ended.exists_at
    assert window["decision"] == ("acted" if buys else "skipped")
    assert window["factors"]["dx_count"] == buys


def test_an_executed_trim_does_not_end_the_cycle(tape):
    begin(tape)
    deep(tape, actions=buy())
    tape.bar("S3", actions=lambda b: [Action("trim", b.bar_ts, "t")])
    assert "closed_ms" not in tape.of(KIND)[0]


def test_a_trim_flag_before_the_recovery_began_does_not_count(tape):
    begin(tape)
    tape.bar("S3", trim=True)
    deep(tape, trim=True)
    assert "outcome" not in tape.of(KIND)[0]
    tape.bar("S0")
    assert tape.of(KIND)[0]["outcome"] == "failure"


def test_two_cycles_in_one_s3_are_two_episodes(tape):
    begin(tape)
    deep(tape, actions=buy())
    tape.bar("S3", trim=True)
    deep(tape, actions=buy(1))
    deep(tape, actions=buy(2))
    tape.bar("S3", emergency=True)
    first, second = tape.of(KIND)
    assert first["episode_id"] != second["episode_id"]
    assert first["attempt_id"] == second["attempt_id"]
    assert [w["outcome"] for w in (first, second)] == ["success", "failure"]
    assert [w["factors"]["dx_count"] for w in (first, second)] == [1, 2]


def test_the_next_attempt_counts_its_cycles_anew(tape):
    for _ in range(2):
        begin(tape)
        deep(tape)
        tape.bar("S3", trim=True)
    assert len({w["episode_id"] for w in tape.of(KIND)}) == 2


def test_after_a_trim_no_cycle_opens_in_the_middle_of_the_visit(tape):
    begin(tape)
    deep(tape)
    deep(tape, trim=True)
    deep(tape)
    assert len(tape.of(KIND)) == 1
    tape.bar("S3")
    deep(tape)
    assert len(tape.of(KIND)) == 2


def test_the_decision_is_the_first_buys_and_the_count_the_last_ones(tape):
    begin(tape)
    first = deep(tape, dx=0.7, actions=buy(1))
    tape.bar("S3")
    deep(tape, dx=0.9, actions=buy(2))
    deep(tape, dx=0.95, actions=buy(3))
    tape.bar("S3", trim=True)
    (window,) = tape.of(KIND)
    assert window["decided_ms"] == first.exists_at
    assert window["factors"]["dx_score"] == 0.7
    assert window["factors"]["dx_count"] == 3
    assert window["factors"]["pool_basis"] == 300.0


def test_a_buy_filled_on_the_bar_that_ends_the_cycle_still_counts(tape):
    begin(tape)
    deep(tape, actions=buy(1))
    second = deep(tape)
    tape.bar("S3", trim=True, actions=buy(2)(second))
    assert tape.of(KIND)[0]["factors"]["dx_count"] == 2


def test_depth_is_the_deepest_close_below_ema144_in_atrs_of_its_bar(tape):
    begin(tape)
    deep(tape, price=98, ema144=100.0, atr=2.0)
    deep(tape, price=94, ema144=100.0, atr=2.0)
    deep(tape, price=96, ema144=99.0, atr=1.5)
    tape.bar("S3", price=50, ema144=100.0)  # below the band: not part of the recovery zone
    tape.bar("S3", trim=True)
    assert tape.of(KIND)[0]["factors"]["depth_atrs"] == pytest.approx(3.0)


def test_the_distance_used_is_the_one_in_force_when_the_cycle_began(tape):
    begin(tape)
    deep(tape, thresholds={PATTERN: {"dx": 0.6, "dx_atr_mult": 4.5}})
    deep(tape, thresholds={PATTERN: {"dx": 0.6, "dx_atr_mult": 7.0}})
    tape.bar("S3", trim=True)
    assert tape.of(KIND)[0]["factors"]["dx_atr_mult_used"] == 4.5


def test_a_skip_for_dx_is_blocked_by_dx_and_by_nothing_else(tape):
    begin(tape)
    deep(tape, dx=0.5, ts=0.0, slope=-9.0)
    near = deep(tape, dx=0.62, dx_suppression=0.05)
    tape.bar("S3")
    deep(tape, dx=0.55)
    tape.bar("S0")
    (window,) = tape.of(KIND)
    assert list(window["blocked_by"]) == ["dx"]
    assert window["decided_ms"] == near.exists_at
    assert window["factors"]["dx_count"] == 0


@pytest.mark.parametrize(
    ("reason", "blocked_by"),
    [
        ("ladder_arm", ["ladder_arm"]),
        ("no_pool", ["policy"]),
        ("no_budget", ["policy"]),
        ("token_blocked", ["policy"]),
        ("order_failed", ["policy"]),
    ],
)
def test_a_pass_tells_why_and_only_the_arm_is_no_policy(tape, reason, blocked_by):
    begin(tape)
    deep(
        tape,
        dx=0.7,
        actions=lambda b: [Action("pass", b.bar_ts, episode_type=KIND, reason=reason)],
    )
    deep(tape, dx=0.5)
    tape.bar("S3", trim=True)
    (window,) = tape.of(KIND)
    assert (window["decision"], list(window["blocked_by"])) == ("skipped", blocked_by)
    assert window["factors"].get("policy_reason") == (reason if blocked_by == ["policy"] else None)
    assert window["factors"]["entry_zone_ok"] is True


def test_a_pass_of_another_bar_is_not_the_decisions(tape):
    begin(tape)
    deep(
        tape,
        dx=0.65,
        actions=lambda b: [Action("pass", b.bar_ts, episode_type=KIND, reason="ladder_arm")],
    )
    deep(tape, dx=0.7)
    tape.bar("S3", trim=True)
    assert list(tape.of(KIND)[0]["blocked_by"]) == ["policy"]


def test_bars_between_the_visits_are_no_samples_and_no_decision(tape):
    begin(tape)
    first = deep(tape, dx=0.4)
    tape.bar("S3", dx=0.99)
    second = deep(tape, dx=0.5)
    tape.bar("S3", trim=True)
    (window,) = tape.of(KIND)
    assert [s["ts"] for s in window["factors"]["samples"]] == [first.bar_ts, second.bar_ts]
    assert window["decided_ms"] == second.exists_at > first.exists_at


def test_samples_carry_the_adjustment_and_go_on_after_the_buy(tape):
    begin(tape)
    bought = deep(tape, dx=0.70, dx_suppression=0.05, actions=buy())
    after = deep(tape, dx=0.72, dx_bonus=0.05)
    tape.bar("S3", trim=True)
    samples = tape.of(KIND)[0]["factors"]["samples"]
    assert [(s["ts"], s.get("after", False)) for s in samples] == [
        (bought.bar_ts, False),
        (after.bar_ts, True),
    ]
    assert [s["dx_adjustment"] for s in samples] == pytest.approx([0.05, -0.05])
    assert tape.of(KIND)[0]["decided_ms"] == bought.exists_at


def test_the_same_visit_is_a_retest_window_too_and_a_buy_belongs_to_its_own_kind(tape):
    begin(tape)
    deep(tape, actions=buy())
    tape.bar("S3", trim=True)
    (retest,), (cycle,) = tape.of("s3_retest"), tape.of(KIND)
    assert (retest["decision"], cycle["decision"]) == ("skipped", "acted")
    assert "trade_id" not in retest


def test_the_depth_below_the_first_fill_is_kept_in_the_atrs_of_that_fill(tape):
    begin(tape)
    signal = deep(tape, price=100)
    told = {"dx_count": 1, "price": 101.0, "atr": 2.0}
    deep(tape, price=97, atr=9.0, actions=[Action("add", signal.bar_ts, "t", KIND, told)])
    deep(tape, price=95, atr=9.0, actions=buy(2))
    deep(tape, price=99)
    tape.bar("S3", trim=True)
    factors = tape.of(KIND)[0]["factors"]
    assert (factors["fill_price"], factors["fill_atr"]) == (101.0, 2.0)
    assert factors["fill_depth_atrs"] == pytest.approx(3.0)


def test_a_cycle_nobody_bought_in_has_no_depth_below_a_fill(tape):
    begin(tape)
    deep(tape)
    tape.bar("S3", trim=True)
    assert "fill_depth_atrs" not in tape.of(KIND)[0]["factors"]


def test_a_fill_told_twice_counts_once(tape):
    begin(tape)
    deep(tape, actions=buy(1))
    again = deep(tape)
    deep(tape, actions=buy(2)(again))
    tape.bar("S3", actions=buy(2)(again))
    tape.bar("S3", trim=True)
    assert tape.of(KIND)[0]["factors"]["dx_count"] == 2


@pytest.mark.parametrize(
    ("reason", "blocked_by", "told"),
    [("ladder_arm", ["ladder_arm"], None), ("no_pool", ["policy"], "no_pool")],
)
def test_a_pass_told_after_the_cycle_ended_still_says_why(tape, reason, blocked_by, told):
    begin(tape)
    seen = deep(tape, dx=0.7)
    tape.bar("S3", trim=True)
    assert tape.of(KIND)[0]["blocked_by"] == ["policy"]
    tape.bar("S3", actions=[Action("pass", seen.bar_ts, episode_type=KIND, reason=reason)])
    (window,) = tape.of(KIND)
    assert (window["blocked_by"], window["factors"].get("policy_reason")) == (blocked_by, told)


@pytest.mark.parametrize(
    ("context", "code"),
    [
        ({"price": "1.25"}, "QD014"),
        ({"price": None}, "QD014"),
        ({"atr": 0}, "QD014"),
        ({"atr": True}, "QD014"),
        ({"x": {1, 2}}, "QD014"),
        ({"x": float("nan")}, "QD005"),
    ],
)
def test_a_context_the_tick_cannot_reckon_with_is_no_action(context, code):
    with pytest.raises(ActionError, match=code):
        Action("add", 1, "t", KIND, context)
