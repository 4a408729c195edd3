"""The windows in one pair's bars, and the answers of the gates on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quadrant.client import Gate as InForce
from quadrant.gate import Gate, smallest_margin
from quadrant.recorder.exits import Candle, Exit
from quadrant.recorder.levers import Lever
from quadrant.recorder.setup import Setup
from quadrant.window import Bar, Values

BRIDGED = 3
"""So many missing bars are bridged; more close what is pending as neutral, as in the tick."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a bar: is the setup there (`window`), do all gates in force let it through (`passes`)?

    `tag` names the window and the bar: give it to the order, and back to `bought`.
    """

    passes: bool = False
    window: str | None = None
    tag: str | None = None
    blocked_by: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the bars of every pair; `step` is milliseconds a bar.

    `note` is told of setups that opened, closed or were sold.
    """

    levers: Sequence[Lever]
    gates: tuple[Gate, ...]
    step: int
    exit: Exit
    note: Callable[[Setup], None]

    def seen(self, values: Mapping[str, float | None]) -> Values | None:
        """The gates' values, where each is known and in reach of a threshold."""
        seen = []
        for lever in self.levers:
            value = values[lever.name]
            if value is None or not lever.in_reach(value) or not math.isfinite(value):
                return None
            seen.append(float(value))
        return tuple(seen)


class Pair:
    """One pair's bars, oldest first; its windows' names begin with `prefix`."""

    def __init__(self, name: str, prefix: str, rules: Rules) -> None:
        self._name = name
        self._prefix = prefix
        self._rules = rules
        self._newest_ts: int | None = None
        self._answer = Answer()
        self._open: Setup | None = None
        self._followed: list[Setup] = []
        # The setup was there on the first bar already: when it began is unknown, it is no window.
        self._is_cut = True

    def take(
        self,
        bar: Candle,
        values: Mapping[str, float | None] | None,
        scope: dict[str, Any],
        in_force: Callable[[Mapping[str, Any], int], Mapping[str, InForce]],
    ) -> Answer:
        """Takes a bar, with the gates' values where the setup is there; None: it is not.

        `in_force` answers the gates of a scope when a bar exists (epoch ms).
        """
        newest, step = self._newest_ts, self._rules.step
        if newest is not None and bar.ts <= newest:
            return self._answer if bar.ts == newest else Answer()
        if not all(map(math.isfinite, bar)):
            raise ValueError(f"{self._name}: a bar without prices: {bar}")
        seen = None if values is None else self._rules.seen(values)
        if newest is not None and bar.ts - newest > (BRIDGED + 1) * step:
            self._break(newest + step)
        self._newest_ts = bar.ts
        self._follow(bar)
        if seen is not None:
            self._answer = self._watch(bar, seen, scope, in_force(scope, bar.ts + step))
        else:
            self._end(bar.ts + step)
            self._is_cut = False
            self._answer = Answer()
        return self._answer

    def _watch(
        self, bar: Candle, seen: Values, scope: dict[str, Any], in_force: Mapping[str, InForce]
    ) -> Answer:
        """The setup is there: its window takes the bar, and the gates in force answer."""
        gates = self._rules.gates
        told = {gate.name: in_force[gate.name].value for gate in gates}
        thresholds = tuple(told.values())
        failed = tuple(
            g.name for g, v, t in zip(gates, seen, thresholds, strict=True) if g.margin(v, t) < 0
        )
        if self._is_cut:
            return Answer(not failed, None, None, failed, told)
        exists_at = bar.ts + self._rules.step
        if self._open is None:
            window_id = f"{self._prefix}{bar.ts}"
            attempt = self._followed[-1].attempt_id if self._followed else window_id
            self._open = Setup(window_id, attempt, self._name, scope, gates, exists_at)
            self._followed.append(self._open)
            self._rules.note(self._open)
        margin = smallest_margin(gates, seen, thresholds)
        ids = {g.override_id for g in in_force.values() if g.override_id is not None}
        self._open.add(
            Bar(
                bar.ts, exists_at, bar.close, seen, thresholds, margin, {}, None, tuple(sorted(ids))
            )
        )
        window_id = self._open.window_id
        return Answer(not failed, window_id, f"{window_id}@{bar.ts}", failed, told)

    def _follow(self, bar: Candle) -> None:
        exists_at = bar.ts + self._rules.step
        for setup in list(self._followed):
            setup.follow(bar, exists_at, self._rules.exit)
            if setup.sale is not None:
                # What was sold is no opportunity any more: a setup still there is another one.
                if setup is self._open:
                    self._end(exists_at)
                self._followed.remove(setup)
                self._rules.note(setup)

    def _end(self, at_ms: int) -> None:
        if self._open is not None:
            self._open.closed_ms = at_ms
            self._rules.note(self._open)
            self._open = None

    def _break(self, at_ms: int) -> None:
        """Bars are missing: nobody knows how what is pending went on."""
        self._end(at_ms)
        for setup in self._followed:
            setup.gap, setup.sold_ms = True, at_ms
            self._rules.note(setup)
        self._followed.clear()
        self._is_cut = True
