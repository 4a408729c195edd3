"""Bars to Frame: TA-Lib indicators, then the scores of docs/engine.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from quadrant.bars import Bars
from quadrant.engine import scores
from quadrant.engine.frame import Frame
from quadrant.engine.snapshot import Snapshot
from quadrant.engine.states import FULL_BARS, S2, S3, rules, scan
from quadrant.later import Later

if TYPE_CHECKING:
    import talib
else:
    talib = Later("talib")

EMAS = (20, 30, 60, 144, 250, 333)
PERIOD = 14
TRIM_OX = 0.65


def compute(bars: Bars) -> Frame:
    """Every indicator, score, state and flag of `bars`; row i depends on bars 0..i alone."""
    close = bars.close
    emas = {period: talib.EMA(close, timeperiod=period) for period in EMAS}
    atr = talib.ATR(bars.high, bars.low, close, timeperiod=PERIOD)
    rsi = talib.RSI(close, timeperiod=PERIOD)
    adx = talib.ADX(bars.high, bars.low, close, timeperiod=PERIOD)
    unit = np.maximum(atr, scores.FLOOR * close)
    slopes = {period: scores.slope(ema) / unit for period, ema in emas.items()}
    found = rules(close, emas)
    state = scan(found)
    ox = scores.weighted(scores.overextension(close, emas, unit), scores.OX_WEIGHTS)
    dx = scores.weighted(scores.deep_zone(bars, emas, unit), scores.DX_WEIGHTS)
    edx = scores.weighted(scores.expansion_decay(bars, emas, unit), scores.EDX_WEIGHTS)
    in_band = (state == S3) & (emas[333] <= close) & (close <= emas[144])
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
        ts_score=scores.trend_strength(rsi, adx),
        s1_halo_distance=np.abs(close - emas[60]) / unit,
        s1_slope=np.fmax(slopes[60], slopes[144]),
        s2_halo_distance=np.abs(close - emas[333]) / unit,
        s2_slope=np.fmax(slopes[250], slopes[333]),
        dx_score=dx,
        edx_score=edx,
        dx_suppression=scores.dx_suppression(edx),
        dx_bonus=scores.dx_bonus(in_band, (close - emas[333]) / unit),
        ox=ox,
        in_band=in_band,
        trim=((state == S2) | (state == S3)) & (ox >= TRIM_OX),
        emergency=(state == S3) & found["below_ema333"],
    )


def latest(bars: Bars) -> Snapshot:
    """The newest bar's snapshot, for bar-by-bar use: the same numbers as the whole series gives."""
    return compute(bars).snapshots(-1)[0]
