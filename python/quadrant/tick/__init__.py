"""The tick: turns snapshots and the PM's actions into windows, decisions and outcomes."""

from quadrant.gate import Gate
from quadrant.tick.actions import Action
from quadrant.tick.controls import Controls
from quadrant.tick.gates import load_gates
from quadrant.tick.kinds import KINDS, Kind
from quadrant.tick.model import ActionAnswer, Answer, Position, PositionBar
from quadrant.tick.position import PositionTicker
from quadrant.tick.rules import MessageError
from quadrant.tick.tick import Tick
from quadrant.tick.writes import StaleTickerError

__all__ = [
    "KINDS",
    "Action",
    "ActionAnswer",
    "Answer",
    "Controls",
    "Gate",
    "Kind",
    "MessageError",
    "Position",
    "PositionBar",
    "PositionTicker",
    "StaleTickerError",
    "Tick",
    "load_gates",
]
