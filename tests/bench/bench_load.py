"""Everything at once on one server: eight connections write while it mines, judges and is read.

Run it as a program: python tests/bench/bench_load.py [seconds [windows at the start]]. Four
connections record windows and closed trades in batches of 20, four tick 100 positions each, first
once a second, then as fast as they can; one mines and judges without a pause, a worker simulates,
one asks for the gates of one position after another, one reads what analysts read; locks are looked
at every 20 ms. Then what a replay leaves in the tables, per million bars. The server is an embedded
one of its own, fsync on.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from queue import Empty
from typing import Any

import numpy as np
import psycopg
from bench_tick import SCOPE, bars_of
from psycopg.types.json import Jsonb
from rich.console import Console
from rich.table import Table
from throwaway import database, new_database, server

from quadrant.client import GateClient
from quadrant.engine import compute
from quadrant.judging import Worker
from quadrant.market import planted_market, synthesize
from quadrant.replay import Replay, ReplayOptions
from quadrant.tick import Position, PositionBar, Tick

PATTERN = "pm.uptrend.S1.entry"
PATTERNS = (PATTERN, "pm.uptrend.S2.entry", "pm.uptrend.S3.retest", "pm.uptrend.S3.dx")
RECORDERS = TICKERS = 4
BATCH = 20
POSITIONS = 100
SAMPLES = 8
ONE = "select p.gates from pm.position_controls as p where p.position_id = %s"
READ = (
    "select * from analyst.health",
    "select * from analyst.windows limit 200",
    "select * from analyst.changes",
    "select * from analyst.summary",
)
WAITS = """
    select extract(epoch from clock_timestamp() - l.waitstart)::float8, l.relation::regclass::text,
        l.mode, a.query
    from pg_locks as l join pg_stat_activity as a using (pid)
    where l.waitstart is not null
"""
SIZES = """
    select c.relname::text, pg_total_relation_size(c.oid)
    from pg_class as c
    where c.relnamespace = 'learning'::regnamespace and c.relkind = 'r'
"""
Result = dict[str, Any]


def windows(rng: random.Random, name: str, count: int, dimensions: list[str]) -> list[Any]:
    """Decided windows of S1 of the last 300 days, with results; just outside halo they pay."""
    now = datetime.now(UTC)
    made = []
    for n in range(count):
        at = now - timedelta(days=rng.uniform(3, 300))
        scope = {key: f"v{rng.randrange(3)}" for key in dimensions} | {"timeframe": "1h"}
        samples = [
            {
                "ts_score": rng.uniform(0.5, 0.8),
                "halo_distance": rng.uniform(0.7, 1.3),
                "slope": 0.05,
                "entry_price": 100.0,
            }
            for _ in range(SAMPLES)
        ]
        acted = samples[0]["halo_distance"] <= 1
        roi = (0.1 if rng.random() < (0.3 if acted else 0.5) else -0.05) + rng.gauss(0, 0.01)
        made.append(
            {
                "window_id": f"{name}-{n}",
                "pattern_key": PATTERN,
                "episode_type": "s1_entry",
                "decision": "acted" if acted else "skipped",
                "decided_at": at.isoformat(),
                "blocked_by": [] if acted else ["halo"],
                "scope": scope,
                "factors": {"samples": samples},
                "outcome": "success" if roi > 0 else "failure",
                "outcome_at": (at + timedelta(hours=20)).isoformat(),
                "entry_price": 100.0,
                "exit_price": 100 * (1 + roi),
                "roi": roi,
                "roi_at": (at + timedelta(hours=20)).isoformat(),
            }
        )
    return made


def paced(until: float, pace: float) -> Iterator[None]:
    """So many turns a second, or, 0, as many as there can be."""
    due = time.time()
    while time.time() < until:
        yield
        if pace:
            due += 1 / pace
            time.sleep(max(0.0, due - time.time()))


def record(dsn: str, until: float, pace: float, number: int, dimensions: list[str]) -> Result:
    """Batches of windows, and a closed trade after each."""
    rng = random.Random(number)
    events = 0
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in paced(until, pace):
            name = f"r{pace}-{number}-{events}"
            batch = windows(rng, name, BATCH, dimensions)
            connection.execute("select pm.record_episodes(%s)", (Jsonb(batch),))
            now = datetime.now(UTC)
            trade = {
                "trade_id": name,
                "roi": rng.gauss(0.01, 0.1),
                "closed_at": now.isoformat(),
                "opened_at": (now - timedelta(hours=5)).isoformat(),
                "timeframe": rng.choice(("15m", "1h", "4h")),
                "pattern_key": PATTERN,
                "scope": batch[0]["scope"],
                "actions": ["entry", "exit"],
            }
            connection.execute("select pm.record_closed_trade(%s)", (Jsonb(trade),))
            events += BATCH + 1
    return {"events": events}


def tick(dsn: str, until: float, pace: float, number: int, dimensions: list[str]) -> Result:
    """A feed of its own, bar after bar."""
    (bars, *_) = synthesize(planted_market(days=10, timeframes=("15m",)), 1)
    base = compute(bars).snapshots()[400]
    positions = [
        Position("bench", f"f{pace}-{number}-{n}", f"F{n}", "15m") for n in range(POSITIONS)
    ]
    times = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        ticker = Tick(connection, f"bench {pace} {number}", positions)
        for moment, _ in enumerate(paced(until, pace)):
            given = [
                PositionBar(p, bars_of(n, moment, base), SCOPE) for n, p in enumerate(positions)
            ]
            started = time.perf_counter()
            ticker.process(given)
            times.append(time.perf_counter() - started)
    return {"bars": len(times) * POSITIONS, "tick": times}


def learn(dsn: str, until: float, pace: float, number: int, dimensions: list[str]) -> Result:
    """Mining and judging, one after the other."""
    mined, judged = [], []
    with psycopg.connect(dsn, autocommit=True) as connection:
        while time.time() < until:
            started = time.perf_counter()
            connection.execute("call learning.run_aggregator(true)")
            connection.execute("call learning.run_tuning_miner(true)")
            mined.append(time.perf_counter() - started)
            connection.execute("call learning.run_judge(true, true)")
            while time.time() < until:
                waiting = connection.execute(
                    "select count(*) from learning.learning_runs where status = 'waiting'"
                ).fetchone()
                if waiting == (0,):
                    judged.append(time.perf_counter() - started)
                    break
                time.sleep(0.2)
    return {"mine": mined, "cycle": judged}


def work(dsn: str, until: float, pace: float, number: int, dimensions: list[str]) -> Result:
    """The simulations of all that."""
    worker = Worker(dsn)
    threading.Timer(until - time.time(), worker.stop).start()
    worker.run()
    return {}


def ask(dsn: str, until: float, pace: float, number: int, dimensions: list[str]) -> Result:
    """The gates in force, a position at a time, by the database and by a client in this process;
    select 1 beside it tells what waits for a core."""
    rng = random.Random(number)
    times, nothing, by_client = [], [], []
    with psycopg.connect(dsn, autocommit=True) as connection, GateClient(dsn) as client:
        rows = connection.execute(
            "select position_id, scope from learning.lowcap_positions"
        ).fetchall()
        while time.time() < until:
            position, scope = rng.choice(rows)
            started = time.perf_counter()
            for pattern in PATTERNS:
                client.gates(pattern, scope)
            by_client.append(time.perf_counter() - started)
            started = time.perf_counter()
            connection.execute(ONE, (position,)).fetchall()
            times.append(time.perf_counter() - started)
            started = time.perf_counter()
            connection.execute("select 1").fetchall()
            nothing.append(time.perf_counter() - started)
            time.sleep(0.005)
    return {"ask": times, "nothing": nothing, "by_client": by_client}


def read(dsn: str, until: float, pace: float, number: int, dimensions: list[str]) -> Result:
    """What analysts look at, every half second."""
    times = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        while time.time() < until:
            for query in READ:
                started = time.perf_counter()
                connection.execute(query.encode()).fetchall()
                times.append(time.perf_counter() - started)
            time.sleep(0.5)
    return {"read": times}


def watch(dsn: str, until: float, pace: float, number: int, dimensions: list[str]) -> Result:
    """The longest wait for a lock, and what waited."""
    longest: tuple[Any, ...] = (0.0, None, None, None)
    with psycopg.connect(dsn, autocommit=True) as connection:
        while time.time() < until:
            longest = max([longest, *connection.execute(WAITS).fetchall()], key=lambda w: w[0])
            time.sleep(0.02)
    return {"wait": longest}


ROLES: tuple[Callable[..., Result], ...] = (
    *[record] * RECORDERS,
    *[tick] * TICKERS,
    learn,
    work,
    ask,
    read,
    watch,
)


def _role(place: int, answers: Any, *arguments: Any) -> None:
    answers.put((ROLES[place].__name__, ROLES[place](*arguments[:3], place, *arguments[3:])))


def fill(dsn: str, start: int) -> list[str]:
    """A database that has learned from so many windows; the names of the dimensions they have."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute(
            "select d.name from learning.scope_dimensions as d"
            " where d.enabled and d.name <> 'timeframe' order by d.ordinal limit 4"
        ).fetchall()
        dimensions = [name for (name,) in rows]
        made = windows(random.Random(0), "start", start, dimensions)
        for first in range(0, start, 1_000):
            connection.execute(
                "select pm.record_episodes(%s)", (Jsonb(made[first : first + 1_000]),)
            )
        positions = [Position("quiet", f"q{n}", f"Q{n}", "1h") for n in range(1_000)]
        Tick(connection, "quiet", positions)
        connection.execute(
            "update learning.lowcap_positions set scope = %s where token_chain = 'quiet'",
            (Jsonb(made[0]["scope"]),),
        )
        connection.execute("vacuum analyze")
        connection.execute("call learning.run_tuning_miner(true)")
        connection.execute("call learning.run_judge(true, true)")
        Worker().drain(connection)
        connection.execute("vacuum analyze")
    return dimensions


def under_load(
    dsn: str, seconds: float, pace: float, dimensions: list[str]
) -> dict[str, list[Result]]:
    """Everybody's figures, by role."""
    context = get_context("fork")
    answers = context.Queue()
    until = time.time() + seconds
    processes = [
        context.Process(target=_role, args=(place, answers, dsn, until, pace, dimensions))
        for place in range(len(ROLES))
    ]
    for process in processes:
        process.start()
    found: dict[str, list[Result]] = {}
    for _ in processes:
        try:
            name, result = answers.get(timeout=seconds + 120)
        except Empty:
            raise SystemExit("somebody died: see above") from None
        found.setdefault(name, []).append(result)
    for process in processes:
        process.join()
    return found


LATER = """
    select learning.set_setting('retention_days.events', '425'),
        learning.set_clock(max(e.opened_at) + interval '500 days')
    from learning.pattern_episode_events as e
"""


def growth(connection: psycopg.Connection[Any]) -> tuple[int, list[dict[str, int]]]:
    """Bars of a replay that learns daily; bytes of the tables after it, after retention of a day,
    which has nothing to keep but what anything refers to, and of events 500 days later."""
    bars = synthesize(planted_market(days=60), 1)
    day = 24 * 3_600_000
    done = Replay(connection, bars, ReplayOptions(chain="bench", learn_every=day)).run().done
    connection.execute("vacuum full")
    before = dict(connection.execute(SIZES).fetchall())
    for kind in ("log", "requests", "runs", "rejects"):
        connection.execute("select learning.set_setting(%s, '1')", (f"retention_days.{kind}",))
    connection.execute("update learning.learning_log set logged_at = logged_at - interval '2 days'")
    for table in ("simulation_requests", "learning_runs"):
        connection.execute(
            f"update learning.{table} set finished_at = finished_at - interval '2 days'".encode()
        )
    connection.execute("select learning.apply_retention()")
    connection.execute("vacuum full")
    kept = dict(connection.execute(SIZES).fetchall())
    connection.execute(LATER)
    connection.execute("call learning.run_aggregator(true)")
    connection.execute("call learning.run_tuning_miner(true)")
    batch = "select learning.remove_old_events(learning.events_kept_since(), 5000)"
    while any(connection.execute(batch).fetchone()[0].values()):  # type: ignore[index]
        pass
    connection.execute("vacuum full")
    return done, [before, kept, dict(connection.execute(SIZES).fetchall())]


def percentiles(results: list[Result], key: str) -> str:
    """p50 / p99 / longest in milliseconds."""
    times = [1_000 * t for result in results for t in result[key]]
    if not times:
        return "none came to an end"
    return "{:.1f} / {:.1f} / {:.1f} ms".format(*np.percentile(times, (50, 99, 100)))


def figures(dsn: str, seconds: float, found: dict[str, list[Result]]) -> list[tuple[str, str]]:
    """What came of it, in words."""
    with psycopg.connect(dsn) as connection:
        runs = connection.execute(
            "select count(*) filter (where status = 'done'),"
            " count(*) filter (where detail ? 'superseded_by')"
            " from learning.learning_runs where job = 'quadrant.judge'"
        ).fetchone()
    assert runs is not None
    events = sum(result["events"] for result in found["record"])
    bars = sum(result["bars"] for result in found["tick"])
    wait = found["watch"][0]["wait"]
    return [
        ("windows and trades recorded a second", f"{events / seconds:,.0f}"),
        ("position-bars ticked a second", f"{bars / seconds:,.0f}"),
        ("tick of 100 positions, p50 / p99 / longest", percentiles(found["tick"], "tick")),
        ("gates of a position", percentiles(found["ask"], "ask")),
        ("the same by a client", percentiles(found["ask"], "by_client")),
        ("select 1, beside it", percentiles(found["ask"], "nothing")),
        ("an analyst's view", percentiles(found["read"], "read")),
        ("aggregate and mine", percentiles(found["learn"], "mine")),
        ("until judged", percentiles(found["learn"], "cycle")),
        ("judging runs done / replaced, so far", f"{runs[0]} / {runs[1]}"),
        ("longest wait for a lock", f"{wait[0]:.3f} s {wait[1:]}"),
    ]


def main(seconds: float, start: int) -> None:
    console = Console()
    with server() as cluster:
        dsn = new_database(cluster)
        dimensions = fill(dsn, start)
        table = Table(title=f"{seconds:.0f} s each, {start:,} windows at the start")
        for column in ("what", "once a second", "as fast as they can"):
            table.add_column(column, justify="left" if column == "what" else "right")
        paces = [
            figures(dsn, seconds, under_load(dsn, seconds, pace, dimensions)) for pace in (1, 0)
        ]
        for (what, slow), (_, fast) in zip(*paces, strict=True):
            table.add_row(what, slow, fast)
        console.print(table)
        with database(cluster) as connection:
            done, sizes = growth(connection)
        table = Table(title=f"MB per million bars ({done:,} replayed, learning daily)")
        for column in ("table", "without retention", "with it", "and with that of events"):
            table.add_column(column, justify="left" if column == "table" else "right")
        per = 1e6 / done / 2**20
        for name in sorted(sizes[0], key=lambda n: -sizes[0][n])[:10]:
            table.add_row(name, *(f"{size[name] * per:,.1f}" for size in sizes))
        table.add_row("all", *(f"{sum(size.values()) * per:,.1f}" for size in sizes))
        console.print(table)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [60, 10_000][len(given) :]))
