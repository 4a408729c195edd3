"""What a bar says to a kind of opportunity: its values at the gates, and whether it is near."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from quadrant.engine import Snapshot
from quadrant.gate import Gate, smallest_margin
from quadrant.tick.kinds import OPENING_SLACK, Kind
from quadrant.window import Values


class Reading:
    """Reads bars for a kind at `gates`, those of its pattern that test a bar.

    Raises UnknownValue for a gate on something that a snapshot does not say.
    """

    def __init__(self, kind: Kind, gates: tuple[Gate, ...]) -> None:
        self.kind = kind
        self.gates = tuple(gate for gate in gates if gate.name != kind.ladder)
        self._read: Callable[[Snapshot], Any] = attrgetter(*map(kind.signal, self.gates))
        self._anchor = next(
            (n for n, gate in enumerate(self.gates) if gate.name == kind.anchor_gate), None
        )

    def values(self, bar: Snapshot) -> tuple[Values, dict[str, float]]:
        """The gates' values less the bar's adjustments, and what is told of the bar."""
        read = self._read(bar)
        raw: Values = read if len(self.gates) > 1 else (read,)
        if not self.kind.told:
            return raw, {}
        told = {name: getattr(bar, name) for name in self.kind.told}
        values = list(raw)
        for n, gate in enumerate(self.gates):
            if gate.name in self.kind.adjustments:
                adjustment = self.kind.adjustments[gate.name](bar)
                told |= {gate.value_key: raw[n], f"{gate.name}_adjustment": adjustment}
                values[n] = raw[n] - adjustment
        return tuple(values), told

    def limits(self, in_force: Mapping[str, float]) -> Values:
        """The threshold at each gate; its base where none is known (one taken away meanwhile)."""
        return tuple(in_force.get(gate.name, gate.base) for gate in self.gates)

    def within_reach(self, bar: Snapshot, values: Values) -> bool:
        """Is the bar where a window of this kind is open, whatever gates are in force?"""
        if bar.state != self.kind.state:
            return False
        if self._anchor is None:
            return bar.in_band
        gate = self.gates[self._anchor]
        return values[self._anchor] <= gate.base + gate.span + OPENING_SLACK

    def passes(self, bar: Snapshot, in_force: Mapping[str, float]) -> bool:
        """Is the bar within reach and do all gates let it through?"""
        values, _ = self.values(bar)
        if not self.within_reach(bar, values):
            return False
        return smallest_margin(self.gates, values, self.limits(in_force)) >= 0
