"""A nautilus_trader strategy whose gates are learned: backtest and live record alike, bar by bar.

One strategy for each instrument, long. What was bought is what the venue filled, results are after
fees (nautilus's own realized_return is before them). A market order given on a bar's close is
filled there, so `quadrant_exit` should sell at a bar's close too, or the strategy work the prices
it names (`quadrant_sells = False`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from nautilus_trader.common.component import LiveClock
from nautilus_trader.config import StrategyConfig
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.trading.strategy import Strategy

from quadrant.recorder import Answer, Candle, Entry, Exit, Lever, Recorder

_UNITS = {"SECOND": "s", "MINUTE": "m", "HOUR": "h", "DAY": "d", "WEEK": "w"}


class QuadrantConfig(StrategyConfig):
    """The bars it trades on; `dsn` is else QUADRANT_DSN, `run` else "backtest" or "live"."""

    bar_type: BarType
    dsn: str | None = None
    run: str | None = None


class QuadrantStrategy(Strategy):
    """Subclass it with nautilus's methods; `quadrant_bar` and `quadrant_buy` instead of on_bar.

    Who overrides on_start, on_stop, on_position_opened or on_position_closed calls them here too.
    """

    quadrant_pattern: ClassVar[str]
    quadrant_gates: ClassVar[Sequence[Lever]]
    quadrant_exit: Exit
    quadrant_sells: ClassVar[bool] = True

    def quadrant_bar(self, bar: Any) -> tuple[bool, Mapping[str, float | None]] | None:
        """Is the setup there, before any gate, and the gates' values; None: not known yet."""
        raise NotImplementedError

    def quadrant_buy(self, bar: Any, answer: Answer) -> None:
        """Submits an order to buy; it has to have `tags=[answer.tag]`. Asked where nothing is held.

        That is where the setup is there and every gate in force lets it through.
        """
        raise NotImplementedError

    def on_start(self) -> None:
        """Registers the gates and subscribes to the bars."""
        bar_type = self.config.bar_type
        instrument = self.cache.instrument(bar_type.instrument_id)
        dsn = self.config.dsn or os.environ.get("QUADRANT_DSN")
        if not dsn:
            raise ValueError("Say which database: dsn of the configuration, or QUADRANT_DSN.")
        self._pair = str(bar_type.instrument_id)
        self._step_ms = bar_type.spec.get_interval_ns() // 1_000_000
        self._held: Entry | None = None
        self._is_live = isinstance(self.clock, LiveClock)
        step, unit, _ = str(bar_type.spec).split("-")
        self.quadrant = Recorder(
            dsn,
            self.quadrant_pattern,
            self.quadrant_gates,
            self.quadrant_exit,
            timeframe=f"{step}{_UNITS[unit]}",
            namespace=type(self).__name__,
            run=self.config.run or ("live" if self._is_live else "backtest"),
            fee=float(instrument.taker_fee),
            on_reject="log",
        )
        self.subscribe_bars(bar_type)

    def on_bar(self, bar: Any) -> None:
        """Records the bar, sells or buys at its close."""
        seen = self.quadrant_bar(bar)
        there, values = seen or (False, {})
        candle = self._candle(bar)
        answer = self.quadrant.bar(self._pair, candle, values, there)
        if self._is_live:
            self.quadrant.flush()
        positions = self.cache.positions_open(
            instrument_id=bar.bar_type.instrument_id, strategy_id=self.id
        )
        if positions and self.quadrant_sells:
            self._ask_exit(positions[0], candle)
        elif answer.passes and answer.tag is not None and not positions:
            self.quadrant_buy(bar, answer)

    def on_position_opened(self, event: Any) -> None:
        """Tells what was bought."""
        tags = self.cache.order(event.opening_order_id).tags or []
        if event.entry == OrderSide.BUY:
            for tag in tags:
                if tag.startswith(f"{self.quadrant_pattern}:"):
                    self.quadrant.bought(tag, _name(event))

    def on_position_closed(self, event: Any) -> None:
        """Tells a trade that is over, with what it brought after fees."""
        self._held = None
        position = self.cache.position(event.position_id)
        if event.entry == OrderSide.BUY:
            opened, closed = (
                datetime.fromtimestamp(ns / 1e9, UTC) for ns in (event.ts_opened, event.ts_closed)
            )
            self.quadrant.closed(self._pair, _name(event), net_roi(position), opened, closed)

    def on_stop(self) -> None:
        """Sends what there is."""
        self.quadrant.close()

    def _candle(self, bar: Any) -> Candle:
        # Stamped at its close, or by some venues just before it.
        open_ms = (bar.ts_event // 1_000_000 - 1) // self._step_ms * self._step_ms
        return Candle(open_ms, float(bar.open), float(bar.high), float(bar.low), float(bar.close))

    def _ask_exit(self, position: Any, candle: Candle) -> None:
        if self._held is None:
            opened_ms = position.ts_opened // 1_000_000
            price = position.avg_px_open
            before = max(0, (candle.ts - opened_ms) // self._step_ms)
            self._held = Entry(self._pair, {}, opened_ms, price, before, price, price)
        held = self._held
        held.bars += 1
        sale = self.quadrant_exit(held, candle)
        held.highest, held.lowest = max(held.highest, candle.high), min(held.lowest, candle.low)
        if sale is not None:
            self.close_position(position)


def net_roi(position: Any) -> float:
    """What a closed position brought, fees paid, as a fraction of what it cost."""
    cost = position.avg_px_open * float(position.peak_qty)
    # Fees taken in the coin itself are not in realized_pnl.
    in_coin = sum(
        fee.as_double() for fee in position.commissions() if fee.currency == position.base_currency
    )
    return float((position.realized_pnl.as_double() - in_coin * position.avg_px_open) / cost)


def _name(event: Any) -> str:
    """A position's own name: where positions are netted its id comes again."""
    return f"{event.position_id}-{event.ts_opened}"
