"""Where the hourly cycle of one server and one worker would take an hour.

Run it as a program: python tests/bench/bench_ceiling.py [windows ...]. One pattern (S1's 125
candidates), windows of 300 days with 8 samples each, six dimensions of three values. At each size:
1 % more windows, then what an hour brings at most: mining, and a judging that looks at everything,
simulated by one worker that begins with an empty cache. Then ticks of positions, a tenth of them
with open windows, and all positions asked for at once. From the largest size it is drawn on in
proportion, or by the power of the last two where that is more. The server is an
embedded one of its own, fsync on.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psycopg
from bench_tick import ticks
from rich.console import Console
from rich.table import Table
from throwaway import database, server

from quadrant.engine import compute
from quadrant.judging import Worker
from quadrant.market import planted_market, synthesize

SIZES = (4_000, 12_000, 36_000)
POSITIONS = (300, 1_000, 3_000)
HOUR = 3_600.0
PART = 5_000  # a statement's rows
MORE = """
    insert into learning.pattern_episode_events (
        pattern_key, episode_type, scope, decision, blocked_by, opened_at, decided_at, closed_at,
        outcome, outcome_at, entry_price, exit_price, roi, roi_at, factors
    )
    select 'pm.uptrend.S1.entry', 's1_entry', w.scope, 'skipped', '{halo}', w.at, w.at, w.at,
        case when w.roi > 0 then 'success' else 'failure' end, w.at + interval '1 day', 100,
        100 * (1 + w.roi), w.roi, w.at + interval '1 day', jsonb_build_object('samples', (
            select jsonb_agg(jsonb_build_object(
                'ts_score', 0.4 + 0.4 * random(), 'halo_distance', 0.6 + 0.7 * random(),
                'slope', 0.08 * random() - 0.04, 'entry_price', 98 + 4 * random(), 'of', 8 * w.n + k
            ))
            from generate_series(1, 8) as k
        ))
    from (
        select n, now() - interval '1 day' * (3 + 297 * random()) as at, (
                select jsonb_object_agg(d, 'v' || floor(3 * random()) || left('', n))
                from unnest(%s::text[]) as d
            ) as scope,
            case when random() < 0.25 then 0.12 * random() else -0.03 end + 0.0 * n as roi
        from generate_series(1, %s) as n
    ) as w
"""


def add(connection: psycopg.Connection[Any], names: list[str], count: int) -> None:
    """So many windows more."""
    for first in range(0, count, PART):
        connection.execute(MORE, (names, min(PART, count - first)))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what it answers."""
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


def cycle(connection: psycopg.Connection[Any], names: list[str]) -> tuple[float, float, int]:
    """Seconds of mining 1 % more and of judging everything, and the comparisons that took."""
    (count,) = connection.execute(  # type: ignore[misc]
        "select count(*) from learning.pattern_episode_events"
    ).fetchone()
    connection.execute("vacuum analyze")
    connection.execute("call learning.run_tuning_miner(true)")
    connection.execute("vacuum analyze")
    add(connection, names, count // 100)
    mining, _ = timed(lambda: connection.execute("call learning.run_tuning_miner(true)"))
    asking, _ = timed(lambda: connection.execute("call learning.run_judge(true, true)"))
    comparing, requests = timed(lambda: Worker().drain(connection))
    return mining, asking + comparing, requests


def drawn_on(sizes: tuple[int, ...], seconds: list[float], wanted: float) -> float:
    """The size at which it would take that long; less than in proportion is not counted on."""
    power = max(1.0, math.log(seconds[-1] / seconds[-2]) / math.log(sizes[-1] / sizes[-2]))
    return float(sizes[-1] * (wanted / seconds[-1]) ** (1 / power))


def main(sizes: tuple[int, ...]) -> None:
    console = Console()
    with server() as cluster:
        table = Table(title="An hour's cycle (seconds)")
        for column in ("windows", "lessons", "mine 1 %", "comparisons", "judge", "cycle"):
            table.add_column(column, justify="right")
        cycles = []
        with database(cluster) as connection:
            connection.execute("select setseed(0.5)")
            names = [
                name
                for (name,) in connection.execute(
                    "select d.name from learning.scope_dimensions as d where d.enabled"
                    " order by d.ordinal limit 6"
                ).fetchall()
            ]
            there = 0
            for size in sizes:
                add(connection, names, size - there)
                mining, judging, requests = cycle(connection, names)
                there = size + size // 100
                (lessons,) = connection.execute(  # type: ignore[misc]
                    "select count(*) from learning.lessons where status = 'active'"
                ).fetchone()
                cycles.append(mining + judging)
                cells = (f"{mining:.1f}", f"{requests:,}", f"{judging:.1f}", f"{cycles[-1]:.1f}")
                table.add_row(f"{size:,}", f"{lessons:,}", *cells)
        console.print(table)
        console.print(f"an hour at {drawn_on(sizes, cycles, HOUR):,.0f} windows in evidence_days")
        (bars, *_) = synthesize(planted_market(days=10, timeframes=("15m",)), 1)
        base = compute(bars).snapshots()[400]
        table = Table(title="A tick, and all positions' gates (seconds)")
        for column in ("positions", "tick p99", "pm.position_controls"):
            table.add_column(column, justify="right")
        longest = []
        for count in POSITIONS:
            with database(cluster) as connection:
                times, _ = ticks(connection, count, base, together=True)
                longest.append(float(np.percentile(times, 99)))
                asked, _ = timed(
                    lambda c=connection: c.execute(  # type: ignore[misc]
                        "select count(gates) from pm.position_controls"
                    ).fetchall()
                )
            table.add_row(f"{count:,}", f"{longest[-1]:.3f}", f"{asked:.3f}")
        console.print(table)
        most = drawn_on(POSITIONS, longest, 60.0)
        console.print(f"a tick takes a minute at {most:,.0f} positions of one feed")


if __name__ == "__main__":
    main(tuple(int(argument) for argument in sys.argv[1:]) or SIZES)
