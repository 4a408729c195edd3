"""One setup from the bar it appeared on to the end of what was virtually bought on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from quadrant.gate import Gate
from quadrant.recorder.exits import Candle, Entry, Exit, Sale
from quadrant.window import Bar, Window, virtual_roi


def iso(ms: int) -> str:
    """Epoch ms as the database reads a time."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


@dataclass(slots=True)
class Setup:
    """A window and the virtual trade of its reference bar.

    The window (quadrant.window) says which bars are samples and which is the reference; who bought
    is told at any time, so the decision is made when the row is: `bars` are kept until then.
    `opens` are those of the bars after them. `sold_ms` is when that trade ended, or the data did.
    """

    window_id: str
    attempt_id: str
    pair: str
    scope: dict[str, Any]
    gates: tuple[Gate, ...]
    opened_ms: int
    window: Window = field(init=False)
    bars: list[Bar] = field(default_factory=list)
    opens: list[float] = field(default_factory=list)
    closed_ms: int | None = None
    entry: Entry | None = None
    sale: Sale | None = None
    sold_ms: int | None = None
    gap: bool = False
    bought_ts: int | None = None
    trade_id: str | None = None

    def __post_init__(self) -> None:
        self.window = self._new_window()

    def _new_window(self) -> Window:
        return Window(
            self.window_id,
            self.window_id,
            self.attempt_id,
            self.opened_ms,
            self.scope,
            {},
            self.gates,
        )

    @property
    def is_over(self) -> bool:
        """Nothing is to come any more."""
        return self.closed_ms is not None and (self.sale is not None or self.gap)

    def add(self, bar: Bar) -> None:
        """Takes the window's next bar."""
        self.bars.append(bar)
        self.window.add(bar)

    def follow(self, candle: Candle, exists_at: int, rule: Exit) -> None:
        """What a bar does to what was bought at its open or before.

        A new reference bar begins the virtual trade anew.
        """
        if len(self.opens) < len(self.bars):
            self.opens.append(candle.open)
        awaited = self.window.reference_entry is None
        self.window.fill_at_open(candle.open)
        if awaited and self.window.reference_entry is not None:
            self.entry = Entry(
                self.pair,
                self.scope,
                candle.ts,
                candle.open,
                highest=candle.open,
                lowest=candle.open,
            )
        if self.entry is None or self.sale is not None or self.gap:
            return
        self.entry.bars += 1
        self.sale = rule(self.entry, candle)
        if self.sale is not None:
            if not math.isfinite(self.sale.price):
                raise ValueError(f"{self.window_id}: the exit sold at {self.sale.price}")
            self.sold_ms = exists_at
        self.entry.highest = max(self.entry.highest, candle.high)
        self.entry.lowest = min(self.entry.lowest, candle.low)

    def bought(self, bar_ts: int | None, trade_id: str) -> None:
        """A trade began on its bar `bar_ts`, or on the newest one that passes."""
        passing = [bar.bar_ts for bar in self.bars if bar.margin >= 0]
        if bar_ts is None:
            bar_ts = passing[-1] if passing else self.bars[-1].bar_ts
        if all(bar.bar_ts != bar_ts for bar in self.bars):
            raise ValueError(f"{self.window_id} has no bar {bar_ts}")
        if self.trade_id is None:
            self.bought_ts, self.trade_id = bar_ts, trade_id

    def row(self, fee: float) -> dict[str, Any]:
        """The experiment as pm.record_episodes takes it, as far as it is known."""
        window, factors = self._decided()
        decision = window.decision
        assert decision is not None
        if self.closed_ms is not None:
            factors |= window.final_factors()
        row = {
            "window_id": self.window_id,
            "attempt_id": self.attempt_id,
            "scope": self.scope,
            "opened_at": iso(self.opened_ms),
            "decision": decision.decision,
            "decided_at": iso(decision.decided_ms),
            "blocked_by": list(decision.blocked_by),
            "factors": factors,
        }
        if self.trade_id is not None:
            row["trade_id"] = self.trade_id
        if self.closed_ms is not None:
            row["closed_at"] = iso(self.closed_ms)
            row |= self._outcome(fee)
        return row

    def _decided(self) -> tuple[Window, dict[str, Any]]:
        window = self._new_window()
        factors: dict[str, Any] | None = None
        for place, bar in enumerate(self.bars):
            window.add(bar)
            if bar.bar_ts == self.bought_ts:
                factors = window.act(bar.bar_ts, self.trade_id)
            if place < len(self.opens):
                window.fill_at_open(self.opens[place])
        return window, window.skip() if factors is None else factors

    def _outcome(self, fee: float) -> dict[str, Any]:
        if self.sale is not None and self.entry is not None and self.sold_ms is not None:
            price, reason, roi = self.sale
            if roi is None:
                roi = virtual_roi(self.entry.price, price, fee)
            return {
                "outcome": "success" if roi > 0 else "failure",
                "outcome_reason": reason,
                "outcome_at": iso(self.sold_ms),
                "roi": roi,
                "roi_at": iso(self.sold_ms),
                "entry_price": self.entry.price,
                "exit_price": price,
            }
        if self.gap and self.sold_ms is not None:
            at = iso(self.sold_ms)
            return {"outcome": "neutral", "outcome_reason": "data gap", "outcome_at": at}
        return {}
