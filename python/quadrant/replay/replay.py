"""Moves the database's clock through recorded bars, ticking and learning on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

import psycopg

from quadrant.bars import TIMEFRAMES, Bars
from quadrant.database import queries
from quadrant.engine import compute
from quadrant.errors import QuadrantError
from quadrant.judging.learner import Learner, give_back_jobs, take_jobs
from quadrant.paper import Costs, PaperManager, open_positions
from quadrant.replay.feed import Moment, Series, moments
from quadrant.replay.scopes import replay_scopes
from quadrant.tick import Tick

TOGETHER = 32
"""Moments written in one transaction, unless a trade closed or learning is due."""
LEARNED = "learn"
"""The feed's watermark of the newest learning cycle, beside those of the timeframes."""


class ReplayRunningError(QuadrantError):
    """Another replay moves this database's clock, or it is learning."""

    code = "QD192"


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What to replay and how: times in epoch ms UTC, `learn_every` in ms, capital in quote units.

    `from_ms` and `to_ms` bound the bars that are ticked; the engine always warms up on all bars.
    `data` says where the bars are from, for people. The clock is given back to the server's when
    the replay ends, unless `keep_clock`.
    """

    chain: str
    data: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    learn_every: int = 3_600_000
    capital: float = 100_000.0
    costs: Costs = field(default_factory=Costs)
    keep_clock: bool = False


@dataclass(slots=True)
class Progress:
    """How far a replay is: bars of `total` done, the time reached, cycles that had news."""

    total: int
    done: int = 0
    at: int = 0
    cycles: int = 0
    learning_seconds: float = 0.0
    seconds: float = 0.0
    interrupted: bool = False


class Replay:
    """One replay of a set of series against one database.

    `connection` is the owner's, in autocommit mode. A replay of the same series goes on where the
    last one stopped. A database has one at a time: it holds all jobs until the end of `run`, and
    waits for the session of a replay that was killed, which may still be learning.

    Raises ReplayRunningError when another one, or a job, holds them for half a minute, QD193 in a
    database that a bot or another market's replay uses.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], bars: Sequence[Bars], options: ReplayOptions
    ) -> None:
        self.connection = connection
        self.options = options
        connection.execute(queries("replay/session"))
        if busy := take_jobs(connection, "a replay"):
            raise ReplayRunningError(
                f"{busy} is in progress in this database",
                hint="Wait for it or stop it; a database has one clock.",
            )
        self.feed = f"replay:{market_id(bars, options.chain)}"
        connection.execute(
            queries("replay/enter"),
            {"feed": self.feed, "data": options.data, "chain": options.chain},
        )
        positions = open_positions(
            connection, options.chain, [(one.symbol, one.timeframe) for one in bars]
        )
        self.tick = Tick(connection, self.feed, positions)
        self.manager = PaperManager(self.tick, options.capital, options.costs)
        self.learner = Learner(connection)
        scopes = replay_scopes(bars, options.chain, self.tick.gates)
        self.series = []
        for one, position in zip(bars, positions, strict=True):
            scope = scopes[one.symbol, one.timeframe]
            snapshots = compute(one).snapshots()
            ticker = self.tick.tickers[position]
            begin, end = self._range(one, ticker.last_bar_ts)
            self.series.append(Series(ticker, one.timeframe, snapshots, scope, begin, end))
        self.progress = Progress(total=sum(s.end - s.begin for s in self.series))

    def _range(self, bars: Bars, last_bar_ts: int | None) -> tuple[int, int]:
        """Indices [begin, end) of the bars that are still to be ticked."""
        exists_at = bars.ts + TIMEFRAMES[bars.timeframe]
        begin, end = 0, len(bars)
        if self.options.from_ms is not None:
            begin = int((exists_at <= self.options.from_ms).sum())
        if self.options.to_ms is not None:
            end = int((exists_at <= self.options.to_ms).sum())
        if last_bar_ts is not None:
            begin = max(begin, int((bars.ts <= last_bar_ts).sum()))
        return begin, max(begin, end)

    def run(
        self,
        show: Callable[[Progress], None] = lambda _: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Progress:
        """Replays until the bars end or `stop()` says so; every stop leaves a whole tick behind."""
        with _clock_given_back(self.connection, keep_clock=self.options.keep_clock):
            self._run(show, stop)
        give_back_jobs(self.connection)
        return self.progress

    def _run(self, show: Callable[[Progress], None], stop: Callable[[], bool]) -> None:
        started = perf_counter()
        progress = self.progress
        reached = self._where()
        if reached is not None:
            self.connection.execute(queries("tick/set_clock"), {"clock_ms": reached})
        if reached is not None and self._due(reached):
            # Whoever got this far may have died within the cycle: what was mined is still news.
            self._learn(reached)
            self.tick.commit()
        feed = moments(self.series)
        due = True
        while due:
            with self.connection.pipeline() as pipeline:
                due = self._stretch(feed, pipeline, stop)
            if due:
                self._learn(progress.at)
                progress.seconds = perf_counter() - started
                show(progress)
        last = progress.at or reached or 0
        if not progress.interrupted and last > self.tick.watermarks.get(LEARNED, last):
            self._learn(last)
            self.tick.commit()
        if not progress.interrupted:
            self.connection.execute(queries("learner/aggregate"))
        progress.seconds = perf_counter() - started
        show(progress)

    def _stretch(
        self,
        feed: Iterator[tuple[int, Moment]],
        pipeline: psycopg.Pipeline,
        stop: Callable[[], bool],
    ) -> bool:
        """Ticks up to the next learning cycle; False: the feed ended or was stopped."""
        tick, progress = self.tick, self.progress
        for moment, (at, batch) in enumerate(feed, start=1):
            self._take(at, batch)
            progress.done += len(batch)
            progress.at = at
            tick.watermarks.setdefault(LEARNED, at)
            due = self._due(at)
            progress.interrupted = stop()
            if due or self.manager.moved or moment % TOGETHER == 0 or progress.interrupted:
                tick.commit(clock_ms=at)
                pipeline.sync()
            if due or progress.interrupted:
                return not progress.interrupted
        if progress.at:
            tick.commit(clock_ms=progress.at)
        return False

    def _due(self, at: int) -> bool:
        """Has a learning cycle come due since the last one?"""
        learned = self.tick.watermarks.get(LEARNED)
        every = self.options.learn_every
        return learned is not None and at // every > learned // every

    def _take(self, at: int, batch: Moment) -> None:
        """One moment: scopes first, then the gates in force, then every position's tick."""
        tick, decide = self.tick, self.manager.decide
        gated = []
        for one, index in batch:
            if one.scopes.changed[index] or index == one.begin:
                tick.rescope(one.ticker, one.scopes.at(index))
            if one.snapshots[index].state in one.ticker.in_state:
                gated.append(one.ticker)
        if gated:
            tick.refresh(gated, clock_ms=at)
        self.manager.refresh()
        for one, index in batch:
            bar = one.snapshots[index]
            tick.take(one.ticker, bar, decide(one.ticker, bar, one.scopes.flags[index]))
            tick.watermarks[one.timeframe] = bar.bar_ts

    def _learn(self, at: int) -> None:
        """One learning cycle; the next commit stores that it was made."""
        started = perf_counter()
        self.connection.execute(queries("tick/set_clock"), {"clock_ms": at})
        self.progress.cycles += self.learner.learn()
        self.tick.watermarks[LEARNED] = at
        self.progress.learning_seconds += perf_counter() - started

    def _where(self) -> int | None:
        """The moment the feed has reached (epoch ms); takes over when it learned last."""
        rows = self.connection.execute(queries("replay/watermarks"), {"feed": self.feed}).fetchall()
        marks: dict[str, int] = dict(rows)
        if LEARNED in marks:
            self.tick.watermarks[LEARNED] = marks.pop(LEARNED)
        return max((ts + TIMEFRAMES[tf] for tf, ts in marks.items()), default=None)


def epoch_ms(moment: datetime) -> int:
    """Epoch milliseconds of an aware datetime."""
    return int(moment.timestamp() * 1000)


@contextmanager
def replay_time(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """The clock stands at what the database's replay has reached; the caller holds all jobs.

    In a database that holds no replay, or where the clock was set by hand, it stays as it is.
    """
    row = connection.execute(queries("replay/time")).fetchone()
    at: datetime | None = row[0] if row else None
    with _clock_given_back(connection, keep_clock=at is None):
        if at is not None:
            connection.execute(queries("operations/move_clock"), {"at": at})
        yield


@contextmanager
def _clock_given_back(connection: psycopg.Connection[Any], *, keep_clock: bool) -> Iterator[None]:
    """At the end, whatever it is, the clock is the server's again."""
    try:
        yield
    except BaseException:
        with suppress(psycopg.Error):  # a lost connection: the clock stays, and health says so
            _give_back(connection, keep_clock=keep_clock)
        raise
    _give_back(connection, keep_clock=keep_clock)


def _give_back(connection: psycopg.Connection[Any], *, keep_clock: bool) -> None:
    if not keep_clock:
        connection.execute(queries("operations/move_clock"), {"at": None})


def market_id(bars: Sequence[Bars], chain: str) -> str:
    """Names a market by its series and the first bar of each: later bars do not change it."""
    lines = sorted(
        f"{chain}/{one.symbol}/{one.timeframe}/{one.ts[0]}"
        + "".join(f"/{float(c[0])!r}" for c in (one.open, one.high, one.low, one.close, one.volume))
        for one in bars
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
