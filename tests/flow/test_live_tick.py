"""A live bot's tick: the least privileged role, one transaction, gates in force."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from quadrant.engine import compute
from quadrant.errors import QuadrantError
from quadrant.market import planted_market, synthesize
from quadrant.tick import (
    Action,
    MessageError,
    Position,
    PositionBar,
    StaleTickerError,
    Tick,
)

pytestmark = [pytest.mark.flow]
SCOPE = {"chain": "solana", "bucket": "micro", "timeframe": "15m"}


X, Y = (Position("solana", name, name, "15m", total_allocation_pct=10) for name in "XY")


def bar(snapshot, position=X, scope=SCOPE):
    return PositionBar(position, snapshot, scope)


def fresh(answers):
    return [answer.fresh for answer in answers]


@pytest.fixture
def snapshots():
    bars = synthesize(planted_market(days=20, timeframes=("15m",)), 4)[0]
    return compute(bars).snapshots()


def test_the_pm_role_ticks_and_sees_no_table(connection, snapshots):
    connection.execute("set role quadrant_pm")
    tick = Tick(connection, "live")
    for snapshot in snapshots:
        assert fresh(tick.process(bar(snapshot))) == [True]
    assert fresh(tick.process(bar(snapshots[-1]))) == [False]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from learning.pattern_episode_events")
    connection.execute("reset role")
    rows = connection.execute(
        "select scope, decision, outcome from learning.pattern_episode_events"
    ).fetchall()
    assert len(rows) > 5
    assert all(scope == SCOPE for scope, _, _ in rows)
    assert {outcome for _, _, outcome in rows} >= {"success", "failure"}


def test_scope_keys_and_values_are_only_data(connection, snapshots):
    nasty = {"chain": "'; drop table learning.gates; --", 'a"b\\': "%s {} \u2028 \U0001f98a"}
    tick = Tick(connection, "live'; select 1; --")
    connection.execute(
        "insert into learning.pm_overrides "
        "(pattern_key, action_category, scope_subset, multiplier) values "
        "('pm.uptrend.S1.entry', 'tuning_halo', %s, 1.1)",
        (psycopg.types.json.Jsonb(nasty),),
    )
    tick.process(bar(snapshots[-1], Position("s", "X'; --", "X'; --", "15m"), nasty))
    row = connection.execute(
        "select scope, (gates -> 'pm.uptrend.S1.entry' -> 'halo' ->> 'value')::float8 "
        "from pm.position_controls"
    ).fetchone()
    assert row == (nasty, pytest.approx(1.1))


def test_a_new_override_reaches_the_next_tick(connection, snapshots, database):
    tick = Tick(connection, "live")
    (before,) = tick.process(bar(snapshots[400]))
    assert before.gates["pm.uptrend.S1.entry"] == {"ts": 0.6, "halo": 1.0, "slope": 0.0}
    assert set(before.gates) == set(tick.gates)
    with psycopg.connect(database, autocommit=True) as person:
        person.execute(
            "insert into learning.pm_overrides (pattern_key, action_category, multiplier) "
            "values ('pm.uptrend.S1.entry', 'tuning_ts_min', 0.5)"
        )
    (after,) = tick.process(bar(snapshots[401]))
    assert after.gates["pm.uptrend.S1.entry"]["ts"] == pytest.approx(0.3)


def test_a_tick_is_whole_or_not_at_all(connection, snapshots):
    tick = Tick(connection, "live", [X, Y])
    first = next(n for n, s in enumerate(snapshots) if s.state == "S1" and s.s1_halo_distance < 1)
    for snapshot in snapshots[: first + 1]:
        tick.process([bar(snapshot), bar(snapshot, Y)])
    count = "select count(*) from learning.pattern_episode_events"
    before = connection.execute(count).fetchone()
    connection.execute(
        "update learning.tick_states set version = version + 1 where position_id = "
        "(select position_id from learning.lowcap_positions where symbol = 'Y')"
    )

    def go_on():
        for snapshot in snapshots[first + 1 : first + 200]:
            tick.process([bar(snapshot), bar(snapshot, Y)])

    with pytest.raises(StaleTickerError, match="QD008"):
        go_on()
    states = connection.execute(
        "select count(distinct state #> '{tracks,s1_entry,window,bars}') from learning.tick_states"
    ).fetchone()
    assert connection.execute(count).fetchone() == before
    assert states == (1,), "X was written although Y could not be"


def test_an_entry_of_the_bot_is_recorded_as_acted(connection, snapshots):
    tick = Tick(connection, "live")
    bought = False
    for snapshot in snapshots:
        actions = []
        known = bool(tick.tickers) and tick.tickers[X].subject.attempt is not None
        if known and not bought and snapshot.state == "S1" and snapshot.s1_halo_distance <= 1:
            actions = [Action("entry", snapshot.bar_ts, "my-trade", context={"price": 1.5})]
            bought = True
        tick.process(bar(snapshot), actions)
    row = connection.execute(
        "select decision, trade_id from learning.pattern_episode_events where trade_id is not null"
    ).fetchone()
    assert row == ("acted", "my-trade")
    order = connection.execute(
        "select content ->> 'price', episode_id is not null from learning.ad_strands "
        "where kind = 'pm_action' and trade_id = 'my-trade'"
    ).fetchall()
    assert order == [("1.5", True)]


def test_positions_ticked_one_by_one_keep_their_own_newest_bar(connection, snapshots):
    tick = Tick(connection, "live", [X, Y])
    tick.process(bar(snapshots[400]))
    tick.process(bar(snapshots[400], Y))
    tick.process(bar(snapshots[401]))
    again = Tick(connection, "live", [X, Y])
    assert fresh(again.process([bar(snapshots[401]), bar(snapshots[401], Y)])) == [False, True]


def test_quiet_positions_write_no_row(connection, snapshots):
    tick = Tick(connection, "live", [X, Y])
    quiet = [s for s in snapshots[:300] if s.state == "S4"]
    for snapshot in quiet:
        tick.process([bar(snapshot), bar(snapshot, Y)])
    versions = "select array_agg(version), count(last_bar_ts) from learning.tick_states"
    assert connection.execute(versions).fetchone() == ([0, 0], 0)
    again = Tick(connection, "live", [X, Y])
    assert [t.last_bar_ts for t in again.tickers.values()] == [quiet[-1].bar_ts] * 2


def test_a_newcomer_is_not_taken_for_ticked(connection, snapshots):
    tick = Tick(connection, "live")
    for snapshot in snapshots[400:410]:
        tick.process(bar(snapshot))
    tick.process(bar(snapshots[405], Y))
    again = Tick(connection, "live", [X, Y])
    newest = {p: t.last_bar_ts for p, t in again.tickers.items()}
    assert newest == {X: snapshots[409].bar_ts, Y: snapshots[405].bar_ts}


def test_a_position_left_out_at_a_restart_keeps_its_newest_bar(connection, snapshots):
    tick = Tick(connection, "live", [X, Y])
    tick.process([bar(snapshots[400]), bar(snapshots[400], Y)])
    tick = Tick(connection, "live", [X])
    tick.process(bar(snapshots[405]))
    again = Tick(connection, "live", [X, Y])
    assert again.tickers[Y].last_bar_ts == snapshots[400].bar_ts


def test_several_bars_of_a_position_in_one_call_are_taken_in_their_order(connection, snapshots):
    tick = Tick(connection, "live")
    bars = [bar(s) for s in snapshots[400:403]]
    assert fresh(tick.process([*bars, bars[0]])) == [True, True, True, False]


def test_a_feed_taken_over_ends_the_ticker_before(connection, snapshots):
    first = Tick(connection, "live", [X])
    first.process(bar(snapshots[400]))
    second = Tick(connection, "live", [X])
    with pytest.raises(StaleTickerError, match="taken over"):
        first.process(bar(snapshots[401]))
    assert fresh(second.process(bar(snapshots[401]))) == [True]


def test_a_tick_that_failed_goes_on_from_what_the_database_holds(connection, snapshots):
    tick = Tick(connection, "live", [X])
    for snapshot in snapshots[:600]:
        tick.process(bar(snapshot))
    state = "select state, version from learning.tick_states"
    before = connection.execute(state).fetchone()
    with pytest.raises(QuadrantError, match="QD004"):
        tick.process(bar(snapshots[600], scope={"chain": {"not": "plain"}}))
    with pytest.raises(QuadrantError, match="QD041"):
        tick.process(bar(snapshots[600], scope={"chain": "x" * 2000}))
    assert connection.execute(state).fetchone() == before
    assert fresh(tick.process(bar(snapshots[600]))) == [True]
    assert tick.tickers[X].last_bar_ts == snapshots[600].bar_ts


def test_a_snapshot_that_cannot_be_is_refused_before_anything_is_done(connection, snapshots):
    tick = Tick(connection, "live", [X])
    for wrong, code in (({"close": float("nan")}, "QD005"), ({"timeframe": "1h"}, "QD016")):
        with pytest.raises(MessageError, match=code):
            tick.process([bar(snapshots[400], Y), bar(replace(snapshots[400], **wrong))])
    assert list(tick.tickers) == [X]
    assert tick.tickers[X].last_bar_ts is None


def test_a_flag_switched_off_reaches_the_next_tick(connection, snapshots, database):
    connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, multiplier) "
        "values ('pm.uptrend.S1.entry', 'tuning_ts_min', 0.5)"
    )
    tick = Tick(connection, "live", [X])
    key = "pm.uptrend.S1.entry"
    assert tick.process(bar(snapshots[400]))[0].gates[key]["ts"] == pytest.approx(0.3)
    with psycopg.connect(database, autocommit=True) as person:
        person.execute(
            "update learning.learning_configs set config_data = "
            "jsonb_set(config_data, '{feature_flags,tuning_overrides_enabled}', 'false') "
            "where module_id = 'pm'"
        )
    assert tick.process(bar(snapshots[401]))[0].gates[key]["ts"] == 0.6


def test_an_archived_position_leaves_its_pending_windows_neutral(connection, snapshots):
    tick = Tick(connection, "live", [X])
    pending = "select count(*) from learning.pattern_episode_events where outcome is null"
    for snapshot in snapshots:
        tick.process(bar(snapshot))
        if connection.execute(pending).fetchone() != (0,):
            break
    connection.execute("update learning.lowcap_positions set status = 'archived'")
    rows = connection.execute(
        "select outcome, outcome_reason from learning.pattern_episode_events"
    ).fetchall()
    assert ("neutral", "position archived") in rows
    assert connection.execute(pending).fetchone() == (0,)


def test_a_ticker_that_lost_a_position_is_told_with_the_next_bar(connection, snapshots):
    first = Tick(connection, "first", [X, Y])
    first.process([bar(snapshots[400]), bar(snapshots[400], Y)])
    second = Tick(connection, "second", [X])
    with pytest.raises(StaleTickerError, match="taken over"):
        first.process(bar(snapshots[401], Y))
    assert fresh(second.process(bar(snapshots[401]))) == [True]
