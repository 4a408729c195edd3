"""A 15m price path that is steered: it knows its own averages and range as it grows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

PERIODS = (20, 30, 60, 144, 250, 333)
ATR_PERIOD = 14
DIGITS = 8
"""Significant digits of a price."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a path stood: enough to go back there."""

    size: int
    emas: dict[int, float]
    atr: float


@dataclass(slots=True)
class Path:
    """Bars so far, with EMA20..EMA333 and ATR 14 of the newest one; each opens where one closed.

    The recursions only steer; what holds is what the engine measures afterwards.
    """

    price: float
    opens: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    lows: list[float] = field(default_factory=list)
    closes: list[float] = field(default_factory=list)
    emas: dict[int, float] = field(init=False)
    atr: float = 0.0

    def __post_init__(self) -> None:
        self.emas = dict.fromkeys(PERIODS, self.price)

    def __len__(self) -> int:
        return len(self.closes)

    @property
    def close(self) -> float:
        """The newest close."""
        return self.closes[-1] if self.closes else self.price

    @property
    def distance(self) -> float:
        """The newest close above EMA60, in ATRs; negative below."""
        return (self.close - self.emas[60]) / self.atr

    def add(self, close: float, spread: float, upper: float = 0.5) -> None:
        """One bar closing at `close`, `spread` high in price, `upper` of its wicks above."""
        opened = self.close
        close = _rounded(close)
        wicks = max(spread - abs(close - opened), 0.0)
        high = _rounded(max(opened, close) + wicks * upper)
        low = _rounded(min(opened, close) - wicks * (1 - upper))
        self.opens.append(opened)
        self.highs.append(high)
        self.lows.append(low)
        self.closes.append(close)
        for period, ema in self.emas.items():
            self.emas[period] = ema + 2 / (period + 1) * (close - ema)
        reach = high - low
        self.atr = reach if self.atr == 0 else self.atr + (reach - self.atr) / ATR_PERIOD

    def close_at(self, distance: float, spread: float) -> float:
        """The close that puts a bar `spread` high at `distance` ATRs above its own EMA60."""
        atr = self.atr + (spread - self.atr) / ATR_PERIOD
        return self.emas[60] + distance * atr / (1 - 2 / 61)

    def mark(self) -> Mark:
        """Remember this place."""
        return Mark(len(self), dict(self.emas), self.atr)

    def rewind(self, mark: Mark) -> None:
        """Forget every bar after `mark`."""
        for column in (self.opens, self.highs, self.lows, self.closes):
            del column[mark.size :]
        self.emas = dict(mark.emas)
        self.atr = mark.atr

    def tail(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """High, low and close of the last `count` bars."""
        return (
            np.array(self.highs[-count:]),
            np.array(self.lows[-count:]),
            np.array(self.closes[-count:]),
        )


def _rounded(price: float) -> float:
    return float(f"{price:.{DIGITS}g}")
