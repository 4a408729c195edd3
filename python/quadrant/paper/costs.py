"""What a fill costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quadrant.tick.waiting import FEE


@dataclass(frozen=True, slots=True)
class Costs:
    """Fractions: `fee` of the turnover, `slippage` of the price, more per volume bucket."""

    fee: float = FEE
    slippage: float = 0.0005
    extra_slippage: Mapping[str, float] = field(default_factory=dict)

    def price(self, open_price: float, *, buying: bool, vol_bucket: str | None) -> float:
        """The price of a fill at a bar's open."""
        slip = self.slippage + self.extra_slippage.get(vol_bucket or "", 0.0)
        return open_price * (1 + slip if buying else 1 - slip)
