from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot
from quadrant.tick import Gate, PositionTicker
from quadrant.tick.writes import Writes

TS = Gate("ts", "ts_score", at_most=False, base=0.60, span=0.10)
SLOPE = Gate("slope", "slope", at_most=False, base=0.0, span=0.02)
DX = Gate("dx", "dx_score", at_most=False, base=0.60, span=0.10)
GATES = {
    "pm.uptrend.S1.entry": (
        TS,
        Gate("halo", "halo_distance", at_most=True, base=1.0, span=0.2),
        SLOPE,
    ),
    "pm.uptrend.S2.entry": (
        TS,
        Gate("halo", "halo_distance", at_most=True, base=0.5, span=0.2),
        SLOPE,
    ),
    "pm.uptrend.S3.retest": (TS, DX, SLOPE),
    "pm.uptrend.S3.dx": (
        DX,
        Gate("dx_atr_mult", "dx_atr_mult", at_most=False, base=6.0, span=1.0),
    ),
}
S1_GATES = ("ts", "halo", "slope")
HOUR = TIMEFRAMES["1h"]


class Tape:
    """Feeds a ticker bar after bar; keeps what it wrote as the database would."""

    def __init__(self) -> None:
        self.writes = Writes()
        self.ticker = PositionTicker(7, "T", "1h", gates=GATES, writes=self.writes)
        self.ticker.subject.scope = {"chain": "test"}
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
        if thresholds is not None:
            thresholds = {"pm.uptrend.S1.entry": dict(zip(S1_GATES, thresholds, strict=True))}
        self.ticker.process(snapshot, thresholds, actions)
        return snapshot

    def of(self, episode_type: str) -> list[dict[str, Any]]:
        """Windows of a kind with their results, as the table would hold them."""
        return [
            window | self.writes.results.get(window["window_id"], {})
            for window in self.writes.windows.values()
            if window["episode_type"] == episode_type
        ]

    @property
    def windows(self) -> list[dict[str, Any]]:
        """Those of the kind s1_entry."""
        return self.of("s1_entry")

    def strands(self, kind: str) -> list[dict[str, Any]]:
        """What was told, in order."""
        return [strand for strand in self.writes.strands if strand["kind"] == kind]


@pytest.fixture
def tape() -> Tape:
    return Tape()


@pytest.fixture
def make_tape() -> Callable[[], Tape]:
    return Tape
