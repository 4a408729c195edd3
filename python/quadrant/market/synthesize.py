"""Synthetic markets as bars and as files. Nothing here was ever traded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import numpy as np

from quadrant.bars import TIMEFRAMES, Bars
from quadrant.later import Later
from quadrant.market.path import DIGITS
from quadrant.market.script import tell
from quadrant.market.spec import MarketSpec, TokenSpec

if TYPE_CHECKING:
    import polars as pl
else:
    pl = Later("polars")

BASE = "15m"
DAY = 86_400_000
COLUMNS = ("ts", "open", "high", "low", "close", "volume")


def synthesize(spec: MarketSpec, seed: int) -> list[Bars]:
    """Bars of every token and timeframe of `spec`; the same seed gives the same bars.

    Longer timeframes are aggregated from the 15m path; only complete bars.
    """
    bars = []
    for at, token in enumerate(spec.tokens):
        base = _base_bars(spec, token, np.random.default_rng([seed, at]))
        bars += [base if name == BASE else aggregate(base, name) for name in spec.timeframes]
    return bars


def aggregate(bars: Bars, timeframe: str) -> Bars:
    """Longer bars from shorter ones, on the UTC grid; incomplete ones are left out."""
    step = TIMEFRAMES[timeframe]
    prices = _frame(bars).with_columns(pl.from_epoch("ts", time_unit="ms"))
    grouped = (
        prices.group_by_dynamic("ts", every=f"{step}ms", start_by="window")
        .agg(
            pl.col("open").first(),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.col("close").last(),
            pl.col("volume").sum(),
            pl.len().alias("count"),
        )
        .filter(pl.col("count") == step // bars.step)
        .with_columns(pl.col("ts").dt.epoch("ms"))
    )
    columns = [grouped[name].to_numpy() for name in COLUMNS]
    ts, opened, high, low, close, volume = columns
    return Bars(bars.symbol, timeframe, ts, opened, high, low, close, volume)


def write_market(series: Iterable[Bars], folder: FilePath | str) -> list[FilePath]:
    """One SYMBOL_timeframe.csv.gz per series in `folder` (created), as `read_folder` reads them."""
    folder = FilePath(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for bars in series:
        path = folder / f"{bars.symbol}_{bars.timeframe}.csv.gz"
        _frame(bars).write_csv(path, compression="gzip")
        written.append(path)
    return written


def _frame(bars: Bars) -> pl.DataFrame:
    return pl.DataFrame({name: getattr(bars, name) for name in COLUMNS})


def _base_bars(spec: MarketSpec, token: TokenSpec, rng: np.random.Generator) -> Bars:
    step = TIMEFRAMES[BASE]
    size = spec.days * DAY // step
    path = tell(spec, token, size, rng)
    high, low, close = (np.array(column[:size]) for column in (path.highs, path.lows, path.closes))
    activity = 0.6 + 0.4 * (high - low) / close / token.volatility
    dollars = token.dollars_per_day * step / DAY * activity * rng.lognormal(-0.08, 0.4, size)
    volume = np.array([float(f"{value:.{DIGITS}g}") for value in dollars / close])
    return Bars(
        token.symbol,
        BASE,
        ts=spec.start + step * np.arange(size, dtype=np.int64),
        open=np.array(path.opens[:size]),
        high=high,
        low=low,
        close=close,
        volume=volume,
    )
