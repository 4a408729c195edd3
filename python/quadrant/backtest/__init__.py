"""Walk-forward of the judge on recorded bars: what it would have been worth on what followed."""

from quadrant.backtest.null import shifted
from quadrant.backtest.report import document
from quadrant.backtest.scratch import scratch
from quadrant.backtest.walk import ARMS, BASE, JUDGE, Walk, split, walk
from quadrant.backtest.windows import Window, capture

__all__ = [
    "ARMS",
    "BASE",
    "JUDGE",
    "Walk",
    "Window",
    "capture",
    "document",
    "scratch",
    "shifted",
    "split",
    "walk",
]
