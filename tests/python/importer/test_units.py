"""Imported numbers in our units."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant.importer import RoiUnit, ScoreScale, Units


def convert(row: dict[str, Any], roi: str = "fraction", score: str = "1") -> dict[str, Any]:
    return Units(RoiUnit(roi), ScoreScale(score)).convert(row)


@pytest.mark.parametrize(("given", "wanted"), [(5, 0.05), ("5", "5"), (-2.5, -0.025), ("", "")])
def test_percents_become_fractions(given: object, wanted: object) -> None:
    assert convert({"roi": given}, roi="percent")["roi"] == wanted
    assert convert({"roi": given})["roi"] == given


def test_scores_of_100_become_1_at_any_depth_and_nothing_else_does() -> None:
    factors = {
        "ts_score": 57,
        "ts_min": 60,
        "halo_distance": 1.08,
        "slope": 0.012,
        "samples": [{"ts": "2026-01-01", "ts_score": 55, "halo_distance": 1.1}],
        "summary": {"ts_score": {"min": 51, "median": 55}, "sample_count": 9},
    }
    assert convert({"factors": factors}, score="100")["factors"] == {
        "ts_score": 0.57,
        "ts_min": 0.6,
        "halo_distance": 1.08,
        "slope": 0.012,
        "samples": [{"ts": "2026-01-01", "ts_score": 0.55, "halo_distance": 1.1}],
        "summary": {"ts_score": {"min": 0.51, "median": 0.55}, "sample_count": 9},
    }
    assert convert({"factors": factors})["factors"] == factors


def test_rois_that_somebody_looked_at_are_said_to_be() -> None:
    units = Units(RoiUnit.FRACTION, roi_is_checked=True)
    assert units.convert({"roi": 50}) == {"roi": 50, "roi_is_checked": True}
    assert units.convert({"decision": "acted"}) == {"decision": "acted"}


def test_what_is_no_finite_number_stays_as_it_is() -> None:
    row = {"roi": "NaN", "factors": {"samples": [{"ts_score": "-Infinity"}]}}
    assert convert(row, roi="percent", score="100") == row
    assert convert({"roi": "nan"}, roi="percent")["roi"] == "nan"
    assert "roi" not in convert({}, roi="percent")
