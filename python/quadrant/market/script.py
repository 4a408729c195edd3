"""The story of one token: episodes of decline, rally, pullback to EMA60, and an outcome.

The outcome is drawn after the setup is complete, and the bar that begins it leaves the window
(1.25 ATR around EMA60) at once: no bar of a window knows how the attempt will end. Some pullbacks
turn up too weakly for the TS gate, and fail: prices rise while TS does, so that without them a
lower TS would always buy the same setups cheaper.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from quadrant.engine.scores import trend_strength
from quadrant.later import Later
from quadrant.market.path import PERIODS, Path
from quadrant.market.spec import MarketSpec, TokenSpec

if TYPE_CHECKING:
    import talib
else:
    talib = Later("talib")

WARM_UP = 320
"""Level bars before the first decline, fewer than the engine needs for a state."""
CLEAR = 0.0005
"""Orders of averages are driven to hold by this fraction, so that the engine agrees."""
TRIES = 60
TAIL = 400
PATIENCE = 500
LEG = 150
"""Most bars a second leg takes."""
VOLATILITY_CYCLE = 96 * 30


@dataclass(frozen=True, slots=True)
class Setup:
    """Where a pullback is aimed: closest approach, highest passing distance (ATRs above EMA60)."""

    aim: tuple[float, float]
    climb: tuple[float, float]
    floor: float
    ceiling: float


INSIDE = Setup(aim=(0.20, 0.50), climb=(0.30, 0.50), floor=0.10, ceiling=0.97)
OUTSIDE = Setup(aim=(1.04, 1.10), climb=(0.00, 0.07), floor=1.015, ceiling=1.17)
TS_PASSES = 0.615
TS_OF_THE_WEAK = (0.48, 0.585)
"""Their highest TS: between the lowest gate of the grid and the base gate."""


def tell(spec: MarketSpec, token: TokenSpec, size: int, rng: np.random.Generator) -> Path:
    """A path of at least `size` bars."""
    story = _Story(token, rng)
    for _ in range(WARM_UP):
        story.wander(0.0, 0.3)
    while len(story.path) < size:
        story.decline()
        story.rally()
        outside = bool(rng.random() < spec.outside_share)
        weak = bool(rng.random() < spec.weak_share)
        story.pull_back(OUTSIDE if outside else INSIDE, weak=weak)
        if not weak and rng.random() < spec.chance(token, outside=outside):
            story.succeed()
        else:
            story.fail()
    return story.path


class _Story:
    def __init__(self, token: TokenSpec, rng: np.random.Generator) -> None:
        self.path = Path(token.price)
        self._token = token
        self._rng = rng
        self._mood = 1.0

    @property
    def _unit(self) -> float:
        """A typical bar's range now, in price."""
        cycle = 0.25 * np.sin(2 * np.pi * len(self.path) / VOLATILITY_CYCLE)
        return float(self._token.volatility * self._mood * np.exp(cycle) * self.path.close)

    def wander(self, drift: float, noise: float) -> None:
        """One bar of `drift` plus noise, in units."""
        unit = self._unit
        body = (drift + noise * self._rng.standard_normal()) * unit
        spread = max(abs(body) * 1.1, unit * self._rng.uniform(0.7, 1.4))
        self.path.add(self.path.close + body, spread, self._rng.uniform(0.35, 0.65))

    def decline(self) -> None:
        """Fall until the S0 order holds with EMA333 far above."""
        self._mood = float(np.exp(self._rng.normal(0, 0.15)))
        depth = self._rng.uniform(17, 21)
        for _ in range(PATIENCE):
            emas = self.path.emas
            lines = (max(emas[20], emas[30]), *(emas[p] for p in PERIODS[2:]))
            deep = emas[333] - self.path.close > depth * self.path.atr
            if deep and self.path.close < emas[20] and _ordered(*lines):
                return
            self.wander(-0.30, 0.4)

    def rally(self) -> None:
        """Rise until the engine's S1 begins, well away from EMA60."""
        for _ in range(PATIENCE):
            emas = self.path.emas
            if _ordered(emas[60], min(emas[20], emas[30])) and self.path.distance > 2:
                return
            self.wander(0.33, 0.35)

    def pull_back(self, setup: Setup, *, weak: bool) -> None:
        """Come back to EMA60 and turn up there; drawn again until the TS gate passes, or `weak`:
        until it nearly does."""
        start = self.path.mark()
        for _ in range(TRIES):
            self.path.rewind(start)
            self._approach(setup)
            if self._passes(setup, len(self.path) - start.size, weak=weak):
                return

    def _approach(self, setup: Setup) -> None:
        rng, path = self._rng, self.path
        first, aim = path.distance, rng.uniform(*setup.aim)
        falling = int(rng.integers(10, 18))
        for step in range(1, falling + 1):
            planned = first + (aim - first) * step / falling
            away = max(planned + rng.normal(0, 0.15), 1.6) if planned > 1.6 else planned
            spread = self._unit * rng.uniform(0.8, 1.3)
            path.add(path.close_at(away, spread), spread, rng.uniform(0.3, 0.7))
        climb, upper = rng.uniform(*setup.climb), rng.uniform(0.7, 0.98)
        narrow, wide = rng.uniform(0.7, 1.1), rng.uniform(1.4, 2.4)
        turning = int(rng.integers(10, 16))
        for step in range(1, turning + 1):
            share = step / turning
            away = max(aim + climb * share + rng.normal(0, 0.012), setup.floor)
            spread = self._unit * (narrow + (wide - narrow) * share) * rng.uniform(0.9, 1.1)
            path.add(path.close_at(away, spread), spread, upper)

    def _passes(self, setup: Setup, count: int, *, weak: bool) -> bool:
        high, low, close = self.path.tail(TAIL)
        score = trend_strength(
            talib.RSI(close, timeperiod=14), talib.ADX(high, low, close, timeperiod=14)
        )
        atr = talib.ATR(high, low, close, timeperiod=14)
        away = ((close - talib.EMA(close, timeperiod=60)) / atr)[-count:]
        if setup is OUTSIDE and away.min() <= 1.005:
            return False
        highest = float(score[-count:][away <= setup.ceiling].max(initial=0.0))
        if weak:
            return TS_OF_THE_WEAK[0] <= highest <= TS_OF_THE_WEAK[1]
        return highest >= TS_PASSES

    def succeed(self) -> None:
        """Rally into S3 until EMA333 lies well above the entry, then fall through it."""
        path, rng = self.path, self._rng
        entry, gain = path.close, rng.uniform(0.08, 0.20)
        self._leap(max(1.8, path.distance + 0.8), 2.2)
        pace = rng.uniform(0.35, 0.5)
        for _ in range(PATIENCE):
            emas = path.emas
            lines = (*(emas[p] for p in PERIODS[:1:-1]), min(emas[20], emas[30]))
            if _ordered(*lines) and emas[333] > entry * (1 + gain):
                break
            if path.close < emas[333] < path.close + pace * self._unit + path.atr:
                path.add(emas[333] + 1.3 * path.atr, 2.5 * self._unit, 0.6)
            else:
                self.wander(pace, 0.3)
        self._break_down()
        self._second_leg()

    def _break_down(self) -> None:
        """Top out, slide to EMA144 and fall through EMA333 in two bars: the emergency exit."""
        path = self.path
        for _ in range(int(self._rng.integers(3, 20))):
            self.wander(0.05, 0.4)
        for _ in range(PATIENCE):
            if path.close <= path.emas[144] * 1.01:
                break
            self.wander(-0.6, 0.4)
        for share in (0.5, 1.3):
            emas = path.emas
            target = emas[144] + (emas[333] - emas[144]) * share
            target = min(target, emas[333] - path.atr) if share > 1 else target
            path.add(target, abs(target - path.close) * 1.1)

    def _second_leg(self) -> None:
        """A token that has become cheap recovers, still in S3, so that prices keep their level."""
        goal = self._token.price * self._rng.uniform(0.9, 1.5)
        if self.path.close * 1.1 > goal:
            return
        for _ in range(LEG):
            if self.path.close >= goal:
                break
            self.wander(0.45, 0.35)
        self._break_down()

    def fail(self) -> None:
        """Drop through EMA60 and on until EMA20 and EMA30 lie under everything."""
        self._leap(-1.8, 3.2)
        for _ in range(PATIENCE):
            emas = self.path.emas
            if _ordered(max(emas[20], emas[30]), min(emas[p] for p in PERIODS[2:])):
                return
            self.wander(-0.6, 0.25)

    def _leap(self, distance: float, units: float) -> None:
        spread = units * self._unit
        self.path.add(self.path.close_at(distance, spread), spread)


def _ordered(*lines: float) -> bool:
    """The lines lie clearly one above the other, lowest first."""
    return all(low < high * (1 - CLEAR) for low, high in pairwise(lines))
