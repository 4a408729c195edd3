"""Synthetic markets: for a demonstration without data, and to prove that learning learns."""

from quadrant.market.spec import MarketSpec, TokenSpec, planted_market
from quadrant.market.synthesize import aggregate, synthesize, write_market

__all__ = [
    "MarketSpec",
    "TokenSpec",
    "aggregate",
    "planted_market",
    "synthesize",
    "write_market",
]
