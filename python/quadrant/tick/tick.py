"""Ticks positions and commits what they have to write, one transaction a tick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from quadrant.database import connect, queries, raised_by_us
from quadrant.engine import Snapshot
from quadrant.gate import Gate
from quadrant.tick.actions import Action
from quadrant.tick.batch import by_position, rounds, spread
from quadrant.tick.controls import Controls
from quadrant.tick.gates import load_gates
from quadrant.tick.model import ActionAnswer, Answer, Position, PositionBar
from quadrant.tick.position import PositionTicker
from quadrant.tick.rules import check, check_message
from quadrant.tick.writes import StaleTickerError, Writes


class Tick:
    """The positions of one feed. A feed is one ticker's: who takes it over ends the other.

    `database` is a DSN, or a connection in autocommit mode. Use `process` from a live bot: it
    enrolls positions it does not know. Replay enrolls all at once, calls `take` per position and
    `commit` after some moments.
    """

    def __init__(
        self,
        database: str | psycopg.Connection[Any],
        feed: str = "main",
        positions: Iterable[Position] = (),
    ) -> None:
        self.connection = (
            connect(database, autocommit=True) if isinstance(database, str) else database
        )
        self.feed = feed
        self.tickers: dict[Position, PositionTicker] = {}
        self.watermarks: dict[str, int] = {}
        self._writes = Writes()
        self._epoch: int | None = None
        self._versions: dict[int, int] = {}
        self._changed: dict[int, PositionTicker] = {}
        self._moved: dict[int, PositionTicker] = {}
        self._unwritten: dict[int, PositionTicker] = {}
        self._newest: dict[str, Counter[int | None]] = {}
        self._lost = False
        with ExitStack() as on_error:
            if isinstance(database, str):
                on_error.callback(self.connection.close)
            self.gates = load_gates(self.connection)
            self.controls = Controls(self.connection)
            self.enroll(positions)
            on_error.pop_all()

    def enroll(self, positions: Iterable[Position]) -> None:
        """Adds positions to the feed; those it has are left as they are.

        Raises StaleTickerError when another ticker has taken the feed over.
        """
        new = [p for p in dict.fromkeys(positions) if p not in self.tickers]
        if new or self._epoch is None:
            self._enroll(new)

    def _enroll(self, positions: Sequence[Position]) -> None:
        by_name = {(p.token_chain, p.token_contract, p.timeframe, p.book): p for p in positions}
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = _coded(
                cursor,
                "tick/enroll_positions",
                feed=self.feed,
                epoch=self._epoch,
                positions=Jsonb([asdict(p) for p in positions]),
            ).fetchall()
        for row in rows:
            self._epoch = row["epoch"]
            position = by_name[
                row["token_chain"], row["token_contract"], row["timeframe"], row["book"]
            ]
            ticker = PositionTicker(
                row["position_id"],
                position.key,
                row["timeframe"],
                gates=self.gates,
                writes=self._writes,
            )
            ticker.subject.scope = row["scope"]
            ticker.restore(row["state"], row["last_bar_ms"])
            self._versions[ticker.position_id] = row["version"]
            self.tickers[position] = ticker
            self.watermarks.pop(position.timeframe, None)
            newest = self._newest.setdefault(row["timeframe"], Counter())
            newest[ticker.last_bar_ts] += 1

    def rescope(self, ticker: PositionTicker, scope: dict[str, Any]) -> None:
        """Gives a position its scope of this bar; it is written with the next commit."""
        if scope != ticker.subject.scope:
            ticker.subject.scope = scope
            self._unwritten[ticker.position_id] = ticker

    def refresh(self, tickers: Iterable[PositionTicker], clock_ms: int | None = None) -> None:
        """Reads the gates, and those in force, again where they may have changed for `tickers`.

        What was taken before is committed first; `clock_ms` as in `commit`.
        """
        unknown = [t for t in tickers if not self.controls.holds(t.position_id, t.subject.scope)]
        if unknown:
            self.commit(clock_ms)
            if self.controls.forgotten:
                self._register(load_gates(self.connection))
            self.controls.read((t.position_id, t.subject.scope) for t in unknown)

    def _register(self, gates: dict[str, tuple[Gate, ...]]) -> None:
        """From here on bars are held against these gates. Raises UnknownValue."""
        if gates != self.gates:
            for ticker in self.tickers.values():
                ticker.register(gates)
            self.gates = gates

    def take(self, ticker: PositionTicker, bar: Snapshot, actions: Sequence[Action] = ()) -> bool:
        """Ticks one position by one bar; False: the bar is stale."""
        in_force = self.controls.of(ticker.position_id)
        overrides = self.controls.overrides_of(ticker.position_id)
        fresh = ticker.process(bar, in_force, actions, overrides)
        if fresh and ticker.dirty:
            self._changed[ticker.position_id] = ticker
            ticker.dirty = False
        return fresh

    def process(
        self,
        bars: PositionBar | Sequence[PositionBar],
        actions: Sequence[Action] | Mapping[Position, Sequence[Action]] = (),
    ) -> list[Answer]:
        """One tick of one position or of many, in one transaction; an answer per bar.

        `actions` are those of the one position, or a mapping. Bars of one position stand in
        their order in time; each of its actions goes with the first of them that is not before
        its signal bar. When an error is raised nothing of its transaction was written, and the
        next call goes on from what the database holds.

        Raises MessageError for a bar or action that breaks a rule, StaleTickerError when another
        ticker wrote one of the positions or took the feed over, QD017 for a bar of the future.
        """
        batch = [bars] if isinstance(bars, PositionBar) else list(bars)
        check(batch, self._trusts)
        told = spread(batch, by_position(batch, actions))
        for one, of_bar in zip(batch, told, strict=True):
            if of_bar:
                check_message(one, of_bar)
        return self.process_checked(batch, told)

    def process_checked(
        self, batch: Sequence[PositionBar], actions: Sequence[Sequence[Action]]
    ) -> list[Answer]:
        """`process`, of what was checked before: `actions` stand beside their bars."""
        if self._lost:
            self._reload()
        self.enroll(one.position for one in batch)
        answers: list[Answer] = []
        for together in rounds(batch, actions):
            answers += self._tick(together)
        return answers

    def _trusts(self, one: PositionBar) -> bool:
        """Was this position with this scope checked before?"""
        ticker = self.tickers.get(one.position)
        return ticker is not None and one.scope == ticker.subject.scope

    def _tick(self, batch: Sequence[tuple[PositionBar, Sequence[Action]]]) -> list[Answer]:
        """One transaction: every position at most once."""
        self.connection.execute(queries("tick/hear"))
        tickers = [self.tickers[one.position] for one, _ in batch]
        for (one, _), ticker in zip(batch, tickers, strict=True):
            if ticker.last_bar_ts is None or one.snapshot.bar_ts > ticker.last_bar_ts:
                self.rescope(ticker, dict(one.scope))
        self.refresh(tickers)
        answers = []
        for (one, actions), ticker in zip(batch, tickers, strict=True):
            before = ticker.last_bar_ts
            fresh = self.take(ticker, one.snapshot, actions)
            if fresh:
                newest = self._newest[one.position.timeframe]
                newest[before] -= 1
                newest[ticker.last_bar_ts] += 1
                self._moved[ticker.position_id] = ticker
            answers.append(
                Answer(one.position, fresh, self.controls.of(ticker.position_id), ticker.answers)
            )
        self._stand_for_the_quiet()
        self.commit()
        return self._with_unknown_trades(answers)

    def _with_unknown_trades(self, answers: list[Answer]) -> list[Answer]:
        """Says of sales whether a buy of their trade was ever told."""
        sales = [
            (self.tickers[answer.position].position_id, told.trade_id)
            for answer in answers
            for told in answer.actions
            if told.result == "told"
        ]
        if not sales:
            return answers
        positions, trades = zip(*sales, strict=True)
        known = set(
            self.connection.execute(
                queries("tick/known_trades"),
                {"position_ids": list(positions), "trade_ids": list(trades)},
            ).fetchall()
        )

        def judged(position_id: int, told: ActionAnswer) -> ActionAnswer:
            if told.result != "told" or (position_id, told.trade_id) in known:
                return told
            why = "no buy of that trade was told to this position"
            return replace(told, result="unknown_trade", why=why)

        return [
            replace(
                answer,
                actions=tuple(
                    judged(self.tickers[answer.position].position_id, told)
                    for told in answer.actions
                ),
            )
            for answer in answers
        ]

    def _stand_for_the_quiet(self) -> None:
        """Moves the watermarks to what every position has reached; they need no row then."""
        for timeframe, newest in self._newest.items():
            reached = [ts for ts, count in newest.items() if count]
            self._newest[timeframe] = Counter({ts: newest[ts] for ts in reached})
            known = [ts for ts in reached if ts is not None]
            if len(known) == len(reached):
                self.watermarks[timeframe] = min(known)
        for position_id, ticker in list(self._moved.items()):
            stood_for = ticker.last_bar_ts == self.watermarks.get(ticker.timeframe)
            if stood_for or position_id in self._changed:
                del self._moved[position_id]

    def hold(self, ticker: PositionTicker, status: str, trade_id: str | None) -> None:
        """Notes the position's status and open trade with the next commit."""
        self._writes.position(ticker.position_id, status=status, trade_id=trade_id)
        ticker.dirty = True

    def strand(
        self,
        kind: str,
        key: str,
        ticker: PositionTicker,
        happened_ms: int,
        content: dict[str, Any],
        **links: str | None,
    ) -> None:
        """Tells a strand with the next commit; `links` are episode_id and trade_id."""
        self._writes.strand(kind, key, ticker.position_id, happened_ms, content, **links)

    def commit(self, clock_ms: int | None = None) -> None:
        """Writes what was taken since the last commit, in one transaction.

        `clock_ms` (epoch ms) moves the database's clock along, for replay.

        Raises StaleTickerError when another ticker wrote one of the positions meanwhile.
        """
        for ticker in self._unwritten.values():
            self._writes.position(ticker.position_id, scope=ticker.subject.scope)
        states = [self._row(ticker, state=ticker.to_json()) for ticker in self._changed.values()]
        states += [self._row(ticker) for ticker in self._moved.values()]
        try:
            if clock_ms is not None:
                self.connection.execute(queries("tick/set_clock"), {"clock_ms": clock_ms})
            _coded(
                self.connection.cursor(),
                "tick/apply_ticks",
                feed=self.feed,
                epoch=self._epoch,
                watermarks=Jsonb(self.watermarks),
                positions=Jsonb(list(self._writes.positions.values())),
                states=Jsonb(states),
                windows=Jsonb(list(self._writes.windows.values())),
                results=Jsonb([*self._writes.results.values(), *self._writes.marks]),
                endings=Jsonb(self._writes.endings),
                strands=Jsonb(self._writes.strands),
            )
        except Exception:
            self._lost = True
            raise
        for position_id in (*self._changed, *self._moved):
            self._versions[position_id] += 1
        self._forget()

    def _row(self, ticker: PositionTicker, **state: Any) -> dict[str, Any]:
        return {
            "position_id": ticker.position_id,
            "version": self._versions[ticker.position_id],
            "last_bar_ms": ticker.last_bar_ts,
        } | state

    def _forget(self) -> None:
        """What was committed, or cannot be, is no longer to be written."""
        self._changed.clear()
        self._moved.clear()
        self._unwritten.clear()
        self._writes.clear()

    def reconnect(self, connection: psycopg.Connection[Any]) -> None:
        """Goes on over a new connection, as the same ticker: the feed is not taken over again."""
        self.connection = connection
        self.controls = Controls(connection)
        self._lost = True

    def _reload(self) -> None:
        """Goes on from what the database holds, after a tick that could not be written."""
        self._forget()
        self._newest.clear()
        self.watermarks.clear()
        self.controls.forget()
        self._enroll(list(self.tickers))
        self._lost = False


def _coded(cursor: psycopg.Cursor[Any], query: str, **values: Any) -> psycopg.Cursor[Any]:
    """Runs a query; what the database's functions raise becomes ours."""
    try:
        return cursor.execute(queries(query), values)
    except psycopg.Error as error:
        if error.sqlstate == "QD008":
            raise StaleTickerError(
                error.diag.message_primary or "", hint=error.diag.message_hint or ""
            ) from error
        raise raised_by_us(error) or error from error
