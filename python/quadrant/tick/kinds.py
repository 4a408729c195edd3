"""The kinds of opportunity a ticker watches, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from quadrant.engine import Snapshot
from quadrant.tick.gates import Gate

OPENING_SLACK = 0.05
"""ATRs a window opens beyond the widest halo of grid and override."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: the state its windows live in and where the engine says its gates' values."""

    episode_type: str
    tag: str
    pattern_key: str
    state: str
    signals: dict[str, str]
    anchor_gate: str

    def reader(self, gates: tuple[Gate, ...]) -> Callable[[Snapshot], tuple[float, ...]]:
        """A function from a snapshot to the values of `gates`, in their order."""
        getter: Callable[[Snapshot], Any] = attrgetter(
            *(self.signals[gate.value_key] for gate in gates)
        )
        return getter


S1_ENTRY = Kind(
    episode_type="s1_entry",
    tag="s1",
    pattern_key="pm.uptrend.S1.entry",
    state="S1",
    signals={"ts_score": "ts_score", "halo_distance": "s1_halo_distance", "slope": "s1_slope"},
    anchor_gate="halo",
)
