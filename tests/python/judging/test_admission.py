"""Admission against a plain loop, and the edges of a threshold."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import GRID, HALO, SLOPE, TS, candidate

from quadrant.judging import Samples, admissions

number = st.one_of(
    st.none(), st.just("high"), st.sampled_from([0.5, 0.55, 0.6, 1.0, 1.1]), st.floats(0, 1.5)
)
sample = st.fixed_dictionaries({"ts_score": number, "halo_distance": number, "slope": number})


@given(st.lists(st.one_of(st.none(), st.lists(sample, max_size=4)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_admitted_means_some_sample_passes_all_gates(events: list) -> None:
    got = admissions(Samples.of(events, GRID.levers), GRID)
    assert got.shape == (len(events), 125)
    for row, samples in zip(got, events, strict=True):
        for column, steps in enumerate([{"ts": 0.0, "halo": 0.0, "slope": 0.0}, *GRID.steps]):
            expected = False
            for one in samples or []:
                passes = True
                for lever in (TS, HALO, SLOPE):
                    value = one[lever.value_key]
                    limit = round(lever.base + steps[lever.gate], 12)
                    if not isinstance(value, float):
                        passes = False
                    elif lever.at_most:
                        passes = passes and value <= limit
                    else:
                        passes = passes and value >= limit
                expected = expected or passes
            assert row[column] == expected


def test_a_value_on_the_threshold_passes() -> None:
    on_it = [[{"ts_score": 0.55, "halo_distance": 1.1, "slope": 0.0}]]
    admitted = admissions(Samples.of(on_it, GRID.levers), GRID)[0]
    assert not admitted[0]
    assert admitted[1 + candidate(ts=-0.05, halo=0.1)]
    assert not admitted[1 + candidate(ts=-0.05)]


def test_no_bar_passes_jointly_what_two_bars_pass_apart() -> None:
    apart = [
        {"ts_score": 0.9, "halo_distance": 2.0, "slope": 0.1},
        {"ts_score": 0.1, "halo_distance": 0.1, "slope": 0.1},
    ]
    assert not admissions(Samples.of([apart], GRID.levers), GRID).any()


def test_a_bars_own_adjustment_moves_its_threshold() -> None:
    bar = {"ts_score": 0.62, "halo_distance": 0.5, "slope": 0.1, "ts_adjustment": 0.05}
    admitted = admissions(Samples.of([[bar]], GRID.levers), GRID)[0]
    assert not admitted[0]
    assert admitted[1 + candidate(ts=-0.05)]


def test_absent_values_are_not_numbers() -> None:
    values = Samples.of([[{"ts_score": True, "halo_distance": None}]], GRID.levers).values
    assert all(math.isnan(v) for v in values[0])
    assert not np.any(admissions(Samples.of([None, []], GRID.levers), GRID))
