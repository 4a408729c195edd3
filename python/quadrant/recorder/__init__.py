"""Experiments of any strategy: its gates, its setups bought or not, their outcomes, its trades.

Needs psycopg, nothing else of what Quadrant installs.
"""

from quadrant.recorder.exits import Candle, Entry, Exit, Sale, TargetStopTime
from quadrant.recorder.levers import Lever, at_least, at_most
from quadrant.recorder.outbox import Rejected
from quadrant.recorder.pair import Answer
from quadrant.recorder.recorder import Found, Recorder

__all__ = [
    "Answer",
    "Candle",
    "Entry",
    "Exit",
    "Found",
    "Lever",
    "Recorder",
    "Rejected",
    "Sale",
    "TargetStopTime",
    "at_least",
    "at_most",
]
