"""A small market with a change in force, and a browser to look at the page with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from hand_market import PATTERN, START, Connection, Market, micro_outside

from quadrant.report import charts, read, render

DAYS = 300
SYMBOLS = ("NEAR", "WIF")


def _page_of(connection: Connection, bars: Path | None = None) -> str:
    facts = read(connection)
    return render(facts, charts(facts, bars, None))


@pytest.fixture(scope="session")
def page_of() -> Callable[..., str]:
    """The page of a database: (connection, folder of bars = None) -> HTML."""
    return _page_of


@pytest.fixture(scope="session")
def learned_dsn(new_database: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """A database in which S1 in bucket micro has a wider halo in force since day 300, and 30 days
    more on two positions under it; tests read it only."""
    with new_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            market = Market(connection)
            market.fill(DAYS, micro_outside)
            market.learn(DAYS)
            assert list(market.solutions()) == ['{"bucket": "micro"}']
            _trade_on(connection)
            market.at(DAYS + 30)
        yield dsn


def _trade_on(connection: Connection) -> None:
    """Windows at positions, decided by the gates in force, and what the engine and PM told."""
    rng = np.random.default_rng(3)
    positions = [
        connection.execute(
            "insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe)"
            " values (%s, 'test', %s, '1h') returning position_id",
            (symbol, symbol),
        ).fetchone()[0]  # type: ignore[index]
        for symbol in SYMBOLS
    ]
    base = {"ts": 0.6, "halo": 1.0, "slope": 0.0}
    ((steps,),) = connection.execute("select steps from learning.solutions where status = 'active'")
    changed = {gate: round(value + steps[gate], 9) for gate, value in base.items()}
    for n in range(60):
        opened = START + timedelta(days=DAYS, hours=12 * n + 1)
        bucket = ("micro", "big")[n % 2]
        limits = changed if bucket == "micro" else base
        seen = {"ts_score": 0.7, "halo_distance": float(rng.uniform(0.8, 1.3)), "slope": 0.05}
        acted = seen["halo_distance"] <= limits["halo"]
        roi = float(rng.normal(0.03, 0.08))
        connection.execute(
            "insert into learning.pattern_episode_events (window_id, pattern_key, episode_type,"
            " position_id, scope, decision, blocked_by, opened_at, decided_at, closed_at, outcome,"
            " outcome_at, entry_price, exit_price, roi, roi_at, factors) values (%(id)s,"
            " %(pattern)s, 's1_entry', %(position)s, %(scope)s, %(decision)s, %(blocked)s,"
            " %(at)s, %(at)s, %(at)s, %(outcome)s, %(at)s, 100, 100, %(roi)s, %(at)s, %(factors)s)",
            {
                "id": f"live{n}",
                "pattern": PATTERN,
                "position": positions[n % 2],
                "scope": json.dumps({"bucket": bucket, "timeframe": "1h"}),
                "decision": "acted" if acted else "skipped",
                "blocked": [] if acted else ["halo"],
                "at": opened,
                "outcome": "success" if roi > 0 else "failure",
                "roi": roi,
                "factors": json.dumps(
                    seen
                    | {"ts_min": limits["ts"], "halo_max": limits["halo"]}
                    | {"slope_min": limits["slope"]}
                    | {"samples": [seen | {"entry_price": 100.0}]}
                ),
            },
        )
    for n, state in enumerate(("S1", "S2", "S3", "S0") * 5):
        connection.execute(
            "insert into learning.ad_strands (kind, position_id, happened_at, content)"
            " values ('uptrend_stage_transition', %s, %s, %s)",
            (
                positions[n % 2],
                START + timedelta(days=DAYS + n),
                json.dumps({"before": "S4", "after": state, "close": 100}),
            ),
        )


@pytest.fixture
def learned(learned_dsn: str) -> Iterator[Connection]:
    with psycopg.connect(learned_dsn, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def _traded(learned_dsn: str) -> Iterator[Connection]:
    """A transaction in which 60 trades, an opportunity and a reject came in; undone afterwards."""
    with (
        psycopg.connect(learned_dsn, autocommit=True) as opened,
        opened.transaction(force_rollback=True),
    ):
        ((override, now),) = opened.execute(
            "select min(o.id), learning.clock() from learning.pm_overrides as o"
            " where o.status = 'active' group by 2"
        )
        opened.execute("set local role quadrant_pm")
        trades = [
            {
                "trade_id": f"t{n}",
                "roi": round(float(np.sin(n)) / 10, 4),
                "closed_at": (now - timedelta(hours=12 * (60 - n))).isoformat(),
                "timeframe": ("15m", "1h", "4h")[n % 3],
                "pattern_key": PATTERN,
                "scope": {"bucket": "micro"},
                "context": {"overrides": {"gates": [override] if n % 2 else []}},
            }
            for n in range(60)
        ]
        opened.execute("select pm.record_closed_trades(%s, 'bot')", [json.dumps(trades)])
        pending = {"pattern_key": PATTERN, "window_id": "p1", "decision": "skipped"}
        pending["decided_at"] = now.isoformat()
        opened.execute("select pm.record_episodes(%s)", [json.dumps([pending, {"no": 1}])])
        opened.execute("set local role quadrant_analyst")
        yield opened


@pytest.fixture
def analyst(_traded: Connection) -> Iterator[Connection]:
    """`learned` as quadrant_analyst, with 60 closed trades of 30 days, every second one under the
    change in force, an opportunity that is pending and a reject. What a test changes is undone."""
    with _traded.transaction(force_rollback=True):
        yield _traded


@pytest.fixture(scope="session")
def bars_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hourly bars of the two positions over the 30 days."""
    folder = tmp_path_factory.mktemp("bars")
    hours = 30 * 24
    first = int((START + timedelta(days=DAYS)).timestamp() * 1000)
    for seed, symbol in enumerate(SYMBOLS):
        close = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, hours)))
        _write_csv(folder / f"{symbol}_1h.csv", first, close)
    return folder


def _write_csv(path: Path, first: int, close: Any) -> None:
    rows = ["ts,open,high,low,close,volume"]
    before = close[0]
    for n, price in enumerate(close):
        high, low = max(before, price) * 1.002, min(before, price) * 0.998
        rows.append(f"{first + n * 3_600_000},{before},{high},{low},{price},1")
        before = price
    path.write_text("\n".join(rows) + "\n")


@pytest.fixture
def market_of_noise(connection: Connection) -> Connection:
    """120 days in which there is nothing to learn, judged."""
    market = Market(connection)
    market.fill(120)
    market.learn(120)
    return connection
