"""Buys on the engine's signals under the gates in force, trims on trim flags, leaves on exits."""

from __future__ import annotations

from typing import Any

from quadrant.engine import Snapshot
from quadrant.paper.costs import Costs
from quadrant.tick import Action, PositionTicker, Tick
from quadrant.tick.gates import smallest_margin
from quadrant.tick.position import MAX_MISSING_BARS
from quadrant.tick.window import Values

MS_PER_HOUR = 3_600_000


class PaperManager:
    """Trades every position of a tick; orders fill at the next bar's open.

    `capital` is in quote currency; a position may use its total_allocation_pct of it, and an
    entry takes position_size_frac = 0.10 + 0.50 A of that share (it holds one trade at a time).
    A position that pm.position_controls does not show is left alone. Orders and open trade live
    in the ticker's memo, so that they are stored with the tick.
    """

    def __init__(
        self,
        tick: Tick,
        capital: float,
        allocation_pct: float,
        costs: Costs,
        *,
        a_value: float = 0.5,
        e_value: float = 0.5,
    ) -> None:
        self.tick = tick
        self.budget = capital * allocation_pct / 100
        self.costs = costs
        self.e_value = e_value
        self.context = {
            "a_value": a_value,
            "e_value": e_value,
            "position_size_frac": 0.10 + 0.50 * a_value,
        }
        for ticker in tick.tickers.values():
            ticker.context = self.context

    def decide(self, ticker: PositionTicker, bar: Snapshot, thresholds: Values) -> list[Action]:
        """Fills what was ordered on the bar before, then orders on this one."""
        memo = ticker.memo
        if memo.get("order"):
            self._fill(ticker, bar)
        trade = memo.get("trade")
        if trade is None:
            return self._enter(ticker, bar, thresholds)
        if bar.emergency or bar.state == "S0":
            self._order(ticker, side="exit", fraction=1.0)
        elif bar.trim and not trade["trim_flag"]:
            self._order(ticker, side="trim", fraction=self.e_value)
        if trade["trim_flag"] != bar.trim or (bar.state == "S3" and not trade["reached_s3"]):
            trade["trim_flag"] = bar.trim
            trade["reached_s3"] |= bar.state == "S3"
            ticker.dirty = True
        return []

    def _enter(self, ticker: PositionTicker, bar: Snapshot, thresholds: Values) -> list[Action]:
        if bar.state != ticker.kind.state or not (ticker.attempt or ticker.state == "S0"):
            return []
        watched = self.tick.controls.of(ticker.position_id) is not None
        if not watched or ticker.missing_before(bar) > MAX_MISSING_BARS:
            return []
        if smallest_margin(ticker.gates, ticker.values_of(bar), thresholds) < 0:
            return []
        trade_id = f"{ticker.key}:{bar.bar_ts}"
        self._order(ticker, side="entry", trade_id=trade_id)
        return [Action("entry", bar.bar_ts, trade_id, self.context)]

    def _order(self, ticker: PositionTicker, **order: Any) -> None:
        ticker.memo["order"] = order
        ticker.dirty = True

    def _fill(self, ticker: PositionTicker, bar: Snapshot) -> None:
        order = ticker.memo.pop("order")
        ticker.dirty = True
        buying = order["side"] == "entry"
        price = self.costs.price(bar.open, buying=buying, vol_bucket=ticker.scope.get("vol_bucket"))
        if buying:
            cost = self.budget * self.context["position_size_frac"]
            ticker.memo["trade"] = trade = {
                "trade_id": order["trade_id"],
                "opened_ms": bar.bar_ts,
                "quantity": cost / price,
                "cost": cost,
                "fees": cost * self.costs.fee,
                "proceeds": 0.0,
                "trims": 0,
                "trim_flag": False,
                "reached_s3": False,
            }
            usd = cost
            self.tick.hold(ticker, "active", trade["trade_id"])
        else:
            trade = ticker.memo["trade"]
            quantity = trade["quantity"] * order["fraction"]
            usd = quantity * price
            trade["quantity"] -= quantity
            trade["proceeds"] += usd
            trade["fees"] += usd * self.costs.fee
            trade["trims"] += order["side"] == "trim"
        self.tick.strand(
            "pm_action",
            f"{trade['trade_id']}:{bar.bar_ts}",
            ticker,
            bar.bar_ts,
            trade_id=trade["trade_id"],
            action=order["side"],
            price=price,
            usd=usd,
        )
        if order["side"] == "exit":
            self._close(ticker, bar, trade)

    def _close(self, ticker: PositionTicker, bar: Snapshot, trade: dict[str, Any]) -> None:
        pnl = trade["proceeds"] - trade["cost"] - trade["fees"]
        self.tick.strand(
            "position_closed",
            trade["trade_id"],
            ticker,
            bar.bar_ts,
            trade_id=trade["trade_id"],
            pattern_key=ticker.kind.pattern_key,
            opened_ms=trade["opened_ms"],
            closed_ms=bar.bar_ts,
            hold_hours=(bar.bar_ts - trade["opened_ms"]) / MS_PER_HOUR,
            cost=trade["cost"],
            pnl=pnl,
            roi=pnl / trade["cost"],
            did_trim=trade["trims"] > 0,
            reached_s3=trade["reached_s3"],
        )
        self.tick.hold(ticker, "watchlist", None)
        del ticker.memo["trade"]
