"""The reference signal source: bars in, states, scores and flags out. See docs/engine.md."""

from quadrant.engine.compute import compute, latest
from quadrant.engine.frame import STATES, Frame
from quadrant.engine.snapshot import NUMBERS, Snapshot

__all__ = [
    "NUMBERS",
    "STATES",
    "Frame",
    "Snapshot",
    "compute",
    "latest",
]
