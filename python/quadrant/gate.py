"""A gate: what it asks of a value, and by what margin a value passes or fails."""

from __future__ import annotations

from typing import NamedTuple


class Gate(NamedTuple):
    """One lever: `base` and `span` (the largest grid step) in the gate's unit."""

    name: str
    value_key: str
    at_most: bool
    base: float
    span: float

    def margin(self, value: float, threshold: float) -> float:
        """How far `value` is inside the threshold, in largest grid steps; below 0 it fails."""
        return ((threshold - value) if self.at_most else (value - threshold)) / self.span

    @property
    def threshold_key(self) -> str:
        """The name of the threshold in factors: `ts_min`, `halo_max`."""
        return f"{self.name}_{'max' if self.at_most else 'min'}"


def smallest_margin(
    gates: tuple[Gate, ...], values: tuple[float, ...], thresholds: tuple[float, ...]
) -> float:
    """The margin of the gate that is hardest to pass; at or above 0 all of them pass."""
    return min(g.margin(v, t) for g, v, t in zip(gates, values, thresholds, strict=True))
