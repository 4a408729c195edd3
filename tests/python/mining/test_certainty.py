"""Intervals, tests and false discovery control against SciPy and statsmodels, and on noise."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import numpy as np
import psycopg
import pytest
from amounts import amount
from brute_force import MINE

from quadrant.later import Later

stats = Later("scipy.stats")
multitest = Later("statsmodels.stats.multitest")
proportion = Later("statsmodels.stats.proportion")

PATTERN = "pm.uptrend.S1.entry"
AS_OF = "2026-02-02 00:00+00"
BUCKETS = {"nano": 0.4, "micro": 0.3, "mid": 0.15, "big": 0.1, "large": 0.05}
TIMEFRAMES = {"15m": 0.7, "1h": 0.2, "4h": 0.1}


def many(
    connection: psycopg.Connection[Any], function: str, *arguments: Any
) -> np.ndarray[Any, Any]:
    """`function` of the rows of `arguments`, answers as rows of floats."""
    names = ", ".join(f"a{i}" for i in range(len(arguments)))
    arrays = ", ".join(["%s::float8[]"] * len(arguments))
    rows = connection.execute(
        f"select r.* from unnest({arrays}) with ordinality as a ({names}, place)"
        f" cross join lateral {function}({names}) as r order by a.place",
        [[float(value) for value in argument] for argument in arguments],
    )
    return np.array(rows.fetchall(), dtype=float)


def experiments(
    connection: psycopg.Connection[Any], attempts: int, seed: int, *, whole: bool
) -> None:
    """Attempts of one to many windows; `whole`: those of an attempt share a scope."""
    chance = Random(seed)
    rows = []
    for attempt in range(attempts):
        scope = {
            "chain": "solana",
            "bucket": chance.choices(list(BUCKETS), list(BUCKETS.values()))[0],
            "timeframe": chance.choices(list(TIMEFRAMES), list(TIMEFRAMES.values()))[0],
            "age_bucket": chance.choice(["young", "grown", "old"]),
        }
        while True:
            own = scope if whole else scope | {"vol_bucket": chance.choice(list(BUCKETS))}
            rows.append({"attempt": attempt, "scope": own, "acted": chance.random() < 0.5})
            if chance.random() < 0.3:
                break
    connection.execute(
        """
        insert into learning.pattern_episode_events (
            pattern_key, attempt_id, scope, decision, outcome, decided_at
        )
        select %s, r ->> 'attempt', r -> 'scope',
            case when (r -> 'acted')::boolean then 'acted' else 'skipped' end, 'failure',
            timestamptz '2026-02-01 00:00+00'
        from jsonb_array_elements(%s::jsonb) as r
        """,
        (PATTERN, json.dumps(rows)),
    )


def decide(connection: psycopg.Connection[Any], seed: int, rates: str) -> None:
    """Every attempt succeeds or fails as a whole, by chance; `rates` is SQL over its scope."""
    connection.execute("select setseed(%s)", (seed / 1000,))
    connection.execute(
        f"""
        update learning.pattern_episode_events as e
        set outcome = case when a.luck < ({rates}) then 'success' else 'failure' end
        from (
            select k.attempt_id, random() as luck
            from (
                select distinct attempt_id from learning.pattern_episode_events order by attempt_id
            ) as k
        ) as a
        where a.attempt_id = e.attempt_id
        """
    )
    connection.execute(MINE, (AS_OF,))


def differences(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute(
            "select d.*, l.stats from learning.lesson_differences as d"
            " join learning.learning_lessons as l on l.id = d.lesson_id"
        ).fetchall()


@pytest.fixture
def quiet(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    connection.execute("set synchronous_commit = off")
    return connection


def test_wilson_is_that_of_scipy_and_statsmodels(connection: psycopg.Connection[Any]) -> None:
    counts = [(k, n) for n in (1, 2, 5, 33, 500) for k in {0, 1, n // 3, n - 1, n}]
    bounds = many(connection, "learning.wilson_interval", *zip(*counts, strict=True))
    for (k, n), found in zip(counts, bounds, strict=True):
        scipy = stats.binomtest(k, n).proportion_ci(method="wilson")
        assert found == pytest.approx([scipy.low, scipy.high], abs=1e-9)
        assert found == pytest.approx(
            proportion.proportion_confint(k, n, method="wilson"), abs=1e-9
        )
    (fractional,) = many(connection, "learning.wilson_interval", [2.5], [8.25])
    assert fractional == pytest.approx(
        proportion.proportion_confint(2.5, 8.25, method="wilson"), abs=1e-9
    )


def test_normal_quantile_and_tail_are_those_of_scipy(connection: psycopg.Connection[Any]) -> None:
    tails = 10.0 ** -np.linspace(1.2, 250, 400)
    quantiles = many(connection, "learning.normal_quantile", tails)[:, 0]
    assert quantiles == pytest.approx(stats.norm.isf(tails), rel=2e-7)
    assert many(connection, "learning.normal_tail", quantiles)[:, 0] == pytest.approx(
        stats.norm.sf(quantiles), rel=2e-7
    )


def test_difference_is_tested_as_by_fisher(connection: psycopg.Connection[Any]) -> None:
    """Twice the smaller hypergeometric tail, to a fifth of it, from 1 down to 1e-200."""
    chance = np.random.default_rng(1)
    trials = np.exp(chance.uniform(1, 7, 3000)).astype(int)
    rest = np.exp(chance.uniform(1, 8, 3000)).astype(int)
    successes = (chance.uniform(0, 1, 3000) * (trials + rest)).astype(int)
    least, most = np.maximum(0, successes - rest), np.minimum(trials, successes)
    own = chance.integers(least, most + 1)
    found = many(connection, "learning.rate_difference", own, trials, successes - own, rest)
    exact = stats.hypergeom(trials + rest, successes, trials)
    wanted = np.minimum(1, 2 * np.minimum(exact.sf(own - 1), exact.cdf(own)))
    sure = wanted > 1e-200
    assert sure.sum() > 2000
    ratio = found[sure, 2] / wanted[sure]
    assert ratio.min() > 0.8
    assert ratio.max() < 1.3
    assert np.median(ratio) == pytest.approx(1, abs=0.01)
    assert found[:, 0] == pytest.approx(own / trials - (successes - own) / rest)


def test_nothing_to_compare_is_null_and_equal_is_1(connection: psycopg.Connection[Any]) -> None:
    def answer(*arguments: float | None) -> Any:
        return connection.execute(
            "select * from learning.rate_difference(%s, %s, %s, %s)", arguments
        ).fetchone()

    assert answer(3, 5, 0, 0) == answer(0, 0, 3, 5) == (None, None, None)
    assert answer(3, 5, None, None) == (None, None, None)
    assert answer(0, 7, 0, 5) == answer(7, 7, 0.5, 0.5) == (0, 0, 1)
    assert answer(2, 4, 0.5, 1) == (0, 0, 1)


@pytest.mark.parametrize(
    "rates",
    [
        "0.3",
        'case when e.scope @> \'{"bucket": "micro"}\' then 0.6 else 0.2 end',
        "case e.scope ->> 'timeframe' when '15m' then 0.5 else 0.1 end",
        'case when e.scope @> \'{"bucket": "nano", "timeframe": "15m"}\' then 0 else 1 end',
    ],
)
def test_q_is_that_of_statsmodels_and_intervals_agree_with_it(
    quiet: psycopg.Connection[Any], rates: str
) -> None:
    experiments(quiet, 300, 1, whole=False)
    for seed in range(3):
        decide(quiet, seed, rates)
        rows = differences(quiet)
        assert len(rows) > 20
        rejected, q, _, _ = multitest.multipletests([row["p"] for row in rows], 0.05, "fdr_bh")
        assert [row["q"] for row in rows] == pytest.approx(list(q))
        assert [row["is_different"] for row in rows] == list(rejected)
        for row in rows:
            excludes = row["difference_low"] > 0 or row["difference_high"] < 0
            assert excludes == row["is_different"], row
            assert row["difference_low"] <= row["difference"] <= row["difference_high"]
            assert row["level"] == pytest.approx(1 - 0.05 * max(1, sum(rejected)) / len(rows))
            newcombe = proportion.confint_proportions_2indep(
                *(row["stats"]["sr"] * row["stats"]["n_eff"], row["stats"]["n_eff"]),
                *(row["stats"]["sr_rest"] * row["stats"]["rest_n_eff"], row["stats"]["rest_n_eff"]),
                method="newcomb",
                compare="diff",
                alpha=1 - row["level"],
            )
            if row["difference"] < 0:
                assert row["difference_low"] == pytest.approx(newcombe[0], abs=1e-6)
            else:
                assert row["difference_high"] == pytest.approx(newcombe[1], abs=1e-6)


def test_what_was_planted_is_found(quiet: psycopg.Connection[Any]) -> None:
    experiments(quiet, 400, 2, whole=True)
    decide(quiet, 1, 'case when e.scope @> \'{"bucket": "micro"}\' then 0.5 else 0.2 end')
    found = quiet.execute(
        "select scope_subset, difference > 0 from analyst.lessons where is_different"
    ).fetchall()
    assert ({"bucket": "micro"}, True) in found


@pytest.mark.slow
@pytest.mark.parametrize("whole", [True, False])
def test_noise_differs_nowhere(quiet: psycopg.Connection[Any], whole: bool) -> None:
    """Outcomes dealt out by chance: hardly a run in twenty may call any slice different."""
    experiments(quiet, 300, 3, whole=whole)
    runs, called = amount(15, 60), 0
    small: list[bool] = []
    for seed in range(runs):
        decide(quiet, seed, "0.2")
        rows = differences(quiet)
        called += any(row["is_different"] for row in rows)
        small += [row["p"] <= 0.05 for row in rows]
    assert called <= stats.binom.ppf(0.999, runs, 0.05)
    assert np.mean(small) <= 0.05


@pytest.mark.slow
def test_intervals_of_what_is_called_different_hold_the_truth(
    quiet: psycopg.Connection[Any],
) -> None:
    """At most one in twenty misses the true difference: its mean over many runs of one market."""
    experiments(quiet, 600, 5, whole=True)
    rates = "case e.scope ->> 'bucket' when 'nano' then 0.1 when 'micro' then 0.45 else 0.2 end"
    runs = []
    number = amount(12, 50)
    for seed in range(number):
        decide(quiet, seed, rates)
        runs.append({row["lesson_id"]: row for row in differences(quiet)})
    truth = {name: np.mean([run[name]["difference"] for run in runs]) for name in runs[0]}
    missed = [
        not row["difference_low"] <= truth[name] <= row["difference_high"]
        for run in runs
        for name, row in run.items()
        if row["is_different"]
    ]
    assert len(missed) > 4 * number
    assert np.mean(missed) <= 0.05
