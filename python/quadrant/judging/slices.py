"""What a request asks for: a slice's grid compared with what governs its windows without it."""

from __future__ import annotations

from collections.abc import Mapping
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
    the first day of its record. `sides`: what changes sides under the candidates people will ask
    about, as learning.gate_simulations has it.
    """

    comparison: Comparison
    by_outcome: bool
    evidence: float
    benefit: NDArray[np.float64]
    cost: NDArray[np.float64]
    dodge_rate: float | None
    record: dict[str, Any] | None
    sides: dict[int, dict[str, Any]]


def judge_slice(windows: WindowCache, grid: Grid, request: Mapping[str, Any]) -> SliceResult:
    """The answer to a request of learning.claim_simulations()."""
    scores = windows.scores
    inside = windows.select(request["items"])
    for excluded in request["exclusions"]:
        inside = inside & ~windows.select(excluded)
    reference = np.zeros(len(inside), dtype=np.intp)
    # The last that is written stays: from the broadest to the most specific.
    for governing in reversed(request["reference"]):
        reference[windows.select(governing["items"])] = governing["candidate"]
    rows = np.flatnonzero(inside)
    at = reference[rows]
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
    sides = {
        candidate: _sides(
            windows.ids[rows], scores.sample[rows, candidate], had, money[:, candidate]
        )
        for candidate in _asked_about(found, grid, watched, request["needed_z"])
    }
    n_levers = np.concatenate([[0], grid.n_levers])
    return SliceResult(
        comparison=found,
        by_outcome=bool(len(rows)) and bool(np.isnan(scores.money[rows]).all()),
        evidence=evidence(found, n_levers, request["look_day"] - 1),
        benefit=np.maximum(money, 0.0).sum(axis=0),
        cost=np.maximum(-money, 0.0).sum(axis=0),
        dodge_rate=float(np.mean(~scores.won[rows][refused])) if refused.any() else None,
        record=record,
        sides=sides,
    )


def _asked_about(found: Comparison, grid: Grid, watched: int | None, needed_z: float) -> set[int]:
    """The slice's own candidate, and the one that learning.chosen_candidate() would take."""
    asked = set() if watched is None else {watched}
    with np.errstate(invalid="ignore"):
        may = np.flatnonzero((found.z >= needed_z) & (found.money_z > 0))
    if len(may):
        surely = found.money[:, may].sum(axis=0) * (1 - 1 / found.money_z[may])
        smallest_first = np.concatenate([[0], 1 + np.argsort(grid.order)])[may]
        ranked = np.lexsort((smallest_first, -np.round(found.z[may], 9), -np.round(surely, 9)))
        asked.add(int(may[ranked[0]]))
    return asked


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
