"""freqtrade over the database, offline; QUADRANT_FREQTRADE names a python that has both."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

ROOT = Path(__file__).parents[3]
PYTHON = os.environ.get("QUADRANT_FREQTRADE")
PAIRS = ("AAA", "BBB", "CCC")
HOURS, START = 1500, 1_704_067_200_000
CONFIG = {
    **{"max_open_trades": 2, "stake_currency": "USDT", "stake_amount": 500},
    **{"dry_run": True, "dry_run_wallet": 10000, "timeframe": "1h", "trading_mode": "spot"},
    "entry_pricing": {"price_side": "same", "use_order_book": False},
    "exit_pricing": {"price_side": "same", "use_order_book": False},
    "exchange": {"name": "binance", "pair_whitelist": [f"{p}/USDT" for p in PAIRS]},
    "pairlists": [{"method": "StaticPairList"}],
    "dataformat_ohlcv": "feather",
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        PYTHON is None, reason="QUADRANT_FREQTRADE names no python with freqtrade and psycopg"
    ),
]


@pytest.fixture
def freqtrade(database: str, tmp_path: Path) -> Callable[..., str]:
    """Runs freqtrade with the example's strategy over three random markets; what it printed."""
    rng = np.random.default_rng(3)
    for pair in PAIRS:
        closes = 100 * np.exp(np.cumsum(rng.normal(0, 0.012, HOURS + 1)))
        spread = rng.uniform(0, 0.006, (HOURS, 2))
        lines = ["ts,open,high,low,close,volume"] + [
            f"{START + 3_600_000 * i},{a:.4f},{max(a, b) * (1 + up):.4f},"
            f"{min(a, b) * (1 - down):.4f},{b:.4f},{volume:.2f}"
            for i, (a, b, (up, down), volume) in enumerate(
                zip(closes[:-1], closes[1:], spread, rng.lognormal(8, 0.5, HOURS), strict=True)
            )
        ]
        (tmp_path / f"{pair}.csv").write_text("\n".join(lines))
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))

    def run(command: str, *arguments: str) -> str:
        assert PYTHON is not None
        script = Path(__file__).with_name("offline_freqtrade.py")
        options = {
            "-c": tmp_path / "config.json",
            "--userdir": tmp_path / "user_data",
            "--strategy": "Dip",
            "--strategy-path": ROOT / "examples",
        }
        given = [str(word) for option in options.items() for word in option]
        done = subprocess.run(
            [PYTHON, str(script), str(tmp_path), command, *given, *arguments],
            check=False,
            env=os.environ | {"QUADRANT_DSN": database, "PYTHONPATH": str(ROOT / "python")},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr

    return run


def test_a_backtest_is_recorded_and_again_adds_nothing(
    connection: psycopg.Connection[Any], freqtrade: Callable[..., str]
) -> None:
    seen = []
    for _ in range(2):
        freqtrade("backtesting", "--cache", "none", "--export", "none")
        seen.append(
            connection.execute(
                "select count(*), count(*) filter (where e.decision = 'acted'),"
                " (select count(*) from analyst.trades), max(abs(e.roi - t.roi)),"
                " (select count(*) from learning.episode_rejects),"
                " (select count(*) from learning.allocation_history)"
                " from learning.pattern_episode_events as e"
                " left join analyst.trades as t on t.trade_id = e.trade_id"
            ).fetchone()
        )
    assert seen[0] == seen[1]
    assert seen[0] is not None
    windows, acted, trades, difference, rejects, steps = seen[0]
    assert acted == trades > 10
    assert windows > 2 * acted
    assert difference < 1e-3
    assert (rejects, steps) == (0, 0)


def test_hyperopt_passes_and_records_nothing(
    connection: psycopg.Connection[Any], freqtrade: Callable[..., str]
) -> None:
    loss = ("--spaces", "stoploss", "--hyperopt-loss", "SharpeHyperOptLossDaily")
    told = freqtrade("hyperopt", *loss, "-e", "3", "-j", "2", "--disable-param-export")
    assert "Best result" in told
    assert connection.execute(
        "select count(*) from learning.pattern_episode_events"
    ).fetchone() == (0,)
