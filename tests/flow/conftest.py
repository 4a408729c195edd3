from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from walks import walk

from quadrant.bars import Bars
from quadrant.market import aggregate

Connection = psycopg.Connection[Any]
Contents = dict[str, list[Any]]

# What a replay leaves, but for ids and the times of the server's own clock.
TABLES = {
    "windows": """
        select to_jsonb(e) - '{id,position_id,overrides}'::text[]
            || jsonb_build_object('factors', e.factors - '{overrides,posture_overrides}'::text[],
                'posture', (
                    select jsonb_agg(u.item - 'id' order by u.item - 'id')
                    from jsonb_array_elements(e.factors -> 'posture_overrides') as u (item)
                ))
        from learning.pattern_episode_events as e
        order by e.window_id
    """,
    "strands": """
        select to_jsonb(s) - '{id,position_id}'::text[]
            || jsonb_build_object(
                'content',
                s.content #- '{context,overrides}' #- '{overrides}' #- '{posture_overrides}',
                'posture', (
                    select jsonb_agg(u.item - 'id' order by u.item - 'id')
                    from jsonb_array_elements(s.content -> 'posture_overrides') as u (item)
                ))
        from learning.ad_strands as s
        order by s.strand_key, s.kind
    """,
    "positions": """
        select to_jsonb(p) - '{position_id}'::text[] from learning.lowcap_positions as p
        order by p.token_chain, p.symbol, p.timeframe, p.book
    """,
    "states": """
        select p.token_chain, p.symbol, p.timeframe, p.book, t.state
        from learning.tick_states as t join learning.lowcap_positions as p using (position_id)
        order by p.token_chain, p.symbol, p.timeframe, p.book
    """,
    "watermarks": """
        select m.feed, m.timeframe, m.last_bar_ts from learning.feed_watermarks as m
        order by m.feed, m.timeframe
    """,
    "lessons": """
        select to_jsonb(l) - '{id,run_id,updated_at,copy_of}'::text[]
        from learning.learning_lessons as l where l.status = 'active'
        order by l.pattern_key, l.lesson_type, l.action_category, l.scope_subset
    """,
    # A look that was decided when the lights went out is taken again afterwards.
    "looks": """
        select distinct on (k.pattern_key, k.look_day) to_jsonb(k) - '{id,run_id}'::text[]
        from learning.looks as k
        where k.status = 'decided'
        order by k.pattern_key, k.look_day, k.id desc
    """,
    "grids": """
        select to_jsonb(g) - '{id,look_id,lesson_id,simulated_at}'::text[] || jsonb_build_object(
            'pattern', k.pattern_key, 'scope', s.scope_subset, 'sides', (
                select jsonb_object_agg(c.key, c.value || jsonb_build_object('windows', (
                    select jsonb_agg(e.window_id order by w.place)
                    from jsonb_array_elements_text(c.value -> 'windows')
                        with ordinality as w (id, place)
                    join learning.pattern_episode_events as e on e.id = w.id::bigint
                )))
                from jsonb_each(g.sides) as c
            )
        )
        from learning.gate_simulations as g
        join learning.looks as k on k.id = g.look_id
        join learning.look_slices as s on s.look_id = g.look_id and s.lesson_id = g.lesson_id
        order by k.pattern_key, s.scope_subset, g.reference::text, g.exclusions::text
    """,
    "solutions": """
        select to_jsonb(o) - '{id,look_id,lesson_id}'::text[] from learning.solutions as o
        order by o.pattern_key, o.scope_subset, o.written_at, o.id
    """,
    "overrides": """
        select to_jsonb(o)
            - '{id,lesson_id,solution_id,last_updated_at,evidence,preference}'::text[]
        from learning.pm_overrides as o order by o.pattern_key, o.action_category, o.scope_subset
    """,
    "trades": """
        select to_jsonb(t) - '{id,position_id}'::text[] from learning.pattern_trade_events as t
        order by to_jsonb(t) - '{id,position_id}'::text[]
    """,
    "configuration": """
        select c.module_id, c.config_data from learning.learning_configs as c order by c.module_id
    """,
    "allocations": """
        select to_jsonb(a) - '{id}'::text[] from learning.allocation_history as a
        order by a.trade_id
    """,
}


@pytest.fixture(scope="session")
def contents() -> Callable[[Connection], Contents]:
    """Reads every table a replay fills, rows in a fixed order."""

    def read(connection: Connection) -> Contents:
        return {
            name: connection.execute(query).fetchall()  # type: ignore[arg-type]
            for name, query in TABLES.items()
        }

    return read


@pytest.fixture(scope="session")
def eager() -> Callable[[Connection], None]:
    """Makes learning draw its conclusions from little, so that a short market changes gates."""

    def make(connection: Connection) -> None:
        connection.execute(
            "update learning.learning_configs set config_data = jsonb_set(config_data, '{tuning}',"
            " config_data -> 'tuning' || %s) where module_id = 'pm'",
            (
                psycopg.types.json.Jsonb(
                    {"n_min": 8, "profile": "plan", "min_ratio": 1.2, "max_dims": 2}
                ),
            ),
        )

    return make


@pytest.fixture(scope="session")
def walks() -> list[Bars]:
    """Three random walks, one of them in 1h as well: 7,800 bars with all four kinds of window."""
    bars = [walk(f"WALK{n}", n) for n in range(3)]
    return [*bars, aggregate(bars[0], "1h")]
