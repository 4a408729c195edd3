"""The state machine of one position: attempt, windows, outcomes, virtual results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot
from quadrant.tick.gates import Gate, smallest_margin
from quadrant.tick.kinds import OPENING_SLACK, Kind
from quadrant.tick.window import Bar, Values, Window
from quadrant.tick.writes import Writes

FEE = 0.001
"""Fee per side of a virtual trade, a fraction of its turnover."""
MAX_MISSING_BARS = 3
"""More missing bars than this close what is pending as neutral."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something the PM did: an entry order of `trade_id`, decided on the bar `signal_bar_ts`."""

    kind: str
    signal_bar_ts: int
    trade_id: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Attempt:
    """From S0 -> S1 until the next S0; it owns the episode and counts its windows."""

    attempt_id: str
    entry_path: str = "breakout"


@dataclass(slots=True)
class Awaiting:
    """A closed window waiting for its outcome, its virtual result, or both."""

    identity: dict[str, Any]
    reference_close: float
    entry: float | None
    judged: bool = False
    leaving: bool = False


class PositionTicker:
    """Ticks one position, bar by bar; `writes` receives what has to be stored.

    `process` must be given each closed bar once, oldest first; a bar at or before `last_bar_ts`
    is stale: nothing changes and the answer is False. `scope` and `context` (posture, size) are
    what windows are recorded with. `dirty` says that the state to be stored changed since it was
    last cleared; `memo` is kept with it for whoever trades the position.
    """

    def __init__(
        self,
        position_id: int,
        key: str,
        timeframe: str,
        *,
        kind: Kind,
        gates: tuple[Gate, ...],
        writes: Writes,
    ) -> None:
        self.position_id = position_id
        self.key = key
        self.kind = kind
        self.gates = gates
        self.writes = writes
        self.bar_ms = TIMEFRAMES[timeframe]
        self.base: Values = tuple(g.base for g in gates)
        self.values_of = kind.reader(gates)
        self.anchor = next(n for n, g in enumerate(gates) if g.name == kind.anchor_gate)
        self.widest = gates[self.anchor].base + gates[self.anchor].span
        self.scope: dict[str, Any] = {}
        self.last_bar_ts: int | None = None
        self.state = "S4"
        self.attempt: Attempt | None = None
        self.window: Window | None = None
        self.awaiting: list[Awaiting] = []
        self.context: dict[str, Any] = {}
        self.memo: dict[str, Any] = {}
        self.dirty = False

    def process(
        self, bar: Snapshot, thresholds: Values | None = None, actions: Sequence[Action] = ()
    ) -> bool:
        """Takes one closed bar, the thresholds in force (None: base) and the PM's actions on it."""
        if self.last_bar_ts is not None and bar.bar_ts <= self.last_bar_ts:
            return False
        if self.missing_before(bar) > MAX_MISSING_BARS:
            self._close_as_neutral(bar, "data gap")
        self.last_bar_ts = bar.bar_ts
        if self.window is not None or self.awaiting:
            self._fill_at_open(bar)
        if self.window is not None:
            self._take_actions(self.window, actions)
        if bar.state != self.state:
            self._move(bar)
        if self.awaiting:
            self._watch_outcomes(bar)
        if bar.state == self.kind.state and self.attempt is not None:
            self._watch_window(bar, thresholds or self.base, actions)
        return True

    def missing_before(self, bar: Snapshot) -> int:
        """Bars missing before this one; after a restart only the engine may know of them."""
        since_last = 0
        if self.last_bar_ts is not None:
            since_last = (bar.bar_ts - self.last_bar_ts) // self.bar_ms - 1
        return max(since_last, bar.missing_bars)

    # -- the bar's parts, in order ---------------------------------------------------------

    def _fill_at_open(self, bar: Snapshot) -> None:
        """Virtual orders of the bar before are filled at this bar's open."""
        window = self.window
        if window is not None and window.reference_entry is None:
            window.reference_entry = bar.open
            self.dirty = True
        left = False
        for waiting in self.awaiting:
            if waiting.entry is None:
                waiting.entry = bar.open
                self.dirty = True
            if waiting.leaving:
                left = True
                roi = (bar.open * (1 - FEE) - waiting.entry * (1 + FEE)) / waiting.entry
                self.writes.window(
                    waiting.identity,
                    entry_price=waiting.entry,
                    exit_price=bar.open,
                    roi=roi,
                    roi_ms=bar.bar_ts,
                )
        if left:
            self.awaiting = [w for w in self.awaiting if not w.leaving]
            self.dirty = True

    def _move(self, bar: Snapshot) -> None:
        """A change of state: attempts begin and end here."""
        before, self.state = self.state, bar.state
        self.dirty = True
        self.writes.position(self.position_id, state=bar.state)
        if before == "S4" and self.attempt is None and bar.state != "S0":
            return
        self.writes.strand(
            "uptrend_stage_transition",
            f"{self.key}:{bar.bar_ts}",
            self.position_id,
            bar.exists_at,
            episode_id=self._episode_id,
            before=before,
            after=bar.state,
            close=bar.close,
        )
        if self.window is not None and bar.state != self.kind.state:
            self._close_window(bar)
        if before == "S0" and bar.state == "S1":
            self.attempt = Attempt(f"{self.key}:{bar.bar_ts}")
        elif before == "S2" and bar.state == "S1" and self.attempt is not None:
            self.attempt.entry_path = "retest"
        elif bar.state == "S3":
            self._judge(bar, "success", "reached S3")
        elif bar.state == "S0":
            self._judge(bar, "failure", "returned to S0")
            self._leave()
            self.attempt = None

    def _watch_outcomes(self, bar: Snapshot) -> None:
        """Trim flags make successes, an emergency ends the virtual trades."""
        if bar.trim and bar.state == "S2":
            self._judge(bar, "success", "trim flag in S2", above=bar.close)
        if bar.emergency:
            self._leave()

    def _watch_window(self, bar: Snapshot, thresholds: Values, actions: Sequence[Action]) -> None:
        values = self.values_of(bar)
        reach = max(self.widest, thresholds[self.anchor]) + OPENING_SLACK
        if values[self.anchor] > reach:
            if self.window is not None:
                self._close_window(bar)
            return
        margin = smallest_margin(self.gates, values, thresholds)
        if self.window is None:
            assert self.attempt is not None
            self.window = Window(
                window_id=f"{self.key}:{self.kind.tag}:{bar.bar_ts}",
                opened_ms=bar.exists_at,
                scope=dict(self.scope),
                entry_path=self.attempt.entry_path,
            )
            self.writes.window(
                self._identity(self.window), factors={"entry_path": self.attempt.entry_path}
            )
        window = self.window
        window.add(
            Bar(bar.bar_ts, bar.exists_at, bar.close, values, thresholds, margin), self.gates
        )
        self.dirty = True
        self._take_actions(window, actions)

    def _take_actions(self, window: Window, actions: Sequence[Action]) -> None:
        """Freezes the decision of an entry whose signal bar lies in the window."""
        for action in actions:
            if action.kind == "entry" and window.act(
                action.signal_bar_ts, self.gates, action.context, action.trade_id
            ):
                self.dirty = True
                self.writes.window(
                    self._identity(window),
                    factors=window.final_factors(self.gates),
                    trade_id=action.trade_id,
                )

    # -- small rules -----------------------------------------------------------------------

    @property
    def _episode_id(self) -> str | None:
        return f"{self.attempt.attempt_id}:{self.kind.tag}" if self.attempt else None

    def _identity(self, window: Window) -> dict[str, Any]:
        """The columns every row of this window carries."""
        assert self.attempt is not None
        identity: dict[str, Any] = {
            "window_id": window.window_id,
            "episode_id": self._episode_id,
            "attempt_id": self.attempt.attempt_id,
            "position_id": self.position_id,
            "episode_type": self.kind.episode_type,
            "pattern_key": self.kind.pattern_key,
            "scope": window.scope,
            "opened_ms": window.opened_ms,
        }
        if window.decision is not None:
            identity |= {
                "decision": window.decision.decision,
                "decided_ms": window.decision.decided_ms,
                "blocked_by": window.decision.blocked_by,
            }
        return identity

    def _close_window(self, bar: Snapshot) -> None:
        window, self.window = self.window, None
        assert window is not None
        window.skip(self.gates, self.context)
        identity = self._identity(window)
        factors = window.final_factors(self.gates)
        self.writes.window(identity, closed_ms=bar.exists_at, factors=factors)
        self.awaiting.append(Awaiting(identity, window.reference_close, window.reference_entry))
        self.dirty = True

    def _judge(
        self, bar: Snapshot, outcome: str, reason: str, *, above: float | None = None
    ) -> None:
        """Gives the outcome to every window that has none (with `above`: bought below it)."""
        for waiting in self.awaiting:
            if waiting.judged or (above is not None and above <= waiting.reference_close):
                continue
            waiting.judged = True
            self.dirty = True
            self.writes.window(
                waiting.identity, outcome=outcome, outcome_reason=reason, outcome_ms=bar.exists_at
            )

    def _leave(self) -> None:
        """The exit rule fired: virtual trades close at the next open."""
        for waiting in self.awaiting:
            waiting.leaving = True
            self.dirty = True

    def _close_as_neutral(self, bar: Snapshot, reason: str) -> None:
        """What cannot be judged: everything pending ends without outcome or virtual result."""
        if self.window is not None:
            self._close_window(bar)
        self._judge(bar, "neutral", reason)
        self.awaiting = []
        self.attempt = None
        self.dirty = True

    # -- what is stored --------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """The state a ticker needs to go on after this bar."""
        return {
            "state": self.state,
            "attempt": asdict(self.attempt) if self.attempt else None,
            "window": self.window.to_json() if self.window else None,
            "awaiting": [asdict(w) for w in self.awaiting],
            "memo": self.memo,
        }

    def restore(self, state: dict[str, Any], last_bar_ts: int | None) -> None:
        """Goes on from what `to_json` wrote ({}: a new position)."""
        self.last_bar_ts = last_bar_ts
        if state:
            self.state = state["state"]
            self.attempt = Attempt(**state["attempt"]) if state["attempt"] else None
            self.window = Window.from_json(state["window"]) if state["window"] else None
            self.awaiting = [Awaiting(**w) for w in state["awaiting"]]
            self.memo = state["memo"]
