"""A planted market moves the thresholds, in its scope only; a null market moves nothing."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from quadrant.engine import compute
from quadrant.market import MarketSpec, planted_market, synthesize
from quadrant.replay import Progress, Replay, ReplayOptions

DAY = 86_400_000
SEEDS = range(20)

pytestmark = [pytest.mark.flow]


def replay(connection: psycopg.Connection[Any], spec: MarketSpec, seed: int) -> Progress:
    bars = synthesize(spec, seed)
    options = ReplayOptions(chain="synthetic", learn_every=DAY)
    return Replay(connection, bars, options).run()


def rows(connection: psycopg.Connection[Any], query: str) -> list[Any]:
    return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_planted_setups_just_outside_the_halo_widen_it_for_their_scope_only(connection):
    progress = replay(connection, planted_market(timeframes=("15m",)), seed=1)
    assert progress.done == progress.total, "packet died in replay"

    windows = rows(connection, "select count(*) from learning.pattern_episode_events")[0][0]
    assert windows > 300, "packet died in capture: too few windows"
    lessons = rows(
        connection, "select count(*) from learning.learning_lessons where status = 'active'"
    )[0][0]
    assert lessons > 0, "packet died in mining: no lesson"
    grids = rows(connection, "select count(*) from learning.gate_simulations")[0][0]
    assert grids > 0, "packet died in judging: nothing was simulated"

    halo = rows(
        connection,
        """
        select scope_subset, multiplier from learning.pm_overrides
        where status = 'active' and action_category = 'tuning_halo' and multiplier > 1
        """,
    )
    assert halo, "packet died in judging: no tuning_halo above 1 is in force"
    in_force = dict(
        rows(
            connection,
            """
            select p.symbol, (c.gates -> 'pm.uptrend.S1.entry' -> 'halo' ->> 'value')::float
            from pm.position_controls as c
            join learning.lowcap_positions as p using (position_id)
            """,
        )
    )
    planted = {symbol: value for symbol, value in in_force.items() if symbol.startswith("MICRO")}
    others = {symbol: value for symbol, value in in_force.items() if symbol not in planted}
    assert len(set(planted.values())) == 1, f"the planted tokens differ: {planted}"
    assert min(planted.values()) > 1, "packet died in runtime: the PM does not read the override"
    assert max(others.values()) <= 1.0, "the override reaches beyond the planted scope"


def test_the_second_half_acts_on_setups_the_first_half_skipped(connection):
    replay(connection, planted_market(timeframes=("15m",)), seed=2)
    outside = rows(
        connection,
        """
        with halves as (
            select e.decision, e.opened_at, ntile(2) over (order by e.opened_at) as half
            from learning.pattern_episode_events as e
            where e.decision is not null
                and e.scope ->> 'bucket' = 'nano'
                and (e.factors ->> 'ts_ok')::boolean
                and (e.factors ->> 'slope_ok')::boolean
                and (e.factors ->> 'halo_distance')::double precision > 1.0
                and (e.factors ->> 'halo_distance')::double precision <= 1.2
        )
        select count(*) filter (where decision = 'skipped'),
            min(opened_at) filter (where decision = 'skipped'),
            min(opened_at) filter (where decision = 'acted'),
            count(*) filter (where decision = 'acted')
        from halves group by half order by half
        """,
    )
    (skipped_before, first_skipped, first_acted, _), (skipped_after, _, _, acted_after) = outside
    assert skipped_before > 0, "base gates refuse setups outside the halo"
    assert first_acted is None or first_skipped < first_acted
    assert acted_after > 5 * skipped_after, "packet died between override and PM"


@pytest.mark.slow
def test_a_null_market_ends_without_override_in_nineteen_of_twenty_seeds(
    server_dsn, template, new_database
):
    spec = planted_market(timeframes=("15m",)).null_twin()
    moved = {}
    for seed in SEEDS:
        with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
            replay(connection, spec, seed)
            found = rows(
                connection,
                """
                select action_category, scope_subset, multiplier, delta
                from learning.pm_overrides where status = 'active'
                """,
            )
            if found:
                moved[seed] = found
    assert len(moved) <= 1, f"noise was called an edge: {moved}"


def test_the_synthetic_market_is_made_of_setups_the_engine_sees():
    bars = synthesize(planted_market(timeframes=("15m",), days=20), 3)
    assert all((compute(one).state == 1).any() for one in bars)
