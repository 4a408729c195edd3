"""What every step promises, over random shares, ROIs and trade sequences, against a plain loop."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_step import FLOOR, MOST, average, desired, exact, step

TIMEFRAMES = ("15m", "1h", "4h")
START = datetime(2026, 1, 1, tzinfo=UTC)

rois = st.one_of(
    st.sampled_from([-1.0, -0.02, 0.0, 0.0, 0.03, 0.05, 50.0]),
    st.floats(-1, 50, allow_nan=False),
    st.floats(-0.05, 0.05, allow_nan=False),
)
share_sets = st.one_of(
    st.just(("0.15", "0.50", "0.35")),
    st.just(("0.3", "0.4", "0.3")),
    st.tuples(st.integers(5, 80), st.integers(5, 15)).map(
        lambda p: (f"0.{p[0]:02}", f"0.{p[1]:02}", f"0.{100 - p[0] - p[1]:02}")
    ),
    st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)).map(
        lambda p: tuple(
            f"{part // 10**12}.{part % 10**12:012}"
            for part in (min(p), max(p) - min(p), 10**12 - max(p))
        )
    ),
)
quick = settings(
    max_examples=amount(50, 2_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def fractions(shown: Mapping[str, Any]) -> dict[str, Fraction]:
    return {name: exact(number) for name, number in shown.items()}


def loads(text: str) -> Any:
    """JSON with its numbers kept as they are written."""
    return json.loads(text, parse_float=str, parse_int=str)


@given(
    shares=share_sets,
    traded=st.dictionaries(st.sampled_from(TIMEFRAMES), rois, min_size=1),
    least=st.integers(1, 8),
)
@quick
def test_a_step_is_what_the_plain_loop_says(
    quiet: psycopg.Connection[Any],
    shares: tuple[str, str, str],
    traded: dict[str, float],
    least: int,
) -> None:
    given_shares = dict(zip(TIMEFRAMES, shares, strict=True))
    shown = "{" + ", ".join(f'"{name}": {share}' for name, share in given_shares.items()) + "}"
    row = quiet.execute(
        """
        select d.shares::text, learning.allocation_step(%(shares)s::jsonb, d.shares, %(n)s)::text
        from (
            select learning.desired_shares(%(shares)s::jsonb, %(rois)s::jsonb) as shares
        ) as d
        """,
        {"shares": shown, "rois": json.dumps(traded), "n": least},
    ).fetchone()
    assert row is not None
    now = fractions(given_shares)
    evidence = fractions(traded)
    wanted, change = fractions(loads(row[0])), fractions(loads(row[1]))

    expected = desired(now, evidence)
    assert all(abs(wanted[name] - expected[name]) < 1e-15 for name in expected)
    assert wanted.keys() == evidence.keys()
    budget = sum(now[name] for name in evidence)
    assert abs(sum(wanted.values()) - budget) < 1e-15

    assert change == step(now, wanted, least)
    assert sum(change.values()) == 0
    assert max(map(abs, change.values())) <= MOST * min(1, Fraction(least, 5))
    assert all((10**12 * c).denominator == 1 for c in change.values())
    for name, moved in change.items():
        assert min(now.values()) < FLOOR or now[name] + moved >= FLOOR, "the floor is kept"
    for better in evidence:
        for worse in evidence:
            if now[better] == now[worse] and evidence[better] > evidence[worse]:
                assert change[better] >= change[worse], "never toward the worse"


trades = st.lists(
    st.tuples(
        st.integers(0, 20),  # trade ids: some come twice
        st.sampled_from(TIMEFRAMES),
        rois,
        st.integers(0, 200),  # days: in any order, so that some come late
    ),
    min_size=1,
    max_size=14,
)


@pytest.mark.slow
@given(
    shares=share_sets,
    told=trades,
    only=st.sampled_from([TIMEFRAMES, TIMEFRAMES, ("15m", "4h"), ("1h",)]),
)
@quick
def test_a_sequence_of_trades_keeps_every_promise(
    quiet: psycopg.Connection[Any],
    shares: tuple[str, str, str],
    told: list[tuple[int, str, float, int]],
    only: tuple[str, ...],
) -> None:
    told = [
        (number, name if name in only else only[0], roi, day) for number, name, roi, day in told
    ]
    with quiet.transaction(force_rollback=True):
        quiet.execute(
            "update learning.learning_configs set config_data = jsonb_build_object("
            "'timeframe_allocation', (select jsonb_object_agg(name,"
            " jsonb_build_object('current_allocation', share))"
            " from unnest(%s::text[], %s::numeric[]) as t (name, share)))"
            " where module_id = 'decision_maker'",
            (list(TIMEFRAMES), list(shares)),
        )
        answers = quiet.execute(
            "select learning.record_closed_trade(t.item)::text"
            " from jsonb_array_elements(%s::jsonb) with ordinality as t (item, n) order by t.n",
            (
                json.dumps(
                    [
                        {
                            "trade_id": f"t{number}",
                            "timeframe": name,
                            "roi": roi,
                            "roi_is_checked": True,
                            "closed_at": (START + timedelta(days=day)).isoformat(),
                        }
                        for number, name, roi, day in told
                    ]
                ),
            ),
        ).fetchall()
        history = quiet.execute(
            "select trade_id, before::text, desired::text, change::text, after::text, reason"
            " from learning.allocation_history order by id"
        ).fetchall()
        row = quiet.execute(
            "select config_data::text from learning.learning_configs"
            " where module_id = 'decision_maker'"
        ).fetchone()
        assert row is not None
        state = loads(row[0])

    seen: list[tuple[str, float, int]] = []
    numbers: set[int] = set()
    now = fractions(dict(zip(TIMEFRAMES, shares, strict=True)))
    recorded = iter(history)
    for (answer,), (number, name, roi, day) in zip(answers, told, strict=True):
        if number in numbers:
            assert answer is None, "a repeat writes nothing"
            continue
        numbers.add(number)
        seen.append((name, roi, day))
        trade_id, before, want, change, after, reason = next(recorded)
        assert trade_id == f"t{number}"
        assert fractions(loads(before)) == now, "no step is lost"
        now = fractions(loads(after))
        assert sum(now.values()) == 1
        traded = Counter(name for name, _, _ in seen)
        if len(traded) == 1:
            assert (want, change, reason) == (None, None, "only one timeframe has trades")
            assert after == before
            continue
        moved = fractions(loads(change))
        start = fractions(loads(before))
        assert moved.keys() == traded.keys()
        assert moved == step(start, fractions(loads(want)), min(traded.values()))
        for timeframe in TIMEFRAMES:
            assert now[timeframe] - start[timeframe] == moved.get(timeframe, 0)
        assert min(start.values()) < FLOOR or min(now.values()) >= FLOOR, "the floor is kept"
        assert max(map(abs, moved.values())) <= MOST
    assert next(recorded, None) is None, "a row a trade"

    entries = state["timeframe_allocation"]
    for timeframe in TIMEFRAMES:
        assert exact(entries[timeframe]["current_allocation"]) == now[timeframe]
    for name, entry in [*entries.items(), ("global", state["global_roi"])]:
        mine = [(float(day), roi) for tf, roi, day in seen if name in (tf, "global")]
        assert int(entry.get("n") or 0) == len(mine)
        if mine:
            newest = START + timedelta(days=max(day for day, _ in mine))
            assert datetime.fromisoformat(entry["updated_at"]) == newest
            assert float(entry["roi_short"]) == pytest.approx(average(mine, 14), abs=1e-9)
            assert float(entry["roi_long"]) == pytest.approx(average(mine, 90), abs=1e-9)
