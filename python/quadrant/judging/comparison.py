"""One slice: every policy of the grid against the one that governs its windows without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.buys import NO_BUY
from quadrant.judging.scores import Scores
from quadrant.judging.wealth import day_factors, wealth

SEARCH_WEIGHT = 0.2
"""A policy that moves several levers weighs this much in E, one that moves a single one 1."""
QUARTER_DAYS = 91
QUARTERS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Of one slice with n windows; per policy (P), column 0 the base gates.

    `changed`: windows that buy otherwise, or at another bar. `caught`, `added`, `avoided`, `lost`:
    of these, newly admitted (won, lost) and newly refused (lost, won). `days` (days): UTC days with
    a window. `gains` and `money` (days, P): a day's sum of the differences in score and in ROI.
    `bounds` (days, P): the most a day's gains can lose. `z` and `money_z`: sum / sqrt(sum of
    squares) of the days, 0 where nothing changed; `money_z` is NaN where money is not known.
    """

    n: int
    days: NDArray[np.int64]
    changed: NDArray[np.int64]
    caught: NDArray[np.int64]
    added: NDArray[np.int64]
    avoided: NDArray[np.int64]
    lost: NDArray[np.int64]
    gains: NDArray[np.float64]
    bounds: NDArray[np.float64]
    money: NDArray[np.float64]
    z: NDArray[np.float64]
    money_z: NDArray[np.float64]

    def wealth(self, since: NDArray[np.int64]) -> NDArray[np.float64]:
        """Wealth per policy of bets that it is better, begun on the days `since`, averaged."""
        if not len(self.days):
            return np.ones(len(self.z))
        starts = np.searchsorted(self.days, since)
        return wealth(day_factors(self.gains, self.bounds), starts)


def compare(scores: Scores, rows: NDArray[np.intp], reference: NDArray[np.intp]) -> Comparison:
    """Of the windows `rows`, in the order of their days, each against its policy `reference`."""
    at = (rows, reference)
    sample, had = scores.sample[rows], scores.sample[at][:, None]
    differs = sample != had
    admits, refuses = differs & (had == NO_BUY), differs & (sample == NO_BUY)
    won = scores.won[rows, None]
    money, had_money = scores.money[rows], scores.money[at][:, None]
    bound = np.where(differs, scores.admission_bound[rows, None], 0.0)
    window, policy = np.nonzero(differs & ~admits & ~refuses)
    bound[window, policy] = scores.moved_bound(
        rows[window], money[window, policy], had_money[window, 0]
    )
    day = scores.day[rows]
    starts = np.flatnonzero(np.diff(day, prepend=np.int64(-1)))

    def by_day(values: NDArray[np.float64]) -> NDArray[np.float64]:
        if not len(rows):
            return np.zeros((0, values.shape[1]))
        return np.asarray(np.add.reduceat(values, starts, axis=0), dtype=np.float64)

    gains = by_day(scores.gain[rows] - scores.gain[at][:, None])
    of_money = by_day(np.where(differs, money - had_money, 0.0))
    return Comparison(
        n=len(rows),
        days=day[starts],
        changed=np.count_nonzero(differs, axis=0),
        caught=np.count_nonzero(admits & won, axis=0),
        added=np.count_nonzero(admits & ~won, axis=0),
        avoided=np.count_nonzero(refuses & ~won, axis=0),
        lost=np.count_nonzero(refuses & won, axis=0),
        gains=gains,
        bounds=by_day(bound),
        money=of_money,
        z=_z(gains),
        money_z=_z(of_money),
    )


def evidence(comparison: Comparison, n_levers: NDArray[np.int64], last_day: int) -> float:
    """E: the search's wealth, averaged over the latest quarterly starts and over the policies.

    Over those that change any window; `n_levers` (P) is how many levers a policy moves.
    """
    weight = np.where(n_levers > 1, SEARCH_WEIGHT, 1.0) * (comparison.changed > 0)
    if not weight.any():
        return 1.0
    since = last_day + 1 - QUARTER_DAYS * np.arange(1, QUARTERS + 1)
    return float(np.average(comparison.wealth(since), weights=weight))


def _z(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum / sqrt(sum of squares) per column; 0 where all sums are 0."""
    norm = np.sqrt(np.einsum("dp,dp->p", sums, sums))
    flat = norm == 0
    return np.asarray(np.where(flat, 0.0, sums.sum(axis=0) / np.where(flat, 1.0, norm)))
