"""How fast comparisons are made, and how much faster than by a plain loop.

Run it as a program: python tests/bench/bench_judging.py [lessons] [windows]. Compares that many
lessons of that many windows (3 levers, up to 24 samples) as the worker does, on two processes, and
a few policies of one lesson by a plain loop. Prints CPU seconds and ratios.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from bisect import bisect_left, bisect_right
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from promises.markets import every_combination
from threadpoolctl import threadpool_limits

from quadrant.judging import Grid, Lever
from quadrant.judging.cache import WindowCache
from quadrant.judging.slices import judge_slice

WORKERS = 2
DAYS = 365
OF_THE_LOOP = 3  # policies and scopes the loop does; the rest of the time is worked out
MOST_SAMPLES = 24
STAKES = (0.03, 0.06, 0.12, 0.25, 0.5)
Row = dict[str, Any]


def grid() -> Grid:
    """S1's: 125 policies."""
    return every_combination(
        (
            Lever("ts", "ts_score", False, 0.6, (-0.1, -0.05, 0.0, 0.05, 0.1)),
            Lever("halo", "halo_distance", True, 1.0, (-0.2, -0.1, 0.0, 0.1, 0.2)),
            Lever("slope", "slope", False, 0.0, (-0.02, -0.01, 0.0, 0.01, 0.02)),
        )
    )


def market(n: int) -> list[Row]:
    """Windows of a year, all in one lesson: every comparison has all of them."""
    rng = np.random.default_rng(1)
    rows = []
    for i, day in enumerate(np.sort(rng.integers(0, DAYS, n)).tolist()):
        k = int(rng.integers(1, MOST_SAMPLES + 1))
        values = zip(
            rng.uniform(0.4, 0.8, k).tolist(),
            rng.uniform(0.6, 1.3, k).tolist(),
            rng.uniform(-0.04, 0.04, k).tolist(),
            (100 * np.exp(rng.normal(0, 0.01, k))).tolist(),
            strict=True,
        )
        names = ("ts_score", "halo_distance", "slope", "entry_price")
        roi = float(
            np.where(rng.random() < 0.2, rng.exponential(0.12), -0.03) + rng.normal(0, 0.01)
        )
        rows.append(
            {
                "id": i,
                "version": "1",
                "day": day,
                "timeframe": "1h",
                "won": roi > 0,
                "entry_price": 100.0,
                "exit_price": 100 * (roi + 1.001) / 0.999,
                "roi": roi,
                "items": ["lesson=0"],
                "samples": [dict(zip(names, value, strict=True)) for value in values],
            }
        )
    return rows


def compare_lessons(n: int, lessons: int) -> tuple[float, float]:
    """CPU seconds to load the windows and to compare the lessons."""
    rows = market(n)
    started = time.process_time()
    cache = WindowCache(grid())
    cache.open_look(range(n), ["1"] * n)
    cache.add(rows)
    loaded = time.process_time()
    request = {
        "items": ["lesson=0"],
        "exclusions": [],
        "reference": [],
        "watched": None,
        "watched_since": None,
        "look_day": DAYS,
    }
    with threadpool_limits(limits=1, user_api="blas"):
        for _ in range(lessons):
            judge_slice(cache, grid(), request)
    return loaded - started, time.process_time() - loaded


def loop(rows: list[Row], policies: list[dict[str, float]]) -> list[float]:
    """The peer: z and wealth of some policies against base, sample by sample."""
    results = sorted(min(row["roi"], 1.0) for row in rows)
    own = [score(min(row["roi"], 1.0), results) for row in rows]
    total: dict[int, float] = {}
    number: dict[int, int] = {}
    for row, value in zip(rows, own, strict=True):
        total[row["day"]] = total.get(row["day"], 0.0) + value
        number[row["day"]] = number.get(row["day"], 0) + 1
    found = []
    for policy in policies:
        gains: dict[int, float] = {}
        for row, value in zip(rows, own, strict=True):
            before, after = bought(row, {}), bought(row, policy)
            if before == after:
                continue
            control = (total[row["day"]] - value) / number[row["day"]]
            gain = sum(
                sign * (score(min(paid(row, at), 1.0), results) - control)
                for sign, at in ((1, after), (-1, before))
                if at is not None
            )
            gains[row["day"]] = gains.get(row["day"], 0.0) + gain
        square = math.sqrt(sum(g * g for g in gains.values())) or 1.0
        z = sum(gains.values()) / square
        rich = [1.0] * len(STAKES)
        seen = 5.0
        for days, day in enumerate(sorted(gains), start=5):
            scale = math.sqrt(seen / days)
            for i, stake in enumerate(STAKES):
                rich[i] *= 1 + min(stake / scale, 0.9 / 4) * gains[day]
            seen += gains[day] ** 2
        found.append(z + sum(rich))
    return found


def bought(row: Row, steps: dict[str, float]) -> int | None:
    """The first sample that passes."""
    for place, sample in enumerate(row["samples"]):
        if (
            sample["ts_score"] >= 0.6 + steps.get("ts", 0.0)
            and sample["halo_distance"] <= 1.0 + steps.get("halo", 0.0)
            and sample["slope"] >= steps.get("slope", 0.0)
        ):
            return place
    return None


def paid(row: Row, at: int) -> float:
    """What a buy there came to."""
    price: float = row["samples"][at]["entry_price"]
    return float((row["exit_price"] * 0.999 - price * 1.001) / price)


def score(roi: float, results: list[float]) -> float:
    """A rank, from -sqrt(3) to sqrt(3)."""
    below, upto = bisect_left(results, roi), bisect_right(results, roi)
    return ((below + upto) / (2 * len(results)) - 0.5) * math.sqrt(12)


def main(lessons: int, n: int) -> None:
    """Print the figures."""
    started = time.perf_counter()
    share = lessons // WORKERS
    with ProcessPoolExecutor(WORKERS) as pool:
        parts = list(pool.map(compare_lessons, [n] * WORKERS, [share] * WORKERS))
    whole = time.perf_counter() - started
    load = max(part[0] for part in parts)
    compared = max(part[1] for part in parts)
    rows = market(n)
    started = time.process_time()
    loop(rows, [dict(steps) for steps in grid().steps[:OF_THE_LOOP]])
    one = (time.process_time() - started) / OF_THE_LOOP * len(grid().steps)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    each = compared / share
    print(f"{lessons:,} lessons of {n:,} windows, up to {MOST_SAMPLES} samples, 125 policies")
    print(f"load and score the windows  {load:8.2f} s")
    print(f"compare all lessons         {compared:8.2f} s on {WORKERS} processes")
    print(f"one lesson                  {1_000 * each:8.2f} ms")
    print(f"one lesson by a plain loop  {1_000 * one:8.0f} ms  x{one / each:,.0f}")
    print(f"memory of a process         {memory:8.0f} MB; everything took {whole:.1f} s")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [1_000, 10_000][len(given) :]))
