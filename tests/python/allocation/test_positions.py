"""Redistribution over random tokens, against a plain loop; which rows are touched."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import psycopg
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SHARES = {"15m": Fraction("0.1509"), "1h": Fraction("0.4988"), "4h": Fraction("0.3503")}
STATUSES = ("watchlist", "active", "dormant", "paused", "archived")
positions = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from(sorted(SHARES)),
        st.sampled_from(STATUSES[:3] * 3 + STATUSES[3:]),
        st.sampled_from(["0", "0", "1", "2.5", "33.333333333333", "0.000000000001"])
        | st.decimals(0, 30, places=12).map(str),
    ),
    max_size=12,
)


def plainly(rows: list[tuple[str, str, str, str]]) -> list[Fraction]:
    """Each token's total over its timeframes, each timeframe's part over its positions."""
    pcts = [Fraction(pct) for *_, pct in rows]
    tokens: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for n, (token, timeframe, status, _) in enumerate(rows):
        if status in STATUSES[:3]:
            tokens[token][timeframe].append(n)
    after = list(pcts)
    for timeframes in tokens.values():
        total = sum(pcts[n] for held in timeframes.values() for n in held)
        whole = sum(SHARES[timeframe] for timeframe in timeframes)
        for timeframe, held in timeframes.items():
            part = total * SHARES[timeframe] / whole
            old = sum(pcts[n] for n in held)
            for n in held:
                after[n] = part * pcts[n] / old if old else part / len(held)
        if any(after[n] > 100 for held in timeframes.values() for n in held):
            for held in timeframes.values():
                for n in held:
                    after[n] = pcts[n]
    return after


@given(rows=positions)
@settings(
    max_examples=amount(40, 500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_totals_are_kept_and_parts_are_right(
    quiet: psycopg.Connection[Any], rows: list[tuple[str, str, str, str]]
) -> None:
    read = (
        "select total_allocation_pct, xmin::text || ctid::text"
        " from learning.lowcap_positions order by position_id"
    )
    again = (
        'select learning.redistribute_positions(\'{"15m": 0.1509, "1h": 0.4988, "4h": 0.3503}\')'
    )
    with quiet.transaction(force_rollback=True):
        with quiet.cursor() as cursor:
            cursor.executemany(
                "insert into learning.lowcap_positions (token_contract, token_chain, symbol,"
                " timeframe, book, status, total_allocation_pct)"
                " values (%s, 'c', 'S', %s, %s, %s, %s)",
                [
                    (token, tf, str(n), status, pct)
                    for n, (token, tf, status, pct) in enumerate(rows)
                ],
            )
        before = quiet.execute(read).fetchall()
        changed = quiet.execute(again).fetchone()
        after = quiet.execute(read).fetchall()
        assert quiet.execute(again).fetchone() == (0,)
    expected = plainly(rows)
    totals: dict[str, Fraction] = defaultdict(Fraction)
    touched = 0
    for (token, *_), wanted, (old, was), (new, is_now) in zip(
        rows, expected, before, after, strict=True
    ):
        assert abs(Fraction(new) - wanted) < 1e-9
        totals[token] += Fraction(new) - Fraction(old)
        assert (was != is_now) == (old != new), "only rows that change are touched"
        touched += old != new
    assert not any(totals.values()), "to the last digit"
    assert changed == (touched,)
