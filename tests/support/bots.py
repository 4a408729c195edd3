"""Bars in files, and programs of the python that QUADRANT_BOTS names, over a database."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from psycopg.rows import dict_row

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "tests" / "python" / "integrations"
START, HOUR = 1_704_067_200, 3600
PAIRS = ("AAA", "BBB", "CCC")
_CONFIG = {
    **{"stake_currency": "USDT", "stake_amount": 500, "timeframe": "1h"},
    **{"dry_run": True, "dry_run_wallet": 10000, "trading_mode": "spot"},
    "entry_pricing": {"price_side": "same", "use_order_book": False},
    "exit_pricing": {"price_side": "same", "use_order_book": False},
    "exchange": {"name": "binance", "pair_whitelist": [f"{pair}/USDT" for pair in PAIRS]},
    "pairlists": [{"method": "StaticPairList"}],
    "dataformat_ohlcv": "feather",
}
# Which of the experiments and trades there are go together, and how well.
_RECORDED = """
    select count(*) as windows, count(*) filter (where e.decision = 'acted') as acted,
        count(t.trade_id) as paired, max(abs(e.roi - t.roi)) as difference,
        (select r.trades from analyst.recorded_runs as r where r.run = %(run)s) as trades,
        (select count(*) from learning.episode_rejects) as rejects,
        (select count(*) from learning.allocation_history) as steps
    from learning.pattern_episode_events as e
    left join analyst.trades as t on t.trade_id = e.trade_id
    where e.run = %(run)s
"""


@dataclass(frozen=True)
class Bots:
    """A folder of hourly bars, one file for each of PAIRS, and a database."""

    folder: Path
    dsn: str
    connection: psycopg.Connection[Any]

    def run(self, script: str, *arguments: object) -> str:
        """What a script beside the tests of integrations printed."""
        done = subprocess.run(
            [
                os.environ["QUADRANT_BOTS"],
                str(SCRIPTS / script),
                str(self.folder),
                *map(str, arguments),
            ],
            check=False,
            env=os.environ | {"QUADRANT_DSN": self.dsn, "PYTHONPATH": str(ROOT / "python")},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr

    def freqtrade(
        self,
        *command: object,
        strategy: str = "Dip",
        slots: int = 2,
        script: str = "offline_freqtrade.py",
        quadrant: dict[str, Any] | None = None,
    ) -> str:
        """What a command of freqtrade printed, with a strategy of the examples or the scripts.

        `quadrant` is that part of its configuration.
        """
        config = self.folder / "config.json"
        chosen = {"max_open_trades": slots, "quadrant": quadrant or {}}
        config.write_text(json.dumps(_CONFIG | chosen))
        path = ROOT / "examples" if strategy == "Dip" else SCRIPTS
        userdir = self.folder / "user_data"
        options = ("--strategy", strategy, "--strategy-path", path, "-c", config)
        return self.run(script, *command, *options, "--userdir", userdir)

    def recorded(self, run: str) -> dict[str, Any]:
        """_RECORDED under a label."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(_RECORDED, {"run": run}).fetchone()
        assert row is not None
        return row


def write_bars(path: Path, closes: Any, volumes: Any, rng: np.random.Generator) -> None:
    """A file of hourly bars, each opening at the close before; the first close is an open alone."""
    spread = rng.uniform(0, 0.006, (len(volumes), 2))
    lines = ["ts,open,high,low,close,volume"] + [
        f"{1000 * (START + HOUR * i)},{a:.4f},{max(a, b) * (1 + up):.4f},"
        f"{min(a, b) * (1 - down):.4f},{b:.4f},{volume:.2f}"
        for i, (a, b, (up, down), volume) in enumerate(
            zip(closes[:-1], closes[1:], spread, volumes, strict=True)
        )
    ]
    path.write_text("\n".join(lines))
