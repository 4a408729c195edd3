"""The iceberg cube and its increments in the server, against DuckDB, Polars and pandas.

python tests/bench/mining [--events 10000,100000] [--dims 6,8] [--limit 120]: starts an embedded
server of its own and prints a table per size. Every way reads the same experiments from PostgreSQL
and finds as many slices (checked; that they are right is for tests/python/mining to show). A peer
has `--limit` seconds; MB is the peak memory of its process, of ours that of the server's. A
rebuild of 10,000 or fewer is the median of five.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from peers import PEERS
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))
from throwaway import new_database, server

PATTERN = "pm.uptrend.S1.entry"
VALUES = (12, 4, 6, 3, 8, 5, 5, 4, 10, 3, 6, 4)  # per dimension, then 4 each
N_MIN = 33
CHANGED = 0.01
AS_OF = "2026-01-02 00:00+00"
LATER = "2026-01-02 01:00+00"
EVENTS = (
    "copy learning.pattern_episode_events (attempt_id, pattern_key, scope, decision, outcome,"
    " blocked_by, factors, decided_at, outcome_at, roi, roi_at) from stdin"
)
COUNT = (
    "insert into learning.mining_contributions select * from learning.counted_experiments("
    f"'{PATTERN}', '2025-12-01', '{AS_OF}', null, 1)"
)
REBUILD = f"select learning.rebuild_slices('{PATTERN}', %s, 1, false)"
INCREMENT = f"""
    with changes as materialized (
        select * from learning.take_up_changes('{PATTERN}', '2025-12-01', '{LATER}', '{AS_OF}', 2)
    )
    select learning.merge_changes('{PATTERN}', c.gone, c.came, 2) from changes as c
"""
STATS = "select count(l.stats) from learning.learning_lessons as l"
NEW = f"select learning.has_new_slices('{PATTERN}', 1, %s, {N_MIN})"
LESSONS = f"select learning.write_lessons('{PATTERN}', {N_MIN}, %s, null, %s, %s)"


@contextmanager
def database() -> Iterator[str]:
    """The DSN of a migrated database on a server of its own."""
    with server() as cluster:
        yield new_database(cluster)


def fill(connection: psycopg.Connection[Any], n: int, names: list[str], first: int = 0) -> None:
    """Experiments of skewed, independent dimensions; attempts of one to four windows."""
    chance = np.random.default_rng(first + 1)
    columns = []
    for i in range(len(names)):
        values = VALUES[i] if i < len(VALUES) else 4
        share = 1 / np.arange(1, values + 1)
        columns.append(chance.choice(values, size=n, p=share / share.sum()))
    attempts = np.repeat(np.arange(n), chance.integers(1, 5, n))[:n]
    acted = chance.random(n) < 0.2
    policy = ~acted & (chance.random(n) < 0.05)
    won, sampled, valued = (chance.random(n) < share for share in (0.3, 0.95, 0.97))
    decided = AS_OF if first == 0 else LATER
    with connection.cursor().copy(EVENTS) as copy:
        for i in range(n):
            scope = {name: f"v{column[i]}" for name, column in zip(names, columns, strict=True)}
            copy.write_row((
                f"{first}-{attempts[i]}", PATTERN, json.dumps(scope),
                "acted" if acted[i] else "skipped", "success" if won[i] else "failure",
                "{policy}" if policy[i] else "{ts}", '{"samples": [{}]}' if sampled[i] else "{}",
                decided, decided, 0.01 if valued[i] else None, decided,
            ))  # fmt: skip


def change(connection: psycopg.Connection[Any], n: int, names: list[str]) -> None:
    """Half of the changed experiments are new, half have another outcome than before."""
    half = max(int(n * CHANGED / 2), 1)
    fill(connection, half, names, first=n)
    connection.execute(
        "update learning.pattern_episode_events set outcome = case outcome when 'success'"
        " then 'failure' else 'success' end where id in (select id"
        " from learning.pattern_episode_events where decided_at = %s"
        " order by md5(id::text) limit %s)",
        (AS_OF, half),
    )


def dimensions(connection: psycopg.Connection[Any], n: int) -> list[str]:
    """Enable the first n dimensions, registering more where there are fewer."""
    connection.execute(
        "insert into learning.scope_dimensions (name, ordinal)"
        " select 'extra_' || i, 1000 + i from generate_series(1, %s) as i on conflict do nothing",
        (max(n - 27, 0),),
    )
    rows = connection.execute(
        "update learning.scope_dimensions as d set enabled = o.place <= %s from (select name,"
        " row_number() over (order by ordinal) as place from learning.scope_dimensions) as o"
        " where o.name = d.name returning d.name, d.enabled, d.ordinal",
        (n,),
    ).fetchall()
    return [row[0] for row in sorted(rows, key=lambda row: row[2]) if row[1]]


def scalar(connection: psycopg.Connection[Any], statement: str, *values: Any) -> Any:
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


class Clock:
    """Seconds and the server process's peak memory, of statements on one connection."""

    def __init__(self, dsn: str) -> None:
        self.connection = psycopg.connect(dsn, autocommit=True)
        self.seconds = 0.0

    def run(self, statement: str, *values: Any) -> Any:
        """Run a statement; its answer's first value, where it answers."""
        start = time.perf_counter()
        answer = self.connection.execute(statement, values)
        self.seconds += time.perf_counter() - start
        row = answer.fetchone() if answer.description else None
        return row[0] if row else None

    def cells(self) -> tuple[float, float]:
        status = Path(f"/proc/{self.connection.info.backend_pid}/status").read_text()
        self.connection.close()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return self.seconds, int(peak.split()[1]) / 1024


def peer(name: str, dsn: str, names: list[str], depth: int, limit: float) -> dict[str, Any]:
    """Run a peer in a process of its own: {"seconds", "mb", "slices"}, or {"seconds": None}."""
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--peer", name, dsn, ",".join(names), str(depth)],
            capture_output=True, text=True, check=False, timeout=limit,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"seconds": None, "why": f"> {limit:.0f}", "more_than": limit}
    if done.returncode != 0:
        return {"seconds": None, "why": done.stderr.strip().splitlines()[-1][:40]}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def run_peer(name: str, dsn: str, names: list[str], depth: int) -> None:
    """The other end of `peer`: imports are done, the clock starts with the reading."""
    start = time.perf_counter()
    found = PEERS[name](dsn, names, depth)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mb": peak, "slices": found}))


def bench(dsn: str, n: int, dims: int, depth: int | None, limit: float) -> Table:
    """One size: ours, then the peers."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "truncate learning.pattern_episode_events, learning.mining_dirty,"
            " learning.slice_rates, learning.mining_contributions, learning.mining_codes,"
            " learning.lessons cascade"
        )
        names = dimensions(connection, dims)
        connection.execute(
            "update learning.learning_configs set config_data = jsonb_set(config_data,"
            " '{tuning,max_dims}', to_jsonb(%s::integer)) where module_id = 'pm'",
            (dims if depth is None else depth,),
        )
        fill(connection, n, names)
        connection.execute("truncate learning.mining_dirty")
        connection.execute("vacuum analyze learning.pattern_episode_events")
        floor = -(-N_MIN * 3 // 4) if n > 5000 else -(-N_MIN // 3)  # as mine_pattern has it
        rounds = []
        for _ in range(5 if n <= 10_000 else 1):
            connection.execute(
                "truncate learning.slice_rates, learning.mining_contributions,"
                " learning.mining_codes"
            )
            rebuild = Clock(dsn)
            rebuild.run(COUNT)
            rebuild.run(REBUILD, floor)
            rounds.append(rebuild.cells())
        full = sorted(rounds)[len(rounds) // 2]
        slices = scalar(connection, f"select count(*) from learning.slice_rates where n >= {N_MIN}")
        clock = Clock(dsn)
        clock.run(LESSONS, AS_OF, 1, True)
        lessons = clock.cells()
        # What autovacuum does in the hour until the next mining.
        connection.execute(
            "vacuum analyze learning.slice_rates, learning.mining_contributions, learning.lessons"
        )
        clock = Clock(dsn)
        clock.run(STATS)
        read = clock.cells()
        peers = {name: peer(name, dsn, names, depth or dims, limit) for name in PEERS}
        change(connection, n, names)
        increment = Clock(dsn)
        touched = increment.run(INCREMENT)
        due = increment.run(NEW, floor)
        merged = increment.cells()
        stored = scalar(connection, "select count(*) from learning.slice_rates")
        clock = Clock(dsn)
        clock.run(LESSONS, LATER, 2, False)
        more = clock.cells()
    table = Table(title=f"{n:,} experiments, {dims} dimensions"
                  f"{'' if depth is None else f', depth {depth}'}: {slices:,} slices")  # fmt: skip
    for column in ("way", "seconds", "x rebuild", "MB"):
        table.add_column(column, justify="left" if column == "way" else "right")
    rows: list[tuple[str, tuple[float, float] | None, str]] = [
        ("PostgreSQL, rebuild", full, ""),
        (
            f"PostgreSQL, 1 % changed ({touched / stored:.0%} of the slices"
            f"{', a rebuild is due' if due else ''})",
            merged,
            "",
        ),
        ("PostgreSQL, lessons after the rebuild", lessons, ""),
        ("PostgreSQL, lessons after the 1 %", more, ""),
        ("PostgreSQL, stats of all lessons read", read, ""),
    ]
    for name, answer in peers.items():
        if answer["seconds"] is not None and answer["slices"] != slices:
            raise SystemExit(f"{name} found {answer['slices']:,} slices, not {slices:,}")
        ran = answer["seconds"] is not None
        rows.append(
            (name, (answer["seconds"], answer["mb"]) if ran else None, answer.get("why", ""))
        )
    for name, cells, why in rows:
        if cells is None:
            least = peers.get(name, {}).get("more_than")
            table.add_row(name, why, f"> {least / full[0]:.1f}" if least else "", "")
        else:
            table.add_row(name, f"{cells[0]:.2f}", f"{cells[0] / full[0]:.2f}", f"{cells[1]:.0f}")
    return table


def main() -> None:
    """Read the arguments and run every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", default="10000,100000,1000000")
    parser.add_argument("--dims", default="6,8,10,12")
    parser.add_argument("--limit", type=float, default=120)
    arguments = parser.parse_args()
    console = Console()
    with database() as dsn:
        for n in map(int, arguments.events.split(",")):
            for dims in map(int, arguments.dims.split(",")):
                if n < 1_000_000 or dims <= 8:
                    console.print(bench(dsn, n, dims, None, arguments.limit))
            if n == 10_000:
                console.print(bench(dsn, n, 28, 3, arguments.limit))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        run_peer(sys.argv[2], sys.argv[3], sys.argv[4].split(","), int(sys.argv[5]))
    else:
        main()
