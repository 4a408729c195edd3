"""The engine's answer for a whole series, by column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quadrant.engine.snapshot import FAR, Snapshot

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

STATES = ("S0", "S1", "S2", "S3", "S4")
"""Name of each code in Frame.state."""


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """Every indicator, score and flag of a series; each array has shape (n,), row i from bars 0..i.

    Units as in Snapshot. `state` is int8, an index into STATES. An indicator that does not exist
    yet is NaN; from `ready` on (333 bars) all are finite but slope333, which needs ten values of
    EMA333 (342 bars); until then s2_slope is slope250.
    """

    symbol: str
    timeframe: str
    ts: Ints
    exists_at: Ints
    missing_bars: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    ready: Flags
    state: NDArray[np.int8]
    ema20: Floats
    ema30: Floats
    ema60: Floats
    ema144: Floats
    ema250: Floats
    ema333: Floats
    atr: Floats
    rsi: Floats
    adx: Floats
    slope60: Floats
    slope144: Floats
    slope250: Floats
    slope333: Floats
    ts_score: Floats
    s1_halo_distance: Floats
    s1_slope: Floats
    s2_halo_distance: Floats
    s2_slope: Floats
    dx_score: Floats
    edx_score: Floats
    dx_suppression: Floats
    dx_bonus: Floats
    ox: Floats
    in_band: Flags
    trim: Flags
    emergency: Flags

    def __len__(self) -> int:
        return int(self.ts.size)

    def snapshots(self, start: int = 0) -> list[Snapshot]:
        """The rows from `start` (negative counts from the end) as snapshots, oldest first."""
        return self.snapshots_of(slice(start, None))

    def snapshots_of(self, rows: slice | Flags) -> list[Snapshot]:
        """Some rows (those of a mask) as snapshots, oldest first."""

        def known(column: Floats, absent: float = 0.0) -> list[float]:
            part = column[rows]
            values: list[float] = np.where(np.isnan(part), absent, part).tolist()
            return values

        states = [STATES[code] for code in self.state[rows].tolist()]
        return [
            Snapshot(self.timeframe, *row)
            for row in zip(
                self.ts[rows].tolist(),
                self.exists_at[rows].tolist(),
                self.open[rows].tolist(),
                self.high[rows].tolist(),
                self.low[rows].tolist(),
                self.close[rows].tolist(),
                self.volume[rows].tolist(),
                states,
                known(self.atr),
                known(self.ema60),
                known(self.ema144),
                known(self.ema333),
                known(self.ts_score),
                known(self.s1_halo_distance, FAR),
                known(self.s1_slope),
                known(self.s2_halo_distance, FAR),
                known(self.s2_slope),
                known(self.dx_score),
                known(self.edx_score),
                known(self.dx_suppression),
                known(self.dx_bonus),
                known(self.ox),
                self.in_band[rows].tolist(),
                self.trim[rows].tolist(),
                self.emergency[rows].tolist(),
                self.missing_bars[rows].tolist(),
                strict=True,
            )
        ]
