"""The gates of a strategy as it writes them down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quadrant.gate import Gate


@dataclass(frozen=True, slots=True)
class Lever:
    """A gate and the steps around its base that may be learned, in the unit of its value."""

    name: str
    direction: str
    base: float
    steps: tuple[float, ...]

    def row(self) -> dict[str, Any]:
        """As pm.register_gates takes it."""
        return {
            "gate": self.name,
            "direction": self.direction,
            "base": self.base,
            "steps": list(self.steps),
        }

    def gate(self) -> Gate:
        """As windows hold it."""
        span = max(map(abs, self.steps)) or 1.0
        return Gate(self.name, self.name, self.direction == "at_most", self.base, span)

    def in_reach(self, value: float) -> bool:
        """Would any threshold that may be learned let the value through?"""
        if self.direction == "at_most":
            return value <= self.base + max(self.steps)
        return value >= self.base + min(self.steps)


def at_least(name: str, base: float, *steps: float) -> Lever:
    """A gate that a value at or above its threshold passes: at_least("adx", 20, -5, 5)."""
    return Lever(name, "at_least", base, tuple(sorted({0.0, *steps})))


def at_most(name: str, base: float, *steps: float) -> Lever:
    """A gate that a value at or below its threshold passes: at_most("rsi", 35, -5, 5)."""
    return Lever(name, "at_most", base, tuple(sorted({0.0, *steps})))
