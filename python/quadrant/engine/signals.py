"""Buy flags under given thresholds. The base values live in the table `gates`, never here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quadrant.engine.frame import Frame
from quadrant.engine.states import S1, S2


def s1_flag(frame: Frame, *, ts_min: float, halo: float, slope_min: float) -> NDArray[np.bool_]:
    """S1 buy signal by bar, shape (n,): near EMA60, not falling, momentum turning up.

    `halo` in ATRs, `slope_min` in ATRs per bar, `ts_min` a score.
    """
    near = (frame.state == S1) & (frame.s1_halo_distance <= halo)
    passed: NDArray[np.bool_] = near & (frame.s1_slope >= slope_min) & (frame.ts_score >= ts_min)
    return passed


def s2_flag(frame: Frame, *, ts_min: float, halo: float, slope_min: float) -> NDArray[np.bool_]:
    """S2 buy flag by bar, shape (n,): the same around EMA333 with the slow slopes."""
    near = (frame.state == S2) & (frame.s2_halo_distance <= halo)
    passed: NDArray[np.bool_] = near & (frame.s2_slope >= slope_min) & (frame.ts_score >= ts_min)
    return passed


def s3_flag(frame: Frame, *, ts_min: float, dx_min: float, slope_min: float) -> NDArray[np.bool_]:
    """S3 retest buy flag by bar, shape (n,): in the band, deep and spent, slow slopes up.

    `dx_min` is the base of the DX threshold; the bar's own adjustment comes on top of it.
    """
    deep = frame.dx_score >= dx_min + frame.dx_suppression - frame.dx_bonus
    passed: NDArray[np.bool_] = frame.in_band & deep & ~frame.emergency
    return passed & (frame.s2_slope >= slope_min) & (frame.ts_score >= ts_min)
