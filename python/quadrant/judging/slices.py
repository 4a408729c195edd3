"""What a request asks for: a slice's grid compared with what governs its windows without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.buys import NO_BUY
from quadrant.judging.cache import WindowCache
from quadrant.judging.comparison import Comparison, compare, evidence
from quadrant.judging.grid import Grid
from quadrant.judging.wealth import day_factors, wealth


@dataclass(frozen=True, slots=True, eq=False)
class SliceResult:
    """A slice's comparison, the evidence E of its search, and the record of what is watched.

    `benefit` and `cost` float (P): sums of the differences in ROI that are gains, and losses.
    `dodge_rate`: losers among the windows base refuses. `record`: of the watched candidate since
    the first day of its record.
    """

    comparison: Comparison
    by_outcome: bool
    evidence: float
    benefit: NDArray[np.float64]
    cost: NDArray[np.float64]
    dodge_rate: float | None
    record: dict[str, Any] | None


def judge_slice(windows: WindowCache, grid: Grid, request: Mapping[str, Any]) -> SliceResult:
    """The answer to a request of learning.claim_simulations()."""
    scores = windows.scores
    rows, at = _asked_of(windows, request)
    found = compare(scores, rows, at)

    had = scores.sample[rows, at]
    money = scores.money[rows] - scores.money[rows, at][:, None]
    money = np.where(scores.sample[rows] != had[:, None], money, 0.0)
    refused = scores.sample[rows, 0] == NO_BUY
    watched = request["watched"]
    record = None
    if watched is not None:
        record = _record(found, watched, request["watched_since"])
        late = scores.day[rows] >= request["watched_since"]
        record["changed"] = int(
            np.count_nonzero(scores.sample[rows, watched][late] != scores.sample[rows, at][late])
        )
    n_levers = np.concatenate([[0], grid.n_levers])
    return SliceResult(
        comparison=found,
        by_outcome=bool(len(rows)) and bool(np.isnan(scores.money[rows]).all()),
        evidence=evidence(found, n_levers, request["look_day"] - 1),
        benefit=np.maximum(money, 0.0).sum(axis=0),
        cost=np.maximum(-money, 0.0).sum(axis=0),
        dodge_rate=float(np.mean(~scores.won[rows][refused])) if refused.any() else None,
        record=record,
    )


def sides_of(
    windows: WindowCache, request: Mapping[str, Any], candidates: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """What changes sides under candidates of a request, as learning.gate_simulations has it."""
    scores = windows.scores
    rows, at = _asked_of(windows, request)
    had, had_money = scores.sample[rows, at], scores.money[rows, at]
    return {
        candidate: _sides(
            windows.ids[rows],
            scores.sample[rows, candidate],
            had,
            scores.money[rows, candidate] - had_money,
        )
        for candidate in candidates
    }


def _asked_of(
    windows: WindowCache, request: Mapping[str, Any]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rows of a request's windows, and the policy that governs each without the slice."""
    inside = windows.select(request["items"])
    for excluded in request["exclusions"]:
        inside = inside & ~windows.select(excluded)
    reference = np.zeros(len(inside), dtype=np.intp)
    # The last that is written stays: from the broadest to the most specific.
    for governing in reversed(request["reference"]):
        reference[windows.select(governing["items"])] = governing["candidate"]
    rows = np.flatnonzero(inside)
    return rows, reference[rows]


def _sides(
    ids: NDArray[np.int64],
    sample: NDArray[np.int16],
    had: NDArray[np.int16],
    money: NDArray[np.float64],
) -> dict[str, Any]:
    """The windows a candidate changes: admitted (1), refused (-1), or bought at another bar (0)."""
    changed = sample != had
    kind = (sample[changed] != NO_BUY).astype(int) - (had[changed] != NO_BUY)
    return {
        "windows": ids[changed].tolist(),
        "kinds": kind.tolist(),
        "values": [None if np.isnan(m) else round(m, 6) for m in money[changed].tolist()],
    }


def _record(found: Comparison, candidate: int, since: int) -> dict[str, Any]:
    """Since that day alone: days, value, money's z (NaN: unknown), the odds for and against."""
    at = np.searchsorted(found.days, since)
    days = slice(int(at), None)
    one = slice(candidate, candidate + 1)
    gains, bounds = found.gains[days, one], found.bounds[days, one]
    money = found.money[days, candidate]
    norm = float(np.sqrt(money @ money))
    begun = np.zeros(1, dtype=np.intp)
    return {
        "days": int(np.count_nonzero(bounds)),
        "value": float(money.sum()),
        "money_z": 0.0 if norm == 0 else float(money.sum()) / norm,
        "for": float(wealth(day_factors(gains, bounds), begun)[0]),
        "against": float(wealth(day_factors(-gains, bounds), begun)[0]),
    }
