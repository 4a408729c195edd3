"""The tick: turns snapshots and the PM's actions into windows, decisions and outcomes."""

from quadrant.tick.controls import Controls
from quadrant.tick.gates import Gate, load_gates
from quadrant.tick.kinds import S1_ENTRY, Kind
from quadrant.tick.position import Action, PositionTicker
from quadrant.tick.tick import Tick
from quadrant.tick.writes import StaleTickerError

__all__ = [
    "S1_ENTRY",
    "Action",
    "Controls",
    "Gate",
    "Kind",
    "PositionTicker",
    "StaleTickerError",
    "Tick",
    "load_gates",
]
