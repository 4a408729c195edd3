"""A walk-forward as a document, and its one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from quadrant.backtest.allocations import Allocation
from quadrant.backtest.measure import Figures
from quadrant.backtest.walk import JUDGE, Walk

NAMES = {
    "evidence": "the judge: gates",
    "strength": "the judge: sizes by posture",
    "capital": "capital by family",
    "channels": "the judge: all three",
    "plan": "profile plan: gates",
    "plan_strength": "profile plan: sizes by posture",
    "plan_channels": "profile plan: all three",
    "drift": "drift",
    "base": "base",
    "oracle": "best in hindsight",
}
"""What arms are called before people."""


def document(
    found: Walk,
    noise: Sequence[Walk],
    capital: Sequence[Allocation] = (),
    *,
    market: str,
    look_every: int,
    series: int,
) -> dict[str, Any]:
    """What --json prints and what is stored; days as ISO dates."""
    return {
        "market": market,
        "verdict": verdict(found),
        "begin": day(found.folds[0].fold.begin),
        "end": day(found.folds[-1].fold.end),
        "series": series,
        "look_every_days": look_every,
        "looks": len(found.looks),
        "looks_in_force": sum(look.in_force > 0 for look in found.looks),
        "unresolved": found.unresolved,
        "arms": [{"name": NAMES[arm.arm], **asdict(arm)} for arm in found.arms],
        "allocations": [asdict(one) for one in capital],
        "folds": [
            {
                "begin": day(one.fold.begin),
                "end": day(one.fold.end),
                "in_force": dict(one.in_force),
                "arms": [asdict(arm) for arm in one.arms],
            }
            for one in found.folds
        ],
        "noise": noise_figures(noise) if noise else None,
    }


def verdict(found: Walk) -> str:
    """Whether the shipped judge was better than base gates, on what it had not seen."""
    judge = next(arm for arm in found.arms if arm.arm == JUDGE)
    gain = judge.gain
    if not any(one.in_force.get(JUDGE) for one in found.folds):
        return "No better than base gates: nothing had evidence enough to change one."
    told = f"{gain.value:+.2f} stakes, 95 % interval {gain.low:+.2f} to {gain.high:+.2f}"
    if gain.low > 0:
        return f"Better than base gates: {told}{_by_what(judge)}."
    if gain.high < 0:
        return f"Worse than base gates: {told}{_by_what(judge)}."
    return f"No better than base gates: {told}."


def _by_what(judge: Figures) -> str:
    """Is it the choice of setups, or may it be how many were bought?"""
    chosen = judge.selection
    if chosen.low > 0 or chosen.high < 0:
        return ""
    return ", which may be trading less or more, not choosing"


def noise_figures(noise: Sequence[Walk]) -> dict[str, Any]:
    """How often the judge acted where there was nothing to learn."""
    looks = [look for one in noise for look in one.looks]
    asked = sum(look.patterns for look in looks)
    patterns = sum(one.looks[0].patterns for one in noise if one.looks)
    ever = [set().union(*(look.changed for look in one.looks)) for one in noise]
    arms = [next(arm for arm in one.arms if arm.arm == JUDGE) for one in noise]
    return {
        "histories": len(noise),
        "in_force": sum(look.in_force for look in looks) / asked if asked else 0.0,
        "whole_pattern_in_force": sum(look.whole for look in looks) / asked if asked else 0.0,
        "ever": sum(len(one) for one in ever),
        "patterns": patterns,
        "gains": [arm.gain.value for arm in arms],
    }


def day(number: int) -> str:
    """Days since 1970 as an ISO date."""
    return str(date(1970, 1, 1) + timedelta(days=number))
