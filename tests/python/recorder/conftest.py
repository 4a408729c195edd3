"""Bars on which setups appear that pay or do not, as told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

START = datetime(2026, 1, 1, tzinfo=UTC)


def _make_bars(
    surges: Sequence[float], pays: Sequence[bool], every: int = 4, minutes: int = 60
) -> dict[str, list[Any]]:
    """A frame with a setup each `every` bars; the bar after it moves 12 % up or 6 % down.

    One bar a setup: its `surge`, and `breakout` is true there.
    """
    frame: dict[str, list[Any]] = {
        name: [] for name in ("date", "open", "high", "low", "close", "surge", "breakout")
    }
    for place in range(len(surges) * every):
        setup, offset = divmod(place, every)
        end = (112.0 if pays[setup] else 94.0) if offset == 2 else 100.0
        row = (
            START + timedelta(minutes=minutes * place),
            *(100.0, max(100.0, end), min(100.0, end), end),
            surges[setup] if offset == 1 else 0.0,
            offset == 1,
        )
        for column, value in zip(frame.values(), row, strict=True):
            column.append(value)
    return frame


@pytest.fixture
def make_bars() -> Any:
    """Surges, which of them pay, bars per setup, minutes per bar -> a dict of columns."""
    return _make_bars


@pytest.fixture
def pm_dsn(database: str) -> str:
    """A bot's DSN: the rights of quadrant_pm and no others."""
    return make_conninfo(database, options="-c role=quadrant_pm")
