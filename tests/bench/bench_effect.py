"""What the effect of overrides costs to tell, at 100,000 windows decided under 1,000 of them.

Run it as a program: python tests/bench/bench_effect.py [windows overrides scopes]. Three patterns,
three levers a slice, up to three conditions on 8 dimensions of 3 values; windows of a year in so
many scopes, half of them decided under what holds for their scope. The peer adds the windows up
override by override, of a few overrides. It starts an embedded server of its own.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table
from throwaway import database, server

LEVERS = {
    "pm.uptrend.S1.entry": ("tuning_ts_min", "tuning_halo", "tuning_slope_min"),
    "pm.uptrend.S2.entry": ("tuning_ts_min", "tuning_halo", "tuning_slope_min"),
    "pm.uptrend.S3.retest": ("tuning_ts_min", "tuning_dx_min", "tuning_slope_min"),
}
PATTERNS = list(LEVERS)
DIMENSIONS = [f"d{n}" for n in range(8)]
VALUES = 3
OF_THE_OVERRIDES = 10  # the peer is asked for so many
OVERRIDES = """
    insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
    select o ->> 0, o ->> 1, o -> 2, 1.1 from jsonb_array_elements(%s) as o
"""
WINDOWS = """
    insert into learning.pattern_episode_events (
        pattern_key, scope, decision, decided_at, outcome, outcome_at, roi, roi_at, factors
    )
    select s.pattern_key, s.scope, case when i.place %% 3 = 0 then 'acted' else 'skipped' end,
        d.at, 'success', d.at, sin(i.place), d.at,
        case when i.place %% 2 = 0 then s.factors else '{}' end
    from generate_series(1, %s) as i (place)
    join (
        select row_number() over () as place, p.pattern_key, e.scope, jsonb_build_object(
                'overrides', (
                    select jsonb_agg(o.override_id)
                    from pm.effective_overrides(p.pattern_key, e.scope) as o
                )
            ) as factors
        from unnest(%s::text[]) as p (pattern_key)
        cross join jsonb_array_elements(%s) as e (scope)
    ) as s on s.place = 1 + i.place %% (3 * %s)
    cross join lateral (
        select timestamptz '2026-01-01 00:00+00' - make_interval(mins => 5 * i.place) as at
    ) as d
"""
EFFECT = "select count(*) from analyst.override_effect"
PEER = """
    select count(*)
    from (select * from learning.pm_overrides order by id limit %s) as o
    cross join lateral (
        select (e.decided_at at time zone 'utc')::date,
            coalesce(e.overrides @> to_jsonb(o.id), false), count(*), sum(e.roi)
        from learning.pattern_episode_events as e
        where e.pattern_key = o.pattern_key and e.roi is not null
            and learning.scope_items(e.scope) @> o.items
        group by 1, 2
    ) as d
"""


def scope(random: random.Random, conditions: int) -> dict[str, str]:
    """Conditions on so many dimensions."""
    chosen = sorted(random.sample(DIMENSIONS, conditions))
    return {name: f"v{random.randrange(VALUES)}" for name in chosen}


def seconds(connection: psycopg.Connection[Any], statement: Any, given: tuple[Any, ...]) -> float:
    """Of one asking."""
    started = time.perf_counter()
    connection.execute(statement, given).fetchall()
    return time.perf_counter() - started


def main(windows: int, count: int, scopes: int) -> None:
    """Print the table."""
    chance = random.Random(1)
    slices: dict[str, list[Any]] = {}
    while len(slices) < -(-count // 3):
        chosen = [chance.choice(PATTERNS), scope(chance, chance.randint(0, 3))]
        slices[json.dumps(chosen)] = chosen
    overrides = [
        [pattern, lever, conditions]
        for pattern, conditions in slices.values()
        for lever in LEVERS[pattern]
    ][:count]
    with server() as cluster, database(cluster) as connection:
        connection.execute(OVERRIDES, (json.dumps(overrides),))
        held = json.dumps([scope(chance, len(DIMENSIONS)) for _ in range(scopes)])
        connection.execute(WINDOWS, (windows, PATTERNS, held, scopes))
        connection.execute("vacuum analyze")
        effect = sorted(seconds(connection, EFFECT, ()) for _ in range(3))[1]
        peer = seconds(connection, PEER, (OF_THE_OVERRIDES,)) * count / OF_THE_OVERRIDES
    table = Table(title=f"{windows:,} windows of {3 * scopes:,} scopes, {count:,} overrides (s)")
    for column in ("view", "override by override", "ratio"):
        table.add_column(column, justify="right")
    table.add_row(f"{effect:.2f}", f"{peer:.1f}", f"x{peer / effect:.0f}")
    Console().print(table)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:4]]
    windows, count, scopes = given + [100_000, 1_000, 1_000][len(given) :]
    main(windows, count, scopes)
