"""A paper decision maker: which positions are opened, and with how much of the capital."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from quadrant.database import queries
from quadrant.tick import Position

PATTERN = "dm.paper.equal"
"""Family and motif of the paper decision maker: it has one way to decide, all tokens alike."""

Decision = dict[str, Any]
"""What is kept of a decision: pattern_key, scope, total_allocation_pct (the position's), alloc_mult
(of the family there) and allocation_pct, what the trade may use: percent of the capital."""


def open_positions(
    connection: psycopg.Connection[Any], chain: str, series: Iterable[tuple[str, str]]
) -> list[Position]:
    """A position per (symbol, timeframe): the same base per token times the timeframe's share.

    Shares are those in force, renormalised over the timeframes the token has; all positions
    together have the whole capital.
    """
    shares: dict[str, float] = dict(connection.execute(queries("paper/allocation_split")))
    wanted = list(series)
    of_token: defaultdict[str, float] = defaultdict(float)
    for symbol, timeframe in wanted:
        of_token[symbol] += shares[timeframe]
    unwanted = {symbol for symbol, share in of_token.items() if share == 0}
    for symbol, _ in wanted:
        if symbol in unwanted:  # nothing to go by: its timeframes share alike
            of_token[symbol] += 1
    base = 100 / len(of_token)
    return [
        Position(
            chain,
            symbol,
            symbol,
            timeframe,
            total_allocation_pct=base
            * (1 if symbol in unwanted else shares[timeframe])
            / of_token[symbol],
        )
        for symbol, timeframe in wanted
    ]


def decide(
    connection: psycopg.Connection[Any],
    scope: dict[str, Any],
    total_allocation_pct: float,
    free_pct: float,
    at_ms: int,
) -> Decision:
    """Decides on a trade at a moment (epoch ms): what its position has, times the multiplier of the
    family for this scope, but no more than the other trades leave free (percent of the capital).

    Moves the database's clock there, for multipliers age.
    """
    connection.execute(queries("tick/set_clock"), {"clock_ms": at_ms})
    row = connection.execute(
        queries("paper/allocation_multiplier"), {"pattern_key": PATTERN, "scope": Jsonb(scope)}
    ).fetchone()
    assert row is not None
    return {
        "pattern_key": PATTERN,
        "scope": scope,
        "total_allocation_pct": total_allocation_pct,
        "alloc_mult": row[0],
        "allocation_pct": max(0.0, min(total_allocation_pct * row[0], free_pct)),
    }
