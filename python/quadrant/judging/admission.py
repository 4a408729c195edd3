"""Which events each candidate would have admitted: one vectorised pass, once per event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quadrant.judging.grid import Grid, Lever


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The samples of many events, one after another.

    `values` float (samples, levers): the gate values less the bar's own adjustment, NaN where
    absent; `counts` int (events): samples per event, 0 allowed.
    """

    values: NDArray[np.float64]
    counts: NDArray[np.intp]

    @classmethod
    def of(
        cls, samples: Iterable[Sequence[Mapping[str, Any]] | None], levers: Sequence[Lever]
    ) -> Samples:
        """From `factors.samples` of each event: a list of {value_key: number}, or None."""
        keys = [(lever.value_key, lever.adjustment_key) for lever in levers]
        values: list[list[float]] = []
        counts: list[int] = []
        for of_event in samples:
            rows = [
                [_number(s.get(key)) - _number(s.get(adjustment, 0.0)) for key, adjustment in keys]
                for s in of_event or ()
            ]
            values += rows
            counts.append(len(rows))
        return cls(
            np.array(values, dtype=np.float64).reshape(-1, len(keys)),
            np.array(counts, dtype=np.intp),
        )


def _number(value: Any) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known else float("nan")


def admissions(samples: Samples, grid: Grid) -> NDArray[np.bool_]:
    """Whether some sample of an event passes all gates jointly: bool (events, 1 + candidates).

    Column 0 is the base. An absent value fails its gate; an event without samples is never
    admitted.
    """
    passes = np.ones((len(samples.values), len(grid.places)), dtype=np.bool_)
    for i, lever in enumerate(grid.levers):
        value = samples.values[:, i, None]
        thresholds = lever.thresholds()
        with np.errstate(invalid="ignore"):
            ok = value <= thresholds if lever.at_most else value >= thresholds
        passes &= ok[:, grid.places[:, i]]
    admitted = np.zeros((len(samples.counts), len(grid.places)), dtype=np.bool_)
    filled = samples.counts > 0
    if filled.any():
        starts = (np.cumsum(samples.counts) - samples.counts)[filled]
        admitted[filled] = np.logical_or.reduceat(passes, starts, axis=0)
    return admitted
