"""Latency of a live tick of 1, 100 and 1,000 positions, a tenth of them with open windows.

Run it as a program: python tests/bench/bench_tick.py. The peer ticks the same positions one by
one, each in a transaction of its own. The server is an embedded one of its own, with fsync on.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import psycopg
from rich.console import Console
from rich.table import Table
from throwaway import database, server

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot, compute
from quadrant.market import planted_market, synthesize
from quadrant.tick import Position, PositionBar, Tick

SCOPE = {"chain": "bench", "timeframe": "15m", "bucket": "micro"}
STEP = TIMEFRAMES["15m"]
TICKS = 120
PEER_TICKS = 5
WAL = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"


def bars_of(position: int, moment: int, base: Snapshot) -> Snapshot:
    """Every tenth position is in S1 within reach of EMA60 from its second bar on, the rest rest."""
    ts = base.bar_ts + moment * STEP
    near = position % 10 == 0
    return replace(
        base,
        bar_ts=ts,
        exists_at=ts + STEP,
        state="S1" if near and moment else "S0",
        s1_halo_distance=0.4 + 0.01 * ((position + moment * 7) % 60),
        ts_score=0.3 + 0.004 * ((position * 3 + moment) % 70),
        trim=False,
        emergency=False,
        in_band=False,
        missing_bars=0,
    )


def ticks(
    connection: psycopg.Connection[Any], count: int, base: Snapshot, *, together: bool
) -> tuple[list[float], float]:
    """Seconds of each tick of `count` positions, and WAL bytes per position-bar."""
    positions = [Position("bench", f"t{n}", f"T{n}", "15m") for n in range(count)]
    tick = Tick(connection, f"bench {count} {together}", positions)
    times = []
    wal = 0
    for moment in range(2 + (TICKS if together else PEER_TICKS)):
        bars = [
            PositionBar(position, bars_of(n, moment, base), SCOPE)
            for n, position in enumerate(positions)
        ]
        if moment == 2:
            wal = connection.execute(WAL).fetchone()[0]  # type: ignore[index]
        started = time.perf_counter()
        if together:
            tick.process(bars)
        else:
            for bar in bars:
                tick.process(bar)
        if moment >= 2:
            times.append(time.perf_counter() - started)
    wal = connection.execute(WAL).fetchone()[0] - wal  # type: ignore[index]
    return times, float(wal) / count / len(times)


def quiet_bytes(connection: psycopg.Connection[Any], count: int, base: Snapshot) -> float:
    """WAL bytes per position-bar when no position is near anything."""
    positions = [Position("quiet", f"t{n}", f"T{n}", "15m") for n in range(count)]
    tick = Tick(connection, "quiet", positions)
    before = 0
    for moment in range(102):
        if moment == 2:
            before = connection.execute(WAL).fetchone()[0]  # type: ignore[index]
        bars = [PositionBar(p, bars_of(1, moment, base), SCOPE) for p in positions]
        tick.process(bars)
    return float(connection.execute(WAL).fetchone()[0] - before) / count / 100  # type: ignore[index]


def main() -> None:
    (bars, *_) = synthesize(planted_market(days=10, timeframes=("15m",)), 1)
    base = compute(bars).snapshots()[400]
    table = Table(title="One tick, commit included (ms)")
    for column in ("positions", "p50", "p99", "peer p50", "ratio", "WAL bytes a position-bar"):
        table.add_column(column, justify="right")
    with server() as cluster:
        for count in (1, 100, 1_000):
            with database(cluster) as connection:
                peer, _ = ticks(connection, count, base, together=False)
            with database(cluster) as connection:
                times, wal = ticks(connection, count, base, together=True)
            p50, p99 = (1000 * float(np.percentile(times, q)) for q in (50, 99))
            peer_p50 = 1000 * float(np.percentile(peer, 50))
            table.add_row(
                f"{count:,}", f"{p50:.1f}", f"{p99:.1f}", f"{peer_p50:,.1f}",
                f"{peer_p50 / p50:.1f}", f"{wal:.0f}",
            )  # fmt: skip
        with database(cluster) as connection:
            quiet = quiet_bytes(connection, 1_000, base)
    console = Console()
    console.print(table)
    console.print(f"Quiet positions (1,000 in a tick): {quiet:.2f} WAL bytes a position-bar.")


if __name__ == "__main__":
    main()
