"""The reference signal source: bars in, states, scores and flags out. See docs/engine.md."""

from quadrant.engine.compute import compute, latest
from quadrant.engine.frame import STATES, Frame
from quadrant.engine.signals import s1_flag, s2_flag, s3_flag
from quadrant.engine.snapshot import SignalSource, Snapshot

__all__ = [
    "STATES",
    "Frame",
    "SignalSource",
    "Snapshot",
    "compute",
    "latest",
    "s1_flag",
    "s2_flag",
    "s3_flag",
]
