"""Levers and made-up slices for the tests of judging."""

from __future__ import annotations

from typing import Any

import numpy as np

from quadrant.judging import Events, Lever, Samples, Settings, admissions, full_grid

TS = Lever("ts", "ts_score", False, 0.6, (-0.1, -0.05, 0.0, 0.05, 0.1), 0.0, 1.25)
HALO = Lever("halo", "halo_distance", True, 1.0, (-0.2, -0.1, 0.0, 0.1, 0.2), 0.1, 3.0)
SLOPE = Lever("slope", "slope", False, 0.0, (-0.02, -0.01, 0.0, 0.01, 0.02), -0.2, 0.2)
GRID = full_grid((TS, HALO, SLOPE))


def judged_by(**changes: Any) -> Settings:
    """The settings of the tests, with some of them changed."""
    usual = {
        "value_mode": "value",
        "min_ratio": 2.0,
        "min_days": 5,
        "draws": 500,
        "max_draws": 20_000,
    }
    return Settings(**(usual | changes))


def candidate(**steps: float) -> int:
    """The place in the grid of the candidate with these steps, the others at base."""
    wanted = {"ts": 0.0, "halo": 0.0, "slope": 0.0} | steps
    return next(i for i, s in enumerate(GRID.steps) if dict(s) == wanted)


def values_of(rng: np.random.Generator, n: int) -> np.ndarray:
    """One sample per event, spread over and around the gates."""
    return np.column_stack(
        [rng.normal(0.6, 0.1, n), np.abs(rng.normal(1.0, 0.3, n)), rng.normal(0.005, 0.02, n)]
    )


def market(seed: int, n: int = 600, days: int = 90, planted: float = 0.0) -> Events:
    """Break-even events (19 % successes worth four failures); ts below base by up to 0.10 earns
    `planted` more probability of success. Days share a part of their fate."""
    rng = np.random.default_rng(seed)
    values = values_of(rng, n)
    day = np.sort(rng.integers(0, days, n))
    mood = rng.normal(0.0, 0.3, days)[day]
    odds = np.log(0.19 / 0.81) + mood
    chance = 1 / (1 + np.exp(-odds)) + planted * ((values[:, 0] < 0.6) & (values[:, 0] >= 0.5))
    won = rng.random(n) < chance
    # tanh(roi / 0.1): 4 to 1 in value
    worth = np.where(won, 0.8, -0.2) * rng.uniform(0.9, 1.1, n)
    roi = 0.10 * np.arctanh(np.clip(worth, -0.99, 0.99))
    admitted = admissions(Samples(values, np.ones(n, dtype=np.intp)), GRID)
    return Events(day=day, won=won, roi=roi, admitted=admitted)
