"""freqtrade's live loop, a dry run without an exchange: the clock and prices are those of bars.

Run as a script by the python of another environment: FOLDER, the first bar, how many, then
freqtrade's arguments. It is woken three seconds after the open of each bar.
"""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import ccxt
import ccxt.async_support as plain
import offline_freqtrade
import pandas as pd
import time_machine
from freqtrade.commands import Arguments
from freqtrade.configuration import Configuration
from freqtrade.enums import RunMode, State
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade

bars = {f"{path.stem}/USDT": pd.read_csv(path) for path in offline_freqtrade.folder.glob("*.csv")}


def now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def known(symbol: str, since: int | None = None, limit: int | None = None) -> list[list[float]]:
    """The newest is the running one, as an exchange has it."""
    there = bars[symbol][bars[symbol].ts <= now()]
    there = there.tail(limit or 1000) if since is None else there[there.ts >= since].head(limit)
    return there.to_numpy().tolist()


def ticker(symbol: str) -> dict[str, Any]:
    price = known(symbol)[-1][1]
    prices = dict.fromkeys(("last", "bid", "ask", "close"), price)
    return {"symbol": symbol, "timestamp": now(), "info": {}, "quoteVolume": 1e9} | prices


async def fetch_ohlcv(
    self: Any, symbol: str, *_: Any, since: Any = None, limit: Any = None, **__: Any
) -> list[list[float]]:
    return known(symbol, since, limit)


def fetch_ticker(self: Any, symbol: str, params: Any = None) -> dict[str, Any]:
    return ticker(symbol)


def fetch_tickers(self: Any, symbols: Any = None, params: Any = None) -> dict[str, Any]:
    return {symbol: ticker(symbol) for symbol in bars}


def fetch_book(self: Any, symbol: str, limit: Any = None, params: Any = None) -> dict[str, Any]:
    level = [[known(symbol)[-1][1], 1e6]]
    return {"symbol": symbol, "bids": level, "asks": level, "timestamp": now(), "nonce": 1}


plain.binance.fetch_ohlcv = fetch_ohlcv
ccxt.binance.fetch_ticker = fetch_ticker
ccxt.binance.fetch_tickers = fetch_tickers
ccxt.binance.fetch_l2_order_book = fetch_book
ccxt.binance.fetch_time = lambda self, params=None: now()

first, candles = map(int, sys.argv[2:4])
arguments = Arguments(["trade", "--dry-run", "--db-url", "sqlite://", *sys.argv[4:]])
config = Configuration(arguments.get_parsed_arg(), RunMode.DRY_RUN).get_config()
config["exchange"]["enable_ws"] = False
opens = next(iter(bars.values())).ts[first : first + candles]
wakes = [datetime.fromtimestamp(ts / 1000, UTC) + timedelta(seconds=3) for ts in opens]
with time_machine.travel(wakes[0], tick=False) as clock:
    bot = FreqtradeBot(config)
    bot.startup()
    bot.state = State.RUNNING
    for wake in wakes:
        clock.move_to(wake)
        bot.process()
    trades = Trade.get_trades_proxy()
    print("trades", len(trades), "closed", sum(not trade.is_open for trade in trades))
    bot.strategy.quadrant.close()
    bot.cleanup()
