"""Walk-forward on recorded bars: what each channel would have been worth on what followed."""

from quadrant.backtest.allocations import allocations
from quadrant.backtest.null import shifted
from quadrant.backtest.report import NAMES, document
from quadrant.backtest.scratch import scratch
from quadrant.backtest.walk import ARMS, BASE, JUDGE, Walk, split, trades_of, walk
from quadrant.backtest.windows import Window, capture

__all__ = [
    "ARMS",
    "BASE",
    "JUDGE",
    "NAMES",
    "Walk",
    "Window",
    "allocations",
    "capture",
    "document",
    "scratch",
    "shifted",
    "split",
    "trades_of",
    "walk",
]
