"""A desk: the paper PM on a real tick, fed bar after bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from quadrant.engine import Snapshot
from quadrant.paper import Costs, PaperManager
from quadrant.paper.posture import Flags
from quadrant.tick import Action, Position, Tick

HOUR = 3_600_000
FREE = Costs(fee=0.0, slippage=0.0)


class Desk:
    """One position with 1,000 of capital, all of it its own; buys take 35 % (A = 0.5)."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        make_bar: Callable[..., Snapshot],
        costs: Costs = FREE,
        scope: dict[str, str] | None = None,
    ) -> None:
        self.connection = connection
        self.make_bar = make_bar
        self.scope = scope or {"chain": "test"}
        position = Position("test", "T", "T", "1h", total_allocation_pct=100)
        self.tick = Tick(connection, "desk", [position])
        self.ticker = self.tick.tickers[position]
        self.manager = PaperManager(self.tick, 1000.0, costs)
        self.bar_ts = 0

    def bar(self, state: str, *, skip: int = 0, flags: Flags = (), **values: Any) -> list[Action]:
        """One more bar, decided on, ticked and committed; what the PM told."""
        self.bar_ts += HOUR * (1 + skip)
        bar = self.make_bar(self.bar_ts, state, missing=skip, **values)
        self.tick.rescope(self.ticker, self.scope)
        self.tick.refresh([self.ticker])
        self.manager.refresh()
        told = self.manager.decide(self.ticker, bar, flags)
        self.tick.take(self.ticker, bar, told)
        self.tick.commit()
        return told

    def walk(self, *states: str) -> None:
        """Plain bars of these states."""
        for state in states:
            self.bar(state)

    @property
    def trade(self) -> dict[str, Any]:
        """The open trade."""
        return self.ticker.memo["trade"]

    @property
    def order(self) -> dict[str, Any] | None:
        """What fills with the next bar."""
        return self.ticker.memo.get("order")

    def windows(self, kind: str) -> list[tuple[Any, ...]]:
        """(decision, blocked_by, factors) of a kind's windows, oldest first."""
        return self.connection.execute(
            "select decision, blocked_by, factors from learning.pattern_episode_events "
            "where episode_type = %s order by opened_at",
            (kind,),
        ).fetchall()

    def strands(self, kind: str) -> list[dict[str, Any]]:
        """The contents of a kind's strands, in order."""
        rows = self.connection.execute(
            "select content || jsonb_build_object('trade_id', trade_id, 'episode_id', episode_id) "
            "from learning.ad_strands where kind = %s order by happened_at, id",
            (kind,),
        ).fetchall()
        return [row[0] for row in rows]


@pytest.fixture
def make_desk(
    connection: psycopg.Connection[Any], make_bar: Callable[..., Snapshot]
) -> Callable[..., Desk]:
    def make(**options: Any) -> Desk:
        return Desk(connection, make_bar, **options)

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
