"""What a live system is fed, and the stages its packets go through: who dies says where.

For tests that turn the real schedule on (pg_cron, `quadrant serve`) and wait by the server's clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[Any]

PATTERN = "pm.uptrend.S1.entry"
SCOPE = {"chain": "solana", "bucket": "nano", "timeframe": "1h"}
FEED = "flow"
# Values of the gates of each kind, all of them past their gates.
KINDS = {
    "s1_entry": (PATTERN, {"ts_score": 0.7, "halo_distance": 0.5, "slope": 0.05}),
    "s2_entry": (
        "pm.uptrend.S2.entry",
        {"ts_score": 0.7, "halo_distance": 0.5, "slope": 0.05},
    ),
    "s3_retest": ("pm.uptrend.S3.retest", {"ts_score": 0.7, "dx_score": 0.7, "slope": 0.05}),
    "s3_dx": ("pm.uptrend.S3.dx", {}),
}

# What has to be there, stage by stage: a query that answers true. One line per stage to add.
CHECKLIST = (
    ("recording", "select count(distinct episode_type) = 4 from learning.pattern_episode_events"),
    ("trades", "select count(*) > 0 from learning.pattern_trade_events"),
    ("allocation", "select count(*) > 0 from learning.allocation_history where after <> before"),
    ("aggregating", "select count(*) > 0 from analyst.pattern_scope_stats"),
    (
        "mining",
        "select count(distinct pattern_key) = 4 from learning.lessons"
        " where status = 'active' and lesson_type = 'tuning_rates'",
    ),
    ("simulating", "select count(*) > 0 from learning.gate_simulations"),
    ("judging", "select count(*) > 0 from learning.solutions where status = 'active'"),
    (
        "overrides of gates",
        "select count(*) > 0 from learning.pm_overrides"
        " where status = 'active' and action_category = 'tuning_halo'",
    ),
    (
        "pm.position_controls: halo",
        "select bool_or(s1_halo > 1) from pm.position_controls where symbol = 'FLOW'",
    ),
    (
        "pm.position_controls: capital",
        "select bool_or(total_allocation_pct <> 10) from pm.position_controls"
        " where symbol = 'FLOW'",
    ),
)


def feed(
    dsn: str,
    *,
    first: int = 0,
    n: int = 500,
    role: str | None = "quadrant_pm",
    now: datetime | None = None,
) -> None:
    """As a bot does it, with a bot's rights: a position, windows of all kinds, closed trades.

    Windows of S1 just outside the halo gate pay, and no others. `first` numbers them. `role` is
    taken for it; None: the DSN's login is a bot's.
    """
    now = now or datetime.now(UTC)
    told = windows(first, n, now)
    as_role = {"options": f"-c role={role}"} if role else {}
    # A transaction pooler knows no prepared statements.
    with (
        psycopg.connect(
            make_conninfo(dsn, **as_role), autocommit=True, prepare_threshold=None
        ) as pm,
        pm.transaction(),
    ):
        _enroll(pm)
        answers = pm.execute(
            "select distinct written from pm.record_episodes(%s)", (Jsonb(told),)
        ).fetchall()
        assert answers == [("new",)], f"packet died at recording: {answers}"
        for number in range(12):
            pm.execute("select pm.record_closed_trade(%s)", (Jsonb(trade(first + number, now)),))


def _enroll(pm: Connection) -> None:
    """A token on two timeframes, between which capital moves."""
    token = {"token_chain": "solana", "token_contract": "flow", "symbol": "FLOW"}
    rows = pm.execute(
        "select epoch, position_id, timeframe from pm.enroll_positions(%s, %s)",
        (
            FEED,
            Jsonb([{**token, "timeframe": t, "total_allocation_pct": 10} for t in ("1h", "4h")]),
        ),
    ).fetchall()
    scopes = [{"position_id": row[1], "scope": {**SCOPE, "timeframe": row[2]}} for row in rows]
    pm.execute(
        "select pm.apply_ticks(%s, %s, '{}', %s, '[]', '[]', '[]', '[]', '[]')",
        (FEED, rows[0][0], Jsonb(scopes)),
    )


def windows(first: int, n: int, now: datetime) -> list[dict[str, Any]]:
    """So many windows of the last 80 days, in their order."""
    rng = np.random.default_rng(first)
    ago = np.sort(rng.uniform(5, 80, n))[::-1]
    return [_window(rng, first + i, now - timedelta(days=float(ago[i]))) for i in range(n)]


def _window(rng: np.random.Generator, number: int, at: datetime) -> dict[str, Any]:
    kind = "s1_entry" if number % 5 else list(KINDS)[1 + number // 5 % 3]
    pattern, values = KINDS[kind]
    values = dict(values)
    outside = False
    if kind == "s1_entry":
        values["halo_distance"] = float(rng.uniform(0.7, 1.35))
        outside = 1.0 < values["halo_distance"] <= 1.2
    acted = kind != "s1_entry" or values["halo_distance"] <= 1.0
    won = bool(rng.random() < (0.75 if outside else 0.25))
    sample = {**values, "entry_price": 100.0}
    return {
        "window_id": f"flow-{number}",
        "pattern_key": pattern,
        "episode_type": kind,
        "decision": "acted" if acted else "skipped",
        "decided_at": at.isoformat(),
        "blocked_by": [] if acted else ["halo"],
        "scope": SCOPE,
        "factors": {"samples": [sample]},
        "outcome": "success" if won else "failure",
        "outcome_at": (at + timedelta(days=1)).isoformat(),
        "entry_price": 100.0,
        "exit_price": 110.0 if won else 96.0,
        "roi": 0.1 if won else -0.04,
        "roi_at": (at + timedelta(days=2)).isoformat(),
    }


def trade(number: int, now: datetime) -> dict[str, Any]:
    return {
        "trade_id": f"flow-{number}",
        "roi": 0.08 if number % 2 else -0.02,
        "closed_at": (now - timedelta(hours=1)).isoformat(),
        "opened_at": (now - timedelta(hours=9)).isoformat(),
        "timeframe": ("15m", "1h", "4h")[number % 3],
        "symbol": "FLOW",
        "pattern_key": list(KINDS.values())[number % 4][0],
        "scope": SCOPE,
        "actions": ["entry", "trim", "exit"],
        "did_trim": True,
        "reached_s3": number % 2 == 0,
    }


def follow(
    dsn: str, seconds: float, why: Callable[[Connection], object] = lambda _: ""
) -> Iterator[str]:
    """Waits for stage after stage, `seconds` in all, and yields those the packets have passed.

    `why` is asked where they died.
    """
    deadline = time.monotonic() + seconds
    with psycopg.connect(dsn, autocommit=True) as connection:
        for stage, question in CHECKLIST:
            while connection.execute(question.encode()).fetchone() != (True,):
                assert time.monotonic() < deadline, f"packet died at {stage}: {why(connection)}"
                time.sleep(0.2)
            yield stage
