"""The reference signal source: bars in, states, scores and flags out. See docs/engine.md."""

from quadrant.engine.compute import compute, latest
from quadrant.engine.frame import STATES, Frame
from quadrant.engine.snapshot import Snapshot

__all__ = [
    "STATES",
    "Frame",
    "Snapshot",
    "compute",
    "latest",
]
