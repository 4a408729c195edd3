"""When the unit that every setup virtually buys is sold: a strategy's own rule, or a simple one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


class Candle(NamedTuple):
    """A closed bar: its open time (epoch ms UTC) and prices in quote units."""

    ts: int
    open: float
    high: float
    low: float
    close: float


@dataclass(slots=True)
class Entry:
    """What is virtually held: bought at the open of the bar `ts` for `price`.

    `bars` counts the bars held, that which is asked about included; `highest` and `lowest` are of
    the bars before it (the price itself at first). `notes` are the rule's own.
    """

    pair: str
    scope: Mapping[str, Any]
    ts: int
    price: float
    bars: int = 0
    highest: float = 0.0
    lowest: float = 0.0
    notes: dict[str, Any] = field(default_factory=dict)


class Sale(NamedTuple):
    """Sold within a bar at `price`; `roi` (a fraction after fees) where fees do not say it all."""

    price: float
    reason: str
    roi: float | None = None


class Exit(Protocol):
    """A rule to sell. Asked once for every bar from that of the entry on, until it sells.

    It sees the bar and what came before, so that it answers the same in a backtest and live.
    """

    def __call__(self, entry: Entry, bar: Candle, /) -> Sale | None:
        """The sale within this bar; None: still held."""


@dataclass(frozen=True, slots=True)
class TargetStopTime:
    """Sells `target` above or `stop` below the entry (fractions), or at the close of bar `bars`.

    A bar that reaches both is a stop; one that opens beyond a price is sold at its open.
    """

    target: float
    stop: float
    bars: int

    def __call__(self, entry: Entry, bar: Candle, /) -> Sale | None:
        """The sale within this bar; None: still held."""
        below, above = entry.price * (1 - self.stop), entry.price * (1 + self.target)
        if bar.low <= below:
            return Sale(min(below, bar.open), "stop")
        if bar.high >= above:
            return Sale(max(above, bar.open), "target")
        if entry.bars >= self.bars:
            return Sale(bar.close, "time")
        return None
