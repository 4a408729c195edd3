"""Ticks positions and commits what they have to write, one transaction a tick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from quadrant.database import queries
from quadrant.engine import Snapshot
from quadrant.errors import QuadrantError
from quadrant.tick.controls import Controls
from quadrant.tick.gates import load_gates
from quadrant.tick.kinds import S1_ENTRY, Kind
from quadrant.tick.position import Action, PositionTicker
from quadrant.tick.window import Values
from quadrant.tick.writes import StaleTickerError, Writes


class SharedNameError(QuadrantError):
    """Two positions of a feed have the same symbol and timeframe."""

    code = "QD015"


class Tick:
    """The positions of one feed.

    `positions` are dicts of token_contract, token_chain, symbol, timeframe, total_allocation_pct;
    unknown ones are created. The connection must be in autocommit mode. Use `process` from a live
    bot; replay calls `take` per position and `commit` when something presses.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        feed: str,
        positions: Sequence[dict[str, Any]],
        kind: Kind = S1_ENTRY,
    ) -> None:
        self.connection = connection
        self.feed = feed
        self.gates = load_gates(connection)[kind.pattern_key]
        self.controls = Controls(connection, kind.pattern_key, self.gates)
        self.tickers: dict[tuple[str, str], PositionTicker] = {}
        self.last_bar_ts: dict[str, int] = {}
        self._writes = Writes()
        self._versions: dict[int, int] = {}
        self._changed: dict[int, PositionTicker] = {}
        self._unwritten: dict[int, PositionTicker] = {}
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                queries("tick/enroll_positions"), {"feed": feed, "positions": Jsonb(positions)}
            ).fetchall()
        for row in rows:
            key = f"{row['token_chain']}:{row['token_contract']}:{row['timeframe']}"
            key += "" if row["book"] == "main" else f":{row['book']}"
            ticker = PositionTicker(
                row["position_id"],
                key,
                row["timeframe"],
                kind=kind,
                gates=self.gates,
                writes=self._writes,
            )
            ticker.scope = row["scope"]
            ticker.restore(row["state"], row["last_bar_ms"])
            self._versions[ticker.position_id] = row["version"]
            if (row["symbol"], row["timeframe"]) in self.tickers:
                raise SharedNameError(
                    f"two positions of this feed are called {row['symbol']} {row['timeframe']}",
                    hint="Give each its own symbol, or tick them in feeds of their own.",
                )
            self.tickers[row["symbol"], row["timeframe"]] = ticker

    @property
    def pressing(self) -> bool:
        """Is there something that should be committed before the next tick?"""
        return bool(self._changed)

    def rescope(self, ticker: PositionTicker, scope: dict[str, Any]) -> None:
        """Gives a position its scope of this bar; it is written with the next commit."""
        if scope != ticker.scope:
            ticker.scope = scope
            self._unwritten[ticker.position_id] = ticker

    def refresh(self, tickers: Iterable[PositionTicker]) -> None:
        """Reads the gates in force again where they may have changed for one of `tickers`."""
        if not all(self.controls.holds(t.position_id, t.scope) for t in tickers):
            self.commit()
            self.controls.read((t.position_id, t.scope) for t in self.tickers.values())

    def thresholds(self, ticker: PositionTicker) -> Values:
        """The thresholds in force for the position, as of the last `refresh`."""
        return self.controls.of(ticker.position_id) or ticker.base

    def take(self, ticker: PositionTicker, bar: Snapshot, actions: Sequence[Action] = ()) -> bool:
        """Ticks one position by one bar; False: the bar is stale."""
        fresh = ticker.process(bar, self.thresholds(ticker), actions)
        if fresh:
            self.last_bar_ts[bar.timeframe] = bar.bar_ts
            if ticker.dirty:
                self._changed[ticker.position_id] = ticker
                ticker.dirty = False
        return fresh

    def process(
        self,
        bars: Iterable[tuple[str, Snapshot, dict[str, Any]]],
        actions: dict[tuple[str, str], Sequence[Action]] | None = None,
    ) -> dict[tuple[str, str], bool]:
        """One tick of (symbol, snapshot, scope) in one transaction; False marks stale bars.

        Any positions of the feed, in any order: each keeps its own newest bar.
        """
        self.connection.execute(queries("tick/hear"))
        batch = [((symbol, bar.timeframe), bar, scope) for symbol, bar, scope in bars]
        for key, _, scope in batch:
            self.rescope(self.tickers[key], scope)
        self.refresh(self.tickers[key] for key, _, _ in batch)
        taken = {
            key: self.take(self.tickers[key], bar, (actions or {}).get(key, ()))
            for key, bar, _ in batch
        }
        for key, fresh in taken.items():
            if fresh:
                self._changed[self.tickers[key].position_id] = self.tickers[key]
        self.last_bar_ts.clear()
        self.commit()
        return taken

    def strand(
        self, kind: str, key: str, ticker: PositionTicker, happened_ms: int, **columns: Any
    ) -> None:
        """Tells a strand with the next commit."""
        self._writes.strand(kind, key, ticker.position_id, happened_ms, **columns)

    def hold(self, ticker: PositionTicker, status: str, trade_id: str | None) -> None:
        """Notes the position's status and open trade with the next commit."""
        self._writes.position(ticker.position_id, status=status, trade_id=trade_id)
        ticker.dirty = True

    def commit(self, clock_ms: int | None = None) -> None:
        """Writes what was taken since the last commit, in one transaction.

        `clock_ms` (epoch ms) moves the database's clock along, for replay.

        Raises StaleTickerError when another ticker wrote one of the positions meanwhile.
        """
        for ticker in self._unwritten.values():
            self._writes.position(ticker.position_id, scope=ticker.scope)
        states = [
            {
                "position_id": ticker.position_id,
                "version": self._versions[ticker.position_id],
                "state": ticker.to_json(),
                "last_bar_ms": ticker.last_bar_ts,
            }
            for ticker in self._changed.values()
        ]
        try:
            if clock_ms is not None:
                self.connection.execute(queries("tick/set_clock"), {"clock_ms": clock_ms})
            self.connection.execute(
                queries("tick/apply_ticks"),
                {
                    "feed": self.feed,
                    "watermarks": Jsonb(self.last_bar_ts),
                    "positions": Jsonb(list(self._writes.positions.values())),
                    "states": Jsonb(states),
                    "windows": Jsonb(list(self._writes.windows.values())),
                    "strands": Jsonb(self._writes.strands),
                },
            )
        except psycopg.Error as error:
            if error.sqlstate == "QD008":
                raise StaleTickerError(
                    error.diag.message_primary or "", hint=error.diag.message_hint or ""
                ) from error
            raise
        for position_id in self._changed:
            self._versions[position_id] += 1
        self._changed.clear()
        self._unwritten.clear()
        self._writes.clear()
