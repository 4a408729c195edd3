"""A bot's own loop: python examples/plain_loop.py BTCUSDT < bars.csv (ts,open,high,low,close)."""

import csv
import os
import sys

from quadrant.recorder import Candle, Recorder, TargetStopTime, at_least, at_most

HOUR, FEE = 3_600_000, 0.001
pair = sys.argv[1]
rule = TargetStopTime(target=0.04, stop=0.03, bars=48)
gates = [at_least("drop", 1.0, -0.5, 0.5), at_most("range", 4.0, -1, 1)]
closes: list[float] = []
trade = None

with Recorder(
    os.environ["QUADRANT_DSN"], "pm.dip.plain.entry", gates, rule, timeframe="1h", namespace="plain"
) as quadrant:
    for ts, *prices in csv.reader(sys.stdin):
        bar = Candle(int(ts), *map(float, prices))
        if trade is not None:  # the bot's own exits; here simply so many percent
            gain = bar.close / trade["price"] - 1
            if gain > 0.04 or gain < -0.03:
                roi = (1 + gain) * (1 - FEE) / (1 + FEE) - 1
                quadrant.closed(pair, trade["id"], roi, trade["ts"], bar.ts + HOUR)
                trade = None
        closes = [*closes[-9:], bar.close]
        mean = sum(closes) / len(closes)
        values = {
            "drop": 100 * (1 - bar.close / mean),  # percent below the mean of ten closes
            "range": 100 * (bar.high / bar.low - 1),
        }
        answer = quadrant.bar(pair, bar, values, setup=bar.close < mean)
        if answer.passes and trade is None:
            trade = {"id": f"{pair}-{bar.ts}", "price": bar.close, "ts": bar.ts + HOUR}
            quadrant.bought(answer.tag, trade["id"])
        quadrant.flush()
