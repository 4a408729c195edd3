"""The profiles of the allocation: what each promises, and the paths of ROIs dealt out at random."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import permutations
from typing import Any

import psycopg
import pytest
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_step import FLOOR, MOST, average, desired, exact, step

TIMEFRAMES = ("15m", "1h", "4h")
START = datetime(2026, 1, 1, tzinfo=UTC)
Trade = tuple[str, float, float]
"""Timeframe, ROI, day."""

share_sets = st.tuples(st.integers(5, 80), st.integers(5, 15)).map(
    lambda p: {
        "15m": f"0.{p[0]:02}",
        "1h": f"0.{p[1]:02}",
        "4h": f"0.{100 - p[0] - p[1]:02}",
    }
)
money = st.dictionaries(
    st.sampled_from(TIMEFRAMES), st.floats(-1, 1) | st.just(0.0), min_size=2, max_size=3
)
quick = settings(
    max_examples=amount(40, 2_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def loads(text: str) -> dict[str, Fraction]:
    numbers = json.loads(text, parse_float=str, parse_int=str)
    return {name: exact(number) for name, number in numbers.items()}


def shrunk(
    connection: psycopg.Connection[Any], *given: dict[str, Any], sure: float, least: int = 5
) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Desired shares and the step to them."""
    row = connection.execute(
        "select d.shares::text, learning.allocation_step(%s::jsonb, d.shares, %s)::text"
        " from (select learning.shrunk_shares(%s, %s, %s, %s) as shares) as d",
        (shown(given[0]), least, *map(shown, given[:2]), json.dumps(given[2]), sure),
    ).fetchone()
    assert row is not None
    return loads(row[0]), loads(row[1])


def shown(shares: dict[str, Any]) -> str:
    return "{" + ", ".join(f'"{name}": {share}' for name, share in shares.items()) + "}"


@given(
    now=share_sets,
    start=share_sets,
    made=money,
    how=st.tuples(st.floats(0, 1), st.integers(1, 6)),
)
@quick
def test_shrunk_shares_keep_every_promise_of_a_step(
    quiet: psycopg.Connection[Any],
    now: dict[str, str],
    start: dict[str, str],
    made: dict[str, float],
    how: tuple[float, int],
) -> None:
    sure, least = how
    wanted, change = shrunk(quiet, now, start, made, sure=sure, least=least)
    shares = {name: exact(share) for name, share in now.items()}
    assert wanted.keys() == made.keys() == change.keys()
    assert abs(sum(wanted.values()) - sum(shares[name] for name in made)) < 1e-15
    assert all(share >= FLOOR - Fraction(1, 10**15) for share in wanted.values())
    assert change == step(shares, wanted, least)
    assert sum(change.values()) == 0
    assert max(map(abs, change.values())) <= MOST * min(1, Fraction(least, 5))
    for better, worse in permutations(made, 2):
        alike = now[better] == now[worse] and start[better] == start[worse]
        if alike and made[better] > made[worse]:
            assert change[better] >= change[worse], "never toward the worse"


@given(now=share_sets, start=share_sets, made=money)
@quick
def test_no_evidence_leads_back_to_the_start_and_all_of_it_to_money(
    quiet: psycopg.Connection[Any],
    now: dict[str, str],
    start: dict[str, str],
    made: dict[str, float],
) -> None:
    shares = {name: exact(share) for name, share in now.items()}
    evidence = {name: exact(value) for name, value in made.items()}
    back, _ = shrunk(quiet, now, start, made, sure=0)
    of_start = desired(shares, {name: exact(start[name]) for name in made})
    assert all(abs(back[name] - of_start[name]) < 1e-15 for name in made)
    there, _ = shrunk(quiet, now, start, made, sure=1)
    of_money = desired(shares, evidence)
    assert all(abs(there[name] - of_money[name]) < 1e-15 for name in made)


def trades(seed: int, count: int) -> list[Trade]:
    dice = random.Random(seed)
    days = sorted(dice.uniform(0, 60) for _ in range(count))
    return [(dice.choice(TIMEFRAMES), round(dice.gauss(0.002, 0.05), 4), day) for day in days]


def record(connection: psycopg.Connection[Any], told: list[Trade], begin: int = 0) -> None:
    for number, (timeframe, roi, day) in enumerate(told, start=begin):
        connection.execute(
            "select learning.record_closed_trade(%s)",
            (
                json.dumps(
                    {
                        "trade_id": f"t{number}",
                        "timeframe": timeframe,
                        "roi": roi,
                        "roi_is_checked": True,
                        "closed_at": (START + timedelta(days=day)).isoformat(),
                    }
                ),
            ),
        )


def shares_of(connection: psycopg.Connection[Any]) -> dict[str, Fraction]:
    rows = connection.execute("select timeframe, share::text from pm.allocation_split()")
    return {name: exact(share) for name, share in rows.fetchall()}


def test_fixed_takes_trades_in_and_does_not_step(connection: psycopg.Connection[Any]) -> None:
    connection.execute("select learning.set_setting('allocation.profile', '\"fixed\"')")
    before = shares_of(connection)
    record(connection, trades(1, 12))
    assert shares_of(connection) == before
    rows = connection.execute(
        "select sum(n), min(verdict), max(verdict), bool_or(desired is not null)"
        " from analyst.allocation"
    ).fetchall()
    assert rows == [(12, "fixed", "fixed", False)]


def test_evidence_steps_back_where_there_is_none_and_away_where_there_is(
    connection: psycopg.Connection[Any],
) -> None:
    start = shares_of(connection)
    record(connection, [("15m", 0.05, n / 10) for n in range(10)])
    record(connection, [("1h", -0.05, 1 + n / 10) for n in range(20)], begin=10)
    moved = shares_of(connection)
    assert moved["15m"] > start["15m"]
    connection.execute("select learning.set_setting('allocation.profile', '\"evidence\"')")
    previous = moved
    for n in range(40):
        record(connection, [("1h", 0.0, 3 + n / 100)], begin=100 + n)
        now = shares_of(connection)
        assert sum(now.values()) == 1
        assert now["4h"] == start["4h"], "untraded"
        assert abs(now["15m"] - previous["15m"]) <= MOST
        assert abs(now["15m"] - start["15m"]) <= abs(previous["15m"] - start["15m"])
        previous = now
    assert abs(previous["15m"] - start["15m"]) < 1e-9
    row = connection.execute("select max(surety), min(verdict) from analyst.allocation").fetchone()
    assert row == (0, "not told from noise")

    # Ten days of gains here and losses there.
    dice = random.Random(3)
    for day in range(4, 14):
        steady = [("15m", 0.05 + dice.uniform(-0.01, 0.01), day + 0.1)]
        steady += [("1h", -0.05 + dice.uniform(-0.01, 0.01), day + 0.2)]
        record(connection, steady, begin=1000 + 2 * day)
    assert shares_of(connection)["15m"] > previous["15m"]
    row = connection.execute(
        "select min(surety), min(verdict) from analyst.allocation where n > 0"
    ).fetchone()
    assert row is not None
    assert 0.5 < row[0] < 1
    assert row[1] == "told from noise"


@pytest.mark.parametrize("path", [1, 20])
def test_shuffled_paths_are_the_rule_with_other_rois(
    quiet: psycopg.Connection[Any], path: int
) -> None:
    told = trades(7, 60)
    start = shares_of(quiet)
    record(quiet, told)
    rows = quiet.execute(
        "select timeframe, share, mean from learning.allocation_shuffles where path = %s", (path,)
    ).fetchall()
    hashes = quiet.execute(
        "select hashtextextended('t' || n, %s) & 1073741823 from generate_series(0, 59) as n"
        " order by n",
        (path,),
    ).fetchall()

    now: dict[str, Fraction] = dict(start)
    dealt: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for n, ((timeframe, _, day), (drawn,)) in enumerate(zip(told, hashes, strict=True)):
        dealt[timeframe].append((day, told[drawn % (n + 1)][1]))
        if len(dealt) > 1:
            means = {name: exact(f"{average(mine, 14):.15f}") for name, mine in dealt.items()}
            for name, moved in step(
                now, desired(now, means), min(map(len, dealt.values()))
            ).items():
                now[name] += moved
    assert {name: share for name, share, _ in rows} == pytest.approx(
        {name: float(share) for name, share in now.items()}, abs=1e-8
    )
    assert {name: mean for name, _, mean in rows} == pytest.approx(
        {name: average(mine, 14) for name, mine in dealt.items()}, abs=1e-9
    )
    row = quiet.execute(
        "select bool_and(noise_lowest <= noise_highest),"
        " bool_and((verdict = 'not told from noise')"
        " = (share between noise_lowest and noise_highest)) from analyst.allocation"
    ).fetchone()
    assert row == (True, True)


@pytest.mark.parametrize(
    "told",
    [
        [("15m", 0.0, 0), ("15m", 5e-324, 1), ("1h", -5e-324, 1), ("1h", 1e-200, 2)],
        [("15m", 0.1, -12_000), ("1h", 0.2, 0), ("15m", 0.3, 0), ("1h", -0.2, -12_000)],
    ],
    ids=["tiny", "decades apart"],
)
def test_what_floating_point_is_too_small_for_is_recorded(
    quiet: psycopg.Connection[Any], told: list[tuple[str, float, float]]
) -> None:
    record(quiet, told)
    row = quiet.execute(
        "select count(*), (select max(abs(share)) <= 1 from learning.allocation_shuffles)"
        " from learning.allocation_history"
    ).fetchone()
    assert row == (len(told), True)
