from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot
from quadrant.tick import S1_ENTRY, Gate, PositionTicker
from quadrant.tick.writes import Writes

GATES = (
    Gate("ts", "ts_score", at_most=False, base=0.60, span=0.10),
    Gate("halo", "halo_distance", at_most=True, base=1.0, span=0.2),
    Gate("slope", "slope", at_most=False, base=0.0, span=0.02),
)
HOUR = TIMEFRAMES["1h"]


class Tape:
    """Feeds a ticker bar after bar; keeps what it wrote as the database would."""

    def __init__(self) -> None:
        self.writes = Writes()
        self.ticker = PositionTicker(7, "T", "1h", kind=S1_ENTRY, gates=GATES, writes=self.writes)
        self.ticker.scope = {"chain": "test"}
        self.bar_ts = 0

    def bar(
        self, state: str, *, skip: int = 0, actions: Any = (), thresholds: Any = None, **values: Any
    ) -> Snapshot:
        """One more bar; by default far from the anchor, at price 100."""
        self.bar_ts += HOUR * (1 + skip)
        price = values.pop("price", 100.0)
        data: dict[str, Any] = {
            "timeframe": "1h",
            "bar_ts": self.bar_ts,
            "exists_at": self.bar_ts + HOUR,
            "open": values.pop("open", price),
            "high": price,
            "low": price,
            "close": price,
            "volume": 1.0,
            "state": state,
            "atr": 1.0,
            "ema60": 100.0,
            "ema144": 100.0,
            "ema333": 100.0,
            "ts_score": values.pop("ts", 0.5),
            "s1_halo_distance": values.pop("halo", 9.0),
            "s1_slope": values.pop("slope", 0.01),
            "s2_halo_distance": 9.0,
            "s2_slope": 0.0,
            "dx_score": 0.0,
            "edx_score": 0.0,
            "dx_suppression": 0.0,
            "dx_bonus": 0.0,
            "in_band": False,
            "ox": 0.0,
            "trim": False,
            "emergency": False,
            "missing_bars": skip,
        }
        snapshot = Snapshot(**(data | values))
        if callable(actions):
            actions = actions(snapshot)
        self.ticker.process(snapshot, thresholds, actions)
        return snapshot

    @property
    def windows(self) -> list[dict[str, Any]]:
        return list(self.writes.windows.values())


@pytest.fixture
def tape() -> Tape:
    return Tape()


@pytest.fixture
def make_tape() -> Callable[[], Tape]:
    return Tape
