"""freqtrade without an exchange: the list of markets comes from here, the rest is freqtrade's own.

Run as a script by the freqtrade of another environment: FOLDER, then freqtrade's arguments. Bars
are FOLDER/*.csv (ts,open,high,low,close,volume).
"""

import sys
from pathlib import Path
from typing import Any

import ccxt.async_support as plain
import ccxt.pro as streaming
import pandas as pd
from freqtrade.main import main

RANGE = {"min": None, "max": None}


def market(base: str) -> dict[str, Any]:
    flags = ("margin", "swap", "future", "option", "contract")
    unknown = ("settle", "settleId", "linear", "inverse", "contractSize", "expiry")
    unknown += ("expiryDatetime", "strike", "optionType")
    return {
        "id": f"{base}USDT",
        "lowercaseId": f"{base}usdt".lower(),
        "symbol": f"{base}/USDT",
        **{"base": base, "baseId": base, "quote": "USDT", "quoteId": "USDT"},
        **{"type": "spot", "spot": True, "active": True},
        **dict.fromkeys(flags, False),
        **dict.fromkeys(unknown),
        **{"taker": 0.001, "maker": 0.001, "percentage": True, "tierBased": False},
        "feeSide": "get",
        "precision": {"amount": 1e-6, "price": 1e-6},
        "limits": {
            **{"leverage": RANGE, "price": RANGE},
            **{"amount": {"min": 1e-6, "max": None}, "cost": {"min": 5, "max": None}},
        },
        "info": {},
    }


async def fetch_markets(self: Any, params: Any = None) -> list[dict[str, Any]]:
    return [market(path.stem) for path in folder.glob("*.csv")]


async def fetch_currencies(self: Any, params: Any = None) -> dict[str, Any]:
    return {}


folder = Path(sys.argv[1])
if __name__ == "__main__":
    data = folder / "user_data" / "data" / "binance"
    data.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.csv"):
        bars = pd.read_csv(path, dtype={"volume": float})
        bars["date"] = pd.to_datetime(bars.pop("ts"), unit="ms", utc=True)
        bars.to_feather(data / f"{path.stem}_USDT-1h.feather")
for exchange in (plain.binance, streaming.binance):
    exchange.fetch_markets, exchange.fetch_currencies = fetch_markets, fetch_currencies
if __name__ == "__main__":
    main(sys.argv[2:])
