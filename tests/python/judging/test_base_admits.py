"""base_admits, kept when a window is captured, is what the judge says of the base gates."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quadrant.database import queries
from quadrant.judging import Grid
from quadrant.judging.buys import NO_BUY, Buys

NEAR_BASE = st.sampled_from([0.0, 0.5, 0.55, 0.6, 0.65, 0.9, 1.0, 1.1, -0.02])
SAMPLE = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("ts_score", "halo_distance", "slope", "dx_score"), NEAR_BASE),
        "dx_adjustment": st.sampled_from([-0.1, 0.0, 0.05]),
    },
)


@pytest.mark.parametrize(
    "pattern", ["pm.uptrend.S1.entry", "pm.uptrend.S3.retest", "pm.uptrend.S3.dx"]
)
@given(samples=st.lists(SAMPLE, min_size=1, max_size=4))
@settings(
    max_examples=amount(25, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_base_admits_what_the_judge_admits(
    connection: psycopg.Connection[Any], pattern: str, samples: list[dict[str, float]]
) -> None:
    found = dict(connection.execute(queries("backtest/grids")).fetchall())
    grid = Grid.from_settings(found[pattern])
    samples = [{"entry_price": 1.0, "close": 1.0, "atr": 0.1} | s for s in samples]
    window = {"samples": samples, "entry_price": 1, "exit_price": 1, "roi": 0, "won": False}
    row = connection.execute(
        "select learning.base_admits(%s, %s)", (pattern, json.dumps(samples))
    ).fetchone()
    assert row == (bool(Buys.of([window], grid).sample[0, 0] != NO_BUY),)
