"""The rules of an allocation step as an exact, plain loop over fractions: what tests compare with.

Averages and shares come from the database; desired shares and changes are worked out from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import exp

FLOOR = Fraction(5, 100)
MOST = Fraction(3, 1000)

Shares = Mapping[str, Fraction]


def average(trades: list[tuple[float, float]], tau: float) -> float:
    """The mean of (day, ROI) weighted by e^(-age / tau days), in one sum over all trades."""
    newest = max(day for day, _ in trades)
    weights = [exp((day - newest) / tau) for day, _ in trades]
    return sum(w * roi for w, (_, roi) in zip(weights, trades, strict=True)) / sum(weights)


def desired(shares: Shares, rois: Shares) -> dict[str, Fraction]:
    """Floors one timeframe after the other, dividing what remains anew each time."""
    budget = 1 - sum(share for name, share in shares.items() if name not in rois)
    lowest = min(FLOOR, budget / len(rois))
    worst = min(Fraction(0), *rois.values())
    weights = {name: roi - worst for name, roi in rois.items()}
    if not any(weights.values()):
        weights = dict.fromkeys(rois, Fraction(1))
    floored: dict[str, Fraction] = {}
    while True:
        rest = {name: weight for name, weight in weights.items() if name not in floored}
        remains = budget - lowest * len(floored)
        parts = {name: remains * weight / sum(rest.values()) for name, weight in rest.items()}
        under = [name for name, part in parts.items() if part < lowest]
        if not under:
            return parts | floored
        floored |= dict.fromkeys(under, lowest)


def step(shares: Shares, wanted: Shares, least_trades: int) -> dict[str, Fraction]:
    """Clamps, scales the larger side down, cuts, and settles the difference."""
    pace = min(Fraction(1), Fraction(least_trades, 5))
    change = {n: max(-MOST, min(MOST, wanted[n] - shares[n])) * pace for n in wanted}
    gains = sum(c for c in change.values() if c > 0)
    losses = -sum(c for c in change.values() if c < 0)
    smaller = min(gains, losses)
    cut = {
        n: truncated(c * smaller / (gains if c > 0 else losses)) if c else Fraction(0)
        for n, c in change.items()
    }
    residual = sum(cut.values())
    if residual:
        side = [n for n in sorted(cut) if cut[n] * residual > 0]
        cut[max(side, key=lambda n: abs(cut[n]))] -= residual
    return cut


def truncated(number: Fraction) -> Fraction:
    """Toward zero, 12 decimals."""
    whole = abs(number.numerator) * 10**12 // number.denominator
    return Fraction(whole if number > 0 else -whole, 10**12)


def exact(number: float | Decimal | str) -> Fraction:
    """A JSON number as a fraction."""
    return Fraction(Decimal(str(number)))
