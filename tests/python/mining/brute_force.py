"""The miner's twin: every subset of every experiment's conditions, a dictionary of counters."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

MINE = """
    select learning.mine_pattern(p.pattern_key, a.at, null)
    from (select %s::timestamptz) as a (at)
    cross join lateral learning.patterns_to_mine(a.at) as p (pattern_key)
"""
COUNTS = (
    "acted_success, acted_failure, skipped_success, skipped_failure, n_policy, weight, n_sampled,"
    " n_valued, success_weight"
)
SLICES = """(
    select r.*, coalesce((
        select jsonb_object_agg(k.name, k.value)
        from learning.mining_codes as k
        where k.pattern_key = r.pattern_key and strpos(r.slice_key, k.item) > 0
    ), '{}') as scope_subset
    from learning.slice_rates as r
) as slices"""


def text(value: object) -> str:
    """A scope value as it is compared: 7, 7.0 and "7" are one, true and "true" another."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def key(scope: dict[str, Any]) -> str:
    """A slice's name: its scope, in one order, values as texts."""
    return json.dumps({name: text(value) for name, value in scope.items()}, sort_keys=True)


def slices(
    events: Iterable[dict[str, Any]],
    dims: Sequence[str],
    n_min: int,
    most: int | None,
    window: tuple[float, float] = (-90, 0),
) -> dict[str, list[int]]:
    """The counts (in the order of COUNTS) of every slice of one pattern with n_min experiments.

    An event is a dict: attempt, scope, decision (null: pending), outcome, policy, samples, roi,
    and day, when it was decided; days after window[0] up to window[1] count.
    """
    decided = [event for event in events if event["decision"] is not None]
    windows = Counter(event["attempt"] for event in decided)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * 9)
    for event in decided:
        if event["outcome"] not in ("success", "failure"):
            continue
        if not window[0] < event["day"] <= window[1]:
            continue
        items = [(dim, event["scope"][dim]) for dim in dims if dim in event["scope"]]
        policy = event["policy"] and event["decision"] == "skipped"
        place = 2 * (event["decision"] == "skipped") + (event["outcome"] == "failure")
        weight = round(2**32 / windows[event["attempt"]])
        for size in range(min(len(items), len(items) if most is None else most) + 1):
            for chosen in combinations(items, size):
                counts = found[key(dict(chosen))]
                if policy:
                    counts[4] += 1
                else:
                    counts[place] += 1
                    counts[5] += weight
                    counts[8] += weight * (event["outcome"] == "success")
                counts[6] += event["samples"]
                counts[7] += event["roi"] is not None
    return {name: counts for name, counts in found.items() if sum(counts[:4]) >= n_min}
