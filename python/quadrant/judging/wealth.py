"""Evidence that holds at every look: the wealth of bets that a policy is better than another.

Betting on a bounded mean after Waudby-Smith and Ramdas (2024), with fixed bets averaged; an average
of wealths is a wealth, and by Ville's inequality a true null lets one reach 1/a with probability a
at most, whenever it is looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STAKES = (0.03, 0.06, 0.12, 0.25, 0.5)
"""In units of the gain's scale as the days before showed it."""
MOST_LOST = 0.9
"""No day can take more than this share of the wealth of any bet."""
PRIOR_DAYS = 5.0
"""The scale starts as that of this many days with gains of variance 1."""


def day_factors(gains: NDArray[np.float64], bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """log factors (stakes, days, candidates) by which each day multiplies the wealth of a stake.

    `gains` (days, candidates): the day's sum of differences, 0 where nothing changed; under the
    null its mean is 0 or less given the days before. `bounds` (days, candidates): what the day's
    sum can lose at most, known before it; 0 where nothing changed. Both stake and scale are fixed
    before the day.
    """
    squares = np.cumsum(gains * gains, axis=0)
    active = np.cumsum(bounds > 0, axis=0)
    before = np.zeros_like(gains)
    days_before = np.zeros_like(gains)
    before[1:] = squares[:-1]
    days_before[1:] = active[:-1]
    scale = np.sqrt((PRIOR_DAYS + before) / (PRIOR_DAYS + days_before))
    with np.errstate(divide="ignore"):
        cap = np.where(bounds > 0, MOST_LOST / bounds, 0.0)
    return np.stack([np.log1p(np.minimum(stake / scale, cap) * gains) for stake in STAKES])


def wealth(log_factors: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Wealth (candidates) after the last day, averaged over stakes and over `starts` (days)."""
    sums = np.pad(np.cumsum(log_factors, axis=1), ((0, 0), (1, 0), (0, 0)))
    grown = np.exp(sums[:, -1:, :] - sums[:, starts, :])
    return np.asarray(grown.mean(axis=(0, 1)), dtype=np.float64)
