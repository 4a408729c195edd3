"""The allocation under each of its profiles, over the trades of a market."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg

from quadrant.backtest.history import DAY_MS, History, Trade, moment
from quadrant.backtest.measure import WEEK_MS, Interval, by_weeks
from quadrant.backtest.windows import Show
from quadrant.database import queries

FIXED = "fixed"
PROFILES = ("plan", "evidence", FIXED)
AT_ONCE = 20
"""Trades told in one transaction."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a profile came to on the trades opened from a day on: a budget of 1, of which a trade
    had its timeframe's share as it stood when it was opened.

    `money_per_day`: of that budget, a fraction. `gain`: against `fixed`, likewise. `shares`: what
    analyst.allocation says of each timeframe after the last trade: share, trades, the band of
    shuffled trades, and whether it is told from noise.
    """

    profile: str
    trades: int
    days: int
    money_per_day: float
    gain: Interval
    shares: tuple[Mapping[str, Any], ...]


def allocations(
    databases: Callable[[], AbstractContextManager[psycopg.Connection[Any]]],
    trades: Sequence[Trade],
    begin: int,
    end: int,
    show: Show = lambda _what, _done, _total: None,
) -> list[Allocation]:
    """Tells all trades to the allocation, in their order of closing, once per profile and in a new
    database each (`databases`: the owner's connections, autocommit); measures those opened from
    `begin` to `end` (days since 1970).
    """
    measured = [t for t in trades if begin <= t.window.opened_ms // DAY_MS < end]
    if not measured:
        return []
    roi = np.array([trade.roi for trade in measured])
    week = np.array([trade.window.opened_ms // WEEK_MS for trade in measured], dtype=np.int64)
    money = {}
    shares = {}
    for profile in PROFILES:
        with databases() as connection:
            given, shares[profile] = _shares(connection, profile, trades, show)
        own = np.array([given[trade.window.window_id] for trade in measured])
        money[profile] = own * roi / (end - begin)
    return [
        Allocation(
            profile=profile,
            trades=len(measured),
            days=end - begin,
            money_per_day=float(money[profile].sum()),
            gain=by_weeks(money[profile] - money[FIXED], week, 1),
            shares=shares[profile],
        )
        for profile in PROFILES
    ]


def _shares(
    connection: psycopg.Connection[Any], profile: str, trades: Sequence[Trade], show: Show
) -> tuple[dict[str, float], tuple[Mapping[str, Any], ...]]:
    """The share of each trade by its id, and analyst.allocation after the last."""
    History(connection, (), trades)
    connection.execute(queries("backtest/reach"), (moment(max(t.closed_ms for t in trades)),))
    connection.execute(queries("backtest/allocation_profile"), (profile,))
    # A few in a transaction: in one for all, every step would walk the versions of all before.
    for first in range(0, len(trades), AT_ONCE):
        show(f"shares of capital, profile {profile}", first, len(trades))
        connection.execute(queries("backtest/allocate"), (first, AT_ONCE))
    given = connection.execute(queries("backtest/shares_of_trades")).fetchall()
    shares = connection.execute(queries("backtest/shares")).fetchall()
    return {name: float(share) for name, share in given}, tuple(row[0] for row in shares)
