"""Units of imported numbers. They cannot be guessed, so the user says them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class RoiUnit(StrEnum):
    """How ROI is written: 0.05 or 5 for five percent."""

    FRACTION = "fraction"
    PERCENT = "percent"


class ScoreScale(StrEnum):
    """The top of the scale of engine scores (TS, DX, EDX, OX)."""

    ONE = "1"
    HUNDRED = "100"


_SCORES = frozenset(
    {f"{name}_{part}" for name in ("ts", "dx", "edx", "ox") for part in ("score", "min", "max")}
    | {"ox", "dx_adjustment", "dx_suppression", "dx_bonus"}
)
"""Values, thresholds of gates on them, and what is added to those."""


@dataclass(frozen=True)
class Units:
    """The units of a source, and how its rows become ours: ROI as fractions, scores 0..1.

    `roi_is_checked` says that somebody looked at ROIs below -1 and above 10: they are right.
    """

    roi: RoiUnit
    score: ScoreScale = ScoreScale.ONE
    roi_is_checked: bool = False

    def convert(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row in our units (a new dict)."""
        row = dict(row)
        if self.roi is RoiUnit.PERCENT and "roi" in row:
            row["roi"] = _scaled(row["roi"])
        if self.roi_is_checked and "roi" in row:
            row["roi_is_checked"] = True
        if self.score is ScoreScale.HUNDRED and "factors" in row:
            row["factors"] = _scores(row["factors"])
        return row


def _scores(value: Any, key: str = "") -> Any:
    """Divide every score by 100, at any depth (samples, summary with min, max, median)."""
    if isinstance(value, dict):
        return {
            name: _scores(inner, key if key in _SCORES and name != "sample_count" else name)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_scores(inner, key) for inner in value]
    return _scaled(value) if key in _SCORES else value


def _scaled(value: Any) -> Any:
    """A hundredth of a number; anything else as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 100
    return value
