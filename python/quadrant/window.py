"""One opportunity window: its samples, its reference bar and its one decision."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, field, replace
from statistics import median
from typing import Any, NamedTuple

from quadrant.gate import Gate, smallest_margin

Values = tuple[float, ...]
LATE_BARS = 3
"""A fill may be reported this many bars after the one that decided it, even past the window."""
HISTORY = 64
"""A decision's summary is of this many bars at most: a long window must stay cheap to store."""


def virtual_roi(entry: float, exit_price: float, fee: float) -> float:
    """Of a unit bought at one price and sold at another, `fee` (a fraction of the turnover) paid
    on each side: a fraction of the price, as a trade's ROI is of its cost. The judge takes the fee
    back out of it (quadrant.judging.buys).
    """
    return (exit_price * (1 - fee) - entry * (1 + fee)) / entry


class Bar(NamedTuple):
    """One bar of a window: when it opened and existed (epoch ms), its close, its gate values.

    `values` are less what the bar itself adds to a threshold; `told` holds what is written
    instead of them and beside them: raw values, adjustments. `passed` is the PM's reason not to
    buy on it, `overrides` are the ids of those the thresholds come from.
    """

    bar_ts: int
    exists_at: int
    close: float
    values: Values
    thresholds: Values
    margin: float
    told: dict[str, float]
    passed: str | None = None
    overrides: tuple[int, ...] = ()


Sample = tuple[int, Values, dict[str, float], float | None]
"""A bar's open (epoch ms), its gate values, what is told of it, and the open of the next bar (None
until that bar is there): what a buy on it would have paid."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and at which bar; frozen once made, but for a fill reported late."""

    decision: str
    decided_ms: int
    bar_ts: int
    blocked_by: tuple[str, ...]
    trade_id: str | None = None


@dataclass(slots=True)
class Window:
    """A window. Nothing in it but the decision depends on the thresholds in force.

    `gates` are those registered when it opened; it is held against them to its end.
    `samples` are the bars no earlier bar is at least as good as on every gate: those at which some
    thresholds would first have let a buy through. With `is_ladder` a lower close is better too:
    there some arms would have bought again. The reference bar is the first that passes all
    base gates, else the one nearest to passing them: where a PM under base gates would have bought;
    `reference_entry` is the open after it. `extra` holds what its kind adds to the factors. Until
    a decision is made `best` is the bar closest to passing, `bars` are the newest ones, and
    `history` holds the values their summary is made of.
    """

    window_id: str
    episode_id: str
    attempt_id: str
    opened_ms: int
    scope: dict[str, Any]
    extra: dict[str, Any]
    gates: tuple[Gate, ...]
    is_ladder: bool = False
    samples: list[Sample] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    history: list[Values] = field(default_factory=list)
    best: Bar | None = None
    best_summary: dict[str, Any] = field(default_factory=dict)
    n_bars: int = 0
    reference_margin: float = -math.inf
    reference_close: float = 0.0
    reference_entry: float | None = None
    closed_ms: int | None = None
    decision: Decision | None = None

    def add(self, bar: Bar) -> None:
        """Takes the window's next bar."""
        self.n_bars += 1
        gates = self.gates
        if self.decision is None:
            self.bars = [*self.bars[-LATE_BARS:], bar]
            self.history = [*self.history[1 - HISTORY :], _shown(bar, gates)]
            if self.best is None or bar.margin > self.best.margin:
                self.best = bar
                self.best_summary = self._summary(0)
        smallest = smallest_margin(gates, bar.values, tuple(g.base for g in gates))
        if self.reference_margin < 0 and smallest > self.reference_margin:
            self.reference_margin = smallest
            self.reference_close = bar.close
            self.reference_entry = None
        if not any(
            _dominates(values, bar.values, gates)
            and not (self.is_ladder and bar.close < told.get("close", math.inf))
            for _, values, told, _ in self.samples
        ):
            self.samples.append((bar.bar_ts, bar.values, bar.told, None))

    def fill_at_open(self, price: float) -> bool:
        """What was bought on the bar before is paid at this bar's open; was there anything?"""
        filled = False
        if self.n_bars and self.reference_entry is None:
            self.reference_entry = price
            filled = True
        if self.samples and self.samples[-1][3] is None:
            self.samples[-1] = (*self.samples[-1][:3], price)
            filled = True
        return filled

    def holds(self, bar_ts: int) -> bool:
        """Is that one of the bars a buy can still land on?"""
        return any(bar.bar_ts == bar_ts for bar in self.bars)

    def note_pass(self, signal_bar_ts: int, reason: str) -> dict[str, Any] | None:
        """Keeps the PM's reason not to buy on a bar.

        Told after the window was skipped at that very bar it corrects the decision: what it adds
        to its factors, else None.
        """
        self.bars = [
            bar._replace(passed=reason) if bar.bar_ts == signal_bar_ts else bar for bar in self.bars
        ]
        if self.best is not None and self.best.bar_ts == signal_bar_ts:
            self.best = self.best._replace(passed=reason)
        skipped = self.decision
        if skipped is None or (skipped.decision, skipped.bar_ts) != ("skipped", signal_bar_ts):
            return None
        if reason == "ladder_arm" and reason not in skipped.blocked_by:
            failed = tuple(name for name in skipped.blocked_by if name != "policy")
            self.decision = replace(skipped, blocked_by=(*failed, reason))
            return {}
        return {"policy_reason": reason} if skipped.blocked_by == ("policy",) else None

    def act(self, signal_bar_ts: int, trade_id: str | None) -> dict[str, Any] | None:
        """Freezes the decision `acted` at the bar that gave the signal: the factors seen then.

        None if the bar is not here. A skip of a window that was closed meanwhile is corrected.
        """
        for age, bar in enumerate(reversed(self.bars)):
            if bar.bar_ts == signal_bar_ts:
                factors, _ = _judged(bar, self.gates)
                factors["summary"] = self._summary(age)
                self.decision = Decision("acted", bar.exists_at, bar.bar_ts, (), trade_id)
                self._settle()
                return factors
        return None

    def skip(self) -> dict[str, Any]:
        """Decides `skipped` at the bar closest to passing: the factors seen then."""
        bar = self.best
        assert bar is not None
        factors, failed = _judged(bar, self.gates)
        factors["summary"] = self.best_summary
        if bar.passed == "ladder_arm":
            failed = (*failed, "ladder_arm")
        elif not failed:
            failed = ("policy",)
            if bar.passed is not None:
                factors["policy_reason"] = bar.passed
        self.decision = Decision("skipped", bar.exists_at, bar.bar_ts, failed)
        self.best, self.best_summary = None, {}
        return factors

    def _settle(self) -> None:
        """Nothing of the way to the decision is needed any more."""
        self.bars, self.history = [], []
        self.best, self.best_summary = None, {}

    def _summary(self, age: int) -> dict[str, Any]:
        """Of the bars up to the one `age` bars back (of the newest HISTORY of them)."""
        summary: dict[str, Any] = {"sample_count": self.n_bars - age}
        columns = zip(*self.history[: len(self.history) - age], strict=True)
        for gate, column in zip(self.gates, columns, strict=True):
            summary[gate.value_key] = {
                "min": min(column),
                "max": max(column),
                "median": median(column),
            }
        return summary

    def final_factors(self) -> dict[str, Any]:
        """What the window's end adds to the factors of its decision."""
        assert self.decision is not None
        samples = []
        for bar_ts, values, told, entry_price in self.samples:
            sample: dict[str, Any] = {"ts": bar_ts}
            sample |= {g.value_key: v for g, v in zip(self.gates, values, strict=True)}
            sample |= told
            if entry_price is not None:
                sample["entry_price"] = entry_price
            if bar_ts > self.decision.bar_ts:
                sample["after"] = True
            samples.append(sample)
        return self.extra | {"samples": samples}

    def to_json(self) -> dict[str, Any]:
        """The window as plain values, for `from_json`."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["decision"] = self.decision and astuple(self.decision)
        values["reference_margin"] = self.reference_margin if self.n_bars else None
        return {name: value for name, value in values.items() if value not in (None, [], {})}

    @classmethod
    def from_json(cls, data: dict[str, Any], gates: tuple[Gate, ...]) -> Window:
        """The window `to_json` wrote; `gates` are those registered now.

        A state of a version that kept no gates was written under these.
        """
        window = cls(**{"scope": {}, "extra": {}, "gates": gates} | data)
        if "gates" in data:
            window.gates = tuple(Gate(*values) for values in data["gates"])
        # A state of a version without entry prices has three parts: that sample has none.
        window.samples = [
            (ts, tuple(v), told, *(price or [None]))
            for ts, v, told, *price in data.get("samples", ())
        ]
        window.bars = [_bar(values) for values in data.get("bars", ())]
        window.history = [tuple(values) for values in data.get("history", ())]
        window.best = _bar(data["best"]) if "best" in data else None
        if "decision" in data:
            decision, decided_ms, bar_ts, blocked_by, trade_id = data["decision"]
            window.decision = Decision(decision, decided_ms, bar_ts, tuple(blocked_by), trade_id)
        return window


def _bar(values: list[Any]) -> Bar:
    ts, exists_at, close, seen, thresholds, margin, told, *rest = values
    # States of earlier versions have fewer parts: no reason to pass, no overrides.
    passed = rest[0] if rest else None
    overrides = tuple(rest[1]) if len(rest) > 1 else ()
    return Bar(
        ts, exists_at, close, tuple(seen), tuple(thresholds), margin, told, passed, overrides
    )


def _dominates(one: Values, other: Values, gates: tuple[Gate, ...]) -> bool:
    """Is `one` at least as good as `other` at every gate?"""
    for gate, a, b in zip(gates, one, other, strict=True):
        if (a > b) if gate.at_most else (a < b):
            return False
    return True


def _shown(bar: Bar, gates: tuple[Gate, ...]) -> Values:
    """The values as they are told: without what the bar adds to a threshold."""
    if not bar.told:
        return bar.values
    return tuple(bar.told.get(g.value_key, v) for g, v in zip(gates, bar.values, strict=True))


def _judged(bar: Bar, gates: tuple[Gate, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The factors of a decision at this bar, and the gates that fail there, each on its own."""
    passed = {
        g.name: g.margin(v, t) >= 0
        for g, v, t in zip(gates, bar.values, bar.thresholds, strict=True)
    }
    factors: dict[str, Any] = {g.value_key: v for g, v in zip(gates, bar.values, strict=True)}
    factors |= bar.told
    factors |= {g.threshold_key: t for g, t in zip(gates, bar.thresholds, strict=True)}
    factors |= {f"{name}_ok": ok for name, ok in passed.items()}
    factors["entry_zone_ok"] = all(passed.values())
    if bar.overrides:
        factors["overrides"] = list(bar.overrides)
    return factors, tuple(name for name, ok in passed.items() if not ok)
