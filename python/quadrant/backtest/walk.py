"""Walk-forward: learn on the past, freeze what is in force, measure it on what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from quadrant.backtest.history import DAY_MS, History, Trade
from quadrant.backtest.measure import (
    Figures,
    Gates,
    Purchases,
    best_in_hindsight,
    figures,
    joined,
)
from quadrant.backtest.measure import purchases as purchases_under
from quadrant.backtest.windows import Show, Window
from quadrant.database import queries
from quadrant.errors import QuadrantError
from quadrant.judging import Grid, Worker
from quadrant.judging.learner import Learner
from quadrant.paper.decisions import PATTERN as FAMILY

JUDGE, PLAN, DRIFT, BASE, ORACLE = "evidence", "plan", "drift", "base", "oracle"
GATES, STRENGTH, CAPITAL = "gates", "strength", "capital"
LEARNED: Mapping[str, tuple[str, frozenset[str]]] = {
    JUDGE: (JUDGE, frozenset({GATES})),
    "strength": (JUDGE, frozenset({STRENGTH})),
    "capital": (JUDGE, frozenset({CAPITAL})),
    "channels": (JUDGE, frozenset({GATES, STRENGTH, CAPITAL})),
    PLAN: (PLAN, frozenset({GATES})),
    "plan_strength": (PLAN, frozenset({STRENGTH})),
    "plan_channels": (PLAN, frozenset({GATES, STRENGTH, CAPITAL})),
    DRIFT: (DRIFT, frozenset({GATES})),
}
"""Arm -> what it learns by, and the channels that act in it: gates, the size of an entry by
posture, the multiplier of capital (the same whatever the profile). What has no part is base's."""
ARMS = (*LEARNED, BASE, ORACLE)
SHORTEST_FOLD = 7
MOST_STEPS = 30
"""Steps of 0.02 from one end of a multiplier of capital (0.7 to 1.3) to the other."""


class TooShortError(QuadrantError):
    """The bars hold too little time, or no windows, for the folds asked for."""

    code = "QD085"


@dataclass(frozen=True, slots=True)
class Fold:
    """Days since 1970: learnt before `begin`, measured on windows that opened in [begin, end)."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class FoldResult:
    """What each arm did in a fold; `in_force` counts the slices an arm had something in force in,
    of each of its channels."""

    fold: Fold
    arms: tuple[Figures, ...]
    in_force: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Look:
    """After a look: how many of the patterns have a change in force, `whole`: in slice {}."""

    day: int
    patterns: int
    in_force: int
    whole: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """One market walked through; `arms` are all folds together."""

    folds: tuple[FoldResult, ...]
    arms: tuple[Figures, ...]
    looks: tuple[Look, ...]
    unresolved: int


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """What is in force for n windows: gates, and the factors (n) by which posture and capital by
    family scale an entry; `slices`: channel -> in how many."""

    gates: list[Gates]
    factors: Mapping[str, NDArray[np.float64]]
    slices: Mapping[str, int]


def split(windows: Sequence[Window], folds: int) -> list[Fold]:
    """Equal folds; the first part of the time, as long as a fold, is learned from only."""
    if not windows:
        raise TooShortError("no window closes in these bars", hint="Give a longer history.")
    first, last = windows[0].opened_ms // DAY_MS, windows[-1].opened_ms // DAY_MS + 1
    if last - first < SHORTEST_FOLD * (folds + 1):
        raise TooShortError(
            f"{last - first} days of windows are too few for {folds} folds of a week or more",
            hint="Ask for fewer folds, or give a longer history.",
        )
    edges = [first + (last - first) * part // (folds + 1) for part in range(1, folds + 2)]
    return [Fold(begin, end) for begin, end in pairwise(edges)]


def walk(
    connection: psycopg.Connection[Any],
    windows: Sequence[Window],
    grids: Mapping[str, Grid],
    folds: Sequence[Fold],
    *,
    look_every: int,
    arms: Sequence[str] = ARMS,
    show: Show = lambda _what, _done, _total: None,
) -> Walk:
    """Walks through a market in an empty database of the owner's, judging every so many days.

    Trades, from which posture and capital are learned, are those of base gates; they are told where
    an arm asks for more than gates.
    """
    by_trades = any(arm in LEARNED and LEARNED[arm][1] != {GATES} for arm in arms)
    trades = trades_of(windows, grids) if by_trades else []
    walker = _Walker(connection, windows, grids, trades)
    days: list[tuple[int, Fold | None]] = []
    at = windows[0].opened_ms // DAY_MS
    for fold in folds:
        earlier = range(fold.begin - look_every, at + look_every // 2, -look_every)
        days += [(day, None) for day in reversed(earlier)]
        days.append((fold.begin, fold))
        at = fold.begin
    results: list[FoldResult] = []
    kept: dict[str, list[Purchases]] = {arm: [] for arm in (*arms, BASE)}
    measured: list[Window] = []
    for done, (day, frozen) in enumerate(days):
        show(f"look {done + 1} of {len(days)}", done, len(days))
        walker.look(day)
        if frozen is None:
            continue
        inside = [w for w in windows if frozen.begin <= w.opened_ms // DAY_MS < frozen.end]
        inside = [w for w in inside if w.result.roi is not None]
        own, in_force = walker.buy(inside, arms)
        for arm, bought in own.items():
            kept[arm].append(bought)
        measured += inside
        told = tuple(figures(arm, inside, own[arm], own[BASE]) for arm in arms)
        results.append(FoldResult(frozen, told, in_force))
    whole = {arm: joined(parts) for arm, parts in kept.items()}
    begin = folds[0].begin
    return Walk(
        folds=tuple(results),
        arms=tuple(figures(arm, measured, whole[arm], whole[BASE]) for arm in arms),
        looks=tuple(walker.looks),
        unresolved=sum(w.result.roi is None and w.opened_ms // DAY_MS >= begin for w in windows),
    )


def trades_of(windows: Sequence[Window], grids: Mapping[str, Grid]) -> list[Trade]:
    """What base gates buy of the windows whose result is known."""
    known = [w for w in windows if w.result.roi is not None]
    base = _base(known, grids)
    return [
        Trade(window, float(roi))
        for window, roi, bought in zip(known, base.roi, base.bought, strict=True)
        if bought
    ]


def _base(windows: Sequence[Window], grids: Mapping[str, Grid]) -> Purchases:
    gates = {key: {lever.gate: lever.base for lever in grid.levers} for key, grid in grids.items()}
    return purchases_under(windows, [gates[w.pattern_key] for w in windows], grids)


class _Walker:
    """One database whose clock is moved from look to look."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        windows: Sequence[Window],
        grids: Mapping[str, Grid],
        trades: Sequence[Trade],
    ) -> None:
        self.connection = connection
        self.grids = grids
        self.patterns = len({window.pattern_key for window in windows})
        self.looks: list[Look] = []
        self.history = History(connection, windows, trades)
        self.learner = Learner(connection)
        self.plan = Worker()

    def look(self, day: int) -> None:
        """Mines and judges at the start of that day."""
        self.history.at(day)
        self.learner.learn(judge_anyway=True)
        self._settle_capital()
        rows = self.connection.execute(queries("backtest/in_force")).fetchall()
        self.looks.append(
            Look(
                day=day,
                patterns=self.patterns,
                in_force=len(rows),
                whole=sum(row[1] for row in rows),
                changed=tuple(row[0] for row in rows),
            )
        )

    def buy(
        self, windows: Sequence[Window], arms: Sequence[str]
    ) -> tuple[dict[str, Purchases], dict[str, int]]:
        """What each arm, frozen now, buys of these windows, and in how many slices it acts."""
        base = _base(windows, self.grids)
        own = {BASE: base}
        if ORACLE in arms:
            own[ORACLE] = best_in_hindsight(windows, self.grids)
        slices: dict[str, int] = {}
        for profile in (JUDGE, PLAN, DRIFT):
            learned = {
                arm: channels
                for arm, (of_profile, channels) in LEARNED.items()
                if of_profile == profile and arm in arms
            }
            if not learned:
                continue
            with self.connection.transaction(force_rollback=True):
                self._prepare(profile)
                found = self._in_force(windows)
            bought = purchases_under(windows, found.gates, self.grids)
            for arm, channels in learned.items():
                own[arm] = bought if GATES in channels else base
                for channel in channels - {GATES}:
                    own[arm] = own[arm].sized(found.factors[channel])
                slices[arm] = sum(found.slices[channel] for channel in channels)
        return own, slices

    def _prepare(self, profile: str) -> None:
        """Puts in force what a profile would have, in a transaction that is rolled back."""
        execute = self.connection.execute
        if profile == JUDGE:
            return
        execute(queries("backtest/forget"))
        if profile == DRIFT:
            execute(queries("backtest/drift"))
            return
        execute(queries("backtest/profile"), ("plan",))
        execute(queries("learner/rehearse"))
        self.plan.drain(self.connection)
        self._settle_capital()

    def _settle_capital(self) -> None:
        """Steps capital by family until it stands still: what hourly runs do between two looks."""
        for _ in range(MOST_STEPS):
            row = self.connection.execute(queries("backtest/settle_capital")).fetchone()
            if row is None or not row[0]:
                return

    def _in_force(self, windows: Sequence[Window]) -> InForce:
        """What is in force for every window, asked once for each scope there is."""
        place: dict[str, int] = {}
        asked: list[dict[str, Any]] = []
        of_window = []
        for window in windows:
            key = f"{window.pattern_key} {sorted(window.scope.items())}"
            if key not in place:
                place[key] = len(asked)
                asked.append({"pattern_key": window.pattern_key, "scope": window.scope})
            of_window.append(place[key])
        rows = self.connection.execute(
            queries("backtest/in_force_at"), {"asked": Jsonb(asked), "family": FAMILY}
        ).fetchall()
        (slices,) = self.connection.execute(queries("backtest/slices_in_force")).fetchall()
        return InForce(
            gates=[rows[at][0] for at in of_window],
            factors={
                channel: np.array([rows[at][column] for at in of_window], dtype=np.float64)
                for column, channel in ((1, STRENGTH), (2, CAPITAL))
            },
            slices=dict(zip((GATES, STRENGTH, CAPITAL), slices, strict=True)),
        )
