"""Bars made by hand, for tickers and PMs that are fed bar after bar; a browser for pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot

HOUR = TIMEFRAMES["1h"]


def _make_bar(bar_ts: int, state: str, *, missing: int = 0, **values: Any) -> Snapshot:
    """An hourly bar; by default far from every anchor, out of the band, at price 100, ATR 1.

    `halo` and `slope` are those of the state's entry, `ts`, `dx` and `edx` the scores, `band` says
    whether it lies in the band; any other name is the snapshot's.
    """
    price = values.pop("price", 100.0)
    entry = "s1" if state == "S1" else "s2"
    names = {
        "halo": f"{entry}_halo_distance",
        "slope": f"{entry}_slope",
        "ts": "ts_score",
        "dx": "dx_score",
        "edx": "edx_score",
        "band": "in_band",
    }
    data: dict[str, Any] = {
        "timeframe": "1h",
        "bar_ts": bar_ts,
        "exists_at": bar_ts + HOUR,
        "open": price,
        "high": price,
        "low": price,
        "close": price,
        "volume": 1.0,
        "state": state,
        "atr": 1.0,
        "ema60": 100.0,
        "ema144": 100.0,
        "ema333": 100.0,
        "ts_score": 0.5,
        "s1_halo_distance": 9.0,
        "s1_slope": 0.01,
        "s2_halo_distance": 9.0,
        "s2_slope": 0.01,
        "dx_score": 0.5,
        "edx_score": 0.0,
        "dx_suppression": 0.0,
        "dx_bonus": 0.0,
        "ox": 0.0,
        "in_band": False,
        "trim": False,
        "emergency": False,
        "missing_bars": missing,
    }
    return Snapshot(**(data | {names.get(name, name): value for name, value in values.items()}))


@pytest.fixture
def make_bar() -> Callable[..., Snapshot]:
    """bar_ts (epoch ms), state, values by name -> snapshot."""
    return _make_bar


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium of the distribution; skips with a word where it is not installed."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no chromium (Debian: apt-get install chromium): the page was not looked at")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
