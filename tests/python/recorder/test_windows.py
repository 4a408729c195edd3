"""The recorder's windows, bar by bar and from a frame, against a plain look at all bars at once."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import Any

import pandas as pd
import polars as pl
import pytest
from amounts import amount
from hypothesis import given, settings
from hypothesis import strategies as st

from quadrant.recorder import Candle, Recorder, TargetStopTime, at_least, at_most
from quadrant.recorder.setup import iso

HOUR = 3_600_000
GATES = [at_most("x", 2, -1, 1), at_least("y", 2, -2, 1)]
EXIT = TargetStopTime(0.03, 0.03, 3)
FEE = 0.001


def recorder() -> Recorder:
    return Recorder(None, "pm.dip.entry", GATES, EXIT, timeframe="1h", namespace="test", fee=FEE)


def rows(recorded: Recorder) -> dict[str, dict[str, Any]]:
    """Every row that is to be told, by window."""
    untold = recorded._outbox.untold.values()
    return {s.window_id: s.row(FEE) for s in untold if s.closed_ms is not None}


Row = tuple[int, int, int, bool]  # price, x, y, is the setup there?


@st.composite
def markets(draw: st.DrawFn) -> list[tuple[Candle, dict[str, float], bool]]:
    """Bars with few prices and values, so that all that can happen does."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.integers(97, 104), st.integers(0, 4), st.integers(-1, 4), st.sampled_from("yyyn")
            ),
            min_size=3,
            max_size=40,
        )
    )
    bars = []
    for place, ((price, x, y, there), (close, *_)) in enumerate(pairwise(drawn)):
        low, high = sorted((float(price), float(close)))
        values = {"x": float(x), "y": float(y)}
        candle = Candle(place * HOUR, float(price), high, low, float(close))
        bars.append((candle, values, there == "y"))
    return bars


def sold(bars: list[tuple[Candle, dict[str, float], bool]], entry: int) -> tuple[int, str] | None:
    """Where a buy at the open of the bar `entry` is sold, and why."""
    for place in range(entry, len(bars)):
        candle, price = bars[place][0], bars[entry][0].open
        if candle.low <= price * 0.97:
            return place, "stop"
        if candle.high >= price * 1.03:
            return place, "target"
        if place - entry + 1 >= 3:
            return place, "time"
    return None


def expected(
    bars: list[tuple[Candle, dict[str, float], bool]],
) -> dict[int, dict[str, Any]]:
    """By the bar a window opens on: what of it is told; a plain loop over everything."""
    there = [flag and v["x"] <= 3 and v["y"] >= 0 for _, v, flag in bars]
    found: dict[int, dict[str, Any]] = {}
    place = next((i for i, is_there in enumerate(there) if not is_there), len(bars))
    while place < len(bars):
        if not there[place]:
            place += 1
            continue
        end, reference, exit_of = place + 1, place, None
        while end < len(bars):
            inside = range(place, end)
            # Margins in largest steps: 1 of x, 2 of y.
            worst = {i: min(2 - bars[i][1]["x"], (bars[i][1]["y"] - 2) / 2) for i in inside}
            passing = [i for i in inside if worst[i] >= 0]
            reference = passing[0] if passing else max(inside, key=lambda i: (worst[i], -i))
            exit_of = sold(bars[: end + 1], reference + 1)
            if exit_of is not None or not there[end]:
                break
            end += 1
        if end == len(bars):
            return found  # still open: nothing is told of it
        inside = range(place, end)
        exit_of = sold(bars, reference + 1)
        before = [w for w in found if found[w]["sold"] is None or found[w]["sold"] > place]
        found[place] = {
            "samples": [
                i
                for i in inside
                if not any(
                    bars[j][1]["x"] <= bars[i][1]["x"] and bars[j][1]["y"] >= bars[i][1]["y"]
                    for j in range(place, i)
                )
            ],
            "best": max(inside, key=lambda i: (worst[i], -i)),
            "bars": list(inside),
            "end": end,
            "entry": reference + 1,
            "sold": exit_of and exit_of[0],
            "reason": exit_of and exit_of[1],
            "attempt": found[before[-1]]["attempt"] if before else place,
        }
        place = end
    return found


def window_id(place: int) -> str:
    return f"pm.dip.entry:A/B:1h:{place * HOUR}"


@settings(max_examples=amount(80, 300), deadline=None)
@given(markets(), st.integers(0, 10**6), st.integers(2, 12))
def test_windows_are_those_of_a_plain_loop(
    bars: list[tuple[Candle, dict[str, float], bool]], choice: int, length: int
) -> None:
    windows = expected(bars)
    streamed = recorder()
    answers = [streamed.bar("A/B", candle, values, flag) for candle, values, flag in bars]
    told = rows(streamed)
    assert set(told) == {window_id(place) for place in windows}
    for place, window in windows.items():
        row = told[window_id(place)]
        factors = row["factors"]
        assert [s["ts"] for s in factors["samples"]] == [i * HOUR for i in window["samples"]]
        assert [s["entry_price"] for s in factors["samples"]] == [
            bars[i + 1][0].open for i in window["samples"]
        ]
        assert row["decision"] == "skipped"
        assert row["decided_at"] == iso((window["best"] + 1) * HOUR)
        seen = bars[window["best"]][1]
        failed = [n for n, fails in (("x", seen["x"] > 2), ("y", seen["y"] < 2)) if fails]
        assert row["blocked_by"] == (failed or ["policy"])
        assert row["closed_at"] == iso((window["end"] + 1) * HOUR)
        assert row["attempt_id"] == window_id(window["attempt"])
        if window["sold"] is None:
            assert "outcome" not in row
        else:
            assert row["outcome_reason"] == window["reason"]
            assert row["roi_at"] == iso((window["sold"] + 1) * HOUR)
            entry = bars[window["entry"]][0].open
            assert row["entry_price"] == entry
            net = (row["exit_price"] * (1 - FEE) - entry * (1 + FEE)) / entry
            assert row["roi"] == pytest.approx(net)
            assert (row["outcome"] == "success") == (net > 0)
        for i in window["bars"]:
            assert answers[i].tag == f"{window_id(place)}@{i * HOUR}"
            assert answers[i].passes == (bars[i][1]["x"] <= 2 and bars[i][1]["y"] >= 2)

    # Whole, as pandas and polars, and as a live bot's overlapping frames: the same rows.
    data = {
        "date": [c.ts for c, _, _ in bars],
        **{name: [getattr(c, name) for c, _, _ in bars] for name in ("open", "high", "low")},
        "close": [c.close for c, _, _ in bars],
        "x": [v["x"] for _, v, _ in bars],
        "y": [v["y"] for _, v, _ in bars],
        "dip": [flag for *_, flag in bars],
    }
    dates = pd.to_datetime(data["date"], unit="ms", utc=True)
    for frame in (pd.DataFrame(data | {"date": dates}), pl.DataFrame(data)):
        whole = recorder()
        found = whole.frame(frame, "A/B", "dip")
        assert (found.passes, found.tags) == ([a.passes for a in answers], [a.tag for a in answers])
        assert rows(whole) == told
    sliding = recorder()
    for end in range(1, len(bars) + 1):
        part = {name: column[max(0, end - length) : end] for name, column in data.items()}
        newest = sliding.frame(part, "A/B", part["dip"])
        assert (newest.passes[-1], newest.tags[-1]) == (
            answers[end - 1].passes,
            answers[end - 1].tag,
        )
    assert rows(sliding) == told

    # One was bought, told at once, or at the end of a backtest: the same decision.
    tags = [answer.tag for place, answer in enumerate(answers) if answer.tag is not None]
    if not tags:
        return
    tag = tags[choice % len(tags)]
    at_once = recorder()
    for candle, values, flag in bars:
        if at_once.bar("A/B", candle, values, flag).tag == tag:
            at_once.bought(tag, "t1")
    streamed.bought(tag, "t1")
    assert rows(at_once) == rows(streamed)
    bought, _, ts = tag.partition("@")
    if bought in told:
        row = rows(streamed)[bought]
        assert (row["decision"], row["trade_id"], row["blocked_by"]) == ("acted", "t1", [])
        assert row["decided_at"] == iso(int(ts) + HOUR)
        after = [s["ts"] for s in row["factors"]["samples"] if s.get("after")]
        assert after == [s["ts"] for s in row["factors"]["samples"] if s["ts"] > int(ts)]


def test_a_setup_that_was_there_before_the_first_bar_is_no_window() -> None:
    recorded = recorder()
    good = {"x": 1.0, "y": 3.0}
    first = recorded.bar("A/B", Candle(0, 100, 100, 100, 100), good)
    assert (first.passes, first.tag) == (True, None)
    recorded.bought(first.tag, "t1")
    assert recorded.bar("A/B", Candle(HOUR, 100, 100, 100, 100), good, False).passes is False
    assert recorded.bar("A/B", Candle(2 * HOUR, 100, 100, 100, 100), good).tag is not None
    assert recorded.bar("C/D", Candle(2 * HOUR, 100, 100, 100, 100), good).tag is None


def test_missing_bars_close_what_is_pending_as_neutral() -> None:
    recorded = recorder()
    good = {"x": 1.0, "y": 3.0}
    for hour, there in ((0, False), (1, True), (5, True)):
        recorded.bar("A/B", Candle(hour * HOUR, 100, 100, 100, 100), good, there)
    assert rows(recorded) == {}, "three missing bars are bridged"
    answer = recorded.bar("A/B", Candle(10 * HOUR, 100, 100, 100, 100), good)
    assert answer.tag is None
    (row,) = rows(recorded).values()
    assert (row["outcome"], row["outcome_reason"]) == ("neutral", "data gap")
    assert row["closed_at"] == row["outcome_at"] == iso(6 * HOUR)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_an_unknown_value_is_no_setup(value: float | None) -> None:
    recorded = recorder()
    recorded.bar("A/B", Candle(0, 1, 1, 1, 1), {"x": 9, "y": 9})
    answer = recorded.bar("A/B", Candle(HOUR, 1, 1, 1, 1), {"x": 1, "y": value})
    assert answer.tag is None
    with pytest.raises(ValueError, match="without prices"):
        recorded.bar("A/B", Candle(2 * HOUR, 1, float("nan"), 1, 1), {"x": 1, "y": 1})


def test_it_needs_psycopg_alone() -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, quadrant.recorder;"
            "print(*{m.split('.')[0] for m in sys.modules} & {'polars', 'numpy', 'talib', 'yoyo',"
            "'typer', 'pydantic'}, 'quadrant.database' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["False"]
