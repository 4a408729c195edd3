"""The examples of docs/recorder.md run, and the strategy is as short as it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quadrant.recorder import Candle, Entry, Recorder, TargetStopTime, at_least, at_most

PAGE = (Path(__file__).parents[3] / "docs" / "recorder.md").read_text()
STRATEGY, EXIT, BAR = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@dataclass(frozen=True)
class Trade:
    id: str
    roi: float
    opened_at: datetime
    closed_at: datetime


def backtest(
    pair: str, bars: dict[str, list[Any]], passes: list[bool], tags: list[str | None]
) -> Iterator[tuple[str | None, Trade]]:
    for place, (passed, tag) in enumerate(zip(passes, tags, strict=True)):
        if passed:
            times = (bars["date"][place + 1], bars["date"][place + 2])
            yield tag, Trade(f"{pair}-{place}", 0.01, *times)


def test_the_strategy_of_twenty_lines_runs(
    connection: psycopg.Connection[Any],
    pm_dsn: str,
    make_bars: Callable[..., dict[str, list[Any]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert len(STRATEGY.splitlines()) <= 20
    bars = make_bars([2.0, 1.2, 0.5], [True, False, True])
    bars |= {"volume_surge": bars["surge"], "green": bars["breakout"], "rsi": [30.0] * 12}
    code = STRATEGY.replace("postgresql://bot@host/quadrant", pm_dsn.replace('"', "'"))
    exec(code, {"market": {"BTC/USDT": bars, "ETH/USDT": bars}, "backtest": backtest})
    assert "'new': 4" in capsys.readouterr().out
    assert connection.execute(
        "select windows, acted, trades from analyst.recorded_runs where run = 'dip/backtest-1'"
    ).fetchall() == [(4, 2, 2)]


def test_the_exit_of_the_page_is_one() -> None:
    names: dict[str, Any] = {}
    exec(EXIT, names)
    entry = Entry("A/B", {}, 0, 100.0, highest=110.0)
    assert names["trailing"](entry, Candle(0, 109, 109, 107, 108)) == (107.8, "trailing stop", None)
    assert names["trailing"](entry, Candle(0, 109, 110, 108, 110)) is None


def test_the_bar_of_the_page_passes(capsys: pytest.CaptureFixture[str]) -> None:
    gates = [at_most("rsi", 35, 5), at_least("volume_surge", 1.5, -0.5)]
    rule = TargetStopTime(0.1, 0.1, 9)
    quadrant = Recorder(None, "pm.dip.entry", gates, rule, timeframe="1h", namespace="dip")
    quadrant.bar("BTC/USDT", Candle(0, 1, 1, 1, 1), {"rsi": 90, "volume_surge": 0}, False)
    names = {"quadrant": quadrant, "ts": 3_600_000, "o": 1.0, "h": 2.0, "l": 1.0, "c": 2.0}
    exec(BAR, names)
    assert names["answer"].passes


def test_the_strategy_of_the_freqtrade_page_is_the_example() -> None:
    root = Path(__file__).parents[3]
    example = (root / "examples" / "freqtrade_dip.py").read_text()
    assert example[example.index("class Dip") :] in (root / "docs" / "freqtrade.md").read_text()
