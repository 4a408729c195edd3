"""The state machine of one position: events of its attempt, handed to a track per kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot
from quadrant.gate import Gate
from quadrant.tick.actions import Action
from quadrant.tick.gates import OverrideIds, Thresholds
from quadrant.tick.kinds import EVENTS, KINDS, Event, Kind
from quadrant.tick.model import ActionAnswer
from quadrant.tick.track import Attempt, Subject, Track
from quadrant.tick.writes import Writes
from quadrant.window import Window

DAY_MS = 86_400_000
MAX_MISSING_BARS = 3
"""More missing bars than this close what is pending as neutral."""


class PositionTicker:
    """Ticks one position, bar by bar; `writes` receives what has to be stored.

    `process` must be given each closed bar once, oldest first; a bar at or before `last_bar_ts`
    is stale: nothing changes and the answer is False. `answers` says what became of the newest
    bar's actions, in their order. `subject.scope` and `subject.context` are
    what windows and decisions are recorded with. `dirty` says that the state to be stored changed
    since it was last cleared; `memo` is kept with it for whoever trades the position.
    """

    def __init__(
        self,
        position_id: int,
        key: str,
        timeframe: str,
        *,
        gates: Mapping[str, tuple[Gate, ...]],
        writes: Writes,
        kinds: Sequence[Kind] = KINDS,
    ) -> None:
        self.subject = Subject(position_id, key, writes)
        self.tracks = {
            kind.episode_type: Track(kind, gates[kind.pattern_key], self.subject) for kind in kinds
        }
        self.in_state = {
            state: tuple(t for t in self.tracks.values() if t.kind.state == state)
            for state in {kind.state for kind in kinds}
        }
        self.timeframe = timeframe
        self.bar_ms = TIMEFRAMES[timeframe]
        self.last_bar_ts: int | None = None
        self.state = "S4"
        self.memo: dict[str, Any] = {}
        self.dirty = False
        self.answers: tuple[ActionAnswer, ...] = ()

    def register(self, gates: Mapping[str, tuple[Gate, ...]]) -> None:
        """Windows that open from here on are held against these gates. Raises UnknownValue."""
        for track in self.tracks.values():
            track.register(gates[track.kind.pattern_key])

    @property
    def position_id(self) -> int:
        """The position's id in the database."""
        return self.subject.position_id

    @property
    def key(self) -> str:
        """What its ids begin with."""
        return self.subject.key

    def process(
        self,
        bar: Snapshot,
        thresholds: Thresholds | None = None,
        actions: Sequence[Action] = (),
        overrides: OverrideIds | None = None,
    ) -> bool:
        """Takes one closed bar, the thresholds in force (None: base), the PM's actions, and the
        overrides the thresholds come from.
        """
        if self.last_bar_ts is not None and bar.bar_ts <= self.last_bar_ts:
            self.answers = tuple(_answer(action, "stale") for action in actions)
            return False
        if self.missing_before(bar) > MAX_MISSING_BARS:
            self._lose_sight(bar)
        is_of_a_new_day = self._is_of_a_new_day(bar)
        self.last_bar_ts = bar.bar_ts
        for track in self.tracks.values():
            if track.busy:
                track.fill_at_open(bar)
                if is_of_a_new_day:
                    track.mark(bar)
        answers = {
            n: self._take(action, bar)
            for n, action in enumerate(actions)
            if action.signal_bar_ts < bar.bar_ts
        }
        if bar.state != self.state or bar.trim or bar.emergency:
            self._happen(bar)
        if self.subject.attempt is not None:
            for track in self.in_state.get(bar.state, ()):
                track.watch(bar, thresholds, overrides)
        answers |= {
            n: self._take(action, bar) for n, action in enumerate(actions) if n not in answers
        }
        self.answers = tuple(answers[n] for n in range(len(actions)))
        for track in self.tracks.values():
            if track.changed:
                self.dirty, track.changed = True, False
        return True

    def _is_of_a_new_day(self, bar: Snapshot) -> bool:
        """Does the bar exist on another UTC day than the one before it?"""
        before = (self.last_bar_ts or 0) + self.bar_ms
        return bar.exists_at // DAY_MS != before // DAY_MS

    def missing_before(self, bar: Snapshot) -> int:
        """Bars missing before this one; after a restart only the engine may know of them."""
        since_last = 0
        if self.last_bar_ts is not None:
            since_last = (bar.bar_ts - self.last_bar_ts) // self.bar_ms - 1
        return max(since_last, bar.missing_bars)

    def _happen(self, bar: Snapshot) -> None:
        """Names what the bar means to the attempt and tells every track of it."""
        before, self.state = self.state, bar.state
        if before != bar.state:
            self._move(before, bar)
        for event, holds in EVENTS:
            if not holds(before, bar):
                continue
            if event is Event.ATTEMPT_BEGAN:
                self.subject.attempt = Attempt(f"{self.key}:{bar.bar_ts}")
            for track in self.tracks.values():
                track.happen(event, bar)
            if event is Event.RETURNED_TO_S0:
                self.subject.attempt = None

    def _move(self, before: str, bar: Snapshot) -> None:
        """A change of state: it is told, visits of the old state end."""
        self.dirty = True
        subject = self.subject
        subject.writes.position(self.position_id, state=bar.state)
        if before == "S4" and bar.state != "S0":
            return
        if (before, bar.state) == ("S2", "S1") and subject.attempt is not None:
            subject.attempt.entry_path = "retest"
        subject.writes.strand(
            "uptrend_stage_transition",
            f"{self.key}:{bar.bar_ts}",
            self.position_id,
            bar.exists_at,
            {"before": before, "after": bar.state, "close": bar.close},
            episode_id=self._episode_of(before),
        )
        for track in self.in_state.get(before, ()):
            track.leave_state(bar)

    def _episode_of(self, state: str) -> str | None:
        """The episode under way of the kind that lives in a state."""
        return next((t.episode_id for t in self.in_state.get(state, ()) if t.episode_id), None)

    def _take(self, action: Action, bar: Snapshot) -> ActionAnswer:
        """An order or pass of the PM: a buy reaches its window, every order is told."""
        window = self._window_of(action, bar)
        if action.kind != "pass":
            self.subject.writes.strand(
                "pm_action",
                f"{self.key}:{action.trade_id}:{action.signal_bar_ts}:{action.kind}:"
                f"{action.episode_type or ''}",
                self.position_id,
                bar.exists_at if action.at_ms is None else action.at_ms,
                action.context
                | {
                    "action": action.kind,
                    "episode_type": action.episode_type,
                    "signal_bar_ts": action.signal_bar_ts,
                },
                episode_id=window.episode_id if window else None,
                trade_id=action.trade_id,
            )
        if action.kind in ("trim", "exit"):
            return _answer(action, "told")
        window = window or next(
            (w for t in self._asked(action) if (w := t.told_before(action))), None
        )
        if window is not None:
            return _answer(action, "landed", window_id=window.window_id)
        return _answer(action, "no_window", why=self._why_not(action))

    def _asked(self, action: Action) -> list[Track]:
        """The tracks whose windows an action may be for."""
        return [
            track
            for track in self.tracks.values()
            if action.episode_type in (None, track.kind.episode_type)
        ]

    def _why_not(self, action: Action) -> str:
        """Why a buy or pass landed in no window."""
        if self.subject.attempt is None:
            return "no attempt is under way since the position was last seen in S0, or after a gap"
        told = next((why for t in self._asked(action) if (why := t.why_not())), None)
        return told or f"no window of {action.episode_type or 'any kind'} was open at that bar"

    def _window_of(self, action: Action, bar: Snapshot) -> Window | None:
        """The window that took a buy or a pass; trims and exits have none."""
        if action.kind in ("trim", "exit"):
            return None
        taken = (track.take(action, bar) for track in self._asked(action))
        return next((window for window in taken if window), None)

    def _lose_sight(self, bar: Snapshot) -> None:
        """A gap: everything pending ends without outcome or virtual result."""
        for track in self.tracks.values():
            track.lose_sight(bar, "data gap")
        self.subject.attempt = None
        self.dirty = True

    # -- what is stored --------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """The state a ticker needs to go on after this bar."""
        tracks = {name: track.to_json() for name, track in self.tracks.items()}
        return {
            "state": self.state,
            "attempt": asdict(self.subject.attempt) if self.subject.attempt else None,
            "tracks": {name: track for name, track in tracks.items() if track},
            "memo": self.memo,
        }

    def restore(self, state: dict[str, Any], last_bar_ts: int | None) -> None:
        """Goes on from what `to_json` wrote ({}: a new position)."""
        self.last_bar_ts = last_bar_ts
        if state:
            self.state = state["state"]
            self.subject.attempt = Attempt(**state["attempt"]) if state["attempt"] else None
            for name, track in self.tracks.items():
                track.restore(state["tracks"].get(name, {}))
            self.memo = state["memo"]


def _answer(
    action: Action,
    result: Literal["landed", "no_window", "told", "stale"],
    *,
    window_id: str | None = None,
    why: str | None = None,
) -> ActionAnswer:
    return ActionAnswer(action.kind, action.signal_bar_ts, action.trade_id, result, window_id, why)
