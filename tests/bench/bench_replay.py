"""Position-bars per second of replay, writes included, against one transaction per position-bar.

Run it as a program: python tests/bench/bench_replay.py [folder of bars]. Without a folder it
takes a synthetic market. It starts an embedded server of its own and prints a table.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from throwaway import database, server

from quadrant.bars import Bars, read_folder
from quadrant.engine import compute
from quadrant.market import planted_market, synthesize
from quadrant.replay import Replay, ReplayOptions
from quadrant.replay.scopes import replay_scopes
from quadrant.server import Cluster
from quadrant.tick import Position, PositionBar, Tick

HOUR = 3_600_000
NEVER = 10**15
PEER_BARS = 1_500


def replay(cluster: Cluster, bars: list[Bars], learn_every: int) -> tuple[int, float, int, float]:
    """Bars, seconds, learning cycles with news and the seconds spent in them."""
    with database(cluster) as connection:
        work = Replay(connection, bars, ReplayOptions(chain="bench", learn_every=learn_every))
        progress = work.run()
    return progress.done, progress.seconds, progress.cycles, progress.learning_seconds


def one_transaction_per_position_bar(cluster: Cluster, bars: list[Bars]) -> tuple[int, float]:
    """The peer: every position writes its state after every bar, each in its own transaction."""
    part = [one.head(min(len(one), 333 + PEER_BARS)) for one in bars[:4]]
    with database(cluster) as connection:
        connection.execute("set synchronous_commit = off")
        positions = [Position("x", b.symbol, b.symbol, b.timeframe) for b in part]
        tick = Tick(connection, "peer", positions)
        scopes = replay_scopes(part, "x")
        done, started = 0, time.perf_counter()
        for one, position in zip(part, positions, strict=True):
            scope = scopes[one.symbol, one.timeframe]
            for n, snapshot in enumerate(compute(one).snapshots()[333:], start=333):
                tick.tickers[position].dirty = True
                tick.process(PositionBar(position, snapshot, scope.at(n)))
                done += 1
        return done, time.perf_counter() - started


def main() -> None:
    if len(sys.argv) > 1:
        bars, what = read_folder(Path(sys.argv[1])), sys.argv[1]
    else:
        bars, what = synthesize(planted_market(days=60), 1), "synthetic, 60 days"
    table = Table(title=f"Replay of {sum(len(b) for b in bars):,} position-bars ({what})")
    for column in ("run", "bars", "seconds", "bars/s", "cycles", "learning", "ratio"):
        table.add_column(column, justify="left" if column == "run" else "right")
    with server() as cluster:
        done, seconds = one_transaction_per_position_bar(cluster, bars)
        peer = done / seconds
        cells = [f"{done:,}", f"{seconds:.1f}", f"{peer:,.0f}", "-", "-", "1.0"]
        table.add_row("peer: a transaction a bar", *cells)
        for name, every in (
            ("no learning", NEVER),
            ("learning daily", 24 * HOUR),
            ("learning hourly", HOUR),
        ):
            done, seconds, cycles, learning = replay(cluster, bars, every)
            rate = done / seconds
            cells = [f"{done:,}", f"{seconds:.1f}", f"{rate:,.0f}", f"{cycles:,}"]
            table.add_row(name, *cells, f"{learning:.1f} s", f"{rate / peer:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
