"""What can be imported."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Experiments, or the actions of closed trades."""

    EPISODES = "episodes"
    TRADES = "trades"

    @property
    def row_kind(self) -> str:
        """The database's word for one row."""
        return "episode" if self is Kind.EPISODES else "trade"

    @property
    def table(self) -> str:
        """The table of the data model that holds them."""
        return f"pattern_{self.row_kind}_events"

    @property
    def needed(self) -> frozenset[str]:
        """Columns without which a file is of another kind; a time has several names."""
        if self is Kind.EPISODES:
            return frozenset({"pattern_key", "decision"})
        return frozenset({"trade_id", "pattern_key", "action_category", "roi"})
