"""A paper decision maker: which positions are opened, and with how much of the capital."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg

from quadrant.database import queries
from quadrant.tick import Position


def open_positions(
    connection: psycopg.Connection[Any], chain: str, series: Iterable[tuple[str, str]]
) -> list[Position]:
    """A position per (symbol, timeframe): the same base per token times the timeframe's share.

    Shares are those in force, renormalised over the timeframes the token has; all positions
    together may use the whole capital.
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
