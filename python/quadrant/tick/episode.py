"""One episode: its windows as they are finalised and judged, and the summary at its end."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Finalised:
    """A finalised window of an episode: `bars` in it, `levers` that would turn its decision."""

    window_id: str
    decision: str
    bars: int
    levers: list[dict[str, Any]]
    opportunity: bool
    outcome: str | None = None

    @property
    def went_wrong(self) -> bool:
        """A missed success or an acted failure."""
        return (self.decision, self.outcome) in (("skipped", "success"), ("acted", "failure"))


@dataclass(slots=True)
class Episode:
    """From its beginning event to its end; it spans every window of its kind in between."""

    episode_id: str
    windows: list[Finalised] = field(default_factory=list)

    def finalise(self, window: Finalised) -> None:
        """Takes a window, again where its decision was corrected by a fill reported late."""
        for n, known in enumerate(self.windows):
            if known.window_id == window.window_id:
                self.windows[n] = window
                return
        self.windows.append(window)

    def judge(self, window_id: str, outcome: str) -> None:
        """Notes the outcome of one of its windows."""
        for window in self.windows:
            if window.window_id == window_id:
                window.outcome = outcome

    @property
    def outcome(self) -> str | None:
        """success, failure, missed, correct_skip or neutral; None where no window opened.

        The windows the PM acted in speak first; one success among them is a success.
        """
        for decision, good, bad in (
            ("acted", "success", "failure"),
            ("skipped", "missed", "correct_skip"),
        ):
            outcomes = {w.outcome for w in self.windows if w.decision == decision}
            if "success" in outcomes:
                return good
            if "failure" in outcomes:
                return bad
        return "neutral" if self.windows else None

    def summary(self) -> dict[str, Any]:
        """What the episode's last strand tells.

        `levers_considered` are the levers that would have turned a window that went wrong:
        {lever, delta, severity, signal_confidence}, delta in the gate's unit.
        """
        bars = sum(w.bars for w in self.windows)
        return {
            "outcome": self.outcome,
            "windows": [
                {"window_id": w.window_id, "decision": w.decision, "outcome": w.outcome}
                for w in self.windows
            ],
            "levers_considered": [
                lever | {"signal_confidence": w.bars / bars}
                for w in self.windows
                if w.went_wrong
                for lever in w.levers
            ],
        }

    def to_json(self) -> dict[str, Any]:
        """The episode as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Episode:
        """The episode `to_json` wrote."""
        return cls(data["episode_id"], [Finalised(**w) for w in data["windows"]])
