"""The state machine S0..S4 of docs/engine.md: named rules, one table, one scan."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

S0, S1, S2, S3, S4 = range(5)
FULL_BARS = 333
TIE = 1e-9
"""Lines closer than this fraction of their height are level: rounding is no trend."""

TRANSITIONS: dict[int, tuple[tuple[str, int], ...]] = {
    S4: (("s0_order", S0),),
    S0: (("primer", S1),),
    S1: (("back_to_s0", S0), ("above_ema333", S2)),
    S2: (("back_to_s0", S0), ("below_ema333", S1), ("full_order", S3)),
    S3: (("trend_over", S0),),
}
"""State -> (rule, next state); the first rule that holds wins, one transition per bar."""


def rules(close: Floats, emas: Mapping[int, Floats]) -> dict[str, Flags]:
    """Where each rule of TRANSITIONS holds, each of shape (n,); false before 333 bars.

    `emas` maps 20, 30, 60, 144, 250, 333 to that EMA of `close`, NaN where it does not exist.
    """

    def rising(*lines: Floats) -> Flags:
        """The lines lie strictly one above the other, lowest first."""
        held = np.ones(lines[0].size, dtype=np.bool_)
        for low, high in pairwise(lines):
            held &= low < high * (1 - TIE)
        return held

    ready = np.arange(close.size) >= FULL_BARS - 1
    fast_high = np.maximum(emas[20], emas[30])
    fast_low = np.minimum(emas[20], emas[30])
    slow_low = np.minimum.reduce([emas[60], emas[144], emas[250], emas[333]])
    s0_order = rising(fast_high, emas[60], emas[144], emas[250], emas[333])
    found = {
        "s0_order": s0_order,
        "primer": rising(emas[60], fast_low) & rising(emas[60], close),
        "above_ema333": rising(emas[333], close),
        "below_ema333": rising(close, emas[333]),
        "full_order": rising(emas[333], emas[250], emas[144], emas[60], fast_low),
        "back_to_s0": s0_order | rising(fast_high, slow_low),
        "trend_over": rising(
            np.maximum.reduce([fast_high, emas[60], emas[144], emas[250]]), emas[333]
        ),
    }
    return {name: flags & ready for name, flags in found.items()}


def scan(found: Mapping[str, Flags]) -> NDArray[np.int8]:
    """State after each bar, int8 of shape (n,): the table walked once over the rules' flags."""
    size = next(iter(found.values())).size
    following = np.empty((5, size), dtype=np.int8)
    for state, exits in TRANSITIONS.items():
        following[state] = np.select(
            [found[rule] for rule, _ in exits], [target for _, target in exits], default=state
        )
    states = []
    state = S4
    for choice in following.T.tolist():
        state = choice[state]
        states.append(state)
    return np.array(states, dtype=np.int8)
