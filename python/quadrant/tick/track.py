"""One kind of opportunity at one position: its episode, its window, and windows that wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from quadrant.engine import Snapshot
from quadrant.gate import Gate, smallest_margin
from quadrant.tick import ladder
from quadrant.tick.actions import Action
from quadrant.tick.gates import OverrideIds, Thresholds
from quadrant.tick.kinds import EXIT_EVENTS, Event, Kind
from quadrant.tick.reading import Reading
from quadrant.tick.waiting import WaitingWindows
from quadrant.tick.writes import Writes
from quadrant.window import LATE_BARS, Bar, Window


@dataclass(slots=True)
class Attempt:
    """From S0 -> S1 until the next S0; it owns the episodes."""

    attempt_id: str
    entry_path: str = "breakout"
    cycles: int = 0


@dataclass(slots=True)
class Subject:
    """The position that is ticked, as its tracks see it.

    `key` names it in ids; windows are recorded with the `scope` of their opening; what `context`
    says of a pattern (posture, size) goes with the decisions nobody tells.
    """

    position_id: int
    key: str
    writes: Writes
    scope: dict[str, Any] = field(default_factory=dict)
    context: Callable[[str], dict[str, Any]] = lambda _: {}
    attempt: Attempt | None = None


class Track:
    """Follows one kind. `changed` says that what `to_json` gives is not what it was."""

    def __init__(self, kind: Kind, gates: tuple[Gate, ...], subject: Subject) -> None:
        self.kind = kind
        self.subject = subject
        self.register(gates)
        self.ends_with_a_trim = any(rule.event is Event.TRIM for rule in kind.outcomes)
        self.episode_id: str | None = None
        self.window: Window | None = None
        self.closed: Window | None = None
        self.waiting = WaitingWindows(subject.writes)
        self.inside = False
        self.changed = False

    def register(self, gates: tuple[Gate, ...]) -> None:
        """Windows that open from here on are held against these gates. Raises UnknownValue."""
        self.reading = Reading(self.kind, gates)
        self.base = {gate.name: gate.base for gate in gates}

    @property
    def busy(self) -> bool:
        """Is there a window that goes on, waits, or may still be corrected?"""
        return self.window is not None or bool(self.waiting) or self.closed is not None

    def in_force(self, thresholds: Thresholds | None) -> Mapping[str, float]:
        """Gate -> threshold in force; base where nothing is known."""
        return (thresholds or {}).get(self.kind.pattern_key) or self.base

    def passes(self, bar: Snapshot, thresholds: Thresholds | None) -> bool:
        """Does a window hold or open with this bar, and do all gates in force let it through?"""
        if bar.state != self.kind.state or (self.window is None and self.inside):
            return False
        if bar.trim and self.window is not None and self.ends_with_a_trim:
            return False
        return self.reading.passes(bar, self.in_force(thresholds))

    # -- the bar's parts, in order ---------------------------------------------------------

    def fill_at_open(self, bar: Snapshot) -> None:
        """Virtual orders of the bar before are filled at this bar's open."""
        if self.closed is not None and self.closed.closed_ms is not None:
            age = bar.exists_at - self.closed.closed_ms
            if age > LATE_BARS * (bar.exists_at - bar.bar_ts):
                self.closed = None
        if self.window is not None:
            self.changed |= self.window.fill_at_open(bar.open)
        self.changed |= self.waiting.fill_at_open(bar)

    def mark(self, bar: Snapshot) -> None:
        """Tells what the windows that wait for their result would come to at the bar's close."""
        self.waiting.mark(bar)

    def leave_state(self, bar: Snapshot) -> None:
        """The state has changed: a visit ends."""
        self.changed |= self.inside
        self.inside = False
        if self.window is not None and not self.kind.spans_visits:
            self._close(bar)

    def happen(self, event: Event, bar: Snapshot) -> None:
        """Applies the kind's rules for an event; whatever is judged is finalised before."""
        if event in self.kind.begins_on and self.episode_id is None and self.subject.attempt:
            self._begin(self.subject.attempt)
        for rule in self.kind.outcomes:
            if rule.event is event:
                if self.window is not None:
                    self._close(bar)
                above = bar.close if rule.above_reference else None
                self.changed |= self.waiting.judge(bar, rule.verdict, event.value, above)
        if event in EXIT_EVENTS:
            self.changed |= self.waiting.leave()
        if event in self.kind.ends_on:
            self._end(bar)

    def watch(
        self,
        bar: Snapshot,
        thresholds: Thresholds | None,
        overrides: OverrideIds | None = None,
    ) -> None:
        """Opens, continues or closes the window, as the bar lies within reach or not."""
        reading = self.reading
        values, told = reading.values(bar)
        in_force = self.in_force(thresholds)
        was_inside, self.inside = self.inside, reading.within_reach(bar, values)
        self.changed |= was_inside != self.inside
        if not self.inside:
            if self.window is not None and not self.kind.spans_visits:
                self._close(bar)
            return
        if self.window is None and not was_inside:
            self._open(bar, in_force)
        if self.window is None:
            return
        if self.window.gates != reading.gates:
            reading = Reading(self.kind, self.window.gates)
            values, told = reading.values(bar)
        limits = reading.limits(in_force)
        margin = smallest_margin(reading.gates, values, limits)
        self.window.add(
            Bar(
                bar.bar_ts,
                bar.exists_at,
                bar.close,
                values,
                limits,
                margin,
                told,
                overrides=(overrides or {}).get(self.kind.pattern_key, ()),
            )
        )
        if self.kind.ladder:
            ladder.sink(self.window.extra, bar)
        self.changed = True

    def take(self, action: Action, bar: Snapshot) -> Window | None:
        """A buy or a pass: the window its signal bar lies in, None if there is none here."""
        window = self._window_of(action, bar)
        if window is None:
            return None
        self.changed = True
        if action.kind == "pass":
            told = window.note_pass(action.signal_bar_ts, action.reason or "unsaid")
            if told is not None:
                self._write(window, told)
            return window
        if self.kind.ladder:
            ladder.climb(window.extra, action, bar)
        seen = window.act(action.signal_bar_ts, action.trade_id)
        if seen is not None:
            self._write(window, action.context | seen | window.final_factors())
            if window.closed_ms is not None:
                self._tell(window)
        return window

    def lose_sight(self, bar: Snapshot, reason: str) -> None:
        """What cannot be judged ends as neutral, without a virtual result."""
        if self.window is not None:
            self._close(bar)
        self.waiting.judge(bar, "neutral", reason)
        self._end(bar)
        self.waiting.clear()
        self.closed = None
        self.inside = False
        self.changed = True

    def told_before(self, action: Action) -> Window | None:
        """The open window that this very buy was told of already."""
        decision = self.window.decision if self.window is not None else None
        told = ("acted", action.trade_id, action.signal_bar_ts)
        if decision is None or (decision.decision, decision.trade_id, decision.bar_ts) != told:
            return None
        return self.window

    def why_not(self) -> str | None:
        """Why a buy or pass that `take` refused found no place here; None: there is no window."""
        if self.window is not None and self.window.decision is not None:
            return f"the window {self.window.window_id} was bought already"
        window = self.window or self.closed
        if window is None:
            return None
        ended = "" if self.window is not None else " (ended)"
        return f"a buy on that bar cannot land in the window {window.window_id}{ended} any more"

    # -- small rules -----------------------------------------------------------------------

    def _window_of(self, action: Action, bar: Snapshot) -> Window | None:
        """The window a buy belongs to: one that holds its bar, or a ladder already begun."""
        window, closed = self.window, self.closed
        if window is not None and window.holds(action.signal_bar_ts):
            return window
        if window is not None and self.kind.ladder and window.decision is not None:
            return window
        return closed if closed is not None and closed.holds(action.signal_bar_ts) else None

    def _begin(self, attempt: Attempt) -> None:
        self.episode_id = f"{attempt.attempt_id}:{self.kind.tag}"
        if self.kind.spans_visits:
            attempt.cycles += 1
            self.episode_id += f":{attempt.cycles}"
        self.changed = True

    def _open(self, bar: Snapshot, in_force: Mapping[str, float]) -> None:
        attempt = self.subject.attempt
        assert attempt is not None
        if self.episode_id is None:
            self._begin(attempt)
        assert self.episode_id is not None
        extra: dict[str, Any] = {}
        if self.kind.entry_paths:
            extra["entry_path"] = attempt.entry_path
        if self.kind.ladder:
            extra |= ladder.begun(in_force[self.kind.ladder])
        self.window = Window(
            window_id=f"{self.subject.key}:{self.kind.tag}:{bar.bar_ts}",
            episode_id=self.episode_id,
            attempt_id=attempt.attempt_id,
            opened_ms=bar.exists_at,
            scope=dict(self.subject.scope),
            extra=extra,
            gates=self.reading.gates,
            is_ladder=self.kind.ladder is not None,
        )
        self._write(self.window, dict(extra))
        self.changed = True

    def _close(self, bar: Snapshot) -> None:
        """Finalises the window: its decision, its samples."""
        window, self.window = self.window, None
        assert window is not None
        window.closed_ms = bar.exists_at
        if self.kind.opportunity_key:
            window.extra[self.kind.opportunity_key] = window.reference_margin >= 0
        seen: dict[str, Any] = {}
        if window.decision is None:
            seen = self.subject.context(self.kind.pattern_key) | window.skip()
        self._write(window, seen | window.final_factors())
        self._tell(window)
        self.waiting.add(window)
        self.closed = window if window.bars else None
        self.changed = True

    def _write(self, window: Window, factors: dict[str, Any]) -> None:
        """A row of the window with everything known of it but its factors of before."""
        row: dict[str, Any] = {
            "window_id": window.window_id,
            "episode_id": window.episode_id,
            "attempt_id": window.attempt_id,
            "position_id": self.subject.position_id,
            "episode_type": self.kind.episode_type,
            "pattern_key": self.kind.pattern_key,
            "scope": window.scope,
            "opened_ms": window.opened_ms,
        }
        if window.closed_ms is not None:
            row["closed_ms"] = window.closed_ms
        if window.decision is not None:
            row |= {
                "decision": window.decision.decision,
                "decided_ms": window.decision.decided_ms,
                "blocked_by": list(window.decision.blocked_by),
                "trade_id": window.decision.trade_id,
            }
        self.subject.writes.window(row, factors)

    def _tell(self, window: Window) -> None:
        """The strand of a finalised window, again where a late fill corrected its decision."""
        decision = window.decision
        assert decision is not None
        self.subject.writes.strand(
            "uptrend_buy_window",
            f"{window.window_id}:{decision.decision}",
            self.subject.position_id,
            window.closed_ms or decision.decided_ms,
            {
                "window_id": window.window_id,
                "pattern_key": self.kind.pattern_key,
                "decision": decision.decision,
                "blocked_by": list(decision.blocked_by),
                "opened_ms": window.opened_ms,
                "decided_ms": decision.decided_ms,
                "bars": window.n_bars,
                "samples": len(window.samples),
            }
            | window.extra,
            episode_id=window.episode_id,
            trade_id=decision.trade_id,
        )

    def _end(self, bar: Snapshot) -> None:
        """The episode is over; the database sums it up from its windows."""
        if self.episode_id is None:
            return
        self.subject.writes.ending(
            episode_id=self.episode_id,
            position_id=self.subject.position_id,
            episode_type=self.kind.episode_type,
            pattern_key=self.kind.pattern_key,
            ended_ms=bar.exists_at,
        )
        self.episode_id = None
        self.changed = True

    # -- what is stored --------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """What the track needs to go on; only what there is."""
        parts = {
            "episode_id": self.episode_id,
            "window": self.window.to_json() if self.window else None,
            "closed": self.closed.to_json() if self.closed else None,
            "awaiting": self.waiting.to_json(),
            "inside": self.inside,
        }
        return {name: part for name, part in parts.items() if part}

    def restore(self, data: Mapping[str, Any]) -> None:
        """Goes on from what `to_json` wrote."""
        self.episode_id = data.get("episode_id")
        self.window = (
            Window.from_json(data["window"], self.reading.gates) if "window" in data else None
        )
        self.closed = (
            Window.from_json(data["closed"], self.reading.gates) if "closed" in data else None
        )
        self.waiting = WaitingWindows(self.subject.writes, data.get("awaiting", ()))
        self.inside = data.get("inside", False)
