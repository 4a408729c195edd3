"""Windows of a track that are over and wait for their outcome, their virtual result, or both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

from quadrant.engine import Snapshot
from quadrant.tick.writes import Writes
from quadrant.window import Window, virtual_roi

FEE = 0.001
"""Fee per side of a virtual trade, a fraction of its turnover."""


@dataclass(slots=True)
class Waiting:
    """A window that waits; `leaving`: its virtual unit is sold at the next open."""

    window_id: str
    reference_close: float
    entry: float | None
    judged: bool = False
    leaving: bool = False


class WaitingWindows:
    """All of a track's, oldest first. Methods answer whether anything changed."""

    def __init__(self, writes: Writes, stored: Iterable[Iterable[Any]] = ()) -> None:
        self._writes = writes
        self._windows = [Waiting(*values) for values in stored]

    def __bool__(self) -> bool:
        return bool(self._windows)

    def add(self, window: Window) -> None:
        """The window is finalised, and waits from now on."""
        self._windows.append(
            Waiting(window.window_id, window.reference_close, window.reference_entry)
        )

    def fill_at_open(self, bar: Snapshot) -> bool:
        """Virtual orders of the bar before are filled at this bar's open."""
        changed = False
        for waiting in self._windows:
            if waiting.entry is None:
                waiting.entry = bar.open
                changed = True
            if waiting.leaving:
                self._writes.result(
                    waiting.window_id,
                    entry_price=waiting.entry,
                    exit_price=bar.open,
                    roi=virtual_roi(waiting.entry, bar.open, FEE),
                    roi_ms=bar.bar_ts,
                )
                changed = True
        self._windows = [w for w in self._windows if not w.leaving]
        return changed

    def mark(self, bar: Snapshot) -> None:
        """Tells what they would come to at the bar's close."""
        for waiting in self._windows:
            if waiting.entry is not None:
                self._writes.mark(
                    waiting.window_id,
                    entry_price=waiting.entry,
                    exit_price=bar.close,
                    roi=virtual_roi(waiting.entry, bar.close, FEE),
                    marked_ms=bar.exists_at,
                )

    def leave(self) -> bool:
        """An exit event: whatever waits is sold at the next open."""
        changed = not all(waiting.leaving for waiting in self._windows)
        for waiting in self._windows:
            waiting.leaving = True
        return changed

    def judge(self, bar: Snapshot, outcome: str, reason: str, above: float | None = None) -> bool:
        """Gives the outcome to every window that has none (with `above`: bought below it)."""
        changed = False
        for waiting in self._windows:
            if waiting.judged or (above is not None and above <= waiting.reference_close):
                continue
            waiting.judged = changed = True
            self._writes.result(
                waiting.window_id,
                outcome=outcome,
                outcome_reason=reason,
                outcome_ms=bar.exists_at,
            )
        return changed

    def clear(self) -> None:
        """None of them is followed any more."""
        self._windows = []

    def to_json(self) -> list[tuple[Any, ...]]:
        """What the constructor takes as `stored`."""
        return [astuple(waiting) for waiting in self._windows]
