"""The scores TS, OX, DX and EDX: logistic blends of named parts, formulas in docs/engine.md.

Arrays have shape (n,); `unit` is the ATR with its floor, `emas` maps a period to that EMA of the
close. The parts of a score lie in 0..1 and are returned by name, so that each can be looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quadrant.bars import Bars
from quadrant.engine.states import TIE
from quadrant.later import Later

if TYPE_CHECKING:
    import talib
else:
    talib = Later("talib")

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SLOPE_BARS = 10
FLOOR = 1e-6
"""Ranges count as at least this fraction of the close, so that a flat market divides cleanly."""
ADX_TREND = 18.0

# Shapes are (centre, width) of a logistic, in the unit of the part.
OX_DISTANCE = {20: (1.4, 0.5), 60: (2.8, 0.75), 144: (4.5, 1.0), 250: (6.5, 1.5)}
"""EMA -> shape, in ATRs, of the price's distance above it."""
OX_SPEED = (0.08, 0.03)
OX_SURGE = (0.25, 0.15)
OX_ROLL = (0.01, 0.01)
OX_SURGE_BARS = 60
OX_WEIGHTS = {"distance": 0.60, "speed": 0.15, "surge": 0.15, "roll": 0.10}

# Centres of DX and EDX lie near the median of the recorded S3 bars in the band, widths near a
# third of the distance between the quartiles.
DX_PLACE = (0.40, 0.15)
DX_EXHAUSTION = (0.90, 0.18)
DX_EXHAUSTION_BARS = (10, 60)
DX_RELIEF = (0.0, 0.006)
DX_CURL = (-0.0008, 0.001)
DX_WEIGHTS = {"place": 0.35, "exhaustion": 0.20, "relief": 0.25, "curl": 0.20}

EDX_FADE = (0.0005, 0.0005)
EDX_STRUCTURE = (0.55, 0.12)
EDX_STRUCTURE_BARS = 60
EDX_PARTICIPATION = (0.80, 0.10)
EDX_PARTICIPATION_BARS = (30, 144)
EDX_WEIGHTS = {"fade": 0.40, "structure": 0.35, "participation": 0.25}

DX_SUPPRESSION = 0.15
"""What a fully decayed trend (EDX 1) adds to the DX threshold: 0.60 becomes 0.75."""
EDX_CALM = 0.5
"""Up to this EDX nothing is added; from here it grows linearly to DX_SUPPRESSION."""
DX_BONUS = 0.05
"""What touching EMA333 takes off the DX threshold; nothing from one ATR above it."""


def slope(values: Floats) -> Floats:
    """Least-squares slope per bar of the last SLOPE_BARS values, shape (n,)."""
    fitted: Floats = talib.LINEARREG_SLOPE(values, timeperiod=SLOPE_BARS)
    return fitted


def bend(values: Floats, unit: Floats) -> Floats:
    """The slope of the slope, in ATRs per bar per bar: above 0 where a line turns upwards."""
    return slope(slope(values)) / unit


def logistic(value: Floats) -> Floats:
    """1 / (1 + e^-value), without overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(value, -60.0, 60.0)))


def rising(value: Floats, shape: tuple[float, float]) -> Floats:
    """A part that grows with `value`: 0.5 at the centre of `shape`."""
    centre, width = shape
    return logistic((value - centre) / width)


def drying(volume: Floats, bars: tuple[int, int], shape: tuple[float, float]) -> Floats:
    """A part that grows as the short average of `volume` falls against the long one.

    0.5 where none has traded at all; averages are exponential over `bars` (short, long), so that
    no rounding is left over when trading stops.
    """
    centre, width = shape
    short, long = (talib.EMA(volume, timeperiod=period) for period in bars)
    usual = np.divide(short, long, out=np.full(volume.size, centre), where=long > 0)
    return logistic((centre - usual) / width)


def weighted(parts: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The score: the weighted sum of its parts."""
    blended: Floats = np.sum([weight * parts[name] for name, weight in weights.items()], axis=0)
    return blended


def trend_strength(rsi: Floats, adx: Floats) -> Floats:
    """TS in 0..1 (design page 20): is momentum turning up, with a trend behind it?"""
    momentum = logistic(slope(rsi) / 0.5)
    trend = np.where(adx >= ADX_TREND, logistic(slope(adx) / 0.3), 0.0)
    return np.where(np.isnan(adx), np.nan, 0.6 * momentum + 0.4 * trend)


def overextension(close: Floats, emas: Mapping[int, Floats], unit: Floats) -> dict[str, Floats]:
    """Parts of OX: how far, how fast and how tired price is above its averages."""
    away = [rising((close - emas[k]) / unit, shape) for k, shape in OX_DISTANCE.items()]
    return {
        "distance": np.mean(away, axis=0),
        "speed": rising(slope(emas[20] - emas[60]) / unit, OX_SPEED),
        "surge": rising(unit / talib.SMA(unit, timeperiod=OX_SURGE_BARS) - 1.0, OX_SURGE),
        "roll": rising(-bend(emas[20], unit), OX_ROLL),
    }


def deep_zone(bars: Bars, emas: Mapping[int, Floats], unit: Floats) -> dict[str, Floats]:
    """Parts of DX: how deep in the band EMA144..EMA333, and has the fall spent itself?"""
    width = np.maximum(emas[144] - emas[333], FLOOR * bars.close)
    sold = np.where(bars.close < bars.open, bars.volume, 0.0)
    return {
        "place": rising((emas[144] - bars.close) / width, DX_PLACE),
        "exhaustion": drying(sold, DX_EXHAUSTION_BARS, DX_EXHAUSTION),
        "relief": rising(bend(emas[20], unit), DX_RELIEF),
        "curl": rising(bend(emas[144], unit), DX_CURL),
    }


def expansion_decay(bars: Bars, emas: Mapping[int, Floats], unit: Floats) -> dict[str, Floats]:
    """Parts of EDX, each growing as the trend fades.

    The bend of EMA333 needs 351 bars; until then that of EMA250 stands in.
    """
    inner, outer = bend(emas[250], unit), bend(emas[333], unit)
    slow = (inner + np.where(np.isnan(outer), inner, outer)) / 2
    under = (bars.close < emas[60] * (1 - TIE)).astype(np.float64)
    bought = np.where(bars.close > bars.open, bars.volume, 0.0)
    return {
        "fade": rising(-slow, EDX_FADE),
        "structure": rising(talib.SMA(under, timeperiod=EDX_STRUCTURE_BARS), EDX_STRUCTURE),
        "participation": drying(bought, EDX_PARTICIPATION_BARS, EDX_PARTICIPATION),
    }


def dx_suppression(edx: Floats) -> Floats:
    """What EDX adds to the DX threshold."""
    return DX_SUPPRESSION * np.clip((edx - EDX_CALM) / (1.0 - EDX_CALM), 0.0, 1.0)


def dx_bonus(in_band: Flags, above_ema333: Floats) -> Floats:
    """What nearness to EMA333 takes off the DX threshold; `above_ema333` is in ATRs."""
    return np.where(in_band, DX_BONUS * np.clip(1.0 - above_ema333, 0.0, 1.0), 0.0)
