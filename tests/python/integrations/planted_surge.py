"""A freqtrade strategy with one gate, for bars with something planted beside it."""

from typing import Any

from quadrant.integrations.freqtrade import QuadrantStrategy
from quadrant.recorder import at_least


class Surge(QuadrantStrategy):
    timeframe = "1h"
    startup_candle_count = 50
    minimal_roi = {"0": 0.03, "720": -1}  # noqa: RUF012 - freqtrade's way
    stoploss = -0.03
    quadrant_pattern = "pm.surge.freqtrade.entry"
    quadrant_gates = (at_least("surge", 1, -0.5, -0.25, 0.25, 0.5),)

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["surge"] = dataframe.volume / dataframe.volume.rolling(48).mean()
        return dataframe

    def quadrant_setup(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe.close > dataframe.open

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe
