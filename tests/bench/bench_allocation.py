"""What a closed trade costs, and redistributing many positions, against a loop row by row.

Run it as a program: python tests/bench/bench_allocation.py [folder of bars]. It starts an embedded
server of its own and prints milliseconds and ratios; with a folder it also replays those bars
without learning, closes the replay's trades in their order and prints the path of the shares.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import psycopg
import throwaway
from rich.console import Console
from rich.table import Table

from quadrant.bars import read_folder
from quadrant.replay import Replay, ReplayOptions
from quadrant.server import Cluster

TIMEFRAMES = ("15m", "1h", "4h")
SIZES = (24, 1_000, 10_000)
NEVER = 10**15


@contextmanager
def database(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with throwaway.database(cluster) as connection:
        connection.execute("set synchronous_commit = off")
        yield connection


def enroll(connection: psycopg.Connection[Any], positions: int) -> None:
    """Tokens of three timeframes with one position each."""
    connection.execute(
        "insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe,"
        " total_allocation_pct) select 't' || n / 3, 'c', 't' || n / 3,"
        " (array['15m', '1h', '4h'])[1 + n %% 3], 0.01 from generate_series(0, %s - 1) as n",
        (positions,),
    )
    connection.execute("analyze learning.lowcap_positions")


def milliseconds(run: Callable[[int], object], times: int) -> float:
    """The median of some runs."""
    taken = []
    for n in range(times):
        began = time.perf_counter()
        run(n)
        taken.append(time.perf_counter() - began)
    return 1_000 * median(taken)


def trade(random: Random, name: str) -> str:
    return json.dumps(
        {
            "trade_id": name,
            "timeframe": random.choice(TIMEFRAMES),
            "roi": random.uniform(-0.2, 0.3),
            "closed_at": f"2026-01-{random.randint(1, 28):02}",
            "pattern_key": "pm.uptrend.S1.entry",
            "scope": {"chain": "c"},
        }
    )


def row_by_row(connection: psycopg.Connection[Any], shares: dict[str, Decimal]) -> None:
    """The peer: reads the positions, divides in Python, writes one row after the other."""
    with connection.transaction():
        tokens: dict[tuple[str, str], list[tuple[int, str, Decimal]]] = defaultdict(list)
        for contract, chain, *rest in connection.execute(
            "select token_contract, token_chain, position_id, timeframe, total_allocation_pct"
            " from learning.lowcap_positions where status in ('watchlist', 'active', 'dormant')"
            " order by position_id for no key update"
        ):
            tokens[contract, chain].append((rest[0], rest[1], rest[2]))
        for held in tokens.values():
            total = sum(pct for *_, pct in held)
            whole = sum(shares[timeframe] for _, timeframe, _ in held)
            for position_id, timeframe, pct in held:
                part = round(total * shares[timeframe] / whole, 12)
                if part != pct:
                    connection.execute(
                        "update learning.lowcap_positions set total_allocation_pct = %s"
                        " where position_id = %s",
                        (part, position_id),
                    )


def shares_of(n: int) -> dict[str, Decimal]:
    """Shares that differ from one call to the next."""
    moved = Decimal(1 + n % 2) / 1000
    return {
        "15m": Decimal("0.15") + moved,
        "1h": Decimal("0.5") - 2 * moved,
        "4h": Decimal("0.35") + moved,
    }


def positions(cluster: Cluster) -> None:
    table = Table(title="Milliseconds, median (three positions a token)")
    for column in ("positions", "redistribute", "row by row", "ratio", "closed trade", "a repeat"):
        table.add_column(column, justify="right")
    for size in SIZES:
        with database(cluster) as connection:
            enroll(connection, size)
            ours = milliseconds(
                lambda n, c=connection: c.execute(  # type: ignore[misc]
                    "select learning.redistribute_positions(%s)",
                    (json.dumps({k: float(v) for k, v in shares_of(n).items()}),),
                ),
                9,
            )
            peer = milliseconds(
                lambda n, c=connection: row_by_row(c, shares_of(n)),  # type: ignore[misc]
                3,
            )
            random = Random(size)
            told = [trade(random, f"t{n}") for n in range(300 if size < 10_000 else 30)]

            def close(n: int, c: psycopg.Connection[Any] = connection) -> None:
                c.execute("select learning.record_closed_trade(%s)", (told[n],))  # noqa: B023

            once = milliseconds(close, len(told))
            again = milliseconds(close, len(told))
        table.add_row(
            f"{size:,}",
            *(f"{ours:.1f}", f"{peer:.1f}", f"{peer / ours:.1f}", f"{once:.2f}", f"{again:.2f}"),
        )
    Console().print(table)


def path(cluster: Cluster, folder: Path) -> None:
    """The shares over the trades of a replay, as analyst.allocation_path shows them."""
    with database(cluster) as connection:
        Replay(connection, read_folder(folder), ReplayOptions("bench", learn_every=NEVER)).run()
        began = time.perf_counter()
        row = connection.execute(
            "select count(learning.record_closed_trade("
            'to_jsonb(t) || \'{"scope": {}, "roi_is_checked": true}\'))'
            " from (select * from analyst.trades order by closed_at, trade_id) as t"
        ).fetchone()
        assert row is not None
        seconds = time.perf_counter() - began
        table = Table(title=f"{row[0]:,} trades closed in {seconds:.2f} s: the path of the shares")
        for column in ("after trade", "closed", *TIMEFRAMES):
            table.add_column(column, justify="right")
        for step in connection.execute(
            """
            select p.step_id::text, p.trade_closed_at::date::text,
                to_char(max(p.share) filter (where p.timeframe = '15m'), '0.000000000000'),
                to_char(max(p.share) filter (where p.timeframe = '1h'), '0.000000000000'),
                to_char(max(p.share) filter (where p.timeframe = '4h'), '0.000000000000')
            from analyst.allocation_path as p
            group by p.step_id, p.trade_closed_at
            having p.step_id %% 50 = 0 or p.step_id in (1, %(last)s)
            order by p.step_id
            """,
            {"last": row[0]},
        ):
            table.add_row(*step)
        Console().print(table)
        evidence = Table(title="analyst.allocation at the end")
        cells = connection.execute(
            "select timeframe, share, round(desired, 6) as desired,"
            " round(roi_short, 6) as roi_short, round(roi_long, 6) as roi_long,"
            " n, last_change, why from analyst.allocation"
        )
        assert cells.description is not None
        for heading in cells.description:
            evidence.add_column(heading.name, justify="right")
        for cell in cells:
            evidence.add_row(*map(str, cell))
        Console().print(evidence)


def main() -> None:
    with throwaway.server() as cluster:
        positions(cluster)
        if len(sys.argv) > 1:
            path(cluster, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
