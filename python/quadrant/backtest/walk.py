"""Walk-forward: learn on the past, freeze what is in force, measure it on what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import psycopg
from psycopg.rows import scalar_row
from psycopg.types.json import Jsonb

from quadrant.backtest.history import DAY_MS, History
from quadrant.backtest.measure import Figures, Purchases, best_in_hindsight, figures, joined
from quadrant.backtest.measure import purchases as purchases_under
from quadrant.backtest.windows import Show, Window
from quadrant.database import queries
from quadrant.errors import QuadrantError
from quadrant.judging import Grid, Worker
from quadrant.judging.learner import Learner

JUDGE, PLAN, DRIFT, BASE, ORACLE = "evidence", "plan", "drift", "base", "oracle"
ARMS = (JUDGE, PLAN, DRIFT, BASE, ORACLE)
SHORTEST_FOLD = 7


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
    """What each arm did in a fold; `in_force` counts the scopes an arm changed gates in."""

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
    """Walks through a market in an empty database of the owner's, judging every so many days."""
    walker = _Walker(connection, windows, grids, len({w.pattern_key for w in windows}))
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


class _Walker:
    """One database whose clock is moved from look to look."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        windows: Sequence[Window],
        grids: Mapping[str, Grid],
        patterns: int,
    ) -> None:
        self.connection = connection
        self.grids = grids
        self.patterns = patterns
        self.looks: list[Look] = []
        self.history = History(connection, windows)
        self.learner = Learner(connection)
        self.plan = Worker()

    def look(self, day: int) -> None:
        """Mines and judges at the start of that day."""
        self.history.at(day)
        self.learner.learn(judge_anyway=True)
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
        """What each arm, frozen now, buys of these windows, and how many scopes it changed."""
        base = {
            key: {lever.gate: lever.base for lever in grid.levers}
            for key, grid in self.grids.items()
        }
        own = {BASE: purchases_under(windows, [base[w.pattern_key] for w in windows], self.grids)}
        in_force: dict[str, int] = {}
        for arm in arms:
            if arm == BASE:
                continue
            if arm == ORACLE:
                own[arm] = best_in_hindsight(windows, self.grids)
                continue
            with self.connection.transaction(force_rollback=True):
                self._prepare(arm)
                gates = self._gates(windows)
                (in_force[arm],) = self.connection.execute(
                    queries("backtest/scopes_in_force")
                ).fetchone() or (0,)
            own[arm] = purchases_under(windows, gates, self.grids)
        return own, in_force

    def _prepare(self, arm: str) -> None:
        """Puts in force what an arm would have, in a transaction that is rolled back."""
        execute = self.connection.execute
        if arm == JUDGE:
            return
        execute(queries("backtest/forget"))
        if arm == DRIFT:
            execute(queries("backtest/drift"))
            return
        execute(queries("backtest/profile"), ("plan",))
        execute(queries("learner/rehearse"))
        self.plan.drain(self.connection)

    def _gates(self, windows: Sequence[Window]) -> list[Mapping[str, float]]:
        """The gates in force for every window, asked once for each scope there is."""
        place: dict[str, int] = {}
        asked: list[dict[str, Any]] = []
        of_window = []
        for window in windows:
            key = f"{window.pattern_key} {sorted(window.scope.items())}"
            if key not in place:
                place[key] = len(asked)
                asked.append({"pattern_key": window.pattern_key, "scope": window.scope})
            of_window.append(place[key])
        with self.connection.cursor(row_factory=scalar_row) as cursor:
            gates = cursor.execute(queries("backtest/gates_in_force"), (Jsonb(asked),)).fetchall()
        return [gates[at] for at in of_window]
