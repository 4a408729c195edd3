"""How much faster the simulation is than a plain loop over candidates and events.

Run it as a program: python tests/bench/bench_judging.py [events]. Prints milliseconds and ratios.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[1] / "python" / "judging"))
from markets import GRID, judged_by, market
from quadrant.judging.evidence import SignFlips, day_z

from quadrant.judging import Events, simulate

DRAWS = 500
SEED = 1


def loop_over_candidates(events: Events) -> list[float]:
    """The peer: every candidate, event and draw in turn, without tables or products."""
    v = [math.tanh(roi / 0.10) for roi in events.roi.tolist()]
    days = events.day.tolist()
    admitted = events.admitted.tolist()
    zs: list[float] = []
    sums_of: list[dict[int, float]] = []
    for candidate in range(1, len(admitted[0])):
        sums: dict[int, float] = {}
        for value, day, row in zip(v, days, admitted, strict=True):
            flip = row[candidate] - row[0]
            if flip:
                sums[day] = sums.get(day, 0.0) + flip * value
        square = math.sqrt(sum(s * s for s in sums.values())) or 1.0
        zs.append(sum(sums.values()) / square)
        sums_of.append({day: s / square for day, s in sums.items()})
    rng = np.random.default_rng(SEED)
    largest = []
    for _ in range(DRAWS):
        signs = (2 * rng.integers(0, 2, 1 + max(days)) - 1).tolist()
        largest.append(max(sum(signs[d] * s for d, s in sums.items()) for sums in sums_of))
    return [(1 + sum(top >= z for top in largest)) / (1 + DRAWS) for z in zs]


def milliseconds(run: Callable[[], object], times: int) -> float:
    """The median of some runs, after one to warm up."""
    run()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return 1_000 * float(np.median(taken))


def twenty_thousand(days: int) -> None:
    """The draws of a slice whose p matters, both tests."""
    scaled = day_z(np.random.default_rng(SEED).normal(size=(days, len(GRID.steps))))[1]
    flips = SignFlips(scaled, SEED)
    for n in (500, 1_500, 6_000, 12_000):
        flips.draw(n)


def main(n: int) -> None:
    """Print the figures for a slice of n events over 90 days."""
    events = market(SEED, n=n)
    judged = judged_by(draws=DRAWS, max_draws=DRAWS)
    with threadpool_limits(limits=1, user_api="blas"):
        ours = milliseconds(lambda: simulate(events, GRID, judged, SEED), 30)
        unpruned = milliseconds(lambda: simulate(events, GRID, judged, SEED, prune=False), 30)
        many = milliseconds(lambda: twenty_thousand(90), 5)
    peer = milliseconds(lambda: loop_over_candidates(events), 1)
    print(f"{n} events, 90 days, 124 candidates, {DRAWS} draws")
    print(f"simulate               {ours:9.2f} ms")
    print(f"simulate, not pruned   {unpruned:9.2f} ms  x{unpruned / ours:.2f}")
    print(f"plain loop             {peer:9.2f} ms  x{peer / ours:.0f}")
    print(f"20,000 draws, 2 tests  {many:9.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
