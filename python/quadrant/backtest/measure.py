"""What buying under some gates, in some sizes, came to; how sure a difference from base is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quadrant.backtest.history import DAY_MS
from quadrant.backtest.windows import Window
from quadrant.judging import Buys, Grid
from quadrant.judging.buys import NO_BUY

DRAWS = 4_000
WEEK_MS = 7 * DAY_MS
Gates = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Purchases:
    """Of n setups with a result: `size` (n), stakes put into each, 1 an entry as base makes it, 0
    where none was bought; `roi` (n): what a stake came to, 0 where none was bought."""

    size: NDArray[np.float64]
    roi: NDArray[np.float64]

    @property
    def bought(self) -> NDArray[np.bool_]:
        """Which of them were bought."""
        return self.size > 0

    @property
    def money(self) -> NDArray[np.float64]:
        """What each came to, in stakes."""
        return self.size * self.roi

    def sized(self, factor: NDArray[np.float64]) -> Purchases:
        """The same, each in a size of its own."""
        return Purchases(self.size * factor, self.roi)


@dataclass(frozen=True, slots=True)
class Interval:
    """A sum and its 95 % interval: weeks drawn again."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one way to buy. Money is in stakes (1 = all of one setup's stake under base).

    `stakes`: how many were put in; one per setup bought, where sizes are base's. `per_setup`: money
    per setup bought. `success_rate`: winners among those bought, `missed_rate`:
    winners not bought among winners. `drawdown`: the deepest fall of the money summed in the order
    in which results were known. `gain`: against base. `selection`: the same of each result less the
    mean of its pattern and timeframe: what is left when trading less, or more, is taken out.
    `at_equal_exposure`: money less what base's setups would have made of as many stakes.
    """

    arm: str
    setups: int
    bought: int
    stakes: float
    money: float
    per_setup: float | None
    success_rate: float | None
    missed_rate: float | None
    drawdown: float
    gain: Interval
    selection: Interval
    at_equal_exposure: Interval


def purchases(
    windows: Sequence[Window], gates: Sequence[Gates], grids: Mapping[str, Grid]
) -> Purchases:
    """What a unit bought under its own gates came to in each window, as the judge reckons it."""
    size = np.zeros(len(windows))
    roi = np.zeros(len(windows))
    for pattern_key, grid in grids.items():
        rows = [i for i, window in enumerate(windows) if window.pattern_key == pattern_key]
        if not rows:
            continue
        of_window = np.array([[gates[i][lever.gate] for lever in grid.levers] for i in rows])
        thresholds, policy = np.unique(of_window, axis=0, return_inverse=True)
        buys = Buys.under([windows[i].row() for i in rows], grid.levers, np.round(thresholds, 12))
        at = np.arange(len(rows)), policy.reshape(-1)
        size[rows] = buys.sample[at] != NO_BUY
        roi[rows] = buys.roi[at]
    return Purchases(size, roi)


def best_in_hindsight(windows: Sequence[Window], grids: Mapping[str, Grid]) -> Purchases:
    """The one candidate per pattern that would have earned most on these very windows."""
    size = np.zeros(len(windows))
    roi = np.zeros(len(windows))
    for pattern_key, grid in grids.items():
        rows = [i for i, window in enumerate(windows) if window.pattern_key == pattern_key]
        if rows:
            buys = Buys.under([windows[i].row() for i in rows], grid.levers, grid.thresholds())
            best = int(buys.roi.sum(axis=0).argmax())
            size[rows] = buys.sample[:, best] != NO_BUY
            roi[rows] = buys.roi[:, best]
    return Purchases(size, roi)


def figures(
    arm: str, windows: Sequence[Window], own: Purchases, base: Purchases, seed: int = 1
) -> Figures:
    """All figures of one way to buy the windows, base beside it."""
    won = np.array([window.result.outcome == "success" for window in windows], dtype=np.bool_)
    known = np.array([window.result.roi_ms or 0 for window in windows], dtype=np.int64)
    week = np.array([window.opened_ms // WEEK_MS for window in windows], dtype=np.int64)
    n = int(np.count_nonzero(own.bought))
    money = float(own.money.sum())
    path = np.cumsum(own.money[np.argsort(known, kind="stable")])
    peak = np.maximum.accumulate(np.append(0.0, path))[1:]
    usual = _means(windows)
    chosen = own.size * (own.roi - usual) - base.size * (base.roi - usual)
    exposure = own.size.sum() / base.size.sum() if base.size.any() else 0.0
    return Figures(
        arm=arm,
        setups=len(windows),
        bought=n,
        stakes=float(own.size.sum()),
        money=money,
        per_setup=money / n if n else None,
        success_rate=float(won[own.bought].mean()) if n else None,
        missed_rate=float(np.mean(~own.bought[won])) if won.any() else None,
        drawdown=float((peak - path).max()) if len(path) else 0.0,
        gain=by_weeks(own.money - base.money, week, seed),
        selection=by_weeks(chosen, week, seed),
        at_equal_exposure=by_weeks(own.money - exposure * base.money, week, seed),
    )


def by_weeks(values: NDArray[np.float64], week: NDArray[np.int64], seed: int) -> Interval:
    """A sum with the interval that drawing whole weeks again, with replacement, gives it."""
    if not len(values):
        return Interval(0.0, 0.0, 0.0)
    every = np.arange(week.min(), week.max() + 1)
    sums = np.bincount(week - every[0], values, len(every))
    draws = np.random.default_rng(seed).integers(0, len(every), (DRAWS, len(every)))
    low, high = np.quantile(sums[draws].sum(axis=1), (0.025, 0.975))
    return Interval(float(values.sum()), float(low), float(high))


def joined(parts: Sequence[Purchases]) -> Purchases:
    """Those of several sets of windows, one after another."""
    return Purchases(
        np.concatenate([part.size for part in parts]), np.concatenate([p.roi for p in parts])
    )


def _means(windows: Sequence[Window]) -> NDArray[np.float64]:
    """The mean virtual result of each window's pattern and timeframe."""
    keys = [(window.pattern_key, window.timeframe) for window in windows]
    results = np.array([window.result.roi or 0.0 for window in windows])
    of_key = {key: results[[i for i, k in enumerate(keys) if k == key]].mean() for key in set(keys)}
    return np.array([of_key[key] for key in keys], dtype=np.float64)
