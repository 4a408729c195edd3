"""How good each buy was for its day: ranks of a pattern's results, compared within days.

A rank is bounded and knows no tail, so few setups do not decide and a bet on it can be large
without risking ruin; what a change is worth is money's to say. The comparison with the same day's
other setups takes out what the market did to all of them (a control variate, "CUPED").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.buys import NO_BUY, Buys

FEWEST_OF_A_TIMEFRAME = 20
_DEARER = np.geomspace(1e-4, 1.0, 41)
"""Steps of the ratio of two entry prices, as a logarithm."""
_WIDTH = np.sqrt(12.0)
"""Makes the variance of evenly spread ranks 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Of n windows, in the order of their days, under P policies.

    `day` int (n): UTC day the window opened on, days since 1970. `sample` int16 (n, P): where it
    buys, as in Buys. `gain` float (n, P): score of the buy less that of the day's other windows, in
    standard deviations; 0 where nothing was bought. `money` float (n, P): ROI of the buy, 0 where
    nothing was bought, NaN where it is not known. `admission_bound` float (n): the most a change of
    admission can change `gain` by; `moved_bound()` says that of another bar. `won` bool (n).
    """

    day: NDArray[np.int64]
    sample: NDArray[np.int16]
    gain: NDArray[np.float64]
    money: NDArray[np.float64]
    admission_bound: NDArray[np.float64]
    won: NDArray[np.bool_]
    _place: NDArray[np.intp]
    _spread: NDArray[np.float64]
    _is_ladder: bool

    @classmethod
    def of(cls, buys: Buys, day: NDArray[np.int64], timeframe: NDArray[np.int64]) -> Scores:
        """Of windows in the order of their days; `timeframe` (n) is any code of it.

        A buy's score is the rank its ROI has among the virtual results of its timeframe, from
        -sqrt(3) to sqrt(3); ties share the middle. Each buy of a ladder is compared with the day's
        other setups for itself and counts a third, so that to buy more is no gain by itself. Where
        most windows have no result it is the outcome's rank, and money is unknown. Timeframes of
        fewer than FEWEST_OF_A_TIMEFRAME results gain nothing.
        """
        by_outcome = 2 * np.count_nonzero(np.isnan(buys.result)) > len(buys.result)
        bought = buys.sample != NO_BUY
        if by_outcome:
            worth = np.where(buys.won, 1.0, -1.0)
            of_buys = np.where(bought, worth[:, None], 0.0)[:, :, None]
        elif buys.rungs is not None:
            worth, of_buys = buys.result, buys.rungs
            bought = ~np.isnan(of_buys)
        else:
            worth, of_buys = buys.result, buys.roi[:, :, None]
        bought = np.reshape(bought, of_buys.shape)
        own = np.zeros(len(worth))
        place = np.zeros(len(worth), dtype=np.intp)
        spreads = [np.zeros(len(_DEARER) + 1)]
        score = np.zeros(of_buys.shape)
        ranked = np.zeros(len(worth), dtype=np.bool_)
        for code in np.unique(timeframe):
            here = (timeframe == code) & ~np.isnan(worth)
            if np.count_nonzero(here) < FEWEST_OF_A_TIMEFRAME:
                continue
            results = np.sort(worth[here])
            own[here] = _rank(worth[here], results)
            score[here] = _rank(of_buys[here], results)
            ranked |= here
            place[here] = len(spreads)
            spreads.append(_spread(results))

        total, n = _by_day(own, ranked, day)
        control = (total - own) / np.maximum(n, 1)
        day_compared = score - control[:, None, None]
        gain = np.where(bought & ranked[:, None, None], day_compared, 0.0).mean(axis=2)
        farthest = np.where(ranked, _WIDTH / 2, 0.0)
        return cls(
            day=day,
            sample=buys.sample,
            gain=gain,
            money=np.full(buys.roi.shape, np.nan) if by_outcome else buys.roi,
            admission_bound=farthest * (1 + (n - 1) / np.maximum(n, 1)),
            won=buys.won,
            _place=place,
            _spread=np.stack(spreads),
            _is_ladder=buys.rungs is not None,
        )

    def moved_bound(
        self, rows: NDArray[np.intp], money: NDArray[np.float64], other: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The most the gain of a window can differ between two bars bought at (rows: windows).

        How much dearer one is than the other is known when they are bought; `money` and `other`
        are what they came to. Where that is not known, a rank's whole width; so for a ladder,
        whose buys differ in number too.
        """
        if self._is_ladder:
            return np.asarray(self._spread[self._place[rows], -1])
        with np.errstate(invalid="ignore", divide="ignore"):
            dearer = np.abs(np.log((1 + money) / (1 + other)))
        at = np.searchsorted(_DEARER, dearer, side="left")  # NaN sorts behind all
        return np.asarray(self._spread[self._place[rows], at])


def _spread(results: NDArray[np.float64]) -> NDArray[np.float64]:
    """By step of _DEARER: how far apart the ranks of two buys can be that are sold together."""
    below = np.searchsorted(results, results, side="left")
    up = (1 + results)[None, :] * np.exp(_DEARER)[:, None] - 1
    above = np.searchsorted(results, up.ravel(), side="right").reshape(up.shape)
    widest = (above - below[None, :]).max(axis=1) / len(results) * _WIDTH
    return np.append(np.minimum(widest, _WIDTH), _WIDTH)


def _rank(values: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where values stand in a sorted column, from -sqrt(3) (below all) to sqrt(3)."""
    below = np.searchsorted(among, values, side="left")
    not_above = np.searchsorted(among, values, side="right")
    return np.asarray(((below + not_above) / (2 * len(among)) - 0.5) * _WIDTH)


def _by_day(
    own: NDArray[np.float64], ranked: NDArray[np.bool_], day: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum of the scores, and number, of the ranked windows of each window's day."""
    _, of_day = np.unique(day, return_inverse=True)
    total = np.bincount(of_day, own * ranked).astype(np.float64)
    n = np.bincount(of_day, ranked.astype(np.float64)).astype(np.float64)
    return total[of_day], n[of_day]
