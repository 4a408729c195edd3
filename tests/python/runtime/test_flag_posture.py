"""Posture from flags: for any flags within 0 and 1, mirrored, and told at DEBUG."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WEIGHTS = {"usdtd": 1.0, "bucket": 0.9, "btcd": 0.7, "alt": 0.5, "btc": 0.3}
INVERSE = {"usdtd", "btcd"}
EFFECTS = {"buy": 0.15, "trim": -0.20, "emergency": -0.40}

flags = st.dictionaries(
    st.sampled_from(sorted(WEIGHTS)),
    st.none() | st.dictionaries(st.sampled_from(sorted(EFFECTS)), st.none() | st.booleans()),
)


@given(flags=flags)
@settings(
    max_examples=amount(50, 1000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_it_is_the_sum_of_effects_times_weights(
    connection: psycopg.Connection[Any], flags: dict[str, Any]
) -> None:
    moved = sum(
        EFFECTS[flag] * WEIGHTS[driver] * (-1 if driver in INVERSE and flag != "emergency" else 1)
        for driver, up in flags.items()
        for flag, is_up in (up or {}).items()
        if is_up
    )
    (found,) = connection.execute(
        "select a_flags, e_flags from pm.flag_posture(%s)", (json.dumps(flags),)
    ).fetchall()
    assert found == pytest.approx((min(max(0.5 + moved, 0), 1), min(max(0.5 - moved, 0), 1)))


def test_each_computation_is_told_at_debug_and_at_no_other_level(
    connection: psycopg.Connection[Any],
) -> None:
    told: list[str] = []
    connection.add_notice_handler(lambda note: told.append(note.message_primary or ""))
    connection.execute("""select pm.flag_posture('{"btc": {"trim": true}}')""")
    assert told == []
    connection.execute("set client_min_messages = debug1")
    connection.execute("""select pm.flag_posture('{"btc": {"trim": true}}')""")
    assert [line for line in told if line.startswith("AE_V2:")] == [
        'AE_V2: on A 0.44 E 0.56 flags {"btc": {"trim": true}}'
    ]
