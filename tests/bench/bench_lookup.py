"""What asking for gates in force costs at 100,000 overrides, before a VACUUM and after it.

Run it as a program: python tests/bench/bench_lookup.py [overrides positions [workload]]. Workloads:
2 patterns x 3 levers, conditions on up to 5 dimensions: sparse (8 dimensions of 6 values: some 57
overrides match a scope per lever), dense (12 of 2 values: hundreds match), absent (as sparse, but
scopes have 3 of the dimensions). The peer is the rule written down, `items <@ scope` over a GIN
index, in the same database. Then what a change costs: an override of one condition set by hand, and
a position's scope. It starts an embedded server of its own; autovacuum is off.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import psycopg
from rich.console import Console
from rich.table import Table
from throwaway import database, server

from quadrant.client import GateIndex

Scope = dict[str, str]

PATTERNS = ("pm.uptrend.S1.entry", "pm.uptrend.S2.entry")
LEVERS = ("tuning_ts_min", "tuning_halo", "tuning_slope_min")
MOST_CONDITIONS = 5
# name: dimensions, values of each, dimensions a scope has
WORKLOADS = {"sparse": (8, 6, 8), "dense": (12, 2, 12), "absent": (8, 6, 3)}
ASKED = 1_000
# Of a connection's first asks some are planned: they are not counted.
FIRST_ASKS = 20
ASKED_NAIVELY = 10
FUNCTION = "select override_id from pm.effective_overrides(%s, %s)"
NAIVE = """
    select distinct on (o.action_category) o.id
    from learning.pm_overrides as o
    where o.pattern_key = %s and o.status = 'active' and o.items <@ learning.scope_items(%s)
    order by o.action_category, o.preference desc
"""
ONE = "select * from pm.position_controls where position_id = %s"
VIEW = "select count(gates) from pm.position_controls"
NAIVE_VIEW = """
    select count(*)
    from learning.lowcap_positions as p
    cross join lateral (select learning.scope_items(p.scope) as items offset 0) as s
    cross join lateral (
        select distinct on (o.pattern_key, o.action_category) o.id
        from learning.pm_overrides as o
        where o.status = 'active' and o.items <@ s.items
        order by o.pattern_key, o.action_category, o.preference desc
    ) as w
    where p.position_id %% %s = 0
"""
# Triggers that would make the load most of the bench.
ROW_BY_ROW = ("keep_override_history", "check_override", "write_scope_canonically")
OF_THE_VIEW = 100  # the naive view is asked for every so many positions
WRITE = """
    insert into learning.pm_overrides (pattern_key, action_category, scope_subset)
    values (%s, 'tuning_halo', %s)
    on conflict (pattern_key, action_category, scope_subset, is_manual) do update
    set confidence_score = 1 - pm_overrides.confidence_score
"""
MOVE = "update learning.lowcap_positions set scope = %s where position_id = %s"
LOAD = """
    insert into learning.pm_overrides (
        pattern_key, action_category, scope_subset, multiplier, confidence_score, n, method
    )
    select o ->> 0, o ->> 1, o -> 2, 1.1, (o ->> 3)::float8, (o ->> 4)::bigint, 'simulation'
    from jsonb_array_elements(%s) as o
"""


def overrides(random: random.Random, count: int, dimensions: int, values: int) -> list[Any]:
    """[pattern_key, action_category, scope, confidence, n], as many of each depth as there are."""
    names = [f"d{n}" for n in range(dimensions)]
    rows = []
    for pattern in PATTERNS:
        for lever in LEVERS:
            known: dict[str, Scope] = {}
            while len(known) < count // (len(PATTERNS) * len(LEVERS)):
                depth = random.randint(0, MOST_CONDITIONS)
                chosen = sorted(random.sample(names, depth))
                scope = {name: f"v{random.randrange(values)}" for name in chosen}
                known[json.dumps(scope)] = scope
            rows += [
                [pattern, lever, scope, round(random.random(), 3), random.randint(33, 999)]
                for scope in known.values()
            ]
    return rows


def scopes(random: random.Random, dimensions: int, values: int, has: int) -> Iterator[Scope]:
    """Scopes with `has` of the dimensions, for ever."""
    names = [f"d{n}" for n in range(dimensions)]
    while True:
        yield {name: f"v{random.randrange(values)}" for name in sorted(random.sample(names, has))}


def milliseconds(asks: list[Callable[[], Any]], first: int = 0) -> tuple[float, float]:
    """p50 and p99, without the first."""
    times = []
    for ask in asks[:first]:
        ask()
    for ask in asks[first:]:
        started = time.perf_counter()
        ask()
        times.append(1_000 * (time.perf_counter() - started))
    return float(np.percentile(times, 50)), float(np.percentile(times, 99))


def measure(connection: psycopg.Connection[Any], asked: list[str], table: Table, of: str) -> None:
    """A row of the table."""

    def asks(
        statement: Any, arguments: Sequence[tuple[Any, ...]], *, fetch: bool = True
    ) -> list[Callable[[], Any]]:
        def ask(given: tuple[Any, ...]) -> None:
            done = connection.execute(statement, given)
            if fetch:
                done.fetchall()

        return [partial(ask, given) for given in arguments]

    asked_for = [(PATTERNS[n % 2], scope) for n, scope in enumerate(asked)]
    ids = connection.execute("select position_id from learning.lowcap_positions").fetchall()
    # The peer's index is there for the peer alone: the planner would take it for the others too.
    connection.execute("create index naive on learning.pm_overrides using gin (items)")
    naive, _ = milliseconds(asks(NAIVE, asked_for[:ASKED_NAIVELY]))
    naive_view, _ = milliseconds(asks(NAIVE_VIEW, [(OF_THE_VIEW,)]))
    naive_view *= OF_THE_VIEW
    connection.execute("drop index learning.naive")
    nothing = milliseconds(asks("select 1", [()] * ASKED), FIRST_ASKS)
    function = milliseconds(asks(FUNCTION, asked_for), FIRST_ASKS)
    one = milliseconds(asks(ONE, (ids * 5)[:ASKED]), FIRST_ASKS)
    view, _ = milliseconds(asks(VIEW, [()] * 3))
    index = GateIndex.read(connection)
    parsed = [(pattern, json.loads(scope)) for pattern, scope in asked_for]
    client = milliseconds([partial(index.gates, *given) for given in parsed])
    moved = [(scope, place) for scope, (place,) in zip(asked, ids, strict=False)][:100]
    move = milliseconds(asks(MOVE, moved, fetch=False))
    one_condition = [(PATTERNS[0], json.dumps({"d0": f"v{n % 2}"})) for n in range(20)]
    write, _ = milliseconds(asks(WRITE, one_condition, fetch=False))
    table.add_row(
        of, f"{naive:.1f}", f"{nothing[0]:.2f} / {nothing[1]:.2f}",
        f"{function[0]:.2f} / {function[1]:.2f}", f"x{naive / function[0]:.0f}",
        f"{one[0]:.2f} / {one[1]:.2f}", f"{naive_view:,.0f}", f"{view:.0f}",
        f"x{naive_view / view:.0f}", f"{client[0]:.3f} / {client[1]:.3f}", f"{write:.1f}",
        f"{move[0]:.1f} / {move[1]:.1f}",
    )  # fmt: skip


def workload(
    connection: psycopg.Connection[Any], name: str, table: Table, sizes: list[int]
) -> None:
    """Both rows of a workload, before a VACUUM and after it."""
    count, positions = sizes
    dimensions, values, has = WORKLOADS[name]
    chance = random.Random(1)
    stream = scopes(chance, dimensions, values, has)
    connection.execute("alter system set autovacuum = off")
    connection.execute("select pg_reload_conf()")
    connection.execute(
        "insert into learning.lowcap_positions"
        " (token_contract, token_chain, symbol, timeframe, scope)"
        " select place::text, 'c', 's', '1h', scope"
        " from jsonb_array_elements(%s::jsonb) with ordinality as e (scope, place)",
        (json.dumps([next(stream) for _ in range(positions)]),),
    )
    rows = json.dumps(overrides(chance, count, dimensions, values))
    for trigger in ROW_BY_ROW:
        connection.execute(f"alter table learning.pm_overrides disable trigger {trigger}")
    connection.execute(LOAD, (rows,))
    asked = [json.dumps(next(stream)) for _ in range(ASKED)]
    measure(connection, asked, table, name)
    connection.execute("vacuum analyze")
    measure(connection, asked, table, f"{name}, vacuumed")


def main(sizes: list[int]) -> None:
    """Print the table."""
    table = Table(title="{:,} overrides, {:,} positions (ms)".format(*sizes))
    for column in (
        "workload", "naive", "select 1", "function p50 / p99", "ratio", "a position p50 / p99",
        "naive view", "view", "ratio", "client p50 / p99", "override set", "scope set p50 / p99",
    ):  # fmt: skip
        table.add_column(column, justify="left" if column == "workload" else "right")
    with server() as cluster:
        for name in WORKLOADS if len(sys.argv) < 4 else sys.argv[3:]:
            with database(cluster) as connection:
                workload(connection, name, table, sizes)
    Console(width=180).print(table)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    main(given + [100_000, 1_000][len(given) :])
