"""What a tick is given and what it answers, as plain data.

What stands in Annotated speaks to the rules (`quadrant.tick.rules`) and to the JSON schema; making
one of these checks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from quadrant.engine import Snapshot
from quadrant.engine.snapshot import Timeframe
from quadrant.tick.gates import Thresholds

MAX_NAME = 200
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


@dataclass(frozen=True, slots=True)
class Position:
    """A token x timeframe that is watched; an unknown one is created."""

    token_chain: Name
    token_contract: Name
    symbol: Annotated[Name, Field(description="What people call it; no part of its identity.")] = (
        field(compare=False)
    )
    timeframe: Timeframe
    book: Annotated[
        Name, Field(description="Tells several positions of one token and timeframe apart.")
    ] = "main"
    total_allocation_pct: Annotated[
        float, Field(ge=0, le=100, description="Percent of capital, when it is created.")
    ] = field(default=0.0, compare=False)

    @property
    def key(self) -> str:
        """What the ids of its windows and trades begin with."""
        key = f"{self.token_chain}:{self.token_contract}:{self.timeframe}"
        return key if self.book == "main" else f"{key}:{self.book}"


@dataclass(frozen=True, slots=True)
class PositionBar:
    """A position's closed bar, and its scope at that moment."""

    position: Position
    snapshot: Snapshot
    scope: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActionAnswer:
    """What became of an action."""

    kind: Annotated[str, Field(description="As it was sent.")]
    signal_bar_ts: Annotated[int, Field(description="As it was sent.")]
    trade_id: Annotated[str | None, Field(description="As it was sent.")]
    result: Annotated[
        Literal["landed", "no_window", "told", "unknown_trade", "stale"],
        Field(
            description="landed: a buy or pass that reached a window. no_window: none holds its"
            " bar; a buy is kept as an order. told: a sale of a trade that was bought."
            " unknown_trade: a sale of one no buy was told of; it is kept as an order. stale: its"
            " bar was, so it was not looked at."
        ),
    ]
    window_id: Annotated[str | None, Field(description="The window it landed in.")] = None
    why: Annotated[str | None, Field(description="Why it landed in none, in words.")] = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a bar: False in `fresh` says it was stale and changed nothing.

    `gates` are the thresholds in force {pattern key: {gate: value}}, None where the position is
    not to be traded (paused, archived). `actions` answers those given with the bar, in their order.
    """

    position: Position
    fresh: bool
    gates: Thresholds | None
    actions: tuple[ActionAnswer, ...] = ()
