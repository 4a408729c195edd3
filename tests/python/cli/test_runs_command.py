"""quadrant runs: list and remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.types.json import Jsonb


def test_runs_are_listed_and_removed(
    connection: psycopg.Connection[Any], database: str, run_command: Callable[..., Any]
) -> None:
    assert "Nothing is recorded" in run_command("runs", "list", QUADRANT_DSN=database).stdout
    for run in ("dip/[1]", "dip/2"):
        connection.execute(
            "select pm.record_episode(%s), pm.record_closed_trade(%s)",
            (
                Jsonb(
                    {"pattern_key": "pm.dip.entry", "window_id": "w", "decision": "acted"}
                    | {"decided_at": "2026-01-05T01:00:00Z", "run": run, "trade_id": "t"}
                ),
                Jsonb(
                    {"trade_id": "t", "timeframe": "5m", "roi": 0.0123, "run": run}
                    | {"closed_at": "2026-01-06T00:00:00Z", "pattern_key": "pm.dip.entry"}
                ),
            ),
        )
    listed = run_command("runs", "list", columns=80, QUADRANT_DSN=database).stdout
    assert "dip/[1]" in listed
    assert "trades +1.23 %" in listed
    assert "…" not in listed
    removed = run_command("runs", "remove", "dip/[1]", "--json", QUADRANT_DSN=database)
    assert removed.json == {"windows": 1, "trades": 1, "moved_capital": 0}
    left = run_command("runs", "list", "--json", QUADRANT_DSN=database).json
    assert [(row["run"], row["windows"], row["trades"]) for row in left] == [("dip/2", 1, 1)]
    again = run_command("runs", "remove", "dip/[1]", QUADRANT_DSN=database)
    assert (again.returncode, "QD049" in again.stderr) == (1, True)
