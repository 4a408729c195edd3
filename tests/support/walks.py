"""A market by chance, for tests that need every kind of window and no meaning."""

from __future__ import annotations

import numpy as np

from quadrant.bars import Bars


def walk(symbol: str, seed: int, days: int = 25) -> Bars:
    """15m bars of a random walk in trends of ten days: every kind of window comes up in it."""
    rng = np.random.default_rng(seed)
    n = days * 96
    drift = np.repeat(rng.choice([-0.0005, 0.0, 0.0005], size=n // 1000 + 1), 1000)[:n]
    close = 100 * np.exp(np.cumsum(drift + 0.006 * rng.standard_normal(n)))
    opened = np.concatenate(([100.0], close[:-1]))
    wicks = np.abs(rng.normal(0, 0.003, (2, n)))
    return Bars(
        symbol,
        "15m",
        1_704_067_200_000 + 900_000 * np.arange(n, dtype=np.int64),
        opened,
        np.maximum(opened, close) * (1 + wicks[0]),
        np.minimum(opened, close) * (1 - wicks[1]),
        close,
        rng.lognormal(9, 1, n),
    )
