"""What the engine says about one closed bar, and what else may say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from quadrant.bars import Bars


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One closed bar with its state, scores and flags; plain values, always finite.

    Prices, EMAs and `atr` are in quote units; halo distances in ATRs, at or above 0; slopes in
    ATRs per bar; scores and `ox` in 0..1; `bar_ts` (open) and `exists_at` (close) in epoch ms UTC;
    `missing_bars` counts the bars absent right before this one. `in_band` is S3 with EMA333 <=
    close <= EMA144; the DX threshold in force at this bar is dx_min + `dx_suppression` -
    `dx_bonus`. What cannot be known yet (bars before the 333rd, all in S4) is 0, and a halo
    distance FAR.
    """

    timeframe: str
    bar_ts: int
    exists_at: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    state: str
    atr: float
    ema60: float
    ema144: float
    ema333: float
    ts_score: float
    s1_halo_distance: float
    s1_slope: float
    s2_halo_distance: float
    s2_slope: float
    dx_score: float
    edx_score: float
    dx_suppression: float
    dx_bonus: float
    ox: float
    in_band: bool
    trim: bool
    emergency: bool
    missing_bars: int


FAR = 1e6
"""A halo distance no gate admits, for bars whose EMA or ATR does not exist yet (ATRs)."""


class SignalSource(Protocol):
    """Anything that turns bars into snapshots can take the engine's place."""

    def __call__(self, bars: Bars) -> Iterable[Snapshot]:
        """One snapshot per closed bar of `bars`, oldest first, each from bars up to its own."""
        ...
