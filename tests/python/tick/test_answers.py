"""Every action is answered, and what Python hands over is held to the rules of the JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import psycopg
import pytest

from quadrant.engine import Snapshot
from quadrant.errors import QuadrantError
from quadrant.tick import Action, Answer, MessageError, Position, PositionBar, Tick
from quadrant.tick.messages import read, write
from quadrant.tick.model import ActionAnswer

HOUR = 3_600_000
START = 1_704_067_200_000
T = Position("test", "T", "T", "1h")
U = Position("test", "U", "U", "1h")
MakeBar = Callable[..., Snapshot]


class Live:
    """A bot at a real tick: bar after bar, with what it did."""

    def __init__(self, connection: psycopg.Connection[Any], make_bar: MakeBar) -> None:
        self.connection = connection
        self.tick = Tick(connection, "live")
        self.make_bar = make_bar
        self.ts = START

    def bar(self, state: str, *actions: Action, **values: Any) -> list[ActionAnswer]:
        self.ts += HOUR
        snapshot = self.make_bar(self.ts, state, **values)
        (answer,) = self.tick.process(PositionBar(T, snapshot, {"chain": "test"}), actions)
        assert answer.fresh
        return list(answer.actions)

    def act(self, kind: Any, trade: str | None = "t", back: int = 0, **more: Any) -> Action:
        """An action whose signal is the bar that comes next, or `back` bars before it."""
        return Action(kind, self.ts + HOUR * (1 - back), trade, **more)


@pytest.fixture
def live(connection: psycopg.Connection[Any], make_bar: MakeBar) -> Live:
    return Live(connection, make_bar)


def told(answers: list[ActionAnswer]) -> list[tuple[str, str, str | None]]:
    return [(a.kind, a.result, a.window_id) for a in answers]


def test_every_action_is_answered_in_its_order(live: Live) -> None:
    (none,) = live.bar("S1", live.act("entry"), halo=0.5)
    assert (none.result, none.window_id) == ("no_window", None)
    assert none.why is not None
    assert "no attempt" in none.why
    live.bar("S0")
    (none,) = live.bar("S1", live.act("entry"), halo=9.0)
    assert none.why == "no window of any kind was open at that bar"
    live.bar("S1", halo=0.5)
    window = f"test:T:1h:s1:{live.ts}"
    # The sale of the next bar, told before the buy of this one: answered as they were given.
    answers = live.bar("S1", live.act("trim"), live.act("entry", back=1), halo=0.6)
    assert told(answers) == [("trim", "told", None), ("entry", "landed", window)]
    (again,) = live.bar("S1", live.act("entry", back=2), halo=0.6)
    assert told([again]) == [("entry", "landed", window)], "told again it is where it was"
    (more,) = live.bar("S1", live.act("add", episode_type="s1_entry"), halo=0.6)
    assert (more.result, more.why) == ("no_window", f"the window {window} was bought already")
    answers = live.bar("S2", live.act("exit"), live.act("exit", "other"))
    assert [a.result for a in answers] == ["told", "unknown_trade"]
    assert answers[1].why == "no buy of that trade was told to this position"
    (passed,) = live.bar("S2", live.act("pass", None, reason="no_budget"), halo=0.3)
    assert told([passed]) == [("pass", "landed", f"test:T:1h:s2:{live.ts}")]


def test_a_stale_bar_leaves_its_actions_stale(live: Live) -> None:
    live.bar("S0")
    old = live.make_bar(live.ts, "S0")
    (answer,) = live.tick.process(PositionBar(T, old, {}), [Action("entry", live.ts, "t")])
    assert (answer.fresh, [a.result for a in answer.actions]) == (False, ["stale"])


def test_trades_are_known_after_a_restart(live: Live) -> None:
    live.bar("S0")
    live.bar("S1", live.act("entry"), halo=0.5)
    live.tick = Tick(live.connection, "live")
    assert [a.result for a in live.bar("S1", live.act("exit"))] == ["told"]


def test_an_action_goes_with_the_bar_it_was_decided_on(live: Live) -> None:
    bars = [
        PositionBar(T, live.make_bar(START + n * HOUR, state, halo=0.5), {})
        for n, state in enumerate(("S0", "S1", "S1"))
    ]
    entry = Action("entry", START + HOUR, "t")
    answers = live.tick.process(bars, {T: [entry]})
    assert [[a.result for a in answer.actions] for answer in answers] == [[], ["landed"], []]


def test_the_line_says_what_the_answer_says(live: Live) -> None:
    live.bar("S0")
    live.bar("S1", halo=0.5)
    snapshot = live.make_bar(live.ts + HOUR, "S1", halo=0.5)
    entry = Action("entry", live.ts, "t")
    line = json.dumps({"position": asdict(T), "snapshot": asdict(snapshot), "scope": {},
                       "actions": [asdict(entry), asdict(replace(entry, kind="exit"))],
                       })  # fmt: skip
    request = read(line.encode())
    answers = live.tick.process_checked(request.bars, request.actions)
    said = json.loads(write(request, answers))
    assert said["actions"] == [asdict(answer) for answer in answers[0].actions]
    assert [a["result"] for a in said["actions"]] == ["landed", "told"]


NOW = START + HOUR
IN_SECONDS = NOW // 1000
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("snapshot", {"ts_score": "0.7"}, "QD014", "ts_score"),
    ("snapshot", {"ts_score": 57.0}, "QD046", "ts_score"),
    ("snapshot", {"dx_score": -0.1}, "QD046", "dx_score"),
    ("snapshot", {"close": float("nan")}, "QD005", "close"),
    ("snapshot", {"close": 200.0}, "QD016", "order"),
    ("snapshot", {"state": "S9"}, "QD014", "state"),
    ("snapshot", {"bar_ts": IN_SECONDS, "exists_at": IN_SECONDS + 3600}, "QD046", "bar_ts"),
    ("snapshot", {"bar_ts": NOW + 1, "exists_at": NOW + HOUR + 1}, "QD016", "grid"),
    ("snapshot", {"exists_at": NOW + 1}, "QD016", "exists_at"),
    ("snapshot", {"in_band": 1}, "QD014", "in_band"),
    ("snapshot", {"timeframe": "4h"}, "QD016", ""),
    ("position", {"symbol": ""}, "QD014", "symbol"),
    ("position", {"token_contract": "x" * 201}, "QD041", "token_contract"),
    ("position", {"total_allocation_pct": 101}, "QD046", "total_allocation_pct"),
    ("scope", {"a": None}, "QD004", "plain"),
    ("scope", {"a": float("inf")}, "QD005", "scope"),
    ("scope", {"a": "x" * 2000}, "QD041", "bytes"),
    ("action", {"kind": "buy"}, "QD014", "kind"),
    ("action", {"trade_id": None}, "QD006", "trade_id"),
    ("action", {"signal_bar_ts": IN_SECONDS}, "QD046", "signal_bar_ts"),
    ("action", {"signal_bar_ts": NOW + HOUR}, "QD016", "signal_bar_ts"),
    ("action", {"signal_bar_ts": NOW - 1}, "QD016", "signal_bar_ts"),
    ("action", {"signal_bar_ts": str(NOW)}, "QD014", "signal_bar_ts"),
    ("action", {"at_ms": IN_SECONDS}, "QD046", "at_ms"),
    ("action", {"at_ms": NOW - 1}, "QD016", "at_ms"),
    ("action", {"episode_type": "s1"}, "QD014", "s1_entry"),
]


def test_python_and_json_are_held_to_the_same_rules(live: Live) -> None:
    for part, change, code, says in WRONG:
        parts: dict[str, Any] = {
            "position": T,
            "snapshot": live.make_bar(NOW, "S0"),
            "scope": {"chain": "test"},
            "action": Action("entry", NOW, "t"),
        }
        parts[part] = change if part == "scope" else replace(parts[part], **change)
        bar = PositionBar(parts["position"], parts["snapshot"], parts["scope"])
        other = PositionBar(U, live.make_bar(NOW, "S0"), {})
        for batch in ([bar], [other, bar]):
            with pytest.raises(MessageError) as caught:
                live.tick.process(batch, {bar.position: [parts["action"]]})
            assert (caught.value.code, says in str(caught.value)) == (code, True), (change, caught)
            assert caught.value.hint or "order" in str(caught.value) or part == "scope", change
        line = {"position": asdict(bar.position), "snapshot": asdict(bar.snapshot),
                "scope": bar.scope, "actions": [asdict(parts["action"])]}  # fmt: skip
        with pytest.raises(MessageError) as caught:
            read(json.dumps(line).encode())
        assert caught.value.code == code, change
    assert live.tick.tickers == {}, "nothing was enrolled"


def test_a_known_position_is_checked_again_where_it_changed(live: Live) -> None:
    live.bar("S0")
    snapshot = live.make_bar(live.ts + HOUR, "S0")
    for bar, code in (
        (PositionBar(T, replace(snapshot, ts_score=57.0), {"chain": "test"}), "QD046"),
        (PositionBar(T, snapshot, {"chain": ["test"]}), "QD004"),
        (PositionBar(T, replace(snapshot, timeframe="15m"), {"chain": "test"}), "QD016"),
    ):
        with pytest.raises(MessageError, match=code):
            live.tick.process(bar)


def test_actions_of_no_bar_are_refused(live: Live) -> None:
    bars = [PositionBar(p, live.make_bar(NOW, "S0"), {}) for p in (T, U)]
    entry = [Action("entry", NOW, "t")]
    with pytest.raises(MessageError, match="no bar"):
        live.tick.process(bars[0], {U: entry})
    with pytest.raises(MessageError, match="mapping"):
        live.tick.process(bars, entry)


def test_a_bar_of_the_future_is_refused_and_the_tick_goes_on(live: Live) -> None:
    live.connection.execute("select learning.set_clock('2024-01-01 02:00+00')")
    live.bar("S0")
    for wrong, action in ((90, None), (1, START + 90 * HOUR)):
        snapshot = live.make_bar(live.ts + wrong * HOUR, "S1", halo=0.5)
        actions = [Action("entry", snapshot.bar_ts, "t", at_ms=action)] if action else []
        with pytest.raises(QuadrantError, match="QD017"):
            live.tick.process(PositionBar(T, snapshot, {}), actions)
    rows = live.connection.execute("select state from learning.lowcap_positions").fetchall()
    assert rows == [("S0",)], "nothing of it was written"
    assert [a.result for a in live.bar("S1", live.act("entry"), halo=0.5)] == ["landed"]


def test_a_closed_trade_is_filled_from_what_the_tick_was_told(live: Live) -> None:
    live.bar("S0")
    live.bar("S1", halo=0.5)
    bought_at = live.ts + HOUR + 60_000
    live.bar("S1", live.act("entry", back=1, at_ms=bought_at), halo=0.5)
    live.bar("S2")
    live.bar("S3")
    live.bar("S3", live.act("trim"))
    live.bar("S3", live.act("exit"))
    row = live.connection.execute(
        "select pm.record_closed_trade(jsonb_build_object('trade_id', 't', 'roi', 0.2, 'closed_at',"
        " to_timestamp(%s / 1000.0)))", (live.ts + HOUR,),
    ).fetchone()  # fmt: skip
    assert row is not None
    assert (row[0]["timeframe"], row[0]["trade_events"]) == ("1h", 3)
    trade = live.connection.execute(
        "select symbol, timeframe, pattern_key, (extract(epoch from opened_at) * 1000)::bigint,"
        " did_trim, reached_s3 from analyst.trades"
    ).fetchone()
    assert trade == ("T", "1h", "pm.uptrend.S1.entry", bought_at, True, True)
    events = live.connection.execute(
        "select action_category, pattern_key, scope, position_id is not null"
        " from learning.pattern_trade_events order by ordinal"
    ).fetchall()
    key, scope = "pm.uptrend.S1.entry", {"chain": "test"}
    assert events == [(kind, key, scope, True) for kind in ("entry", "trim", "exit")]


def test_an_answer_without_actions_has_none() -> None:
    assert Answer(T, True, None).actions == ()
