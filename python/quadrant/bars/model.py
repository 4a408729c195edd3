"""What a series of bars is, and which timeframes exist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quadrant.errors import QuadrantError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TIMEFRAMES: dict[str, int] = {"15m": 900_000, "1h": 3_600_000, "4h": 14_400_000}
"""Timeframe -> length of a bar in milliseconds. The only place that lists them."""


class BarsError(QuadrantError):
    """Bars that cannot be read or must not be trusted (codes QD1xx)."""

    code = "QD100"


@dataclass(frozen=True, eq=False, slots=True)
class Bars:
    """A checked series of closed bars; every array has shape (n,), n >= 1.

    `ts` is the bar's open in epoch milliseconds UTC, strictly increasing and on the timeframe's
    grid; prices are in quote units and positive; volume is in base units.
    """

    symbol: str
    timeframe: str
    ts: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    source: Path | None = None

    def __len__(self) -> int:
        return int(self.ts.size)

    @property
    def step(self) -> int:
        """Length of a bar in milliseconds."""
        return TIMEFRAMES[self.timeframe]

    @property
    def gaps(self) -> Ints:
        """How many bars are missing right before each bar, shape (n,); the first has 0."""
        return np.diff(self.ts, prepend=self.ts[0] - self.step) // self.step - 1

    def head(self, count: int) -> Bars:
        """The first `count` bars: what was known when the last of them closed."""
        return Bars(
            self.symbol,
            self.timeframe,
            self.ts[:count],
            self.open[:count],
            self.high[:count],
            self.low[:count],
            self.close[:count],
            self.volume[:count],
            self.source,
        )
