"""Mining against a brute-force twin: all subsets of all scopes, counted one by one."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from random import Random
from typing import Any

import psycopg
import pytest
from amounts import amount
from brute_force import COUNTS, MINE, SLICES, key, slices
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PATTERN = "pm.uptrend.S2.entry"
AS_OF = "2026-03-01 00:00+00"
DIMS = ["chain", "bucket", "timeframe", "curator"]
scopes = st.fixed_dictionaries(
    {"chain": st.just("solana")},
    optional={
        "bucket": st.sampled_from(["micro", "big", 7, "7"]),
        "timeframe": st.sampled_from(["15m", "1h", "\"quoted' {}"]),
        "curator": st.sampled_from([True, "true"]),
        "unmined": st.integers(0, 3),
    },
)
experiments = st.lists(
    st.fixed_dictionaries(
        {
            "scope": scopes,
            "attempt": st.integers(0, 9),
            "decision": st.sampled_from(["acted", "skipped"]),
            "outcome": st.sampled_from(["success", "failure", "failure", "neutral", None]),
            "policy": st.booleans(),
            "samples": st.booleans(),
            "roi": st.none() | st.integers(-99, 99).map(lambda cents: cents / 100),
            "day": st.integers(-100, 0),
        }
    ),
    max_size=40,
)


@pytest.fixture
def quiet(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    connection.execute("set synchronous_commit = off")
    return connection


def store(connection: psycopg.Connection[Any], rows: list[dict[str, Any]]) -> None:
    connection.execute(
        """
        insert into learning.pattern_episode_events (
            pattern_key, attempt_id, scope, decision, outcome, decided_at, blocked_by, factors, roi
        )
        select %(pattern)s, r ->> 'attempt', r -> 'scope', r ->> 'decision', r ->> 'outcome',
            %(as_of)s::timestamptz + make_interval(days => (r -> 'day')::integer),
            case when (r -> 'policy')::boolean then '{policy}' else '{ts}' end::text[],
            case when (r -> 'samples')::boolean then '{"samples": [{}]}' else '{}' end::jsonb,
            (r ->> 'roi')::double precision
        from jsonb_array_elements(%(rows)s::jsonb) as r
        """,
        {"pattern": PATTERN, "as_of": AS_OF, "rows": json.dumps(rows)},
    )


def mined(connection: psycopg.Connection[Any], n_min: int) -> dict[str, list[int]]:
    rows = connection.execute(
        f"select scope_subset, {COUNTS} from {SLICES} where n >= %s", (n_min,)
    )
    return {key(row[0]): list(row[1:]) for row in rows}


def groups(found: dict[str, list[int]]) -> dict[str, str]:
    """What each slice copies, or itself: the broadest of those linked to it by equal counts."""
    scope = {name: json.loads(name) for name in found}
    label = {name: name for name in found}

    def rank(name: str) -> tuple[int, str]:
        ordered = sorted(scope[name].items(), key=lambda item: (len(item[0]), item[0]))
        return len(scope[name]), json.dumps(dict(ordered), ensure_ascii=False)

    changed = True
    while changed:
        changed = False
        for a, b in combinations(found, 2):
            small, large = sorted((a, b), key=lambda name: len(scope[name]))
            is_family = len(scope[large]) == len(scope[small]) + 1 and all(
                k in scope[large] and key({k: v}) == key({k: scope[large][k]})
                for k, v in scope[small].items()
            )
            if is_family and found[a][:5] == found[b][:5] and label[a] != label[b]:
                label[a] = label[b] = min(label[a], label[b], key=rank)
                changed = True
    return label


@given(before=experiments, after=experiments, n_min=st.integers(1, 6), most=st.none() | st.just(2))
@settings(
    max_examples=amount(20, 40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_it_counts_as_the_twin_does(
    quiet: psycopg.Connection[Any],
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    n_min: int,
    most: int | None,
) -> None:
    """Mined in two steps, the second over what the first left: as a rebuild, as the twin."""
    with quiet.transaction(force_rollback=True):
        quiet.execute(
            "update learning.learning_configs set config_data = jsonb_set(config_data,"
            " '{tuning}', config_data -> 'tuning' || %s) where module_id = 'pm'",
            (json.dumps({"n_min": n_min, "max_dims": most}),),
        )
        store(quiet, before)
        quiet.execute(MINE, (AS_OF,))
        store(quiet, after)
        quiet.execute(MINE, (AS_OF,))
        wanted = slices(before + after, DIMS, n_min, most)
        assert mined(quiet, n_min) == wanted
        lessons = {
            key(row[0]): row[1:]
            for row in quiet.execute(
                "select scope_subset, n, counted_stamp, latent_factor_id, stats"
                " from learning.learning_lessons where status = 'active'"
            )
        }
        assert {name: row[0] for name, row in lessons.items()} == {
            name: sum(counts[:4]) for name, counts in wanted.items()
        }
        assert {name: row[1].rpartition("/")[0] for name, row in lessons.items()} == {
            name: "/".join(map(str, counts)) for name, counts in wanted.items()
        }
        assert {
            name: key(json.loads(row[2].removeprefix(f"{PATTERN} ")))
            for name, row in lessons.items()
        } == groups(wanted)
        incremental = {name: row[3] for name, row in lessons.items()}

        quiet.execute(
            "truncate learning.slice_rates, learning.mined_patterns, learning.mining_contributions"
        )
        quiet.execute("delete from learning.lessons")
        quiet.execute("select learning.mine_pattern(%s, %s, null)", (PATTERN, AS_OF))
        rebuilt = {
            key(row[0]): row[1]
            for row in quiet.execute("select scope_subset, stats from learning.learning_lessons")
        }
        assert rebuilt == incremental


def test_attempts_of_any_size(quiet: psycopg.Connection[Any]) -> None:
    """Forty different weights: attempts of one to forty windows."""
    chance = Random(7)
    rows = [
        {
            "scope": {"chain": chance.choice("ab"), "bucket": chance.choice("cd")},
            "attempt": size,
            "decision": chance.choice(["acted", "skipped"]),
            "outcome": chance.choice(["success", "failure", "failure"]),
            "policy": chance.random() < 0.2,
            "samples": chance.random() < 0.8,
            "roi": chance.choice([None, 0.01]),
            "day": -1,
        }
        for size in range(1, 41)
        for _ in range(size)
    ]
    store(quiet, rows)
    quiet.execute(MINE, (AS_OF,))
    found = mined(quiet, 33)
    assert len(found) == 9
    assert found == slices(rows, DIMS, 33, None)


@pytest.mark.slow
def test_many_dimensions_need_wider_keys(quiet: psycopg.Connection[Any]) -> None:
    """All 27 dimensions: keys beyond 64 bits, at most four conditions, still the twin's counts."""
    names = [
        row[0]
        for row in quiet.execute(
            "select (learning.enable_dimension(name)).name from learning.scope_dimensions"
        )
    ]
    chance = Random(1)
    rows = [
        {
            "scope": {name: f"v{chance.randrange(5)}" for name in names},
            "attempt": i,
            "decision": "skipped",
            "outcome": "failure" if i % 3 else "success",
            "policy": False,
            "samples": False,
            "roi": None,
            "day": -1,
        }
        for i in range(90)
    ]
    store(quiet, rows)
    quiet.execute(
        "update learning.learning_configs set config_data = jsonb_set(config_data,"
        " '{tuning,n_min}', '5') where module_id = 'pm'"
    )
    quiet.execute(MINE, (AS_OF,))
    found = mined(quiet, 5)
    assert 2 <= max(len(json.loads(name)) for name in found) <= 4
    for name, counts in found.items():
        items = json.loads(name).items()
        inside = [row for row in rows if all(row["scope"].get(k) == v for k, v in items)]
        assert sum(counts[:4]) == len(inside)
        assert counts[2] == sum(row["outcome"] == "success" for row in inside)
    singles = Counter(key({name: row["scope"][name]}) for row in rows for name in names)
    wanted = {name for name, n in singles.items() if n >= 5}
    assert {name for name in found if len(json.loads(name)) == 1} == wanted
