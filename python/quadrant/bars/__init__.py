"""Bars: reading, checking and holding candles of one symbol and timeframe."""

from quadrant.bars.model import TIMEFRAMES, Bars, BarsError
from quadrant.bars.reader import read_bars, read_folder

__all__ = ["TIMEFRAMES", "Bars", "BarsError", "read_bars", "read_folder"]
