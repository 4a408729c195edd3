"""Judging: which gate changes would have paid, and how sure that is."""

from quadrant.judging.buys import Buys
from quadrant.judging.comparison import Comparison, compare, evidence
from quadrant.judging.grid import Grid, Lever
from quadrant.judging.scores import Scores
from quadrant.judging.worker import Worker

__all__ = [
    "Buys",
    "Comparison",
    "Grid",
    "Lever",
    "Scores",
    "Worker",
    "compare",
    "evidence",
]
