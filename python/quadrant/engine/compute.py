"""Bars to Frame: TA-Lib indicators, then the scores of docs/engine.md."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import talib
from numpy.typing import NDArray

from quadrant.bars import Bars
from quadrant.engine.frame import Frame
from quadrant.engine.snapshot import Snapshot
from quadrant.engine.states import FULL_BARS, S2, S3, rules, scan

Floats = NDArray[np.float64]

EMAS = (20, 30, 60, 144, 250, 333)
PERIOD = 14
SLOPE_BARS = 10
ATR_FLOOR = 1e-6
"""ATR is taken as at least this fraction of the close, so that a flat market divides cleanly."""
ADX_TREND = 18.0
TRIM_OX = 0.65

OX_DISTANCE = {20: (1.4, 0.5), 60: (2.8, 0.75), 144: (4.5, 1.0), 250: (6.5, 1.5)}
"""EMA -> (centre, width) in ATRs of the logistic of the price's distance above it."""
OX_SPEED = (0.08, 0.03)
OX_SURGE = (0.25, 0.15)
OX_ROLL = (0.01, 0.01)
OX_SURGE_BARS = 60
OX_WEIGHTS = {"distance": 0.60, "speed": 0.15, "surge": 0.15, "roll": 0.10}


def compute(bars: Bars) -> Frame:
    """Every indicator, score, state and flag of `bars`; row i depends on bars 0..i alone."""
    close = bars.close
    emas = {period: talib.EMA(close, timeperiod=period) for period in EMAS}
    atr = talib.ATR(bars.high, bars.low, close, timeperiod=PERIOD)
    rsi = talib.RSI(close, timeperiod=PERIOD)
    adx = talib.ADX(bars.high, bars.low, close, timeperiod=PERIOD)
    unit = np.maximum(atr, ATR_FLOOR * close)
    slopes = {period: slope(ema) / unit for period, ema in emas.items()}
    found = rules(close, emas)
    state = scan(found)
    ox = overextension(close, emas, unit)
    return Frame(
        symbol=bars.symbol,
        timeframe=bars.timeframe,
        ts=bars.ts,
        exists_at=bars.ts + bars.step,
        missing_bars=bars.gaps,
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=close,
        volume=bars.volume,
        ready=np.arange(len(bars)) >= FULL_BARS - 1,
        state=state,
        ema20=emas[20],
        ema30=emas[30],
        ema60=emas[60],
        ema144=emas[144],
        ema250=emas[250],
        ema333=emas[333],
        atr=atr,
        rsi=rsi,
        adx=adx,
        slope60=slopes[60],
        slope144=slopes[144],
        slope250=slopes[250],
        slope333=slopes[333],
        ts_score=trend_strength(rsi, adx),
        ox=ox,
        s1_halo_distance=np.abs(close - emas[60]) / unit,
        s1_slope=np.fmax(slopes[60], slopes[144]),
        s2_halo_distance=np.abs(close - emas[333]) / unit,
        s2_slope=np.fmax(slopes[250], slopes[333]),
        trim=((state == S2) | (state == S3)) & (ox >= TRIM_OX),
        emergency=(state == S3) & found["below_ema333"],
    )


def latest(bars: Bars) -> Snapshot:
    """The newest bar's snapshot, for bar-by-bar use: the same numbers as the whole series gives."""
    return compute(bars).snapshots(-1)[0]


def slope(values: Floats) -> Floats:
    """Least-squares slope per bar of the last SLOPE_BARS values, shape (n,)."""
    fitted: Floats = talib.LINEARREG_SLOPE(values, timeperiod=SLOPE_BARS)
    return fitted


def logistic(value: Floats) -> Floats:
    """1 / (1 + e^-value), without overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(value, -60.0, 60.0)))


def trend_strength(rsi: Floats, adx: Floats) -> Floats:
    """TS in 0..1 (design page 20): is momentum turning up, with a trend behind it?"""
    momentum = logistic(slope(rsi) / 0.5)
    trend = np.where(adx >= ADX_TREND, logistic(slope(adx) / 0.3), 0.0)
    return np.where(np.isnan(adx), np.nan, 0.6 * momentum + 0.4 * trend)


def overextension(close: Floats, emas: Mapping[int, Floats], unit: Floats) -> Floats:
    """OX in 0..1: how far, how fast and how tired price is above its averages; `unit` is ATR."""

    def blend(value: Floats, centre: float, width: float) -> Floats:
        return logistic((value - centre) / width)

    parts = {
        "distance": np.mean(
            [blend((close - emas[k]) / unit, *shape) for k, shape in OX_DISTANCE.items()], axis=0
        ),
        "speed": blend(slope(emas[20] - emas[60]) / unit, *OX_SPEED),
        "surge": blend(unit / talib.SMA(unit, timeperiod=OX_SURGE_BARS) - 1.0, *OX_SURGE),
        "roll": blend(-slope(slope(emas[20])) / unit, *OX_ROLL),
    }
    blended: Floats = np.sum([OX_WEIGHTS[name] * part for name, part in parts.items()], axis=0)
    return blended
