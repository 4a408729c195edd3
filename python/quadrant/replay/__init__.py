"""Replay: recorded bars through the whole loop, on the database's clock."""

from quadrant.replay.replay import (
    Progress,
    Replay,
    ReplayOptions,
    ReplayRunningError,
    epoch_ms,
    market_id,
    replay_time,
)
from quadrant.replay.summary import Summary, summarise

__all__ = [
    "Progress",
    "Replay",
    "ReplayOptions",
    "ReplayRunningError",
    "Summary",
    "epoch_ms",
    "market_id",
    "replay_time",
    "summarise",
]
