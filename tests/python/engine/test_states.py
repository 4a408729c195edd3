"""Each rule, each transition and each precedence of the state machine, on hand-made lines."""

from __future__ import annotations

import numpy as np
import pytest

from quadrant.bars import Bars
from quadrant.engine import STATES, compute
from quadrant.engine.states import FULL_BARS, TRANSITIONS, rules, scan

PERIODS = (20, 30, 60, 144, 250, 333)
DOWN = (94, 95, 96, 97, 98, 99)
PRIMER = (97, 96.5, 96, 97, 98, 99)
FULL = (106, 105, 104, 103, 102, 101)
FAST_UNDER_ALL = (94, 95, 98, 97, 99, 96)
OVER = (95, 96, 97, 98, 98.5, 99)


def states(*steps: tuple[float, tuple[float, ...]]) -> list[str]:
    """States after each (close, EMA20..EMA333), from the first bar that may have one."""
    pad = FULL_BARS - 1
    close = np.array([100.0] * pad + [price for price, _ in steps])
    level = {p: [100.0] * pad + [lines[i] for _, lines in steps] for i, p in enumerate(PERIODS)}
    found = rules(close, {p: np.array(values, dtype=float) for p, values in level.items()})
    return [STATES[code] for code in scan(found)[pad:]]


def test_s4_lasts_until_the_s0_order() -> None:
    assert states((107, FULL), (97.5, PRIMER), (99.5, PRIMER), (93, DOWN)) == [
        "S4",
        "S4",
        "S4",
        "S0",
    ]


@pytest.mark.parametrize("broken", range(5))
def test_s0_order_needs_every_step(broken: int) -> None:
    lines = list(DOWN)
    if broken == 0:
        lines[0] = 96.5
    else:
        lines[broken] = lines[broken + 1] + 0.5
    assert states((93, tuple(lines))) == ["S4"]


@pytest.mark.parametrize(
    ("price", "lines", "after"),
    [
        (96.5, PRIMER, "S1"),
        (96.0, PRIMER, "S0"),
        (96.5, (95.9, 96.5, 96, 97, 98, 99), "S0"),
        (96.5, (96.5, 95.9, 96, 97, 98, 99), "S0"),
    ],
)
def test_s0_to_s1(price: float, lines: tuple[float, ...], after: str) -> None:
    assert states((93, DOWN), (price, lines)) == ["S0", after]


def test_s1_and_s2_follow_the_price_over_ema333() -> None:
    walk = states(
        (93, DOWN), (96.5, PRIMER), (99.0, PRIMER), (99.1, PRIMER), (99.0, PRIMER), (98.9, PRIMER)
    )
    assert walk == ["S0", "S1", "S1", "S2", "S2", "S1"]


@pytest.mark.parametrize("before", ["S1", "S2"])
@pytest.mark.parametrize("lines", [DOWN, FAST_UNDER_ALL])
def test_back_to_s0(before: str, lines: tuple[float, ...]) -> None:
    price = {"S1": 98.0, "S2": 99.5}[before]
    assert states((93, DOWN), (96.5, PRIMER), (price, PRIMER), (93, lines)) == [
        "S0",
        "S1",
        before,
        "S0",
    ]


def test_s2_to_s3_and_back_only_when_all_are_below() -> None:
    start = ((93, DOWN), (96.5, PRIMER), (99.5, PRIMER), (107, FULL))
    assert states(*start)[-1] == "S3"
    one_above = (95, 96, 97, 98, 99.5, 99)
    assert states(*start, (90, PRIMER[::-1]))[-1] == "S3"
    assert states(*start, (90, one_above))[-1] == "S3"
    assert states(*start, (90, OVER))[-1] == "S0"


def test_precedence() -> None:
    start = ((93, DOWN), (96.5, PRIMER))
    # price jumps over EMA333 while the fast lines are under all: the attempt is over
    assert states(*start, (99.5, DOWN))[-1] == "S0"
    # in S2 under EMA333 with the fast lines under all: S0, not S1
    assert states(*start, (99.5, PRIMER), (98, FAST_UNDER_ALL))[-1] == "S0"
    # full order but price already under EMA333: S1, not S3
    assert states(*start, (99.5, PRIMER), (100.5, FULL))[-1] == "S1"
    # one transition per bar: S1 with everything for S3 goes to S2 first
    assert states(*start, (107, FULL), (107, FULL))[-2:] == ["S2", "S3"]


def test_level_lines_and_rounding_are_no_order() -> None:
    noise = tuple(99 * (1 + step * 1e-12) for step in range(6))
    assert states((93, noise)) == ["S4"]


def test_no_rule_before_333_bars() -> None:
    lines = {p: np.full(400, float(level)) for p, level in zip(PERIODS, DOWN, strict=True)}
    found = rules(np.full(400, 93.0), lines)
    assert found["s0_order"].tolist() == [False] * 332 + [True] * 68


def test_every_state_but_none_other_has_exits() -> None:
    assert sorted(TRANSITIONS) == [0, 1, 2, 3, 4]


def test_a_price_path_walks_all_states() -> None:
    leg = [(400, 100, 80), (250, 80, 110), (400, 110, 85)]
    close = np.concatenate([np.linspace(start, end, size) for size, start, end in leg])
    opened = np.concatenate([close[:1], close[:-1]])
    bars = Bars(
        "AAA",
        "1h",
        np.arange(close.size) * 3_600_000,
        opened,
        np.maximum(opened, close) + 0.1,
        np.minimum(opened, close) - 0.1,
        close,
        np.ones(close.size),
    )
    frame = compute(bars)
    names = [STATES[code] for code in frame.state]
    path = [name for at, name in enumerate(names) if at == 0 or name != names[at - 1]]
    assert path == ["S4", "S0", "S1", "S2", "S3", "S0"]
    falling = frame.emergency.nonzero()[0]
    assert (frame.state[falling] == 3).all()
    assert (frame.close[falling] < frame.ema333[falling]).all()
    assert falling.size > 0
