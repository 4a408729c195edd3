"""A freqtrade strategy: QUADRANT_DSN=... freqtrade backtesting --strategy Dip --cache none ..."""

import talib.abstract as ta

from quadrant.integrations.freqtrade import QuadrantStrategy
from quadrant.recorder import at_least, at_most


class Dip(QuadrantStrategy):
    timeframe = "1h"
    startup_candle_count = 250
    minimal_roi = {"0": 0.04, "1440": 0.02, "4320": 0}
    stoploss = -0.04
    quadrant_pattern = "pm.dip.freqtrade.entry"
    quadrant_gates = (
        at_most("rsi", 35, -5, 5, 10),
        at_least("adx", 20, -5, 5, 10),
        at_least("volume_surge", 1, -0.5, 0.5),
    )

    def populate_indicators(self, dataframe, metadata):
        dataframe["rsi"] = ta.RSI(dataframe, 14)
        dataframe["adx"] = ta.ADX(dataframe, 14)
        dataframe["volume_surge"] = dataframe.volume / dataframe.volume.rolling(48).mean()
        return dataframe

    def quadrant_setup(self, dataframe, metadata):
        return dataframe.close > dataframe.open

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
