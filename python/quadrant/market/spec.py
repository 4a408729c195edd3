"""What a synthetic market is made of."""

from __future__ import annotations

from dataclasses import dataclass

from quadrant.bars import TIMEFRAMES

INSIDE_BREAK_EVEN = 0.316
OUTSIDE_BREAK_EVEN = 0.349
"""Chance of success at which an S1 setup is worth nothing on average.

With payoffs v = tanh(roi / 0.10), a success brings S and a failure costs F in the mean, so the
chance is F / (S + F). Measured with the engine on 9,170 windows (24 seeds): S 0.914; F 0.423 inside
the halo, 0.489 outside, where the price paid is higher. Tests see that windows come out at 0.
"""


@dataclass(frozen=True, slots=True)
class TokenSpec:
    """A token: first price, typical 15m range (fraction of price), dollars traded per day."""

    symbol: str
    price: float
    volatility: float
    dollars_per_day: float
    planted: bool = False


@dataclass(frozen=True, slots=True)
class MarketSpec:
    """A market of tokens on one UTC grid; S1 setups come inside or just outside the base halo.

    `outside_share` of the setups never come closer to EMA60 than 1.0 ATR, the others do;
    `weak_share` of both turn up too weakly for the TS gate, and fail. Any other setup
    succeeds with chance `inside_success` or `outside_success`, but one just outside on a planted
    token with `planted_success`. `start` is epoch ms UTC; `days` count from there.
    """

    tokens: tuple[TokenSpec, ...]
    days: int = 100
    start: int = 1_704_067_200_000
    outside_share: float = 0.5
    weak_share: float = 0.2
    inside_success: float = INSIDE_BREAK_EVEN
    outside_success: float = OUTSIDE_BREAK_EVEN
    planted_success: float = 0.80
    timeframes: tuple[str, ...] = tuple(TIMEFRAMES)

    def chance(self, token: TokenSpec, *, outside: bool) -> float:
        """Chance of success of a setup."""
        if not outside:
            return self.inside_success
        return self.planted_success if token.planted else self.outside_success


def planted_market(days: int = 100, timeframes: tuple[str, ...] = tuple(TIMEFRAMES)) -> MarketSpec:
    """Four thinly traded tokens that hold a lesson, and four heavily traded ones that do not."""
    thin = tuple(
        TokenSpec(f"MICRO{at}SYN", price, volatility, 2e5, planted=True)
        for at, (price, volatility) in enumerate(
            [(0.042, 0.0075), (1.3, 0.0080), (0.00061, 0.0085), (7.5, 0.0070)], start=1
        )
    )
    deep = (
        TokenSpec("BTCSYN", 42_000.0, 0.0070, 2e9),
        TokenSpec("BIG1SYN", 2_300.0, 0.0075, 4e8),
        TokenSpec("BIG2SYN", 95.0, 0.0085, 2e8),
        TokenSpec("BIG3SYN", 0.55, 0.0080, 1e8),
    )
    return MarketSpec(deep + thin, days=days, timeframes=timeframes)
