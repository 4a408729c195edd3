"""One opportunity window: its samples, its reference bar and its one decision."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, NamedTuple

from quadrant.tick.gates import Gate, smallest_margin

Values = tuple[float, ...]


class Bar(NamedTuple):
    """One bar of a window: when it opened and existed (epoch ms), its close, its gate values."""

    bar_ts: int
    exists_at: int
    close: float
    values: Values
    thresholds: Values
    margin: float


@dataclass(slots=True)
class Decision:
    """What was decided, at which bar, and the factors seen then; frozen once made."""

    decision: str
    decided_ms: int
    bar_ts: int
    blocked_by: list[str]
    factors: dict[str, Any]
    trade_id: str | None = None


@dataclass(slots=True)
class Window:
    """An open window. Nothing in it but the decision depends on the thresholds in force.

    `samples` are the bars no other bar is at least as good as on every gate, as (bar_ts, values).
    The reference bar is the first that passes all base gates, else the one nearest to passing
    them: where a PM under base gates would have bought. `reference_entry` is the open after it.
    """

    window_id: str
    opened_ms: int
    scope: dict[str, Any]
    entry_path: str
    samples: list[tuple[int, Values]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    reference_margin: float = -math.inf
    reference_close: float = 0.0
    reference_entry: float | None = None
    decision: Decision | None = None

    def add(self, bar: Bar, gates: tuple[Gate, ...]) -> None:
        """Takes the window's next bar."""
        if self.decision is None:
            self.bars.append(bar)
        smallest = smallest_margin(gates, bar.values, tuple(g.base for g in gates))
        if self.reference_margin < 0 and smallest > self.reference_margin:
            self.reference_margin = smallest
            self.reference_close = bar.close
            self.reference_entry = None
        for _, values in self.samples:
            if _dominates(values, bar.values, gates):
                return
        self.samples = [s for s in self.samples if not _dominates(bar.values, s[1], gates)]
        self.samples.append((bar.bar_ts, bar.values))

    def act(
        self, signal_bar_ts: int, gates: tuple[Gate, ...], context: dict[str, Any], trade_id: str
    ) -> bool:
        """Freezes the decision `acted` at the bar that gave the signal; False if it is not here."""
        if self.decision is not None:
            return False
        at = next((n for n, bar in enumerate(self.bars) if bar.bar_ts == signal_bar_ts), None)
        if at is None:
            return False
        self._decide("acted", at, gates, context)
        assert self.decision is not None
        self.decision.trade_id = trade_id
        return True

    def skip(self, gates: tuple[Gate, ...], context: dict[str, Any]) -> None:
        """Freezes the decision `skipped` at the bar closest to passing, unless it is made."""
        if self.decision is None:
            at = max(range(len(self.bars)), key=lambda n: (self.bars[n].margin, -n))
            self._decide("skipped", at, gates, context)

    def _decide(
        self, decision: str, at: int, gates: tuple[Gate, ...], context: dict[str, Any]
    ) -> None:
        bar = self.bars[at]
        passed = {
            g.name: g.margin(v, t) >= 0
            for g, v, t in zip(gates, bar.values, bar.thresholds, strict=True)
        }
        blocked_by = [name for name, ok in passed.items() if not ok]
        if decision == "skipped" and not blocked_by:
            blocked_by = ["policy"]
        seen = self.bars[: at + 1]
        factors: dict[str, Any] = {g.value_key: v for g, v in zip(gates, bar.values, strict=True)}
        factors |= {g.threshold_key: t for g, t in zip(gates, bar.thresholds, strict=True)}
        factors |= {f"{name}_ok": ok for name, ok in passed.items()}
        factors["entry_zone_ok"] = all(passed.values())
        factors["summary"] = _summary([b.values for b in seen], gates)
        factors |= context | {"entry_path": self.entry_path}
        self.decision = Decision(
            decision=decision,
            decided_ms=bar.exists_at,
            bar_ts=bar.bar_ts,
            blocked_by=blocked_by if decision == "skipped" else [],
            factors=factors,
        )
        self.bars = []

    def final_factors(self, gates: tuple[Gate, ...]) -> dict[str, Any]:
        """The decision's factors with the samples up to the window's end."""
        assert self.decision is not None
        decided_at = self.decision.bar_ts
        samples = []
        for bar_ts, values in self.samples:
            sample: dict[str, Any] = {"ts": bar_ts}
            sample |= {g.value_key: v for g, v in zip(gates, values, strict=True)}
            if bar_ts > decided_at:
                sample["after"] = True
            samples.append(sample)
        return self.decision.factors | {"samples": samples}

    def to_json(self) -> dict[str, Any]:
        """The window as plain values (bars and samples become arrays)."""
        return {
            "window_id": self.window_id,
            "opened_ms": self.opened_ms,
            "scope": self.scope,
            "entry_path": self.entry_path,
            "samples": self.samples,
            "bars": self.bars,
            "reference_margin": self.reference_margin if self.bars or self.samples else None,
            "reference_close": self.reference_close,
            "reference_entry": self.reference_entry,
            "decision": asdict(self.decision) if self.decision else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Window:
        """The window `to_json` wrote."""
        window = cls(**data)
        window.samples = [(ts, tuple(values)) for ts, values in data["samples"]]
        window.bars = [
            Bar(ts, exists_at, close, tuple(values), tuple(thresholds), margin)
            for ts, exists_at, close, values, thresholds, margin in data["bars"]
        ]
        if data["reference_margin"] is None:
            window.reference_margin = -math.inf
        if data["decision"] is not None:
            window.decision = Decision(**data["decision"])
        return window


def _dominates(one: Values, other: Values, gates: tuple[Gate, ...]) -> bool:
    """Is `one` at least as good as `other` at every gate?"""
    for gate, a, b in zip(gates, one, other, strict=True):
        if (a > b) if gate.at_most else (a < b):
            return False
    return True


def _summary(values: list[Values], gates: tuple[Gate, ...]) -> dict[str, Any]:
    summary: dict[str, Any] = {"sample_count": len(values)}
    for gate, column in zip(gates, zip(*values, strict=True), strict=True):
        summary[gate.value_key] = {
            "min": min(column),
            "max": max(column),
            "median": median(column),
        }
    return summary
