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
"""The strategy family of the paper decision maker: all tokens alike."""


def open_positions(
    connection: psycopg.Connection[Any], chain: str, series: Iterable[tuple[str, str]]
) -> list[Position]:
    """A position per (symbol, timeframe): the same base per token times the timeframe's share
    times the family's multiplier for chain and timeframe.

    Shares are those in force, renormalised over the timeframes the token has; all positions
    together may use the whole capital and never more.
    """
    shares: dict[str, float] = dict(connection.execute(queries("paper/allocation_split")))
    wanted = list(series)
    multipliers = {
        timeframe: _multiplier(connection, {"chain": chain, "timeframe": timeframe})
        for timeframe in sorted({timeframe for _, timeframe in wanted})
    }
    of_token: defaultdict[str, float] = defaultdict(float)
    for symbol, timeframe in wanted:
        of_token[symbol] += shares[timeframe]
    unwanted = {symbol for symbol, share in of_token.items() if share == 0}
    for symbol, _ in wanted:
        if symbol in unwanted:  # nothing to go by: its timeframes share alike
            of_token[symbol] += 1
    base = 100 / len(of_token)
    allocations = [
        base
        * (1 if symbol in unwanted else shares[timeframe])
        / of_token[symbol]
        * multipliers[timeframe]
        for symbol, timeframe in wanted
    ]
    total = sum(allocations)
    if total > 100 + 1e-9:
        allocations = [allocation * 100 / total for allocation in allocations]
    return [
        Position(chain, symbol, symbol, timeframe, total_allocation_pct=allocation)
        for (symbol, timeframe), allocation in zip(wanted, allocations, strict=True)
    ]


def _multiplier(connection: psycopg.Connection[Any], scope: dict[str, str]) -> float:
    row = connection.execute(
        queries("paper/allocation_multiplier"), {"pattern_key": PATTERN, "scope": Jsonb(scope)}
    ).fetchone()
    assert row is not None
    return float(row[0])
