"""One opportunity window: its samples, its reference bar and its one decision."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, NamedTuple

from quadrant.tick.gates import Gate, smallest_margin

Values = tuple[float, ...]
EDX_CAP = 0.20
"""The shift of EDX's suppression that counts as severity 1; a gate's is its largest grid step."""


class Bar(NamedTuple):
    """One bar of a window: when it opened and existed (epoch ms), its close, its gate values.

    `values` are less what the bar itself adds to a threshold; `told` holds what is written
    instead of them and beside them: raw values, adjustments. `passed` is the PM's reason not to
    buy on it.
    """

    bar_ts: int
    exists_at: int
    close: float
    values: Values
    thresholds: Values
    margin: float
    told: dict[str, float]
    passed: str | None = None


@dataclass(slots=True)
class Decision:
    """What was decided, at which bar, and the factors seen then; frozen once made."""

    decision: str
    decided_ms: int
    bar_ts: int
    blocked_by: list[str]
    factors: dict[str, Any]
    levers: list[dict[str, Any]]
    trade_id: str | None = None


@dataclass(slots=True)
class Window:
    """A window. Nothing in it but the decision depends on the thresholds in force.

    `samples` are the bars no other bar is at least as good as on every gate, as
    (bar_ts, values, told). The reference bar is the first that passes all base gates, else the
    one nearest to passing them: where a PM under base gates would have bought;
    `reference_entry` is the open after it. `extra` holds what its kind adds to the factors.
    """

    window_id: str
    episode_id: str
    attempt_id: str
    opened_ms: int
    scope: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    samples: list[tuple[int, Values, dict[str, float]]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    n_bars: int = 0
    reference_margin: float = -math.inf
    reference_close: float = 0.0
    reference_entry: float | None = None
    closed_ms: int | None = None
    decision: Decision | None = None

    def add(self, bar: Bar, gates: tuple[Gate, ...]) -> None:
        """Takes the window's next bar."""
        self.n_bars += 1
        if self.decision is None:
            self.bars.append(bar)
        smallest = smallest_margin(gates, bar.values, tuple(g.base for g in gates))
        if self.reference_margin < 0 and smallest > self.reference_margin:
            self.reference_margin = smallest
            self.reference_close = bar.close
            self.reference_entry = None
        for _, values, _ in self.samples:
            if _dominates(values, bar.values, gates):
                return
        self.samples = [s for s in self.samples if not _dominates(bar.values, s[1], gates)]
        self.samples.append((bar.bar_ts, bar.values, bar.told))

    def holds(self, bar_ts: int) -> bool:
        """Is that one of the bars the decision can still be made at?"""
        return any(bar.bar_ts == bar_ts for bar in self.bars)

    def note_pass(self, signal_bar_ts: int, reason: str) -> bool:
        """Keeps the PM's reason not to buy on a bar; False if the bar is not here."""
        for n, bar in enumerate(self.bars):
            if bar.bar_ts == signal_bar_ts:
                self.bars[n] = bar._replace(passed=reason)
                return True
        return False

    def act(
        self,
        signal_bar_ts: int,
        gates: tuple[Gate, ...],
        context: Mapping[str, Any],
        trade_id: str | None,
    ) -> bool:
        """Freezes the decision `acted` at the bar that gave the signal; False if it is not here.

        A skip of a window that was closed meanwhile is corrected.
        """
        at = next((n for n, bar in enumerate(self.bars) if bar.bar_ts == signal_bar_ts), None)
        if at is None:
            return False
        self._decide("acted", at, gates, context)
        assert self.decision is not None
        self.decision.trade_id = trade_id
        self.bars = []
        return True

    def skip(self, gates: tuple[Gate, ...], context: Mapping[str, Any]) -> None:
        """Decides `skipped` at the bar closest to passing, unless a decision is made."""
        if self.decision is None:
            at = max(range(len(self.bars)), key=lambda n: (self.bars[n].margin, -n))
            self._decide("skipped", at, gates, context)

    def _decide(
        self, decision: str, at: int, gates: tuple[Gate, ...], context: Mapping[str, Any]
    ) -> None:
        bar = self.bars[at]
        passed = {
            g.name: g.margin(v, t) >= 0
            for g, v, t in zip(gates, bar.values, bar.thresholds, strict=True)
        }
        factors = dict(context)
        factors |= {g.value_key: v for g, v in zip(gates, bar.values, strict=True)}
        factors |= bar.told
        factors |= {g.threshold_key: t for g, t in zip(gates, bar.thresholds, strict=True)}
        factors |= {f"{name}_ok": ok for name, ok in passed.items()}
        factors["entry_zone_ok"] = all(passed.values())
        factors["summary"] = _summary(self.bars[: at + 1], gates)
        blocked_by = [name for name, ok in passed.items() if not ok]
        if decision == "skipped" and bar.passed == "ladder_arm":
            blocked_by.append("ladder_arm")
        elif decision == "skipped" and not blocked_by:
            blocked_by = ["policy"]
            if bar.passed is not None:
                factors["policy_reason"] = bar.passed
        self.decision = Decision(
            decision=decision,
            decided_ms=bar.exists_at,
            bar_ts=bar.bar_ts,
            blocked_by=blocked_by if decision == "skipped" else [],
            factors=factors,
            levers=_levers(bar, gates, decision),
        )

    def final_factors(self, gates: tuple[Gate, ...]) -> dict[str, Any]:
        """The decision's factors with what the window adds up to its end."""
        assert self.decision is not None
        decided_at = self.decision.bar_ts
        samples = []
        for bar_ts, values, told in self.samples:
            sample: dict[str, Any] = {"ts": bar_ts}
            sample |= {g.value_key: v for g, v in zip(gates, values, strict=True)}
            sample |= told
            if bar_ts > decided_at:
                sample["after"] = True
            samples.append(sample)
        return self.decision.factors | self.extra | {"samples": samples}

    def to_json(self) -> dict[str, Any]:
        """The window as plain values (bars and samples become arrays)."""
        return {
            "window_id": self.window_id,
            "episode_id": self.episode_id,
            "attempt_id": self.attempt_id,
            "opened_ms": self.opened_ms,
            "scope": self.scope,
            "extra": self.extra,
            "samples": self.samples,
            "bars": self.bars,
            "n_bars": self.n_bars,
            "reference_margin": self.reference_margin if self.n_bars else None,
            "reference_close": self.reference_close,
            "reference_entry": self.reference_entry,
            "closed_ms": self.closed_ms,
            "decision": asdict(self.decision) if self.decision else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Window:
        """The window `to_json` wrote."""
        window = cls(**data)
        window.samples = [(ts, tuple(values), told) for ts, values, told in data["samples"]]
        window.bars = [
            Bar(ts, exists_at, close, tuple(values), tuple(thresholds), *rest)
            for ts, exists_at, close, values, thresholds, *rest in data["bars"]
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


def _levers(bar: Bar, gates: tuple[Gate, ...], decision: str) -> list[dict[str, Any]]:
    """The levers that would have turned the decision, each with the shift of its threshold."""
    levers = []
    for gate, value, threshold in zip(gates, bar.values, bar.thresholds, strict=True):
        blocks = gate.margin(value, threshold) < 0
        if blocks or decision == "acted":
            delta = value - threshold
            levers.append(_lever(gate.name, delta, gate.span))
        suppression = bar.told.get(f"{gate.name}_suppression", 0.0)
        if blocks and suppression > 0:
            levers.append(_lever("edx", -min(suppression, abs(value - threshold)), EDX_CAP))
    return levers


def _lever(name: str, delta: float, cap: float) -> dict[str, Any]:
    return {"lever": name, "delta": delta, "severity": min(1.0, abs(delta) / cap)}


def _summary(bars: list[Bar], gates: tuple[Gate, ...]) -> dict[str, Any]:
    summary: dict[str, Any] = {"sample_count": len(bars)}
    for n, gate in enumerate(gates):
        column = [bar.told.get(gate.value_key, bar.values[n]) for bar in bars]
        summary[gate.value_key] = {
            "min": min(column),
            "max": max(column),
            "median": median(column),
        }
    return summary
