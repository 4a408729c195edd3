"""Shares with their intervals, and whether they keep what is promised."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

LEVEL = 0.95
YEAR = 365


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: a share with its 95 % interval, of n, and what is promised of it.

    `bound` with `at_most` True: the share is to be at most that; False: at least; None: no promise.
    """

    family: str
    promise: str
    what: str
    share: float
    low: float
    high: float
    n: int
    bound: float | None = None
    at_most: bool = True

    @property
    def verdict(self) -> str:
        """kept or broken where the interval lies on one side of the bound; else seems."""
        if self.bound is None:
            return ""
        fine = self.share <= self.bound if self.at_most else self.share >= self.bound
        sure = self.high <= self.bound if self.at_most else self.low >= self.bound
        wrong = self.low > self.bound if self.at_most else self.high < self.bound
        return "kept" if sure else "BROKEN" if wrong else "seems kept" if fine else "seems broken"

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def share(
    family: str, promise: str, what: str, hits: int, n: int, bound: float | None, *, at_most: bool
) -> Row:
    """A share of n independent histories: the interval of Clopper and Pearson."""
    interval = binomtest(hits, n).proportion_ci(LEVEL) if n else (0.0, 1.0)
    return Row(
        family, promise, what, hits / n if n else 0.0, *map(float, interval), n, bound, at_most
    )


def mean(
    family: str,
    promise: str,
    what: str,
    values: NDArray[np.float64],
    bound: float | None,
    *,
    at_most: bool,
) -> Row:
    """A mean over histories of shares of their time.

    Its interval draws whole histories again; where all are 0 (or 1) it is that of a single share.
    """
    if not len(values):
        return Row(family, promise, what, 0.0, 0.0, 1.0, 0, bound, at_most)
    value = float(values.mean())
    if np.ptp(values) == 0:
        # At most one in n/3 histories may have had any: the rule of three.
        edge = 1 - (1 - LEVEL) ** (1 / len(values))
        low, high = max(0.0, value - edge), min(1.0, value + edge)
    else:
        draws = np.random.default_rng(1).integers(0, len(values), (4_000, len(values)))
        low, high = np.quantile(values[draws].mean(axis=1), ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Row(family, promise, what, value, float(low), float(high), len(values), bound, at_most)


def years(active: NDArray[np.bool_], days: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Was there one ever, by history and year? bool (histories x years), years of looks."""
    first = days[0]
    count = max(1, int(np.ceil((days[-1] - first) / YEAR)))
    parts = [(days - first) // YEAR == year for year in range(count)]
    return np.concatenate([active[:, part].any(axis=1) for part in parts if part.any()])


def found_by(active: NDArray[np.bool_], days: NDArray[np.int64], by: int) -> NDArray[np.bool_]:
    """Was it in force at some look of the first so many days? bool (histories)."""
    return np.asarray(active[:, days <= by].any(axis=1))


def stays(active: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of the looks since it was first in force, of the histories where it ever was."""
    return np.array([row[row.argmax() :].mean() for row in active if row.any()], dtype=np.float64)
