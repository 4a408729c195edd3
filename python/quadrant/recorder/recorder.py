"""The recorder: bars of any strategy in, answers of its gates out, experiments to the database."""

from __future__ import annotations

import logging
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from quadrant.client import Gate as InForce
from quadrant.client import GateClient, NoGates
from quadrant.gate import smallest_margin
from quadrant.recorder.exits import Candle, Exit
from quadrant.recorder.levers import Lever
from quadrant.recorder.outbox import BATCH, Outbox, Rejected
from quadrant.recorder.setup import Setup, iso
from quadrant.window import Bar

_LOG = logging.getLogger(__name__)
_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
BRIDGED = 3
"""So many missing bars are bridged; more close what is pending as neutral, as in the tick."""

Time = int | float | datetime
"""Epoch ms, or a datetime (UTC where it has no zone)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a bar: is the setup there (`window`), do all gates in force let it through (`passes`)?

    `tag` names the window and the bar: give it to the order, and back to `bought`.
    """

    passes: bool = False
    window: str | None = None
    tag: str | None = None
    blocked_by: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Of the rows of a frame: where all gates let the setup through, and the orders' tags."""

    passes: list[bool]
    tags: list[str | None]


@dataclass(slots=True)
class _Pair:
    name: str
    newest_ts: int | None = None
    newest_answer: Answer = field(default_factory=Answer)
    open: Setup | None = None
    is_cut: bool = True
    """The setup was there on the first bar already: when it began is unknown, it is no window."""
    followed: list[Setup] = field(default_factory=list)


class Recorder:
    """Records the experiments of one strategy on one timeframe; used from one thread.

    `pattern` is pm.<family>.<setup>; `exit` says when a virtual unit is sold, `fee` (a fraction a
    side) is paid on it. What is recorded stands under the label `namespace`/`run`: the same again
    adds nothing. `scope` is that of every bar, to which pair and timeframe are added; `dimensions`
    are the keys lessons are looked for by. `replace` takes gates that differ from the registered
    ones. With `allocate` closed trades of 15m, 1h and 4h move capital. Without a `dsn` base gates
    answer, and nothing is recorded (an optimiser's passes). Raises QuadrantError with the
    database's code where it refuses the gates; a database that is away is waited for.
    """

    def __init__(
        self,
        dsn: str | None,
        pattern: str,
        gates: Sequence[Lever],
        exit: Exit,
        *,
        timeframe: str,
        namespace: str,
        run: str = "live",
        scope: Mapping[str, Any] | None = None,
        dimensions: Sequence[str] = ("pair",),
        fee: float = 0.001,
        allocate: bool = False,
        replace: bool = False,
        on_reject: Literal["raise", "log"] = "raise",
    ) -> None:
        self.pattern = pattern
        self.timeframe = timeframe
        self.run = f"{namespace}/{run}"
        self._levers = tuple(gates)
        self._gates = tuple(lever.gate() for lever in gates)
        self._names = [lever.name for lever in gates]
        self._base = {lever.name: InForce(lever.base, lever.base) for lever in gates}
        self._exit = exit
        self._step = _milliseconds(timeframe)
        self._scope = dict(scope or {})
        self._fee = fee
        self._allocate = allocate
        self._on_reject = on_reject
        self._registration: dict[str, Any] | None = {
            "pattern_key": pattern,
            "gates": Jsonb([lever.row() for lever in gates]),
            "replace": replace,
            "dimensions": list(dimensions),
        }
        self._pairs: dict[str, _Pair] = {}
        self._setups: dict[str, Setup] = {}
        self._untold: dict[str, Setup] = {}
        self._corrections: dict[str, dict[str, Any]] = {}
        self._trades: list[dict[str, Any]] = []
        self._outbox: Outbox | None = None
        self._client: GateClient | None = None
        if dsn is not None:
            self._outbox = Outbox(dsn, self.run)
            try:
                self._register()
            except BaseException:
                self._outbox.close()
                raise
            self._client = GateClient(dsn, {pattern: {n: g.base for n, g in self._base.items()}})

    @property
    def counts(self) -> Counter[str]:
        """What became of the rows that were sent: new, completed, already there, rejected."""
        return Counter() if self._outbox is None else self._outbox.written

    @property
    def waiting(self) -> int:
        """How many rows the database was not told yet."""
        return len(self._untold) + len(self._corrections) + len(self._trades)

    def gates(self, pair: str, **scope: Any) -> dict[str, float]:
        """The thresholds in force; base while the database was never reached."""
        return {n: g.value for n, g in self._in_force(self._scope_of(pair, scope)).items()}

    def bar(
        self,
        pair: str,
        bar: Candle,
        values: Mapping[str, float | None],
        setup: bool = True,
        **scope: Any,
    ) -> Answer:
        """Takes a closed bar, oldest first, with the gates' values; is the setup there?

        A bar at or before the newest one changes nothing. Sends what fills a batch.
        """
        answer = self._take(pair, bar, values if setup else None, scope)
        if self.waiting >= BATCH:
            self.flush()
        return answer

    def frame(
        self, bars: Any, pair: str, setup: str | Iterable[Any], *, time: str = "date", **scope: Any
    ) -> Found:
        """Takes the rows of a pandas or polars DataFrame (or a dict of lists), as `bar` does.

        It has open, high, low, close, the column `time`, and a column per gate; `setup` is a column
        of it or a mask. Sends nothing: `flush` does, when it is told what was bought.
        """
        columns = [_column(bars[name]) for name in (time, "open", "high", "low", "close")]
        values = [_column(bars[name]) for name in self._names]
        mask = _column(bars[setup] if isinstance(setup, str) else setup)
        answers = [
            self._take(
                pair,
                Candle(_ms(at), *prices),
                dict(zip(self._names, seen, strict=True)) if there else None,
                scope,
            )
            for at, *prices, there, seen in zip(
                *columns, mask, list(zip(*values, strict=True)), strict=True
            )
        ]
        return Found([a.passes for a in answers], [a.tag for a in answers])

    def bought(self, tag: str | None, trade: str) -> None:
        """A setup was bought: `tag` is that of the answer (or its window: the newest passing bar).

        At any time: a setup that was told as skipped meanwhile is corrected. None is passed over.
        """
        if tag is None:
            return
        window_id, _, bar = tag.partition("@")
        setup = self._setups.get(window_id)
        if setup is not None:
            setup.bought(int(bar) if bar else None, trade)
            self._untold[window_id] = setup
            return
        # Of before a restart: the rest of the row is there, or comes when its bars do.
        rest, _, opened = window_id.rpartition(":")
        pair = rest.removeprefix(f"{self.pattern}:").removesuffix(f":{self.timeframe}")
        self._corrections[window_id] = self._named(
            {
                "window_id": window_id,
                "scope": self._scope_of(pair, {}),
                "decision": "acted",
                "blocked_by": [],
                "trade_id": trade,
                "opened_at": iso(int(opened) + self._step),
                "decided_at": iso(int(bar or opened) + self._step),
            }
        )

    def closed(
        self,
        pair: str,
        trade: str,
        roi: float,
        opened_at: Time,
        closed_at: Time,
        *,
        more: Mapping[str, Any] | None = None,
        **scope: Any,
    ) -> None:
        """A trade is over, with `roi` (a fraction after fees); `more` as pm.record_closed_trade."""
        if not math.isfinite(roi):
            raise ValueError(f"{trade}: its ROI is {roi}")
        self._trades.append(
            self._named(
                {
                    "trade_id": trade,
                    "timeframe": self.timeframe,
                    "symbol": pair,
                    "roi": roi,
                    "opened_at": iso(_ms(opened_at)),
                    "closed_at": iso(_ms(closed_at)),
                    "scope": self._scope_of(pair, scope),
                    "allocate": self._allocate,
                    **(more or {}),
                }
            )
        )

    def flush(self, until: Time | None = None) -> bool:
        """Sends what the database was not told: of setups that closed up to `until`, or of all.

        False while the database is away: it is kept. Raises Rejected, after all was sent, where
        rows were rejected and `on_reject` is not "log".
        """
        if self._outbox is None:
            for setup in self._untold.values():
                self._forget(setup)
            self._untold.clear()
            self._corrections.clear()
            self._trades.clear()
            return True
        if self._outbox.is_away:
            return False
        limit = math.inf if until is None else _ms(until)
        due = [s for s in self._untold.values() if (s.closed_ms or s.opened_ms) <= limit]
        rejects: list[tuple[str, str]] = []
        done = self._register() and self._send(due, rejects)
        if rejects:
            if self._on_reject == "raise":
                raise Rejected(rejects)
            for code, reason in rejects:
                _LOG.warning("rejected: %s %s", code, reason)
        return done

    def close(self) -> None:
        """Sends what there is and lets the database go."""
        try:
            self.flush()
        finally:
            if self._client is not None:
                self._client.close()
            if self._outbox is not None:
                self._outbox.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(
        self,
        pair: str,
        bar: Candle,
        values: Mapping[str, float | None] | None,
        scope: Mapping[str, Any],
    ) -> Answer:
        of_pair = self._pairs.setdefault(pair, _Pair(pair))
        newest = of_pair.newest_ts
        if newest is not None and bar.ts <= newest:
            return of_pair.newest_answer if bar.ts == newest else Answer()
        if not all(map(math.isfinite, bar)):
            raise ValueError(f"{pair}: a bar without prices: {bar}")
        seen = None if values is None else self._seen(values)
        if newest is not None and bar.ts - newest > (BRIDGED + 1) * self._step:
            self._break(of_pair, newest + self._step)
        of_pair.newest_ts = bar.ts
        self._follow(of_pair, bar)
        if seen is None:
            if of_pair.open is not None:
                self._end(of_pair, bar.ts + self._step)
            of_pair.is_cut = False
            of_pair.newest_answer = Answer()
        else:
            of_pair.newest_answer = self._watch(of_pair, bar, seen, scope)
        return of_pair.newest_answer

    def _seen(self, values: Mapping[str, float | None]) -> tuple[float, ...] | None:
        """The gates' values, where each is known and in reach of a threshold."""
        seen = []
        for lever in self._levers:
            value = values[lever.name]
            if value is None or not lever.in_reach(value) or not math.isfinite(value):
                return None
            seen.append(float(value))
        return tuple(seen)

    def _watch(
        self, of_pair: _Pair, bar: Candle, seen: tuple[float, ...], scope: Mapping[str, Any]
    ) -> Answer:
        """The setup is there: its window takes the bar, and the gates in force answer."""
        full_scope = self._scope_of(of_pair.name, scope)
        in_force = self._in_force(full_scope)
        thresholds = tuple(in_force[name].value for name in self._names)
        judged = list(zip(self._gates, seen, thresholds, strict=True))
        failed = tuple(g.name for g, value, t in judged if g.margin(value, t) < 0)
        told = dict(zip(self._names, thresholds, strict=True))
        if of_pair.is_cut:
            return Answer(not failed, None, None, failed, told)
        exists_at = bar.ts + self._step
        if of_pair.open is None:
            window_id = f"{self.pattern}:{of_pair.name}:{self.timeframe}:{bar.ts}"
            attempt = of_pair.followed[-1].attempt_id if of_pair.followed else window_id
            of_pair.open = Setup(
                window_id, attempt, of_pair.name, full_scope, self._gates, exists_at
            )
            of_pair.followed.append(of_pair.open)
            self._setups[window_id] = of_pair.open
        of_pair.open.add(
            Bar(
                bar_ts=bar.ts,
                exists_at=exists_at,
                close=bar.close,
                values=seen,
                thresholds=thresholds,
                margin=smallest_margin(self._gates, seen, thresholds),
                told={},
                overrides=tuple(
                    sorted({g.override_id for g in in_force.values() if g.override_id is not None})
                ),
            )
        )
        window_id = of_pair.open.window_id
        return Answer(not failed, window_id, f"{window_id}@{bar.ts}", failed, told)

    def _follow(self, of_pair: _Pair, bar: Candle) -> None:
        exists_at = bar.ts + self._step
        for setup in list(of_pair.followed):
            setup.follow(bar, exists_at, self._exit)
            if setup.sale is not None:
                # What was sold is no opportunity any more: a setup still there is another one.
                if setup is of_pair.open:
                    self._end(of_pair, exists_at)
                of_pair.followed.remove(setup)
                self._untold[setup.window_id] = setup

    def _end(self, of_pair: _Pair, at_ms: int) -> None:
        setup, of_pair.open = of_pair.open, None
        assert setup is not None
        setup.closed_ms = at_ms
        self._untold[setup.window_id] = setup

    def _break(self, of_pair: _Pair, at_ms: int) -> None:
        """Bars are missing: nobody knows how what is pending went on."""
        if of_pair.open is not None:
            self._end(of_pair, at_ms)
        for setup in of_pair.followed:
            setup.gap, setup.sold_ms = True, at_ms
            self._untold[setup.window_id] = setup
        of_pair.followed.clear()
        of_pair.is_cut = True

    def _forget(self, setup: Setup) -> None:
        if setup.is_over:
            self._setups.pop(setup.window_id, None)

    def _scope_of(self, pair: str, more: Mapping[str, Any]) -> dict[str, Any]:
        return {**self._scope, "pair": pair, "timeframe": self.timeframe, **more}

    def _in_force(self, scope: Mapping[str, Any]) -> Mapping[str, InForce]:
        if self._client is None:
            return self._base
        try:
            return {**self._base, **self._client.gates(self.pattern, scope)}
        except NoGates:
            return self._base

    def _register(self) -> bool:
        """Registers the gates once; False while the database is away."""
        if self._registration is not None and self._outbox is not None:
            if self._outbox.call("register_gates", self._registration) is None:
                return False
            self._registration = None
        return True

    def _named(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"pattern_key": self.pattern, "run": self.run, **row}

    def _send(self, due: list[Setup], rejects: list[tuple[str, str]]) -> bool:
        """Sends in batches, windows before trades; False where the database went away."""
        assert self._outbox is not None
        for at in range(0, len(due), BATCH):
            batch = due[at : at + BATCH]
            found = self._outbox.send_windows([self._named(s.row(self._fee)) for s in batch])
            if found is None:
                return False
            rejects += found
            for setup in batch:
                del self._untold[setup.window_id]
                self._forget(setup)
        if self._corrections:
            found = self._outbox.send_windows(list(self._corrections.values()))
            if found is None:
                return False
            rejects += found
            self._corrections.clear()
        while self._trades:
            found = self._outbox.send_trades(self._trades[:BATCH])
            if found is None:
                return False
            rejects += found
            del self._trades[:BATCH]
        return True


def _milliseconds(timeframe: str) -> int:
    match = re.fullmatch(r"(\d+)([smhdw])", timeframe)
    if match is None or int(match[1]) == 0:
        raise ValueError(f"{timeframe!r} is no timeframe: a number and s, m, h, d or w, as in 5m")
    return int(match[1]) * _UNITS[match[2]]


def _ms(time: Any) -> int:
    """Epoch ms of a number of them or a datetime."""
    if isinstance(time, datetime):
        zoned = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
        return round(zoned.timestamp() * 1000)
    return int(time)


def _column(values: Any) -> list[Any]:
    """A column of a pandas or polars DataFrame, an array or a list, as plain values."""
    for name in ("to_list", "tolist"):
        if hasattr(values, name):
            return list(getattr(values, name)())
    return list(values)
