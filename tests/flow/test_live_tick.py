"""A live bot's tick: the least privileged role, one transaction, gates in force."""

from __future__ import annotations

import psycopg
import pytest

from quadrant.engine import compute
from quadrant.errors import QuadrantError
from quadrant.market import planted_market, synthesize
from quadrant.tick import Action, StaleTickerError, Tick

pytestmark = [pytest.mark.flow]
SCOPE = {"chain": "solana", "bucket": "micro", "timeframe": "15m"}


def positions(*symbols):
    return [
        {
            "token_contract": symbol,
            "token_chain": "solana",
            "symbol": symbol,
            "timeframe": "15m",
            "total_allocation_pct": 10,
        }
        for symbol in symbols
    ]


@pytest.fixture
def snapshots():
    bars = synthesize(planted_market(days=20, timeframes=("15m",)), 4)[0]
    return compute(bars).snapshots()


def test_the_pm_role_ticks_and_sees_no_table(connection, snapshots):
    connection.execute("set role quadrant_pm")
    tick = Tick(connection, "live", positions("X"))
    for snapshot in snapshots:
        assert tick.process([("X", snapshot, SCOPE)]) == {("X", "15m"): True}
    assert tick.process([("X", snapshots[-1], SCOPE)]) == {("X", "15m"): False}
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
    tick = Tick(connection, "live'; select 1; --", positions("X'; --"))
    connection.execute(
        "insert into learning.pm_overrides "
        "(pattern_key, action_category, scope_subset, multiplier) values "
        "('pm.uptrend.S1.entry', 'tuning_halo', %s, 1.1)",
        (psycopg.types.json.Jsonb(nasty),),
    )
    tick.process([("X'; --", snapshots[-1], nasty)])
    row = connection.execute(
        "select scope, (gates -> 'pm.uptrend.S1.entry' -> 'halo' ->> 'value')::float8 "
        "from pm.position_controls"
    ).fetchone()
    assert row == (nasty, pytest.approx(1.1))


def test_a_new_override_reaches_the_next_tick(connection, snapshots, database):
    tick = Tick(connection, "live", positions("X"))
    ticker = tick.tickers["X", "15m"]
    tick.process([("X", snapshots[400], SCOPE)])
    assert tick.thresholds(ticker) == (0.6, 1.0, 0.0)
    with psycopg.connect(database, autocommit=True) as person:
        person.execute(
            "insert into learning.pm_overrides (pattern_key, action_category, multiplier) "
            "values ('pm.uptrend.S1.entry', 'tuning_ts_min', 0.5)"
        )
    tick.process([("X", snapshots[401], SCOPE)])
    assert tick.thresholds(ticker) == (pytest.approx(0.3), 1.0, 0.0)


def test_a_tick_is_whole_or_not_at_all(connection, snapshots):
    tick = Tick(connection, "live", positions("X", "Y"))
    first = next(n for n, s in enumerate(snapshots) if s.state == "S1" and s.s1_halo_distance < 1)
    for snapshot in snapshots[: first + 1]:
        tick.process([("X", snapshot, SCOPE), ("Y", snapshot, SCOPE)])
    count = "select count(*) from learning.pattern_episode_events"
    before = connection.execute(count).fetchone()
    connection.execute(
        "update learning.tick_states set version = version + 1 where position_id = "
        "(select position_id from learning.lowcap_positions where symbol = 'Y')"
    )

    def go_on():
        for snapshot in snapshots[first + 1 : first + 200]:
            tick.process([("X", snapshot, SCOPE), ("Y", snapshot, SCOPE)])

    with pytest.raises(StaleTickerError, match="QD008"):
        go_on()
    states = connection.execute(
        "select count(distinct state -> 'window' -> 'bars') from learning.tick_states"
    ).fetchone()
    assert connection.execute(count).fetchone() == before
    assert states == (1,), "X was written although Y could not be"


def test_an_entry_of_the_bot_is_recorded_as_acted(connection, snapshots):
    tick = Tick(connection, "live", positions("X"))
    bought = False
    for snapshot in snapshots:
        actions = {}
        passes = (
            snapshot.state == "S1"
            and tick.tickers["X", "15m"].attempt is not None
            and snapshot.s1_halo_distance <= 1
        )
        if passes and not bought:
            actions = {("X", "15m"): [Action("entry", snapshot.bar_ts, "my-trade")]}
            bought = True
        tick.process([("X", snapshot, SCOPE)], actions)
    row = connection.execute(
        "select decision, trade_id from learning.pattern_episode_events where trade_id is not null"
    ).fetchone()
    assert row == ("acted", "my-trade")


def test_positions_ticked_one_by_one_keep_their_own_newest_bar(connection, snapshots):
    tick = Tick(connection, "live", positions("X", "Y"))
    tick.process([("X", snapshots[400], SCOPE)])
    tick.process([("Y", snapshots[400], SCOPE)])
    tick.process([("X", snapshots[401], SCOPE)])
    again = Tick(connection, "live", positions("X", "Y"))
    assert again.process([("X", snapshots[401], SCOPE), ("Y", snapshots[401], SCOPE)]) == {
        ("X", "15m"): False,
        ("Y", "15m"): True,
    }


def test_two_positions_of_one_name_are_refused(connection):
    twins = positions("X", "X")
    twins[1]["token_contract"] = "another"
    with pytest.raises(QuadrantError, match="QD015"):
        Tick(connection, "live", twins)
