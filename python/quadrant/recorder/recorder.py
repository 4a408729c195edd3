"""The recorder: bars of any strategy in, answers of its gates out, experiments to the database."""

from __future__ import annotations

import logging
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from quadrant.client import Gate as InForce
from quadrant.client import GateClient, NoGates
from quadrant.recorder.exits import Candle, Exit
from quadrant.recorder.levers import Lever
from quadrant.recorder.outbox import BATCH, Outbox, Rejected
from quadrant.recorder.pair import Answer, Pair, Rules
from quadrant.recorder.setup import iso
from quadrant.recorder.then import GatesThen

_LOG = logging.getLogger(__name__)
_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}

Time = int | float | datetime
"""Epoch ms, or a datetime (UTC where it has no zone)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of the rows of a frame: where all gates let the setup through, and the orders' tags."""

    passes: list[bool]
    tags: list[str | None]


class Recorder:
    """Records the experiments of one strategy on one timeframe; used from one thread.

    `pattern` is pm.<family>.<setup>; `exit` says when a virtual unit is sold, `fee` (a fraction a
    side) is paid on it. What is recorded stands under the label `namespace`/`run`: the same again
    adds nothing. `scope` is that of every bar, to which pair and timeframe are added; `dimensions`
    are the keys lessons are looked for by. `replace` takes gates that differ from the registered
    ones. With `allocate` closed trades of 15m, 1h and 4h move capital. With `gates_then` each bar
    of a backtest is answered by the gates that were in force when it closed (the database has to be
    there), else by those in force now. Without a `dsn` base gates answer, and nothing is recorded
    (an optimiser's passes). Raises QuadrantError with the database's code where it refuses the
    gates; a database that is away is waited for.
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
        gates_then: bool = False,
        replace: bool = False,
        on_reject: Literal["raise", "log"] = "raise",
    ) -> None:
        self.pattern = pattern
        self.timeframe = timeframe
        self.run = f"{namespace}/{run}"
        self._names = [lever.name for lever in gates]
        self._base = {lever.name: InForce(lever.base, lever.base) for lever in gates}
        self._step = _milliseconds(timeframe)
        self._scope = dict(scope or {})
        self._allocate = allocate
        self._on_reject = on_reject
        registration = {
            "gates": Jsonb([lever.row() for lever in gates]),
            "replace": replace,
            "dimensions": list(dimensions),
        }
        self._outbox = Outbox(dsn, pattern, self.run, fee, registration)
        held = tuple(lever.gate() for lever in gates)
        self._rules = Rules(gates, held, self._step, exit, self._outbox.note)
        self._pairs: dict[str, Pair] = {}
        self._client: GateClient | None = None
        self._then: GatesThen | None = None
        if dsn is not None:
            try:
                self._outbox.register()
            except BaseException:
                self._outbox.close()
                raise
            if gates_then:
                self._then = GatesThen(self._base, self._outbox.gates_over_time)
            else:
                base = {name: gate.base for name, gate in self._base.items()}
                self._client = GateClient(dsn, {pattern: base})

    @property
    def counts(self) -> Counter[str]:
        """What became of the rows that were sent: new, completed, already there, rejected."""
        return self._outbox.written

    @property
    def waiting(self) -> int:
        """How many rows the database was not told yet."""
        return self._outbox.waiting

    def gates(self, pair: str, **scope: Any) -> dict[str, float]:
        """The thresholds in force now; base while the database was never reached."""
        in_force = self._in_force(self._scope_of(pair, scope), math.inf)
        return {name: gate.value for name, gate in in_force.items()}

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
        rest, _, opened = window_id.rpartition(":")
        pair = rest.removeprefix(f"{self.pattern}:").removesuffix(f":{self.timeframe}")
        # Of before a restart: the rest of the row is there, or comes when its bars do.
        unknown = {
            "scope": self._scope_of(pair, {}),
            "opened_at": iso(int(opened) + self._step),
            "decided_at": iso(int(bar or opened) + self._step),
        }
        self._outbox.bought(window_id, int(bar) if bar else None, trade, unknown)

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
        self._outbox.closed(
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

    def flush(self, until: Time | None = None) -> bool:
        """Sends what the database was not told: of setups that closed up to `until`, or of all.

        False while the database is away: it is kept. Raises Rejected, after all was sent, where
        rows were rejected and `on_reject` is not "log".
        """
        done, rejects = self._outbox.flush(math.inf if until is None else _ms(until))
        if rejects and self._on_reject == "raise":
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
        of_pair = self._pairs.get(pair)
        if of_pair is None:
            prefix = f"{self.pattern}:{pair}:{self.timeframe}:"
            of_pair = self._pairs[pair] = Pair(pair, prefix, self._rules)
        return of_pair.take(bar, values, self._scope_of(pair, scope), self._in_force)

    def _scope_of(self, pair: str, more: Mapping[str, Any]) -> dict[str, Any]:
        return {**self._scope, "pair": pair, "timeframe": self.timeframe, **more}

    def _in_force(self, scope: Mapping[str, Any], at_ms: float) -> Mapping[str, InForce]:
        if self._then is not None:
            return self._then.gates(scope, at_ms)
        if self._client is None:
            return self._base
        try:
            return {**self._base, **self._client.gates(self.pattern, scope)}
        except NoGates:
            return self._base


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
