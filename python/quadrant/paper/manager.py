"""Buys on the engine's signals under the gates in force, trims on trim flags, leaves on exits."""

from __future__ import annotations

from functools import partial
from typing import Any

from quadrant.database import queries
from quadrant.engine import Snapshot
from quadrant.paper.costs import Costs
from quadrant.paper.decisions import Decision, decide
from quadrant.paper.posture import Flags, Posture, Postures
from quadrant.tick import Action, PositionTicker, Tick
from quadrant.tick.position import MAX_MISSING_BARS

MS_PER_HOUR = 3_600_000
MAX_DX_BUYS = 3
LEAST_ORDER = 0.01
"""An order below this fraction of the position's budget is not worth its fees."""


class PaperManager:
    """Trades every position of a tick; orders fill at the next bar's open.

    `capital` is in quote currency; a trade may use of it what the decision maker allocates when it
    is begun: the position's total_allocation_pct, as closed trades have moved it up to the tick
    before (`refresh` reads it), times the multiplier of the family. Posture (A, E) comes from the
    flags of the market, then pm.steer; `a_value` and `e_value` are its own, for where the flags do
    not decide (ae_v2_enabled off). An entry takes position_size_frac = 0.10 + 0.50 A of that share,
    an add (S2, S3 retest, once a window) the same fraction of what is left. Trims sell E of the
    quantity and feed the pool of the DX ladder: a third of the pool at a time, at most three times
    until the next trim, each buy dx_atr_mult ATRs below the last. A trade that is over is told of
    both who decided on it: the first of its actions is the decision maker's. A position that
    pm.position_controls does not show is left alone. Orders and open trade live in the ticker's
    memo, so that they are stored with the tick.
    """

    def __init__(
        self,
        tick: Tick,
        capital: float,
        costs: Costs,
        *,
        a_value: float = 0.5,
        e_value: float = 0.5,
    ) -> None:
        self.tick = tick
        self.capital = capital
        self.costs = costs
        self._postures = Postures(tick.connection, tick.controls, a_value, e_value)
        self._flags: dict[int, Flags] = {}
        for ticker in tick.tickers.values():
            ticker.subject.context = partial(self._context, ticker)
        self._allocations: dict[int, float] = {}
        self.moved = True

    def refresh(self) -> None:
        """Reads the positions' shares of capital again where closed trades have moved them."""
        if not self.moved:
            return
        ids = [ticker.position_id for ticker in self.tick.tickers.values()]
        rows = self.tick.connection.execute(
            queries("paper/position_allocations"), {"position_ids": ids}
        )
        self._allocations = dict(rows)
        self.moved = False

    def decide(self, ticker: PositionTicker, bar: Snapshot, flags: Flags = ()) -> list[Action]:
        """Fills what was ordered on the bar before, then orders on this one, under these flags."""
        self._flags[ticker.position_id] = flags
        memo = ticker.memo
        told: list[Action] = []
        if memo.get("order"):
            told += self._fill(ticker, bar)
        trade = memo.get("trade")
        if trade is not None:
            self._watch(ticker, bar, trade)
        if not memo.get("order") and bar.state in ticker.in_state and not bar.emergency:
            told += self._buy(ticker, bar, trade, {action.episode_type for action in told})
        return told

    def _posture(self, ticker: PositionTicker, pattern_key: str) -> Posture:
        """Posture for what is decided of a pattern on the bar under way."""
        flags = self._flags.get(ticker.position_id, ())
        return self._postures.of(pattern_key, ticker.subject.scope, flags)

    def _context(self, ticker: PositionTicker, pattern_key: str) -> dict[str, Any]:
        return self._posture(ticker, pattern_key).context

    def _watch(self, ticker: PositionTicker, bar: Snapshot, trade: dict[str, Any]) -> None:
        """Sells: everything when the trend is over, a part when a trim flag comes up."""
        if bar.emergency or bar.state == "S0":
            posture = self._posture(ticker, trade["pattern_key"])
            self._order(ticker, bar, side="exit", fraction=1.0, context=posture.context)
        elif bar.trim and not trade["trim_flag"]:
            posture = self._posture(ticker, trade["pattern_key"])
            self._order(ticker, bar, side="trim", fraction=posture.e_value, context=posture.context)
        if trade["trim_flag"] != bar.trim or (bar.state == "S3" and not trade["reached_s3"]):
            trade["trim_flag"] = bar.trim
            trade["reached_s3"] |= bar.state == "S3"
            ticker.dirty = True

    def _buy(
        self,
        ticker: PositionTicker,
        bar: Snapshot,
        trade: dict[str, Any] | None,
        just_bought: set[str | None],
    ) -> list[Action]:
        """Orders the first kind of opportunity that passes; tells why it passes on the others."""
        thresholds = self.tick.controls.of(ticker.position_id)
        known = ticker.subject.attempt is not None or ticker.state == "S0"
        decision = _decision(ticker)
        if thresholds is None or not known or ticker.missing_before(bar) > MAX_MISSING_BARS:
            return []
        passes = []
        for track in ticker.in_state[bar.state]:
            decided = track.window is not None and track.window.decision is not None
            if not track.kind.ladder and (decided or track.kind.episode_type in just_bought):
                continue
            if not track.passes(bar, thresholds):
                continue
            pattern_key = track.kind.pattern_key
            posture = self._posture(ticker, pattern_key)
            if track.kind.ladder:
                distance = track.in_force(thresholds)[track.kind.ladder]
                usd, reason = self._rung(bar, trade)
            else:
                distance = ticker.tracks["s3_dx"].in_force(thresholds)["dx_atr_mult"]
                decision = decision or self._decide(ticker, bar)
                budget = self.capital * decision["allocation_pct"] / 100
                usd, reason = self._size(
                    track.kind.state, trade, budget, posture.position_size_frac
                )
            if reason is None and ticker.memo.get("order"):
                reason = "one_order_a_bar"
            if reason is None:
                if trade is None:
                    self.tick.strand(
                        "decision_lowcap",
                        _trade_id(ticker, bar.bar_ts),
                        ticker,
                        bar.exists_at,
                        decision,
                        trade_id=_trade_id(ticker, bar.bar_ts),
                    )
                self._order(
                    ticker,
                    bar,
                    side="entry" if trade is None else "add",
                    decision=decision,
                    episode_type=track.kind.episode_type,
                    pattern_key=pattern_key,
                    context=posture.context,
                    overrides=list(
                        self.tick.controls.overrides_of(ticker.position_id).get(pattern_key, ())
                    ),
                    usd=usd,
                    scope=dict(ticker.subject.scope),
                    ladder=bool(track.kind.ladder),
                    atr=bar.atr,
                    dx_atr_mult=distance,
                )
            else:
                passes.append(
                    Action("pass", bar.bar_ts, episode_type=track.kind.episode_type, reason=reason)
                )
        return passes

    def _decide(self, ticker: PositionTicker, bar: Snapshot) -> Decision:
        """What the decision maker allocates to a trade that would begin with this bar's signal."""
        tickers = self.tick.tickers.values()
        taken = sum(_decision(other).get("allocation_pct", 0.0) for other in tickers)
        return decide(
            self.tick.connection,
            dict(ticker.subject.scope),
            self._allocations.get(ticker.position_id, 0.0),
            100 - taken,
            bar.exists_at,
        )

    def _size(
        self, state: str, trade: dict[str, Any] | None, budget: float, size_frac: float
    ) -> tuple[float, str | None]:
        """What an entry or add may cost, or why there is none."""
        if trade is not None and state == "S1":
            return 0.0, "holding"
        invested = 0.0 if trade is None else trade["cost"] - trade["proceeds"]
        usd = max(0.0, budget - invested) * size_frac
        return usd, None if usd > LEAST_ORDER * budget else "no_budget"

    def _rung(self, bar: Snapshot, trade: dict[str, Any] | None) -> tuple[float, str | None]:
        """What the next buy of the DX ladder may cost, or why there is none."""
        if trade is None or trade["pool"] <= 0:
            return 0.0, "no_pool"
        if trade["dx_count"] >= MAX_DX_BUYS:
            return 0.0, "ladder_done"
        if trade["arm"] is not None and bar.close > trade["arm"]:
            return 0.0, "ladder_arm"
        basis = trade["pool_basis"] if trade["dx_count"] else trade["pool"]
        return min(trade["pool"], basis / MAX_DX_BUYS), None

    def _order(self, ticker: PositionTicker, bar: Snapshot, **order: Any) -> None:
        ticker.memo["order"] = order | {"signal_bar_ts": bar.bar_ts}
        ticker.dirty = True

    def _fill(self, ticker: PositionTicker, bar: Snapshot) -> list[Action]:
        order = ticker.memo.pop("order")
        ticker.dirty = True
        buying = order["side"] in ("entry", "add")
        if buying and ticker.missing_before(bar) > MAX_MISSING_BARS:
            return []
        bucket = ticker.subject.scope.get("vol_bucket")
        price = self.costs.price(bar.open, buying=buying, vol_bucket=bucket)
        if buying:
            context = self._bought(ticker, bar, order, price)
            usd = order["usd"]
        else:
            trade = ticker.memo["trade"]
            quantity = trade["quantity"] * order["fraction"]
            usd = quantity * price
            trade["quantity"] -= quantity
            trade["proceeds"] += usd
            trade["fees"] += usd * self.costs.fee
            context = {}
            if order["side"] == "trim":
                trade["trims"] += 1
                trade |= {"pool": trade["pool"] + usd, "dx_count": 0, "arm": None}
        trade = ticker.memo["trade"]
        trade["actions"].append(
            {
                "action": order["side"],
                "pattern_key": order.get("pattern_key", trade["pattern_key"]),
            }
        )
        filled = Action(
            order["side"],
            order["signal_bar_ts"],
            trade["trade_id"],
            order.get("episode_type"),
            order.get("context", {}) | context | {"price": price, "usd": usd},
            at_ms=bar.bar_ts,
        )
        if order["side"] == "exit":
            self._close(ticker, bar, trade)
        return [filled]

    def _bought(
        self, ticker: PositionTicker, bar: Snapshot, order: dict[str, Any], price: float
    ) -> dict[str, Any]:
        """Books a buy and arms the ladder below it; answers what the decision should know."""
        if order["side"] == "entry":
            trade_id = _trade_id(ticker, order["signal_bar_ts"])
            ticker.memo["trade"] = {
                "trade_id": trade_id,
                "pattern_key": order["pattern_key"],
                "scope": order["scope"],
                "opened_ms": bar.bar_ts,
                "quantity": 0.0,
                "cost": 0.0,
                "fees": 0.0,
                "proceeds": 0.0,
                "trims": 0,
                "trim_flag": False,
                "reached_s3": bar.state == "S3",
                "pool": 0.0,
                "pool_basis": 0.0,
                "dx_count": 0,
                "arm": None,
                "decision": order["decision"],
                "actions": [
                    {"action": "entry"}
                    | {key: order["decision"][key] for key in ("pattern_key", "scope")}
                ],
                "overrides": {
                    "gates": [],
                    "posture": order.get("context", {}).get("posture_overrides", []),
                },
            }
            self.tick.hold(ticker, "active", trade_id)
        trade = ticker.memo["trade"]
        trade["cost"] += order["usd"]
        trade["quantity"] += order["usd"] / price
        trade["fees"] += order["usd"] * self.costs.fee
        gates = trade.setdefault("overrides", {"gates": []})["gates"]
        gates += [found for found in order.get("overrides", ()) if found not in gates]
        trade["arm"] = price - order["dx_atr_mult"] * order["atr"]
        if not order["ladder"]:
            return {}
        if trade["dx_count"] == 0:
            trade["pool_basis"] = trade["pool"]
        trade["pool"] -= order["usd"]
        trade["dx_count"] += 1
        return {
            "dx_count": trade["dx_count"],
            "pool_basis": trade["pool_basis"],
            "dx_atr_mult": order["dx_atr_mult"],
            "atr": order["atr"],
            "next_arm": trade["arm"],
        }

    def _close(self, ticker: PositionTicker, bar: Snapshot, trade: dict[str, Any]) -> None:
        pnl = trade["proceeds"] - trade["cost"] - trade["fees"]
        overrides = {name: used for name, used in trade.get("overrides", {}).items() if used}
        self.tick.strand(
            "position_closed",
            trade["trade_id"],
            ticker,
            bar.bar_ts,
            {
                "pattern_key": trade["pattern_key"],
                "timeframe": ticker.timeframe,
                "scope": trade["scope"],
                "actions": trade["actions"],
                "opened_ms": trade["opened_ms"],
                "closed_ms": bar.bar_ts,
                "hold_hours": (bar.bar_ts - trade["opened_ms"]) / MS_PER_HOUR,
                "cost": trade["cost"],
                "pnl": pnl,
                "roi": pnl / trade["cost"],
                "did_trim": trade["trims"] > 0,
                "reached_s3": trade["reached_s3"],
            }
            | ({"context": {"overrides": overrides}} if overrides else {}),
            trade_id=trade["trade_id"],
        )
        self.tick.hold(ticker, "watchlist", None)
        del ticker.memo["trade"]
        self.moved = True


def _trade_id(ticker: PositionTicker, signal_bar_ts: int) -> str:
    """What a trade is called from its decision on."""
    return f"{ticker.key}:{signal_bar_ts}"


def _decision(ticker: PositionTicker) -> Decision:
    """What was decided on the trade that is open or ordered; empty where there is none."""
    held = ticker.memo.get("trade") or ticker.memo.get("order") or {}
    decision: Decision = held.get("decision", {})
    return decision
