"""Eight connections close trades at once, while two others tick the same positions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random
from threading import Barrier
from typing import Any

import psycopg
from amounts import amount

CLOSERS, TRADES, TICKERS, TOKENS = 8, amount(16, 40), 2, 20
STATE = (
    "select config_data, (select jsonb_agg(to_jsonb(m) order by m.average)"
    " from learning.roi_masses as m),"
    " (select jsonb_agg(to_jsonb(h) - '{id,stepped_at}'::text[] order by h.id)"
    " from learning.allocation_history as h),"
    " (select array_agg(p.total_allocation_pct order by p.position_id)"
    " from learning.lowcap_positions as p)"
    " from learning.learning_configs where module_id = 'decision_maker'"
)


def trade(number: int) -> dict[str, Any]:
    random = Random(number)
    return {
        "trade_id": f"t{number}",
        "timeframe": random.choice(["15m", "1h", "4h"]),
        "roi": round(random.uniform(-0.2, 0.3), 6),
        "closed_at": f"2026-01-{random.randint(1, 28):02} {random.randint(0, 23):02}:00+00",
        "position_id": random.randint(1, 3 * TOKENS),
    }


def enroll(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        "select from pm.enroll_positions('feed', (select jsonb_agg(jsonb_build_object("
        "'token_contract', 't' || n, 'token_chain', 'c', 'symbol', 't' || n, 'timeframe', tf,"
        " 'total_allocation_pct', 1) order by n, tf)"
        " from generate_series(1, %s) as n, unnest(array['15m', '1h', '4h']) as tf))",
        (TOKENS,),
    )


def test_no_update_is_lost_and_commit_order_is_all_that_matters(
    database: str, connection: psycopg.Connection[Any]
) -> None:
    enroll(connection)
    start = connection.execute(STATE).fetchone()
    barrier = Barrier(CLOSERS + TICKERS)
    closing: list[bool] = [True]

    def close(place: int) -> int:
        """Its own trades, and some that a neighbour closes as well."""
        numbers = [place * TRADES + n for n in range(TRADES)]
        numbers += [((place + 1) % CLOSERS) * TRADES + n for n in range(0, TRADES, 4)]
        Random(place).shuffle(numbers)
        new = 0
        with psycopg.connect(database, autocommit=True) as own:
            barrier.wait()
            for number in numbers:
                row = own.execute(
                    "select pm.record_closed_trade(%s) is not null", (json.dumps(trade(number)),)
                ).fetchone()
                new += row == (True,)
        return new

    def tick(place: int) -> int:
        """Scopes of some positions, locked by apply_ticks in the order of their ids."""
        random, ticks = Random(place), 0
        with psycopg.connect(database, autocommit=True) as own:
            barrier.wait()
            while closing[0]:
                positions = [
                    {"position_id": n, "scope": {"tick": ticks}}
                    for n in random.sample(range(1, 3 * TOKENS + 1), 10)
                ]
                own.execute(
                    "select pm.apply_ticks('feed', 1, '{}', %s, '[]', '[]', '[]', '[]', '[]')",
                    (json.dumps(positions),),
                )
                ticks += 1
        return ticks

    def run(close_all: Callable[[ThreadPoolExecutor], int]) -> tuple[int, int, float]:
        with ThreadPoolExecutor(CLOSERS + TICKERS) as pool:
            ticking = [pool.submit(tick, place) for place in range(TICKERS)]
            began = time.perf_counter()
            try:
                new = close_all(pool)
                seconds = time.perf_counter() - began
            finally:
                closing[0] = False
            return new, sum(one.result(timeout=60) for one in ticking), seconds

    new, ticks, seconds = run(lambda pool: sum(pool.map(close, range(CLOSERS), timeout=120)))
    told = CLOSERS * (TRADES + TRADES // 4)
    print(
        f"{CLOSERS} connections told {told} closed trades ({new} different) in {seconds:.2f} s, "
        f"{told / seconds:.0f} a second, beside {ticks} ticks of 10 positions"
    )
    assert ticks > 0
    assert new == CLOSERS * TRADES, "each is recorded by one of those who told it"

    together = connection.execute(STATE).fetchone()
    assert together is not None
    config, _, history, pcts = together
    assert len(history) == new == config["global_roi"]["n"]
    assert sum(entry["n"] for entry in config["timeframe_allocation"].values()) == new
    assert all(one["after"] == two["before"] for one, two in pairwise(history))
    assert history[-1]["after"] == {
        name: entry["current_allocation"] for name, entry in config["timeframe_allocation"].items()
    }
    assert [sum(pcts[n : n + 3]) for n in range(0, len(pcts), 3)] == [3] * TOKENS

    # The same trades one after the other, in the order of their commits.
    assert start is not None
    connection.execute("truncate learning.allocation_history, learning.roi_masses")
    connection.execute("truncate learning.pattern_trade_events, learning.ad_strands")
    connection.execute("update learning.lowcap_positions set total_allocation_pct = 1")
    connection.execute(
        "update learning.learning_configs set config_data = %s where module_id = 'decision_maker'",
        (json.dumps(start[0]),),
    )
    for one in history:
        connection.execute(
            "select learning.record_closed_trade(%s)",
            (json.dumps(trade(int(one["trade_id"][1:]))),),
        )
    assert connection.execute(STATE).fetchone() == together
