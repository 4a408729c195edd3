"""Bars for the chart, as small as JSON makes them."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from quadrant.bars import Bars, read_bars
from quadrant.report.reading import Facts, busiest

MOST_BARS = 5_000
"""Bars of one chart: the newest."""
_DIGITS = 5
"""Digits of a price that are kept."""


def charts(facts: Facts, folder: Path | None, since: datetime | None) -> list[dict[str, Any]]:
    """The bars of the busiest positions, as far as the market is known.

    Without a folder those that a replay read, where they are; else none.
    """
    found = []
    if folder is None and (replayed := facts["summary"][0]["data"]):
        folder = Path(replayed)
    until = int(facts["summary"][0]["until"].timestamp() * 1000)
    begin = int(since.timestamp() * 1000) if since else 0
    for symbol, timeframe in busiest(facts["setups"]) if folder else []:
        path = _file(folder, symbol, timeframe) if folder else None
        if path is None:
            continue
        bars = read_bars(path)
        keep = np.flatnonzero((bars.ts >= begin) & (bars.ts + bars.step <= until))[-MOST_BARS:]
        if keep.size:
            found.append({"symbol": symbol, "timeframe": timeframe} | _encoded(bars, keep))
    return found


def _file(folder: Path, symbol: str, timeframe: str) -> Path | None:
    names = (f"{symbol}_{timeframe}{end}" for end in (".csv.gz", ".csv", ".parquet"))
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _encoded(bars: Bars, keep: Any) -> dict[str, Any]:
    """Times as steps from the bar before, prices as whole units of the smallest digit shown:
    opens from the close before, closes from the open, highs and lows from the body."""
    unit = 10.0 ** (math.floor(math.log10(float(bars.close[keep].max()))) - _DIGITS + 1)
    op, hi, lo, cl = (
        np.rint(column[keep] / unit).astype(np.int64)
        for column in (bars.open, bars.high, bars.low, bars.close)
    )
    return {
        "step": bars.step // 1000,
        "unit": unit,
        "first": int(bars.ts[keep][0]) // 1000,
        "t": (np.diff(bars.ts[keep], prepend=bars.ts[keep][0]) // bars.step).tolist(),
        "o": (op - _before(cl)).tolist(),
        "c": (cl - op).tolist(),
        "h": (hi - np.maximum(op, cl)).tolist(),
        "l": (np.minimum(op, cl) - lo).tolist(),
    }


def _before(values: Any) -> Any:
    """Each value's predecessor; 0 before the first."""
    return np.concatenate(([0], values[:-1]))
