"""Histories of windows with and without something to learn, made by the bench of promises."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from quadrant.database import queries
from quadrant.judging import Grid, Lever

sys.path.append(str(Path(__file__).parents[2] / "bench" / "promises"))


@pytest.fixture
def grids(connection: Any) -> dict[str, Grid]:
    """The registered grids of a new database."""
    return {
        key: Grid.from_settings(settings)
        for key, settings in connection.execute(queries("backtest/grids")).fetchall()
    }


@pytest.fixture
def grid() -> Grid:
    """Like that of S1, without a database."""
    from markets import every_combination

    return every_combination(
        (
            Lever("ts", "ts_score", False, 0.6, (-0.1, -0.05, 0.0, 0.05, 0.1)),
            Lever("halo", "halo_distance", True, 1.0, (-0.2, -0.1, 0.0, 0.1, 0.2)),
            Lever("slope", "slope", False, 0.0, (-0.02, -0.01, 0.0, 0.01, 0.02)),
        )
    )
