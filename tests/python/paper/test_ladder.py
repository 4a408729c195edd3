"""The DX ladder: a third of the pool at a time, each buy so many ATRs below the last."""

from __future__ import annotations

import pytest

SETUP = {"halo": 0.4, "ts": 0.7}
DEEP = {"band": True, "dx": 0.7}  # TS 0.5 refuses a retest: only the ladder buys


def hold(desk):
    """3.5 units bought at 100, in S3."""
    desk.bar("S0")
    desk.bar("S1", **SETUP)
    desk.bar("S1", open=100)
    desk.walk("S2", "S3")


def trim(desk, price):
    """Half of it sold at this price: the pool."""
    desk.bar("S3", trim=True, price=price)
    desk.bar("S3", open=price, price=price)


def buys(desk):
    return [
        (a["usd"], a["price"], a["next_arm"], a["dx_count"], a["pool_basis"])
        for a in desk.strands("pm_action")
        if a["episode_type"] == "s3_dx"
    ]


def test_thirds_of_the_pool_each_an_arm_below_the_last_and_three_at_most(desk):
    hold(desk)
    trim(desk, 120)
    assert desk.trade["pool"] == pytest.approx(210)
    desk.bar("S3", **DEEP, price=100, atr=2.0)
    desk.bar("S3", **DEEP, open=99, price=87.01)  # filled at 99: arm 99 - 6 x 2 = 87
    assert desk.order is None
    desk.bar("S3", **DEEP, price=87, atr=3.0)
    desk.bar("S3", **DEEP, open=86, price=69)  # filled at 86: arm 86 - 6 x 3 = 68
    assert desk.order is None
    desk.bar("S3", **DEEP, price=68, atr=1.0)
    desk.bar("S3", **DEEP, open=67, price=10)  # the third: no fourth, however deep
    desk.bar("S3", **DEEP, open=9, price=5)
    assert desk.order is None
    assert buys(desk) == [
        pytest.approx((70, 99, 87, 1, 210)),
        pytest.approx((70, 86, 68, 2, 210)),
        pytest.approx((70, 67, 61, 3, 210)),
    ]
    assert desk.trade["pool"] == pytest.approx(0)
    assert desk.trade["quantity"] == pytest.approx(1.75 + 70 / 99 + 70 / 86 + 70 / 67)


def test_the_cycle_counts_what_was_bought_and_keeps_its_pool(desk):
    hold(desk)
    trim(desk, 120)
    desk.bar("S3", **DEEP, price=100, atr=1.0)
    desk.bar("S3", **DEEP, open=100, price=94)
    desk.bar("S3", open=94, price=150, trim=True)
    ((decision, blocked_by, factors),) = desk.windows("s3_dx")
    assert (decision, blocked_by) == ("acted", [])
    assert (factors["dx_count"], factors["pool_basis"]) == (2, pytest.approx(210))
    assert factors["dx_atr_mult_used"] == 6.0
    (cycle,) = {a["episode_id"] for a in desk.strands("pm_action") if "dx_count" in a}
    (told,) = [s for s in desk.strands("uptrend_buy_window") if s["episode_id"] == cycle]
    assert told["dx_count"] == 2


def test_a_trim_begins_the_ladder_anew_with_what_is_in_the_pool(desk):
    hold(desk)
    trim(desk, 120)
    desk.bar("S3", **DEEP, price=100, atr=1.0)
    desk.bar("S3", open=100)
    trim(desk, 200)
    pool = 140 + (1.75 + 0.7) / 2 * 200
    assert desk.trade["pool"] == pytest.approx(pool)
    desk.bar("S3", **DEEP, price=190, atr=1.0)  # far above the old arm of 94
    desk.bar("S3", open=190)
    assert buys(desk) == [
        pytest.approx((70, 100, 94, 1, 210)),
        pytest.approx((pool / 3, 190, 184, 1, pool)),
    ]
    assert [w[2]["dx_count"] for w in desk.windows("s3_dx")] == [1, 1]


def test_what_rounding_leaves_in_the_pool_is_no_fourth_buy(desk):
    hold(desk)
    trim(desk, 101)  # three thirds of 176.75 leave 1.4e-14
    for price in range(90, 0, -10):
        desk.bar("S3", **DEEP, price=price)
    assert desk.trade["pool"] > 0
    assert len(buys(desk)) == 3


@pytest.mark.parametrize("holding", [True, False])
def test_without_a_pool_the_cycle_is_a_policy_skip(desk, holding):
    if holding:
        hold(desk)
    else:
        desk.walk("S0", "S1", "S2", "S3")
    (told,) = desk.bar("S3", **DEEP)
    assert (told.kind, told.episode_type, told.reason) == ("pass", "s3_dx", "no_pool")
    desk.bar("S3", trim=True)
    ((decision, blocked_by, factors),) = desk.windows("s3_dx")
    assert (decision, blocked_by) == ("skipped", ["policy"])
    assert (factors["policy_reason"], factors["dx_count"]) == ("no_pool", 0)


def test_a_cycle_above_the_arm_is_blocked_by_the_ladder(desk):
    hold(desk)
    trim(desk, 120)
    # A retest is bought: it arms the ladder 6 ATRs below.
    first = desk.bar("S3", **(DEEP | {"dx": 0.65, "ts": 0.7}), atr=2.0)
    assert [(a.kind, a.episode_type, a.reason) for a in first] == [
        ("pass", "s3_dx", "one_order_a_bar")
    ]
    added, passed = desk.bar("S3", **DEEP, open=100, price=95)
    assert (added.kind, added.episode_type) == ("add", "s3_retest")
    assert (passed.kind, passed.episode_type, passed.reason) == ("pass", "s3_dx", "ladder_arm")
    desk.bar("S3", trim=True)
    ((decision, blocked_by, _),) = desk.windows("s3_dx")
    assert (decision, blocked_by) == ("skipped", ["ladder_arm"])


def test_below_dx_min_the_gate_blocks_and_nothing_is_passed(desk):
    hold(desk)
    trim(desk, 120)
    assert desk.bar("S3", band=True, dx=0.59) == []
    desk.bar("S3", trim=True)
    ((decision, blocked_by, _),) = desk.windows("s3_dx")
    assert (decision, blocked_by) == ("skipped", ["dx"])


@pytest.mark.parametrize(("multiplier", "used"), [(0.5, 3.0), (1.5, 9.0), (0.1, 2.0), (10.0, 12.0)])
def test_the_distance_in_force_reaches_the_arm_between_2_and_12(desk, multiplier, used):
    desk.connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, multiplier) "
        "values ('pm.uptrend.S3.dx', 'tuning_dx_atr_mult', %s)",
        (multiplier,),
    )
    hold(desk)
    trim(desk, 120)
    desk.bar("S3", **DEEP, atr=2.0)
    (filled,) = [a for a in desk.bar("S3", **DEEP, open=100) if a.kind == "add"]
    assert filled.context["next_arm"] == pytest.approx(100 - used * 2)
    assert filled.context["dx_atr_mult"] == pytest.approx(used)
    desk.bar("S3", trim=True)
    ((_, _, factors),) = desk.windows("s3_dx")
    assert factors["dx_atr_mult_used"] == pytest.approx(used)


def test_the_pool_dies_with_the_trade(desk):
    hold(desk)
    trim(desk, 120)
    desk.bar("S3", emergency=True)
    desk.bar("S3", open=90)
    (told,) = desk.bar("S3", **DEEP)
    assert told.reason == "no_pool"
