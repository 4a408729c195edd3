"""The grid of gate changes tried on a slice, with everything about it that events do not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Lever:
    """One gate of a pattern with its steps around `base`, all in the gate's unit; (0,): it stays.

    A sample passes when its value is at most (`at_most`) or at least the threshold, which is
    base + step kept within `lowest`..`highest`. `adjustment_key` names the sample's own addition
    to the threshold, where it carries one. `is_arms`: no sample is held against it; it is how many
    ATRs below its last buy a ladder buys again.
    """

    gate: str
    value_key: str
    at_most: bool
    base: float
    steps: tuple[float, ...]
    lowest: float = float("-inf")
    highest: float = float("inf")
    is_arms: bool = False

    @property
    def adjustment_key(self) -> str:
        """What a bar adds to this gate's threshold: `dx_adjustment`."""
        return f"{self.gate}_adjustment"

    def thresholds(self) -> NDArray[np.float64]:
        """The absolute threshold of each step, rounded to 12 digits so that 0.6 - 0.05 is 0.55."""
        absolute = np.round(self.base + np.asarray(self.steps, dtype=np.float64), 12)
        return np.clip(absolute, self.lowest, self.highest)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Candidates 0..C-1 of a pattern's levers, in the order of learning.gate_grid().

    `places` int (1 + C, levers): the position of each candidate's step among its lever's steps;
    row 0 is the base. `n_levers` int (C): how many a candidate moves. `order` int (C): candidates
    from the smallest move (sum of |step| / largest step of the gate) up, then fewer levers, then
    the grid's own order.
    """

    levers: tuple[Lever, ...]
    steps: tuple[Mapping[str, float], ...]
    places: NDArray[np.intp]
    n_levers: NDArray[np.int64]
    order: NDArray[np.intp]

    @classmethod
    def of(cls, levers: Sequence[Lever], candidates: Sequence[Mapping[str, float]]) -> Grid:
        """The grid of these candidates, each {gate: step} over the levers that move."""
        places = [[lever.steps.index(0.0) for lever in levers]]
        places += [[lv.steps.index(float(c.get(lv.gate, 0))) for lv in levers] for c in candidates]
        moved = np.array([[c.get(lv.gate, 0) for lv in levers] for c in candidates], dtype=float)
        moved = moved.reshape(len(candidates), len(levers))
        largest = np.array([max(abs(s) for s in lever.steps) or 1.0 for lever in levers])
        move = np.round((np.abs(moved) / largest).sum(axis=1), 9)
        n_levers = np.count_nonzero(moved, axis=1)
        return cls(
            levers=tuple(levers),
            steps=tuple(dict(c) for c in candidates),
            places=np.array(places, dtype=np.intp),
            n_levers=n_levers,
            order=np.lexsort((np.arange(len(candidates)), n_levers, move)),
        )

    def thresholds(self) -> NDArray[np.float64]:
        """The thresholds of every policy, row 0 the base: float (1 + C, levers)."""
        return np.column_stack(
            [lever.thresholds()[self.places[:, i]] for i, lever in enumerate(self.levers)]
        )

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Grid:
        """The grid as learning.judging_settings() describes it."""
        levers = tuple(
            Lever(
                gate=g["gate"],
                value_key=g["value_key"],
                at_most=g["direction"] == "at_most",
                base=float(g["base"]),
                steps=tuple(float(s) for s in g["steps"]) or (0.0,),
                lowest=float(g["min_value"]),
                highest=float(g["max_value"]),
                is_arms=g["direction"] == "arms",
            )
            for g in settings["gates"]
        )
        return cls.of(levers, settings["grid"])
