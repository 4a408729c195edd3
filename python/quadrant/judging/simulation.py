"""The grid tried on one slice: counts, values, qualification and evidence. No database here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.evidence import (
    ENOUGH_EXCEEDANCES,
    DayShuffles,
    Null,
    SignFlips,
    day_z,
)
from quadrant.judging.grid import Grid

ValueMode = Literal["value", "count"]

ROI_SCALE = 0.10  # v = tanh(roi / ROI_SCALE)
FEWEST_SPEAKERS = 3  # events that must speak for a candidate
HIGH_DODGE_RATE = 0.90  # from here on newly admitting needs LOOSENING_RATIO
LOOSENING_RATIO = 3.0
NEWEST_TENTHS = 3  # of ten events the newest three must not speak against it ...
NEWEST_CHANGES = 5  # ... where at least this many of them change sides
SHOWN_DRAWS = 100  # for the p of tightening candidates that were not chosen: shown, not used
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Settings:
    """How a pattern is judged; `draws` sign flips, up to `max_draws` where p could matter.

    The defaults stand in the registry of settings (learning.known_settings()).
    """

    value_mode: ValueMode
    min_ratio: float
    min_days: int
    draws: int
    max_draws: int

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Settings:
        """From what learning.judging_settings() says."""
        return cls(
            value_mode="count" if settings["value_mode"] == "count" else "value",
            min_ratio=float(settings["min_ratio"]),
            min_days=int(settings["min_days"]),
            draws=int(settings["draws"]),
            max_draws=int(settings["max_draws"]),
        )

    def for_depth(self, depth: int) -> Settings:
        """For a slice of `depth` dimensions: as many draws as its weight of 4^-depth asks for.

        The broader a slice, the larger the p it may have; more draws could not change its fate.
        """
        return replace(self, max_draws=min(self.max_draws, self.draws * 4**depth))


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """A slice's experiments, oldest decision first.

    `day` int (n): UTC day of the decision; `won` bool (n): outcome success; `roi` float (n): the
    virtual result as a fraction, NaN where there is none; `admitted` bool (n, 1 + candidates).
    """

    day: NDArray[np.int64]
    won: NDArray[np.bool_]
    roi: NDArray[np.float64]
    admitted: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class GridResult:
    """The grid's figures, one entry per candidate, and the candidate chosen (0-based) if any.

    `z` is NaN and `p` 1 where a candidate was not tested (too few days); `chosen_ratio` is
    infinite where the chosen candidate costs nothing.
    """

    value_mode: ValueMode
    n_events: int
    n_days: int
    dodge_rate: float | None
    tested: int
    skipped: int
    draws: int
    misses_caught: NDArray[np.int64]
    failures_added: NDArray[np.int64]
    failures_avoided: NDArray[np.int64]
    wins_lost: NDArray[np.int64]
    benefit: NDArray[np.float64]
    cost: NDArray[np.float64]
    ratio: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    qualifies: NDArray[np.bool_]
    chosen: int | None
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class _Valued:
    """The events that take part: v (n), base admission (n) and change of sides (n, candidates)."""

    mode: ValueMode
    v: NDArray[np.float64]
    day: NDArray[np.int64]
    base: NDArray[np.bool_]
    changed: NDArray[np.bool_]


def simulate(
    events: Events,
    grid: Grid,
    settings: Settings,
    seed: int,
    *,
    only: int | None = None,
    prune: bool = True,
) -> GridResult:
    """Compare every candidate with the base on these events and choose the best, if any is good.

    With `only` (0-based) that candidate alone is judged: nothing is searched, so p is its own.
    Without `prune`, candidates that admit exactly what a smaller move admits are evaluated too;
    the answer is the same.
    """
    valued = _value(events, settings)
    rows = np.flatnonzero(valued.changed.any(axis=1))
    changed = valued.changed[rows]
    columns, place = _distinct(changed, grid, only, prune)
    if len(columns) == 0:
        return _nothing_changes(valued, grid)

    # One column per candidate kept: 1 where it changes the event's side.
    sides = changed[:, columns].astype(np.float64)
    v, base = valued.v[rows], valued.base[rows]
    sign = np.where(base, -1.0, 1.0)
    win = v > 0
    n = len(valued.v)
    recent = (rows >= n - _newest(n)).astype(np.float64)
    gain = sign * v
    totals = (
        np.stack(
            [
                win & ~base,
                ~win & ~base,
                ~win & base,
                win & base,
                np.maximum(gain, 0.0),
                np.maximum(-gain, 0.0),
                recent,
                recent * gain,
            ]
        ).astype(np.float64)
        @ sides
    )
    counts = np.rint(totals[:4]).astype(np.int64)
    caught, added, avoided, lost = counts
    benefit, cost = totals[4], totals[5]
    dodge_rate = _dodge_rate(valued)
    ratio = _ratio(benefit, cost, valued.mode)
    needed = np.full(len(columns), settings.min_ratio)
    if dodge_rate is not None and dodge_rate >= HIGH_DODGE_RATE - _ROUNDING:
        needed[caught + added > 0] = max(LOOSENING_RATIO, settings.min_ratio)

    starts = np.flatnonzero(np.diff(valued.day[rows], prepend=valued.day[rows[0]] - 1))
    days = np.count_nonzero(np.add.reduceat(sides, starts, axis=0), axis=0)
    testable = days >= settings.min_days
    qualifies = (
        testable
        & (ratio >= needed - _ROUNDING)
        & (caught + avoided >= FEWEST_SPEAKERS)
        & ((totals[6] < NEWEST_CHANGES) | (totals[7] >= -_ROUNDING))
    )

    tested = np.flatnonzero(testable)
    z = np.full(len(columns), np.nan)
    p = np.ones(len(columns))
    chosen: int | None = None
    draws = 0
    if len(tested):
        tests = _Tests(
            valued, rows, sides[:, tested] * sign[:, None], grid.tightens[columns[tested]], seed
        )
        z[tested] = tests.z
        chosen = _choose(qualifies, z, ratio, grid, columns)
        at = None if chosen is None else int(np.searchsorted(tested, chosen))
        p[tested] = tests.p(settings, at)
        draws = tests.draws

    def spread(of_columns: NDArray[Any], untouched: Any) -> NDArray[Any]:
        """Every candidate's figure: that of the column which stands for it."""
        return np.append(of_columns, np.array([untouched], dtype=of_columns.dtype))[place]

    return GridResult(
        value_mode=valued.mode,
        n_events=n,
        n_days=len(np.unique(valued.day)),
        dodge_rate=dodge_rate,
        tested=len(columns),
        skipped=len(grid.steps) - len(columns),
        draws=draws,
        misses_caught=spread(caught, 0),
        failures_added=spread(added, 0),
        failures_avoided=spread(avoided, 0),
        wins_lost=spread(lost, 0),
        benefit=spread(benefit, 0.0),
        cost=spread(cost, 0.0),
        ratio=spread(ratio, 0.0),
        z=spread(z, np.nan),
        p=spread(p, 1.0),
        qualifies=spread(qualifies, False),
        chosen=None if chosen is None else int(columns[chosen]),
        reason=(
            _reason(columns, testable, ratio=ratio, counts=counts, p=p, needed=needed)
            if chosen is None
            else ""
        ),
    )


def _value(events: Events, settings: Settings) -> _Valued:
    """What each event is worth; where values count, events without a result take no part."""
    known = ~np.isnan(events.roi)
    base, changed = events.admitted[:, 0], events.admitted[:, 1:] != events.admitted[:, :1]
    if settings.value_mode == "count" or 2 * np.count_nonzero(~known) > len(known):
        return _Valued("count", np.where(events.won, 1.0, -1.0), events.day, base, changed)
    v = np.tanh(events.roi[known] / ROI_SCALE)
    return _Valued("value", v, events.day[known], base[known], changed[known])


def _distinct(
    changed: NDArray[np.bool_], grid: Grid, only: int | None, prune: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Candidates to evaluate, smallest move first, and where each candidate's figures stand.

    The last place (-1) belongs to candidates that change no event. Candidates that change the
    same events share a place only if they need the same tests.
    """
    packed = np.packbits(np.ascontiguousarray(changed.T), axis=1)
    touched: NDArray[np.bool_] = np.any(changed, axis=0)
    place = np.full(len(grid.steps), -1, dtype=np.intp)
    columns: list[int] = []
    seen: dict[tuple[bool, bytes | int], int] = {}
    order = grid.order if only is None else np.array([only])
    for candidate in order[touched[order]].tolist():
        same = packed[candidate].tobytes() if prune else candidate
        key = (bool(grid.tightens[candidate]), same)
        if key not in seen:
            seen[key] = len(columns)
            columns.append(candidate)
        place[candidate] = seen[key]
    return np.array(columns, dtype=np.intp), place


def _newest(n: int) -> int:
    """How many events the newest 30 % are, rounded up."""
    return (NEWEST_TENTHS * n + 9) // 10


def _dodge_rate(valued: _Valued) -> float | None:
    """Losers among the events base refuses; None where it refuses none."""
    refused = ~valued.base
    n = np.count_nonzero(refused)
    return float(np.count_nonzero(valued.v[refused] <= 0) / n) if n else None


def _ratio(
    benefit: NDArray[np.float64], cost: NDArray[np.float64], mode: ValueMode
) -> NDArray[np.float64]:
    """Benefit / cost: infinite where nothing is lost, 0 where nothing is gained either."""
    if mode == "count":
        return benefit / np.maximum(cost, 1.0)
    free = np.where(benefit > 0, np.inf, 0.0)
    return np.divide(benefit, cost, out=free, where=cost > 0)


def _choose(
    qualifies: NDArray[np.bool_],
    z: NDArray[np.float64],
    ratio: NDArray[np.float64],
    grid: Grid,
    columns: NDArray[np.intp],
) -> int | None:
    """Highest z of those that qualify; ties: highest ratio, smallest move, fewer levers."""
    able = np.flatnonzero(qualifies)
    if not len(able):
        return None
    of_grid = columns[able]
    best = np.lexsort(
        (
            of_grid,
            grid.n_levers[of_grid],
            grid.move[of_grid],
            -np.round(ratio[able], 9),
            -np.round(z[able], 9),
        )
    )
    return int(able[best[0]])


class _Tests:
    """The value and the discrimination test of the candidates that can be tested, for one slice.

    `flips` is (rows, candidates): +1 newly admitted, -1 newly refused, 0 unchanged, for the
    events `rows` of `valued`. A candidate that only loosens needs the value test: the day sums of
    flip x v against random signs. One that tightens anything (`tightens`) needs the
    discrimination test too: flip x (v - mean v) against the same values dealt to other days.
    """

    def __init__(
        self,
        valued: _Valued,
        rows: NDArray[np.intp],
        flips: NDArray[np.float64],
        tightens: NDArray[np.bool_],
        seed: int,
    ) -> None:
        day = valued.day[rows]
        starts = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
        sums = np.add.reduceat(flips * valued.v[rows, None], starts, axis=0)
        self._z_value, scaled_days = day_z(sums)
        centred = valued.v - valued.v.mean()
        scaled_flips = _scaled(flips, centred)
        self._z_against = centred[rows] @ scaled_flips
        self._tightens = tightens
        self._value = SignFlips(scaled_days, seed)
        self._against = DayShuffles(centred, valued.day, rows, scaled_flips, seed)
        self.z: NDArray[np.float64] = np.where(
            tightens, np.minimum(self._z_value, self._z_against), self._z_value
        )

    @property
    def draws(self) -> int:
        """Draws of the value test."""
        return self._value.draws

    def p(self, settings: Settings, chosen: int | None) -> NDArray[np.float64]:
        """Every candidate's max-T p; that of the `chosen` one from as many draws as it takes."""
        _draw(self._value, settings, None if chosen is None else self._z_value[chosen])
        p = self._value.p(self._z_value)
        if not self._tightens.any():
            return p
        if chosen is not None and self._tightens[chosen]:
            _draw(self._against, settings, self._z_against[chosen])
        else:
            self._against.draw(SHOWN_DRAWS)
        needed = np.maximum(p, self._against.p(self._z_against))
        return np.asarray(np.where(self._tightens, needed, p), dtype=np.float64)


def _scaled(flips: NDArray[np.float64], centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """Flips (rows, candidates) scaled so that their product with the centred values is a z.

    The scale is the standard deviation the sum has when the values are dealt out at random among
    all n events; columns without variance get z 0.
    """
    n = len(centred)
    total = flips.sum(axis=0)
    spread = np.einsum("rc,rc->c", flips, flips) - total * total / n
    deviation = np.sqrt(np.maximum(spread, 0.0) * (centred @ centred) / max(n - 1, 1))
    unit = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=deviation > _ROUNDING)
    return np.asarray(flips * unit, dtype=np.float64)


def _draw(null: Null, settings: Settings, z: float | None) -> None:
    """Draw; where the chosen candidate's p could still matter, four times as many, and again."""
    null.draw(settings.draws)
    while z is not None and null.draws < settings.max_draws:
        if null.exceedances(z) >= ENOUGH_EXCEEDANCES:
            break
        null.draw(min(3 * null.draws, settings.max_draws - null.draws))


def _nothing_changes(valued: _Valued, grid: Grid) -> GridResult:
    c = len(grid.steps)
    none, zero = np.zeros(c, dtype=np.int64), np.zeros(c)
    return GridResult(
        value_mode=valued.mode,
        n_events=len(valued.v),
        n_days=len(np.unique(valued.day)),
        dodge_rate=_dodge_rate(valued),
        tested=0,
        skipped=c,
        draws=0,
        misses_caught=none,
        failures_added=none,
        failures_avoided=none,
        wins_lost=none,
        benefit=zero,
        cost=zero,
        ratio=zero,
        z=np.full(c, np.nan),
        p=np.ones(c),
        qualifies=np.zeros(c, dtype=np.bool_),
        chosen=None,
        reason="no candidate changes any event",
    )


def _reason(
    columns: NDArray[np.intp],
    testable: NDArray[np.bool_],
    *,
    ratio: NDArray[np.float64],
    counts: NDArray[np.int64],
    p: NDArray[np.float64],
    needed: NDArray[np.float64],
) -> str:
    """Why none qualifies: the best ratio, its counts and its p."""
    if not testable.any():
        return "no candidate changes events on enough days"
    speakers = counts[0] + counts[2]
    enough = testable & (speakers >= FEWEST_SPEAKERS)
    among = np.flatnonzero(enough if enough.any() else testable)
    best = int(among[np.lexsort((-speakers[among], -ratio[among]))[0]])
    caught, added, avoided, lost = counts[:, best].tolist()
    shown = "infinite" if math.isinf(ratio[best]) else f"{ratio[best]:.2f}"
    if not enough.any():
        why = f"fewer than {FEWEST_SPEAKERS} events speak for any candidate"
    elif ratio[best] >= needed[best] - _ROUNDING:
        why = "the newest events speak against it"
    else:
        why = f"{needed[best]:.2f} is needed"
    return (
        f"best ratio {shown} (candidate {columns[best] + 1}): {caught} misses caught, "
        f"{added} failures added, {avoided} failures avoided, {lost} wins lost, "
        f"p {p[best]:.3f}; {why}"
    )
