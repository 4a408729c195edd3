"""Two ways to feed a ticker by hand: a tape without a database, a record with one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import pytest

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot
from quadrant.tick import Gate, Position, PositionBar, PositionTicker, Tick
from quadrant.tick.writes import Writes

TS = Gate("ts", "ts_score", at_most=False, base=0.60, span=0.10)
SLOPE = Gate("slope", "slope", at_most=False, base=0.0, span=0.02)
DX = Gate("dx", "dx_score", at_most=False, base=0.60, span=0.10)
GATES = {
    "pm.uptrend.S1.entry": (
        TS,
        Gate("halo", "halo_distance", at_most=True, base=1.0, span=0.2),
        SLOPE,
    ),
    "pm.uptrend.S2.entry": (
        TS,
        Gate("halo", "halo_distance", at_most=True, base=0.5, span=0.2),
        SLOPE,
    ),
    "pm.uptrend.S3.retest": (TS, DX, SLOPE),
    "pm.uptrend.S3.dx": (
        DX,
        Gate("dx_atr_mult", "dx_atr_mult", at_most=False, base=6.0, span=1.0),
    ),
}
S1_ENTRY = "pm.uptrend.S1.entry"
HOUR = TIMEFRAMES["1h"]
START = 1_704_067_200_000  # 2024-01-01 00:00 UTC
MakeBar = Callable[..., Snapshot]


class Tape:
    """Feeds a ticker bar after bar; keeps what it wrote as the database would."""

    def __init__(self, make_bar: MakeBar, timeframe: str = "1h") -> None:
        self.make_bar = make_bar
        self.timeframe = timeframe
        self.gates: Mapping[str, tuple[Gate, ...]] = GATES
        self.writes = Writes()
        self.ticker = self._ticker()
        self.ticker.subject.scope = {"chain": "test"}
        self.bar_ts = 0

    def _ticker(self) -> PositionTicker:
        return PositionTicker(7, "T", self.timeframe, gates=self.gates, writes=self.writes)

    def bar(
        self, state: str, *, skip: int = 0, actions: Any = (), thresholds: Any = None, **values: Any
    ) -> Snapshot:
        """One more bar of these values (see `make_bar`), `skip` of them missing before it.

        `thresholds` are {pattern key: {gate: threshold}}, or the three of S1; `actions` the PM's,
        or a function of the bar.
        """
        self.bar_ts += HOUR * (1 + skip)
        snapshot = self.make_bar(self.bar_ts, state, missing=skip, **values)
        if callable(actions):
            actions = actions(snapshot)
        if isinstance(thresholds, tuple):
            thresholds = {S1_ENTRY: dict(zip(("ts", "halo", "slope"), thresholds, strict=True))}
        self.ticker.process(snapshot, thresholds, actions)
        return snapshot

    def walk(self, *states: str) -> Snapshot:
        """Plain bars of these states; the last of them."""
        return [self.bar(state) for state in states][-1]

    def restart(self) -> None:
        """Goes on with a ticker that knows no more than what was stored."""
        old, self.ticker = self.ticker, self._ticker()
        stored = json.loads(json.dumps(old.to_json()))
        self.ticker.restore(stored, old.last_bar_ts)
        self.ticker.subject.scope = old.subject.scope

    def of(self, episode_type: str) -> list[dict[str, Any]]:
        """Windows of a kind with their results, as the table would hold them."""
        return [
            {name: value for name, value in window.items() if value is not None}
            | self.writes.results.get(window["window_id"], {})
            for window in self.writes.windows.values()
            if window["episode_type"] == episode_type
        ]

    @property
    def windows(self) -> list[dict[str, Any]]:
        """Those of the kind s1_entry."""
        return self.of("s1_entry")


class Record:
    """Feeds a real tick bar after bar and reads back what the database holds."""

    def __init__(self, connection: psycopg.Connection[Any], make_bar: MakeBar) -> None:
        self.connection = connection
        self.make_bar = make_bar
        self.position = Position("test", "T", "T", "1h", total_allocation_pct=10)
        self.tick = Tick(connection, "record")
        self.bar_ts = START

    def bar(self, state: str, *, skip: int = 0, actions: Any = (), **values: Any) -> Snapshot:
        """One more bar, in a transaction of its own."""
        self.bar_ts += HOUR * (1 + skip)
        snapshot = self.make_bar(self.bar_ts, state, missing=skip, **values)
        if callable(actions):
            actions = actions(snapshot)
        self.tick.process(PositionBar(self.position, snapshot, {"chain": "test"}), actions)
        return snapshot

    def walk(self, *states: str) -> Snapshot:
        """Plain bars of these states; the last of them."""
        return [self.bar(state) for state in states][-1]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database answers."""
        return self.connection.execute(query, values).fetchall()

    def strands(self, kind: str) -> list[Mapping[str, Any]]:
        """Strands of a kind in order: content, links and `happened_ms` in one."""
        rows = self.rows(
            "select s.content || jsonb_build_object('episode_id', s.episode_id, 'trade_id', "
            "s.trade_id, 'position_id', s.position_id, 'strand_key', s.strand_key, 'happened_ms', "
            "(extract(epoch from s.happened_at) * 1000)::bigint) "
            "from learning.ad_strands as s where s.kind = %s order by s.happened_at, s.id",
            kind,
        )
        return [row[0] for row in rows]

    def summaries(self, episode_type: str) -> list[Mapping[str, Any]]:
        """The summaries of a kind's episodes."""
        told = self.strands("uptrend_episode_summary")
        return [strand for strand in told if strand["episode_type"] == episode_type]


@pytest.fixture
def tape(make_bar: MakeBar) -> Tape:
    return Tape(make_bar)


@pytest.fixture
def make_tape(make_bar: MakeBar) -> Callable[..., Tape]:
    def make(timeframe: str = "1h") -> Tape:
        return Tape(make_bar, timeframe)

    return make


@pytest.fixture
def record(connection: psycopg.Connection[Any], make_bar: MakeBar) -> Record:
    return Record(connection, make_bar)
