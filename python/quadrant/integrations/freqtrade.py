"""A freqtrade strategy whose gates are learned: backtest, dry run and live record alike.

Decisions are what freqtrade bought (`order_filled`), outcomes are by the strategy's own exits
(ROI table, stops, trailing, `custom_exit`) on a virtual trade. Spot, long. Not followed are exit
signals (`populate_exit_trend`).
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

from freqtrade.enums import RunMode, TradingMode
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import timeframe_to_minutes
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.persistence import LocalTrade
from freqtrade.strategy import IStrategy

from quadrant.recorder import Candle, Entry, Exit, Lever, Recorder, Sale

_RECORDED = (RunMode.LIVE, RunMode.DRY_RUN, RunMode.BACKTEST)
_CLOSE_RATES = ("_get_close_rate", "_get_close_rate_for_stoploss", "_get_close_rate_for_roi")


class QuadrantStrategy(IStrategy):
    """Subclass it with IStrategy's methods, `quadrant_setup` instead of populate_entry_trend.

    The database is that of the configuration's quadrant.dsn, else of QUADRANT_DSN; the run's label
    is quadrant.run, else "backtest" or "live". With quadrant.gates_then a backtest trades by the
    gates that were in force at each candle. Other run modes (hyperopt) answer base gates and record
    nothing.
    """

    INTERFACE_VERSION = 3
    quadrant_pattern: ClassVar[str]
    quadrant_gates: ClassVar[Sequence[Lever]]

    def quadrant_setup(self, dataframe: Any, metadata: dict[str, Any]) -> Any:
        """A mask of the candles at which the setup is there, before any gate."""
        raise NotImplementedError

    def bot_start(self, **kwargs: Any) -> None:
        """Registers the gates."""
        if self.can_short or self.config.get("trading_mode") not in (None, TradingMode.SPOT):
            raise OperationalException("QuadrantStrategy records spot trades, long, for now.")
        self._mode = self.config["runmode"]
        self._records = self._mode in _RECORDED
        if self._records:
            self.quadrant = self._recorder(self._dsn(), _OwnExit(self))
            atexit.register(self.quadrant.close)

    def populate_entry_trend(self, dataframe: Any, metadata: dict[str, Any]) -> Any:
        """Buys where the setup is there and every gate in force lets it through."""
        # An optimiser comes again and again with the same candles, and is told nothing.
        quadrant = self.quadrant if self._records else self._recorder(None, lambda *_: None)
        mask = self.quadrant_setup(dataframe, metadata)
        found = quadrant.frame(dataframe, metadata["pair"], mask)
        dataframe["enter_long"] = [int(passes) for passes in found.passes]
        dataframe["enter_tag"] = [
            tag if passes else None for tag, passes in zip(found.tags, found.passes, strict=True)
        ]
        return dataframe

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        """Sends what ended two candles ago: by then its order is filled. A backtest at its end."""
        if self._mode in (RunMode.LIVE, RunMode.DRY_RUN):
            step = timedelta(minutes=timeframe_to_minutes(self.timeframe))
            self.quadrant.flush(current_time - 2 * step)

    def order_filled(
        self, pair: str, trade: Any, order: Any, current_time: datetime, **kwargs: Any
    ) -> None:
        """Tells what was bought, and trades that are over."""
        tag = trade.enter_tag
        if not self._records or not str(tag).startswith(f"{self.quadrant_pattern}:"):
            return
        name = f"{pair}-{int(trade.open_date_utc.timestamp())}"
        if order.ft_order_side == trade.entry_side:
            self.quadrant.bought(tag, name)
        elif not trade.is_open or order.safe_amount >= trade.amount:
            # A backtest calls before the trade is closed, a live bot after.
            roi = trade.close_profit
            if roi is None:
                roi = trade.calc_profit_ratio(order.safe_price)
            self.quadrant.closed(pair, name, roi, trade.open_date_utc, current_time)

    def _dsn(self) -> str:
        dsn = self.config.get("quadrant", {}).get("dsn") or os.environ.get("QUADRANT_DSN")
        if not dsn:
            raise OperationalException("Say which database: quadrant.dsn, or QUADRANT_DSN.")
        return str(dsn)

    def _recorder(self, dsn: str | None, rule: Exit) -> Recorder:
        chosen = self.config.get("quadrant", {})
        is_backtest = self._mode == RunMode.BACKTEST
        return Recorder(
            dsn,
            self.quadrant_pattern,
            self.quadrant_gates,
            rule,
            timeframe=self.timeframe,
            namespace=type(self).__name__,
            run=chosen.get("run", "backtest" if is_backtest else "live"),
            gates_then=is_backtest and bool(chosen.get("gates_then")),
            on_reject="log",
        )


class _OwnExit:
    """The strategy's own should_exit() on a virtual trade, priced as a backtest prices it."""

    def __init__(self, strategy: QuadrantStrategy) -> None:
        self._strategy = strategy
        self._fee = strategy.config.get("fee") or 0.001
        self._backtest = SimpleNamespace(
            strategy=strategy,
            timeframe_min=timeframe_to_minutes(strategy.timeframe),
            trade_funding=None,
        )
        for name in _CLOSE_RATES:
            method = getattr(Backtesting, name).__get__(self._backtest)
            setattr(self._backtest, name, method)

    def __call__(self, entry: Entry, bar: Candle, /) -> Sale | None:
        if "trade" not in entry.notes:
            entry.notes["trade"] = self._bought(entry)
        trade = entry.notes["trade"]
        now = datetime.fromtimestamp(bar.ts / 1000, UTC)
        exits = self._strategy.should_exit(
            trade, bar.open, now, enter=False, exit_=False, low=bar.low, high=bar.high
        )
        if not exits:
            return None
        row = (now, bar.open, bar.high, bar.low, bar.close, 0, 0, 0, 0, "", "")
        minutes = int((now - trade.open_date_utc).total_seconds() // 60)
        try:
            price = self._backtest._get_close_rate(row, trade, now, exits[0], minutes)
        except ValueError:  # freqtrade's own: not to be sold within this candle
            return None
        return Sale(float(price), exits[0].exit_type.value, trade.calc_profit_ratio(float(price)))

    def _bought(self, entry: Entry) -> Any:
        """One virtual trade, opened at the entry's price."""
        amount = 100 / entry.price
        trade = LocalTrade(
            id=0,
            pair=entry.pair,
            exchange="virtual",
            stake_amount=100.0,
            amount=amount,
            amount_requested=amount,
            open_rate=entry.price,
            max_rate=entry.price,
            min_rate=entry.price,
            open_date=datetime.fromtimestamp(entry.ts / 1000, UTC),
            fee_open=self._fee,
            fee_close=self._fee,
            is_open=True,
            is_short=False,
            leverage=1.0,
            enter_tag="virtual",
            base_currency=entry.pair.split("/", maxsplit=1)[0],
            stake_currency=self._strategy.config["stake_currency"],
            orders=[],
        )
        trade.recalc_open_trade_value()
        trade.adjust_stop_loss(entry.price, self._strategy.stoploss, initial=True)
        trade.set_funding_fees(0.0)
        return trade
