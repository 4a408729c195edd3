"""Histories of one pattern in which it is known what there is to learn: nothing, or one effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from quadrant.backtest.history import DAY_MS
from quadrant.backtest.windows import Result, Window
from quadrant.judging import Buys, Grid, Lever
from quadrant.judging.buys import NO_BUY

PATTERN = "pm.uptrend.S1.entry"
FEE = 0.001
FIRST_DAY = 20_000
ENOUGH = 0.95
"""Of the windows a year that a promise speaks of."""
Rng = np.random.Generator
Deal = Callable[[Rng, int], NDArray[np.float64]]


def every_combination(levers: Sequence[Lever]) -> Grid:
    """The grid of these levers as learning.gate_grid() makes it, without a database."""
    names = [lever.gate for lever in levers]
    steps = product(*(lever.steps for lever in levers))
    return Grid.of(levers, [dict(zip(names, of, strict=True)) for of in steps if any(of)])


def right_skewed(rng: Rng, n: int) -> NDArray[np.float64]:
    """Many small losses, few large gains: trend following. Mean 0."""
    return np.where(rng.random(n) < 0.2, rng.exponential(0.12, n), -0.03)


def left_skewed(rng: Rng, n: int) -> NDArray[np.float64]:
    """Many small gains, few large losses (90 to 10). Mean 0."""
    return np.where(rng.random(n) < 0.9, 0.011, -0.099)


def synthetic(
    rng: Rng, days: int, a_day: float, deal: Deal, *, regime: float = 0.0, slices: int = 0
) -> list[Window]:
    """Windows of S1 whose gates' values and results know nothing of each other.

    `regime`: both have moods of their own from day to day, AR(1) with this coefficient. `slices`:
    dimensions of four values each (bucket, vol_bucket, ...).
    """
    names = ("bucket", "vol_bucket", "age_bucket", "mcap_bucket")[:slices]
    of_results, of_values = _moods(rng, days, regime), _moods(rng, days, regime)
    windows = []
    for day in range(days):
        n = int(rng.poisson(a_day))
        roi = deal(rng, n) + 0.03 * of_results[day] + rng.normal(0, 0.002, n)
        shift = 0.05 * of_values[day]
        ts = rng.uniform(0.42, 0.78, n) + shift
        halo = rng.uniform(0.6, 1.25, n) - 2 * shift
        slope = rng.uniform(-0.03, 0.06, n)
        hour = np.sort(rng.uniform(0, 1, n))
        codes = rng.integers(0, 4, (n, len(names)))
        for i in range(n):
            opened = int((FIRST_DAY + day + hour[i]) * DAY_MS)
            known = opened + int((6.0 if roi[i] > 0 else 1.0) * rng.exponential(1.0) * DAY_MS)
            samples = [
                {
                    "ts_score": float(ts[i]),
                    "halo_distance": float(halo[i]),
                    "slope": float(slope[i]),
                    "entry_price": 100.0,
                }
            ]
            scope = {name: f"v{code}" for name, code in zip(names, codes[i], strict=True)}
            result = told(known, 100.0, float(roi[i]))
            windows.append(_window(f"w{len(windows)}", opened, result, samples, scope))
    return windows


def _moods(rng: Rng, days: int, regime: float) -> NDArray[np.float64]:
    mood = np.zeros(days)
    if regime:
        for day in range(1, days):
            mood[day] = regime * mood[day - 1] + rng.normal(0, np.sqrt(1 - regime**2))
    return mood


def _window(
    name: str, opened: int, result: Result, samples: list[dict[str, float]], scope: dict[str, str]
) -> Window:
    return Window(
        window_id=name,
        episode_id=name,
        attempt_id=name,
        episode_type="s1_entry",
        pattern_key=PATTERN,
        timeframe="1h",
        scope={"timeframe": "1h", **scope},
        opened_ms=opened,
        decided_ms=opened,
        closed_ms=opened + DAY_MS // 24,
        acted=False,
        blocked_by=("ts",),
        samples=samples,
        result=result,
    )


def told(known_ms: int | None, entry: float, roi: float) -> Result:
    """A result of that ROI, known then."""
    outcome = "success" if roi > 0 else "failure"
    return Result(outcome, known_ms, entry, entry * (roi + 1 + FEE) / (1 - FEE), roi, known_ms)


@dataclass(frozen=True, slots=True)
class Planted:
    """An effect on the windows whose admission one policy of the grid changes.

    `policy`: the candidate (1..C). `a_year`: how many windows it changes.
    """

    policy: int
    steps: dict[str, float]
    a_year: float


def step(windows: Sequence[Window], grid: Grid, a_year: float, *, loosens: bool) -> Planted:
    """The single lever whose step changes at least so many windows a year, and not many more."""
    changed = _changed(windows, grid)
    years = (windows[-1].opened_ms - windows[0].opened_ms) / DAY_MS / 365
    tightens = np.array(
        [
            any(s[v.gate] < 0 if v.at_most else s[v.gate] > 0 for v in grid.levers)
            for s in grid.steps
        ]
    )
    single = np.flatnonzero((grid.n_levers == 1) & (tightens != loosens)) + 1
    of_step = changed[:, single].sum(axis=0) / years
    enough = of_step >= ENOUGH * a_year
    at = np.where(enough, of_step, np.inf).argmin() if enough.any() else of_step.argmax()
    best = int(single[at])
    return Planted(best, dict(grid.steps[best - 1]), float(of_step[at]))


def shift(points: float) -> Callable[[Rng, NDArray[np.float64]], NDArray[np.float64]]:
    """Every result moves by so many percentage points."""
    return lambda _rng, roi: roi + points / 100


def more_winners(points: float) -> Callable[[Rng, NDArray[np.float64]], NDArray[np.float64]]:
    """Some losers become winners like those there are, so many that the mean moves by `points`."""

    def change(rng: Rng, roi: NDArray[np.float64]) -> NDArray[np.float64]:
        wins, losses = roi[roi > 0], roi[roi <= 0]
        if not len(wins) or not len(losses):
            return roi
        share = abs(points) / 100 / (wins.mean() - losses.mean()) * len(roi)
        from_, to = (losses, wins) if points > 0 else (wins, losses)
        turned = rng.random(len(roi)) < share / len(from_)
        turned &= (roi <= 0) == (points > 0)
        return np.where(turned, rng.choice(to, len(roi)), roi)

    return change


def small_gains_large_losses(rng: Rng, roi: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nearly all a little better than usual, one in twelve loses 40 %: money goes down."""
    return np.where(rng.random(len(roi)) < 1 / 12, -0.4, np.abs(rng.normal(0.015, 0.005, len(roi))))


def plant(
    windows: Sequence[Window],
    grid: Grid,
    planted: Planted,
    change: Callable[[Rng, NDArray[np.float64]], NDArray[np.float64]],
    rng: Rng,
    *,
    where: Callable[[Window], bool] = lambda _: True,
) -> list[Window]:
    """The windows whose admission the policy changes get other results."""
    changed = _changed(windows, grid)[:, planted.policy]
    at = [
        i
        for i, window in enumerate(windows)
        if changed[i] and window.result.roi is not None and where(window)
    ]
    new = change(rng, np.array([windows[i].result.roi for i in at], dtype=np.float64))
    result = list(windows)
    for i, roi in zip(at, new.tolist(), strict=True):
        own = windows[i].result
        entry = own.entry_price or 100.0
        planted = replace(told(own.roi_ms, entry, max(roi, -0.95)), marks=own.marks)
        result[i] = replace(windows[i], result=planted)
    return result


def _changed(windows: Sequence[Window], grid: Grid) -> NDArray[np.bool_]:
    buys = Buys.of([window.row() for window in windows], grid)
    return (buys.sample != NO_BUY) != (buys.sample[:, :1] != NO_BUY)
