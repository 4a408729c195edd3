"""nautilus_trader's backtest of the example's strategy on two markets of bars.

Run as a script by the python of another environment: FOLDER of *.csv, the folder of the example.
"""

import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
from nautilus_trader.backtest.config import BacktestEngineConfig
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model import BarType, Currency, InstrumentId, Money, Price, Quantity, Symbol
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.enums import AccountType, CurrencyType, OmsType
from nautilus_trader.model.identifiers import Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.persistence.wranglers import BarDataWrangler

sys.path.insert(0, sys.argv[2])
from nautilus_dip import Dip

from quadrant.integrations.nautilus import QuadrantConfig

VENUE = Venue("SIM")
engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(log_level="ERROR")))
engine.add_venue(VENUE, OmsType.NETTING, AccountType.CASH, [Money(100_000, USDT)])
for base in ("AAA", "BBB"):
    instrument = CurrencyPair(
        InstrumentId(Symbol(f"{base}USDT"), VENUE),
        Symbol(f"{base}USDT"),
        Currency(base, 8, 0, base, CurrencyType.CRYPTO),
        USDT,
        price_precision=6,
        size_precision=6,
        price_increment=Price(1e-6, 6),
        size_increment=Quantity(1e-6, 6),
        ts_event=0,
        ts_init=0,
        maker_fee=Decimal("0.001"),
        taker_fee=Decimal("0.001"),
    )
    engine.add_instrument(instrument)
    kind = BarType.from_str(f"{instrument.id}-1-HOUR-LAST-EXTERNAL")
    bars = pd.read_csv(Path(sys.argv[1]) / f"{base}.csv")
    bars.index = pd.to_datetime(bars.pop("ts"), unit="ms", utc=True) + pd.Timedelta(hours=1)
    engine.add_data(BarDataWrangler(kind, instrument).process(bars.astype(float)))
    engine.add_strategy(Dip(QuadrantConfig(bar_type=kind, order_id_tag=base)))
engine.run()
print("closed", len(engine.cache.positions_closed()) + len(engine.cache.position_snapshots()))
engine.dispose()
