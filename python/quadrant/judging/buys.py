"""What every policy would have bought of each window, at which bar first, and what that came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.grid import Grid, Lever

NO_BUY = -1
WINSOR = 1.0
"""A result above +100 % counts as +100 %: one token must not decide for a slice."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Buys:
    """n windows under P policies: of a grid, column 0 the base gates, then its candidates.

    `sample` int16 (n, P): the first sample that passes all gates, NO_BUY where none does.
    `roi` float64 (n, P): what a unit bought there came to, a fraction, at most `most`; 0 where
    nothing was bought, NaN where the window's result is not known in money.
    `result` float64 (n): the virtual result, that of a buy at the reference bar, likewise, NaN
    where there is none. `won` bool (n): outcome success.
    """

    sample: NDArray[np.int16]
    roi: NDArray[np.float64]
    result: NDArray[np.float64]
    won: NDArray[np.bool_]

    @classmethod
    def of(cls, windows: Sequence[Row], grid: Grid) -> Buys:
        """Of rows with `samples` ({value_key: number, entry_price}), `entry_price`, `exit_price`,
        `roi` and `won`, under the base gates and a grid's candidates.
        """
        return cls.under(windows, grid.levers, grid.thresholds(), most=WINSOR)

    @classmethod
    def under(
        cls,
        windows: Sequence[Row],
        levers: Sequence[Lever],
        thresholds: NDArray[np.float64],
        *,
        most: float = np.inf,
    ) -> Buys:
        """Under any thresholds (P, levers); rows as `of` takes them.

        A sample that lacks a gate's value fails that gate. Where some sample of a window has no
        entry price, its one `roi` holds whichever sample passes.
        """
        counts = np.array([len(w["samples"] or ()) for w in windows], dtype=np.intp)
        flat = [s for w in windows for s in w["samples"] or ()]
        result = np.minimum(_column(windows, "roi"), most)
        won = np.array([bool(w["won"]) for w in windows], dtype=np.bool_)
        sample = _first(_passes(flat, levers, thresholds), counts)
        of_sample = np.minimum(_results(windows, flat, counts), most)
        starts = np.cumsum(counts) - counts
        bought = sample != NO_BUY
        at = starts[:, None] + np.where(bought, sample, 0)
        roi = np.zeros(sample.shape)
        roi[bought] = of_sample[at[bought]]
        return cls(sample, roi, result, won)

    @classmethod
    def joined(cls, parts: Sequence[Buys]) -> Buys:
        """Those of several sets of windows, one after another."""
        return cls(
            np.concatenate([part.sample for part in parts]),
            np.concatenate([part.roi for part in parts]),
            np.concatenate([part.result for part in parts]),
            np.concatenate([part.won for part in parts]),
        )

    def taken(self, rows: NDArray[np.intp]) -> Buys:
        """Those of some windows."""
        return Buys(self.sample[rows], self.roi[rows], self.result[rows], self.won[rows])


def _passes(
    samples: Sequence[Row], levers: Sequence[Lever], thresholds: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Does a sample pass all gates of a policy? bool (samples, P)."""
    passes = np.ones((len(samples), len(thresholds)), dtype=np.bool_)
    for i, lever in enumerate(levers):
        value = _column(samples, lever.value_key) - _column(samples, lever.adjustment_key, 0.0)
        distinct, of_policy = np.unique(thresholds[:, i], return_inverse=True)
        with np.errstate(invalid="ignore"):
            ok = value[:, None] <= distinct if lever.at_most else value[:, None] >= distinct
        passes &= ok[:, of_policy]
    return passes


def _first(passes: NDArray[np.bool_], counts: NDArray[np.intp]) -> NDArray[np.int16]:
    """The first sample of each window that passes: int16 (windows, P)."""
    never = np.iinfo(np.int16).max
    first = np.full((len(counts), passes.shape[1]), NO_BUY, dtype=np.int16)
    filled = counts > 0
    if filled.any():
        starts = np.cumsum(counts) - counts
        place = (np.arange(len(passes)) - np.repeat(starts, counts)).astype(np.int16)
        candidates = np.where(passes, place[:, None], never)
        least = np.minimum.reduceat(candidates, starts[filled], axis=0)
        first[filled] = np.where(least == never, NO_BUY, least)
    return first


def _results(
    windows: Sequence[Row], samples: Sequence[Row], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """What a unit bought at each sample came to; NaN where that is not known."""
    entry, exit_, roi = (_column(windows, name) for name in ("entry_price", "exit_price", "roi"))
    # The fee per side follows from the one buy whose result is told.
    with np.errstate(invalid="ignore", divide="ignore"):
        fee = (exit_ / entry - 1 - roi) / (exit_ / entry + 1)
    owner = np.repeat(np.arange(len(windows)), counts)
    price = _column(samples, "entry_price")
    own = np.bincount(owner, np.isnan(price), len(windows)) == 0
    own &= ~np.isnan(fee)
    with np.errstate(invalid="ignore", divide="ignore"):
        paid = (exit_[owner] * (1 - fee[owner]) - price * (1 + fee[owner])) / price
    return np.asarray(np.where(own[owner], paid, roi[owner]))


def _column(rows: Iterable[Row], name: str, missing: float = float("nan")) -> NDArray[np.float64]:
    """A number per row; NaN for what is none, `missing` where it is not there."""
    return np.array([_number(row.get(name, missing)) for row in rows], dtype=np.float64)


def _number(value: Any) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known else float("nan")
