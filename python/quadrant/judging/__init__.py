"""Judging: which gate changes would have paid, and how sure that is."""

from quadrant.judging.admission import Samples, admissions
from quadrant.judging.grid import Grid, Lever, full_grid
from quadrant.judging.simulation import Events, GridResult, Settings, simulate
from quadrant.judging.worker import Worker

__all__ = [
    "Events",
    "Grid",
    "GridResult",
    "Lever",
    "Samples",
    "Settings",
    "Worker",
    "admissions",
    "full_grid",
    "simulate",
]
