"""What ticks have to write, gathered until it is committed in one call of pm.apply_ticks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from quadrant.errors import QuadrantError


class StaleTickerError(QuadrantError):
    """Another ticker wrote the position meanwhile; nothing of this tick was written."""

    code = "QD008"


@dataclass(slots=True)
class Writes:
    """Rows by key; a later row of the same key adds to the earlier one."""

    positions: dict[int, dict[str, Any]] = field(default_factory=dict)
    windows: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    marks: list[dict[str, Any]] = field(default_factory=list)
    endings: list[dict[str, Any]] = field(default_factory=list)
    strands: list[dict[str, Any]] = field(default_factory=list)

    def position(self, position_id: int, **columns: Any) -> None:
        """Changes columns of a position."""
        self.positions.setdefault(position_id, {"position_id": position_id}).update(columns)

    def window(self, row: dict[str, Any], factors: dict[str, Any]) -> None:
        """A window with its columns as they are now; factors add to those before."""
        known = self.windows.setdefault(row["window_id"], {"factors": {}})
        known.update(row)
        known["factors"] |= factors

    def result(self, window_id: str, **columns: Any) -> None:
        """Adds an outcome or a virtual result to a window; a real outcome replaces neutral."""
        self.results.setdefault(window_id, {"window_id": window_id}).update(columns)

    def mark(self, window_id: str, **columns: Any) -> None:
        """What a window that waits for its virtual result would come to now."""
        self.marks.append({"window_id": window_id, **columns})

    def ending(self, **columns: Any) -> None:
        """An episode is over: the database tells its summary."""
        self.endings.append(columns)

    def strand(
        self,
        kind: str,
        key: str,
        position_id: int,
        happened_ms: int,
        content: dict[str, Any],
        *,
        episode_id: str | None = None,
        trade_id: str | None = None,
    ) -> None:
        """Tells a strand; `key` makes telling it twice harmless."""
        self.strands.append(
            {
                "kind": kind,
                "strand_key": f"{kind}:{key}",
                "position_id": position_id,
                "episode_id": episode_id,
                "trade_id": trade_id,
                "happened_ms": happened_ms,
                "content": content,
            }
        )

    def clear(self) -> None:
        """Forgets what was committed."""
        self.positions.clear()
        self.windows.clear()
        self.results.clear()
        self.marks.clear()
        self.endings.clear()
        self.strands.clear()
