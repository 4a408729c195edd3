"""The tick: turns snapshots and the PM's actions into windows, decisions and outcomes."""

from quadrant.tick.actions import Action
from quadrant.tick.controls import Controls
from quadrant.tick.gates import Gate, load_gates
from quadrant.tick.kinds import KINDS, Kind
from quadrant.tick.position import PositionTicker
from quadrant.tick.tick import Answer, Position, PositionBar, SnapshotError, Tick
from quadrant.tick.writes import StaleTickerError

__all__ = [
    "KINDS",
    "Action",
    "Answer",
    "Controls",
    "Gate",
    "Kind",
    "Position",
    "PositionBar",
    "PositionTicker",
    "SnapshotError",
    "StaleTickerError",
    "Tick",
    "load_gates",
]
