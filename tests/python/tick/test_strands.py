"""What the event stream tells: every change of state, window, order and end, linked by ids."""

from __future__ import annotations

import pytest

from quadrant.tick import Action, PositionBar

HOUR = 3_600_000


def buy(kind, trade_id="t", **context):
    return lambda b: [Action("entry", b.bar_ts, trade_id, kind, context)]


def to_s3(record):
    record.walk("S0", "S1", "S2", "S3")


def levers(summary):
    """lever -> (delta, severity, signal_confidence), of summaries with one window gone wrong."""
    told = {
        one["lever"]: (one["delta"], one["severity"], one["signal_confidence"])
        for one in summary["levers_considered"]
    }
    assert len(told) == len(summary["levers_considered"])
    return told


def test_every_change_of_state_is_told_and_nothing_but_changes(record):
    bars = [record.bar(state) for state in ("S0", "S1", "S1", "S2", "S1", "S2", "S3")]
    record.bar("S3", trim=True)
    record.bar("S3", emergency=True)
    bars.append(record.bar("S0"))
    assert [(s["before"], s["after"]) for s in record.strands("uptrend_stage_transition")] == [
        *(("S4", "S0"), ("S0", "S1"), ("S1", "S2"), ("S2", "S1")),
        *(("S1", "S2"), ("S2", "S3"), ("S3", "S0")),
    ]
    told = [s["happened_ms"] for s in record.strands("uptrend_stage_transition")]
    assert told == [bar.exists_at for n, bar in enumerate(bars) if n != 2]


def test_a_finalised_window_is_told_with_its_decision_and_links(record):
    record.bar("S0")
    opened = record.bar("S1", halo=1.1, ts=0.7)
    record.bar("S1", halo=1.2, ts=0.6)
    closed = record.bar("S1")
    (strand,) = record.strands("uptrend_buy_window")
    ((window_id, episode_id, position_id),) = record.rows(
        "select window_id, episode_id, position_id from learning.pattern_episode_events"
    )
    assert (strand["window_id"], strand["episode_id"]) == (window_id, episode_id)
    assert (strand["position_id"], strand["trade_id"]) == (position_id, None)
    assert (strand["pattern_key"], strand["entry_path"]) == ("pm.uptrend.S1.entry", "breakout")
    assert (strand["decision"], strand["blocked_by"]) == ("skipped", ["halo"])
    assert (strand["opened_ms"], strand["decided_ms"]) == (opened.exists_at, opened.exists_at)
    assert (strand["happened_ms"], strand["bars"]) == (closed.exists_at, 2)


def test_a_window_of_every_kind_is_told_and_an_open_one_is_not(record):
    record.bar("S0")
    record.bar("S1", halo=0.5)
    record.bar("S2", halo=0.5)
    record.bar("S3", band=True)
    assert [s["pattern_key"] for s in record.strands("uptrend_buy_window")] == [
        "pm.uptrend.S1.entry",
        "pm.uptrend.S2.entry",
    ]
    record.bar("S0")
    assert {s["pattern_key"] for s in record.strands("uptrend_buy_window")} == {
        *("pm.uptrend.S1.entry", "pm.uptrend.S2.entry"),
        *("pm.uptrend.S3.retest", "pm.uptrend.S3.dx"),
    }


def test_a_decision_corrected_by_a_late_fill_is_told_again(record):
    record.bar("S0")
    bought = record.bar("S1", halo=0.5, ts=0.7)
    record.bar("S1")
    record.bar("S1", actions=[Action("entry", bought.bar_ts, "t")])
    told = [(s["decision"], s["trade_id"]) for s in record.strands("uptrend_buy_window")]
    assert told == [("skipped", None), ("acted", "t")]
    record.bar("S0")
    (summary,) = record.summaries("s1_entry")
    assert summary["outcome"] == "failure"


def test_a_correction_after_the_outcome_reaches_the_summary(record):
    to_s3(record)
    bought = record.bar("S3", band=True, dx=0.7, ts=0.7)
    record.bar("S3", trim=True)
    record.bar("S3", actions=[Action("add", bought.bar_ts, "t", "s3_retest")])
    record.bar("S0")
    (summary,) = record.summaries("s3_retest")
    assert summary["outcome"] == "success"


@pytest.mark.parametrize(
    ("bought", "last", "outcome"),
    [
        (True, "S3", "success"),
        (True, "S0", "failure"),
        (False, "S3", "missed"),
        (False, "S0", "correct_skip"),
    ],
)
@pytest.mark.parametrize("kind", ["s1_entry", "s2_entry"])
def test_how_an_episode_ended(record, kind, bought, last, outcome):
    record.bar("S0")
    record.bar("S1", halo=0.5, actions=buy(kind) if bought and kind == "s1_entry" else ())
    record.bar("S2", halo=0.4, actions=buy(kind) if bought and kind == "s2_entry" else ())
    ended = record.bar(last)
    (summary,) = record.summaries(kind)
    assert summary["outcome"] == outcome
    assert summary["happened_ms"] == ended.exists_at
    ((window_id, episode_id),) = record.rows(
        "select window_id, episode_id from learning.pattern_episode_events where episode_type = %s",
        kind,
    )
    assert summary["episode_id"] == episode_id
    assert summary["windows"] == [
        {
            "window_id": window_id,
            "decision": "acted" if bought else "skipped",
            "outcome": "success" if last == "S3" else "failure",
        }
    ]


@pytest.mark.parametrize(
    ("bought", "won", "lost"), [(True, "success", "failure"), (False, "missed", "correct_skip")]
)
@pytest.mark.parametrize("trimmed", [True, False])
def test_how_a_dx_cycle_ended(record, bought, won, lost, trimmed):
    to_s3(record)
    record.bar("S3", band=True, dx=0.7, actions=buy("s3_dx") if bought else ())
    record.bar("S3", trim=trimmed, emergency=not trimmed)
    assert [s["outcome"] for s in record.summaries("s3_dx")] == [won if trimmed else lost]


def test_what_was_bought_speaks_before_what_was_skipped(record):
    to_s3(record)
    record.bar("S3", band=True, actions=buy("s3_retest"))
    record.bar("S3", emergency=True)
    record.bar("S3", band=True)
    record.bar("S3", trim=True)
    record.bar("S0")
    (summary,) = record.summaries("s3_retest")
    assert [w["outcome"] for w in summary["windows"]] == ["failure", "success"]
    assert summary["outcome"] == "failure"


def test_an_episode_without_a_window_has_a_summary_without_outcome(record):
    record.walk("S0", "S1", "S2", "S0")
    (summary,) = record.summaries("s1_entry")
    assert (summary["outcome"], summary["windows"]) == (None, [])


def test_an_episode_cut_by_a_gap_ends_neutral(record):
    record.bar("S0")
    record.bar("S1", halo=0.5)
    record.bar("S2", halo=0.4)
    record.bar("S2", skip=4)
    assert [s["outcome"] for s in record.summaries("s1_entry")] == ["neutral"]
    assert [s["outcome"] for s in record.summaries("s2_entry")] == ["neutral"]
    assert record.summaries("s1_entry")[0]["levers_considered"] == []
    to_s3(record)
    record.bar("S3", band=True)
    record.bar("S3", skip=4)
    assert [s["outcome"] for s in record.summaries("s3_retest")] == ["neutral"]
    assert [s["outcome"] for s in record.summaries("s3_dx")] == ["neutral"]


def test_an_s2_summary_says_whether_a_buyable_moment_existed(record):
    for ts in (0.59, 0.6):
        record.walk("S0", "S1")
        record.bar("S2", halo=0.4, ts=0.3)
        record.bar("S2")
        record.bar("S2", halo=0.4, ts=ts)
    record.walk("S0")
    record.walk("S1", "S2", "S0")
    told = [s["s2_opportunity_existed"] for s in record.summaries("s2_entry")]
    assert told == [False, True, False]


def test_a_missed_success_names_the_gates_that_blocked_it(record):
    record.bar("S0")
    record.bar("S1", halo=1.1, ts=0.56, slope=0.01)
    record.walk("S1", "S2", "S3")
    (summary,) = record.summaries("s1_entry")
    assert levers(summary) == {
        "ts": (pytest.approx(-0.04), pytest.approx(0.4), 1.0),
        "halo": (pytest.approx(0.1), pytest.approx(0.5), 1.0),
    }


def test_an_acted_failure_names_every_gate_that_could_have_refused_it(record):
    record.bar("S0")
    record.bar("S1", halo=0.9, ts=0.65, slope=0.005, actions=buy("s1_entry"))
    record.bar("S0")
    (summary,) = record.summaries("s1_entry")
    assert levers(summary) == {
        "ts": (pytest.approx(0.05), pytest.approx(0.5), 1.0),
        "halo": (pytest.approx(-0.1), pytest.approx(0.5), 1.0),
        "slope": (pytest.approx(0.005), pytest.approx(0.25), 1.0),
    }


@pytest.mark.parametrize(
    ("values", "lever", "delta"),
    [
        ({"ts": 0.2, "halo": 0.5, "slope": 0.0}, "ts", -0.4),
        ({"ts": 0.7, "halo": 1.25, "slope": 0.0}, "halo", 0.25),
        ({"ts": 0.7, "halo": 0.5, "slope": -0.03}, "slope", -0.03),
    ],
)
def test_severity_is_capped_at_one(record, values, lever, delta):
    record.bar("S0")
    record.bar("S1", **values)
    record.walk("S1", "S2", "S3")
    (summary,) = record.summaries("s1_entry")
    assert levers(summary) == {lever: (pytest.approx(delta), 1.0, 1.0)}


def test_a_good_decision_considers_no_lever(record):
    record.bar("S0")
    record.bar("S1", halo=1.2, ts=0.1)
    record.walk("S0", "S1")
    record.bar("S1", halo=0.5, ts=0.7, actions=buy("s1_entry"))
    record.walk("S1", "S2", "S3")
    assert [s["levers_considered"] for s in record.summaries("s1_entry")] == [[], []]


def test_signal_confidence_is_the_windows_share_of_the_episodes_samples(record):
    record.bar("S0")
    record.bar("S1", halo=0.5, ts=0.55)
    record.bar("S1")
    for ts, halo in ((0.57, 0.5), (0.3, 0.6), (0.56, 0.4), (0.55, 0.3)):
        record.bar("S1", halo=halo, ts=ts)  # the second of them is worse than the first
    record.walk("S2", "S3")
    (summary,) = record.summaries("s1_entry")
    told = [(one["lever"], one["signal_confidence"]) for one in summary["levers_considered"]]
    assert told == [("ts", 0.25), ("ts", 0.75)]


@pytest.mark.parametrize(
    ("dx", "suppression", "bonus", "expected"),
    [
        # short by 0.10: without the suppression it would have passed
        (0.60, 0.10, 0.0, {"dx": (-0.10, 1.0), "edx": (-0.10, 0.5)}),
        # short by 0.03: more than that need not go
        (0.62, 0.10, 0.05, {"dx": (-0.03, 0.3), "edx": (-0.03, 0.15)}),
        # short by 0.12, of which the suppression is 0.04
        (0.52, 0.04, 0.0, {"dx": (-0.12, 1.0), "edx": (-0.04, 0.2)}),
        # no suppression, no lever
        (0.55, 0.0, 0.0, {"dx": (-0.05, 0.5)}),
    ],
)
def test_the_edx_lever_is_what_the_suppression_took(record, dx, suppression, bonus, expected):
    to_s3(record)
    record.bar("S3", band=True, ts=0.7, dx=dx, dx_suppression=suppression, dx_bonus=bonus)
    record.bar("S3")
    record.bar("S3", trim=True)
    record.bar("S0")
    (summary,) = record.summaries("s3_retest")
    assert summary["outcome"] == "missed"
    told = {name: (delta, severity) for name, (delta, severity, _) in levers(summary).items()}
    assert told.keys() == expected.keys()
    for name, pair in expected.items():
        assert told[name] == pytest.approx(pair), name


def test_every_order_is_told_once_with_its_links_and_what_it_knew(record):
    to_s3(record)
    first = record.bar("S3", band=True, dx=0.7)
    filled = [Action("add", first.bar_ts, "t", "s3_dx", {"dx_count": 1}, at_ms=first.bar_ts + HOUR)]
    second = record.bar("S3", band=True, actions=filled)
    record.bar(
        "S3", band=True, actions=[Action("add", second.bar_ts, "t", "s3_dx", {"dx_count": 2})]
    )
    sold = record.bar("S3", trim=True, actions=lambda b: [Action("trim", b.bar_ts, "t")])
    record.bar("S3", actions=lambda b: [Action("pass", b.bar_ts, reason="no_pool")])
    orders = record.strands("pm_action")
    ((cycle,),) = record.rows(
        "select episode_id from learning.pattern_episode_events where episode_type = 's3_dx'"
    )
    assert [(o["action"], o["trade_id"], o["episode_id"]) for o in orders] == [
        ("add", "t", cycle),
        ("add", "t", cycle),
        ("trim", "t", None),
    ]
    assert [o.get("dx_count") for o in orders] == [1, 2, None]
    assert [o["signal_bar_ts"] for o in orders] == [first.bar_ts, second.bar_ts, sold.bar_ts]
    assert orders[0]["happened_ms"] == first.bar_ts + HOUR
    assert orders[2]["happened_ms"] == sold.exists_at


def test_the_same_bars_again_tell_nothing_twice(record):
    record.bar("S0")
    record.bar("S1", halo=0.5, actions=buy("s1_entry"))
    last = record.bar("S0")
    before = record.rows("select * from learning.ad_strands order by id")
    (answer,) = record.tick.process(PositionBar(record.position, last, {"chain": "test"}))
    assert not answer.fresh
    assert record.rows("select * from learning.ad_strands order by id") == before


def test_the_story_of_an_episode_is_its_strands_in_order(record):
    record.bar("S0")
    record.bar("S1", halo=0.5, ts=0.7, actions=buy("s1_entry", price=100.0, usd=50.0))
    record.bar("S2")
    record.bar("S1", halo=0.5, ts=0.7)
    record.walk("S2", "S3")
    ((episode,),) = record.rows(
        "select distinct episode_id from learning.pattern_episode_events "
        "where episode_type = 's1_entry'"
    )
    story = record.rows("select kind, trade_id, what from analyst.episode_story(%s)", episode)
    assert story == [
        ("uptrend_stage_transition", None, "From S0 to S1 at a close of 100.0."),
        ("pm_action", "t", "Order of the PM: entry of 50.00 at 100."),
        ("uptrend_stage_transition", None, "From S1 to S2 at a close of 100.0."),
        ("uptrend_buy_window", "t", "A window of pm.uptrend.S1.entry ended: acted after 1 bars."),
        ("uptrend_stage_transition", None, "From S2 to S1 at a close of 100.0."),
        ("uptrend_stage_transition", None, "From S1 to S2 at a close of 100.0."),
        (
            "uptrend_buy_window",
            None,
            "A window of pm.uptrend.S1.entry ended: skipped, blocked by policy after 1 bars.",
        ),
        ("uptrend_stage_transition", None, "From S2 to S3 at a close of 100.0."),
        (
            "uptrend_episode_summary",
            None,
            "The s1_entry ended: success, 2 windows, 0 levers considered.",
        ),
    ]
