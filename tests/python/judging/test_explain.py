"""The story of an override: one document, from one look."""

from __future__ import annotations

import pytest

MICRO = '{"bucket": "micro"}'


def micro_outside(seen):
    return 0.06 if seen["bucket"] == "micro" and 1.0 < seen["halo"] <= 1.2 else 0.0


def story(market, about):
    return market.rows("select analyst.explain_override(%s)", about)[0][0]


def test_the_story_of_a_solution(judged):
    market = judged
    ((found, steps),) = market.rows(
        "select id, steps from learning.solutions where status = 'active'"
    )
    told = story(market, found)
    ((override,),) = market.rows(
        "select min(id) from learning.pm_overrides where status = 'active'"
    )
    assert story(market, override) == told, "an override's id tells its solution's story"

    assert told["lesson"]["scope_subset"] == {"bucket": "micro"}
    changed = told["comparison"]["changed"]
    assert [test["test"] for test in told["tests"]] == ["changed", "z", "evidence", "money_z"]
    assert all(test["is_met"] for test in told["tests"])
    assert told["tests"][1]["sentence"].endswith("3.75 is needed (3 to stay)")

    # What changes sides, from its first look on.
    sides = told["sides"]
    assert len(sides) == changed
    assert {side["kind"] for side in sides} <= {"admitted", "refused"}
    caught = sum(s["kind"] == "admitted" and s["outcome"] == "success" for s in sides)
    assert caught == told["comparison"]["misses_caught"]
    for side in sides:
        assert side["value"] == pytest.approx(
            min(side["roi"], 1) * (1 if side["kind"] == "admitted" else -1), abs=1e-6
        )

    effect = told["effect"]
    assert effect["total"] == pytest.approx(sum(side["value"] for side in sides))
    assert effect["seen"] == pytest.approx(effect["total"] / changed)
    assert effect["parent"] == {}
    assert effect["lowest"] < effect["effect"] < effect["highest"]
    between = sorted([effect["seen"], effect["parent_seen"]])
    assert between[0] <= effect["effect"] <= between[1], "shrunk toward the parent"
    by_day: dict[str, float] = {}
    for side in sides:
        day = side["opened_at"][:10]
        by_day[day] = by_day.get(day, 0) + side["value"]
    best = sum(sorted(by_day.values())[-3:])
    assert effect["best_days_share"] == pytest.approx(best / effect["total"])

    # One step away on one lever each.
    assert told["neighbours"]
    levers = dict(
        market.rows(
            "select gate, steps from learning.gates where pattern_key = 'pm.uptrend.S1.entry'"
        )
    )
    for neighbour in told["neighbours"]:
        moved = [
            abs(levers[g].index(neighbour["steps"][g]) - levers[g].index(steps[g])) for g in levers
        ]
        assert sorted(moved) == [0, 0, 1]
    assert len(told["alternatives"]) == 5
    assert all(alternative["why"] for alternative in told["alternatives"])
    assert told["record"].startswith("since 28 October 2025: no setup yet")
    assert any("it ends when z falls below 3" in sentence for sentence in told["refusals"])
    assert [(h["change"], h["overrides"], h["status"]) for h in told["history"]] == [
        ("INSERT", 3, "active")
    ]
    assert told["history"][0]["run_id"] is not None

    market.rows(
        "select learning.set_override('pm.uptrend.S1.entry', '{\"timeframe\": \"1h\"}',"
        " '{\"ts\": 0.62}', 'anna')"
    )
    market.fill(60, micro_outside, seed=5, first=300)
    market.learn(350)
    told = story(market, found)
    (overlap,) = told["overlaps"]
    assert (overlap["method"], overlap["scope_subset"]) == ("manual", {"timeframe": "1h"})
    assert overlap["gates"][0]["value"] == 0.62


def test_the_record_is_told_as_odds(judged):
    market = judged
    ((found,),) = market.rows("select id from learning.solutions where status = 'active'")
    market.fill(60, micro_outside, seed=5, first=300)
    market.learn(340)
    told = story(market, found)
    assert [look["look_day"] for look in told["looks"]] == ["2025-10-28", "2025-12-07"]
    record = told["solution"]["record"]
    assert told["record"] == (
        f"since 28 October 2025: {record['changed']} setups, {100 * record['value']:+.1f} %, "
        + (
            f"{record['for']:.1f} to 1 for"
            if record["for"] < 10
            else f"{record['for']:.0f} to 1 for"
        )
    )


def test_the_story_of_what_was_set_by_hand_and_of_nothing(market):
    ((found,),) = market.rows(
        "select (learning.set_override('pm.uptrend.S1.entry', '{}', '{\"halo\": 1.1}', 'anna')).id"
    )
    told = story(market, found)
    assert told["method"] == "manual"
    assert told["gates"] == [{"gate": "halo", "direction": "at_most", "base": 1, "value": 1.1}]
    assert told["history"][0]["by"] == "anna"
    assert told["solution"] is None
    assert story(market, 999_999) is None
    with market.connection.transaction():
        market.connection.execute("set local role quadrant_analyst")
        assert market.rows("select analyst.explain_override(%s)", found)[0][0] == told
