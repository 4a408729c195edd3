"""Replay: recorded bars through the whole loop, on the database's clock."""

from quadrant.replay.replay import Progress, Replay, ReplayOptions

__all__ = ["Progress", "Replay", "ReplayOptions"]
