"""What is tried, how often, and which promise each figure belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import markets
import measures
import numpy as np
from judged import Connection, judge
from markets import Planted
from measures import Row
from numpy.typing import NDArray

from quadrant.backtest import Window, shifted
from quadrant.backtest.history import DAY_MS
from quadrant.judging import Grid

Windows = Sequence[Window]
S1, S2, RETEST = "pm.uptrend.S1.entry", "pm.uptrend.S2.entry", "pm.uptrend.S3.retest"
REAL = (S1, S2, RETEST)
SLICES = ("bucket", "vol_bucket", "age_bucket")


@dataclass(frozen=True, slots=True)
class World:
    """Where a family is tried: its database, the grids, the windows of real bars by folder."""

    connection: Connection
    grids: Mapping[str, Grid]
    real: Mapping[str, Windows]


@dataclass(frozen=True, slots=True)
class Family:
    """`run(world, n, rng)` judges n histories; `long` and `short` say how many. 0: left out."""

    name: str
    run: Callable[[World, int, np.random.Generator], list[Row]]
    long: int
    short: int = 0
    folder: str | None = None


def null(
    make: Callable[[World, np.random.Generator], Windows],
    name: str,
    world: World,
    n: int,
    rng: np.random.Generator,
    *,
    every: int = 7,
    dimensions: Sequence[str] = (),
) -> list[Row]:
    """Promise (b): nothing to learn."""
    histories = [make(world, rng) for _ in range(n)]
    seen = judge(world.connection, histories, every=every, dimensions=dimensions)
    rows = _nothing(name, "slice {}", seen.whole(), seen.days, (0.01, 0.05))
    if dimensions:
        rows += _nothing(name, "all slices to depth 2", seen.any(), seen.days, (0.015, 0.10))
    return rows


def _nothing(
    name: str,
    where: str,
    active: NDArray[np.bool_],
    days: NDArray[np.int64],
    bounds: tuple[float, float],
) -> list[Row]:
    by_year = measures.years(active, days)
    return [
        measures.mean(
            name, "b", f"{where}: in force", active.mean(axis=1), bounds[0], at_most=True
        ),
        measures.share(
            name,
            "b",
            f"{where}: ever in a year",
            int(by_year.sum()),
            len(by_year),
            bounds[1],
            at_most=True,
        ),
    ]


def planted(
    name: str,
    pattern: str,
    points: float,
    world: World,
    n: int,
    rng: np.random.Generator,
    *,
    winners: bool = False,
    folder: str | None = "perp",
) -> list[Row]:
    """Promise (c): an effect of so many points on the windows of one step is found and stays."""
    grid = world.grids[pattern]
    a_year = 110 if points > 0 else 80
    histories = []
    step: Planted | None = None
    for _ in range(n):
        windows = (
            markets.synthetic(rng, 640, 5.0, markets.right_skewed)
            if folder is None
            else shifted(_of(world, folder, pattern), rng)
        )
        step = step or markets.step(windows, grid, a_year, loosens=points > 0)
        change = markets.more_winners(points) if winners else markets.shift(points)
        histories.append(markets.plant(windows, grid, step, change, rng))
    assert step is not None
    seen = judge(world.connection, histories, every=14)
    active = seen.whole()
    enough = step.a_year >= markets.ENOUGH * a_year
    promised = {2.0: (365, 0.70), 5.0: (180, 0.95), -2.0: (365, 0.60), -5.0: (180, 0.90)}
    rows = []
    for by in (180, 365):
        found = measures.found_by(active, seen.days, by)
        bound = None
        if enough and not winners and points in promised and promised[points][0] == by:
            bound = promised[points][1]
        rows.append(
            measures.share(
                name,
                "c",
                f"{step.a_year:.0f} windows a year: found by day {by}",
                int(found.sum()),
                len(found),
                bound,
                at_most=False,
            )
        )
    kept = measures.stays(active)
    bound = 0.85 if not winners and abs(points) >= 2 else None
    return [
        *rows,
        measures.mean(name, "c", "in force once found", kept, bound, at_most=False),
        measures.mean(name, "a", "in force", active.mean(axis=1), None, at_most=False),
    ]


def in_one_slice(name: str, world: World, n: int, rng: np.random.Generator) -> list[Row]:
    """An effect in bucket=v0 alone (a quarter of the windows): found there and nowhere else."""
    grid = world.grids[S1]
    histories = []
    for _ in range(n):
        windows = markets.synthetic(rng, 640, 16.0, markets.right_skewed, slices=2)
        step = markets.step(windows, grid, 440, loosens=True)
        histories.append(
            markets.plant(
                windows,
                grid,
                step,
                markets.shift(5),
                rng,
                where=lambda w: w.scope["bucket"] == "v0",
            )
        )
    seen = judge(world.connection, histories, every=28, dimensions=SLICES[:2])
    there = seen.scope('{"bucket": "v0"}')
    elsewhere = seen.scope('{"bucket": "v0"}', elsewhere=True)
    found = measures.found_by(there, seen.days, 365)
    return [
        measures.share(
            name, "c", "its slice: found by day 365", int(found.sum()), n, 0.70, at_most=False
        ),
        measures.mean(
            name, "b", "another slice: in force", elsewhere.mean(axis=1), 0.05, at_most=True
        ),
    ]


def money_down(name: str, world: World, n: int, rng: np.random.Generator) -> list[Row]:
    """Promise (d): many small gains hide rare large losses in what one step would let in.

    All else is worth nothing on average, so that no change of gates earns anything.
    """
    grid = world.grids[S1]
    histories = []
    for _ in range(n):
        windows = markets.synthetic(rng, 640, 5.0, markets.right_skewed)
        step = markets.step(windows, grid, 110, loosens=True)
        histories.append(markets.plant(windows, grid, step, markets.small_gains_large_losses, rng))
    seen = judge(world.connection, histories, every=14)
    active = seen.whole().mean(axis=1)
    return [measures.mean(name, "d", "in force", active, 0.05, at_most=True)]


def regime_ends(name: str, world: World, n: int, rng: np.random.Generator) -> list[Row]:
    """+5 points for 400 days, then -5: what was found must go."""
    grid = world.grids[S1]
    ends = 400

    def before(window: Window) -> bool:
        return window.opened_ms < (markets.FIRST_DAY + ends) * DAY_MS

    def after(window: Window) -> bool:
        return not before(window)

    histories = []
    for _ in range(n):
        windows = markets.synthetic(rng, ends + 240, 4.0, markets.right_skewed)
        step = markets.step(windows, grid, 110, loosens=True)
        for points, side in ((5.0, before), (-5.0, after)):
            windows = markets.plant(windows, grid, step, markets.shift(points), rng, where=side)
        histories.append(windows)
    seen = judge(world.connection, histories, every=14)
    active = seen.whole()
    had = active[:, np.flatnonzero(seen.days <= ends)[-1]]
    rows = []
    for later in (60, 120, 180):
        still = active[had][:, np.flatnonzero(seen.days <= ends + later)[-1]]
        rows.append(
            measures.share(
                name,
                "c",
                f"gone {later} days after it turned",
                int((~still).sum()),
                int(had.sum()),
                None,
                at_most=False,
            )
        )
    return rows


def noise_share(rows: Sequence[Row]) -> list[Row]:
    """Promise (a): where one pattern in twenty has an effect, which share of the time in force is
    noise? From the weekly null families and the planted ones of so many points."""
    nothing = [r for r in rows if r.what == "slice {}: in force" and "daily" not in r.family]
    told = []
    for points in ("+2 points", "+5 points"):
        real = [
            r
            for r in rows
            if r.promise == "a"
            and r.what == "in force"
            and points in r.family
            and "winners" not in r.family
        ]
        if not nothing or not real:
            continue
        f0, f1 = (np.array([r.share for r in part]) for part in (nothing, real))
        weights0, weights1 = ([r.n for r in part] for part in (nothing, real))
        some, all_ = np.average(f1, weights=weights1), np.average(f0, weights=weights0)
        high = np.average([r.high for r in nothing], weights=weights0)
        told.append(
            Row(
                f"one in twenty has {points}",
                "a",
                "of what is in force, by time, is noise",
                *(19 * f / max(19 * f + some, 1e-9) for f in (all_, 0.0, high)),
                int(sum(weights0)),
                0.10,
            )
        )
    return told


def _of(world: World, folder: str, pattern: str) -> list[Window]:
    return [window for window in world.real[folder] if window.pattern_key == pattern]


def _shifted(folder: str, pattern: str, world: World, rng: np.random.Generator) -> Windows:
    return shifted(_of(world, folder, pattern), rng)


def _synthetic(
    deal: markets.Deal, regime: float, slices: int, _: World, rng: np.random.Generator
) -> Windows:
    return markets.synthetic(rng, 455, 4.0, deal, regime=regime, slices=slices)


def _null(
    name: str,
    make: Callable[[World, np.random.Generator], Windows],
    long: int,
    short: int = 0,
    *,
    folder: str | None = None,
    every: int = 7,
    dimensions: Sequence[str] = (),
) -> Family:
    run = partial(null, make, name, every=every, dimensions=dimensions)
    return Family(name, run, long, short, folder)


SYNTHETIC = {
    "right-skewed": (markets.right_skewed, 0.0),
    "left-skewed": (markets.left_skewed, 0.0),
    "regimes AR .8": (markets.right_skewed, 0.8),
    "regimes AR .8, left-skewed": (markets.left_skewed, 0.8),
}


def families() -> list[Family]:
    """Everything there is, in the order in which it is told."""
    found = []
    for folder in ("perp", "bars"):
        for pattern in REAL:
            name = f"null: {folder} {pattern[11:]}, moved in time"
            found.append(_null(name, partial(_shifted, folder, pattern), 40, folder=folder))
    for kind, (deal, regime) in SYNTHETIC.items():
        make = partial(_synthetic, deal, regime, 0)
        found.append(_null(f"null: {kind}", make, 60, 4 if regime else 2))
    for kind in ("left-skewed", "regimes AR .8"):
        make = partial(_synthetic, *SYNTHETIC[kind], 0)
        found.append(_null(f"null: {kind}, daily looks", make, 20, every=1))
    for kind in ("right-skewed", "left-skewed", "regimes AR .8"):
        name = f"null: {kind}, 61 overlapping slices"
        make = partial(_synthetic, *SYNTHETIC[kind], 3)
        found.append(_null(name, make, 20, dimensions=SLICES))
    for points in (1.0, 2.0, 5.0, -2.0, -5.0):
        for pattern in REAL:
            name = f"{points:+.0f} points, perp {pattern[11:]}"
            run = partial(planted, name, pattern, points)
            found.append(Family(name, run, 20, folder="perp"))
    for points in (2.0, 5.0):
        name = f"{points:+.0f} points as more winners, perp S1.entry"
        run = partial(planted, name, S1, points, winners=True)
        found.append(Family(name, run, 20, folder="perp"))
    for points in (5.0, -5.0):
        name = f"{points:+.0f} points, synthetic"
        run = partial(planted, name, S1, points, folder=None)
        found.append(Family(name, run, 40, 4))
    found += [
        Family(
            "+5 points in one slice of 25",
            partial(in_one_slice, "+5 points in one slice of 25"),
            20,
        ),
        Family(
            "score up, money down, synthetic",
            partial(money_down, "score up, money down, synthetic"),
            40,
            4,
        ),
        Family("+5 points, then -5", partial(regime_ends, "+5 points, then -5"), 40),
    ]
    return found
