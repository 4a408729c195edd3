"""pgbouncer between us and the server: refused where it would lose what a session holds."""

from __future__ import annotations

import psycopg
import pytest
from pooler import pgbouncer
from psycopg.types.json import Jsonb

from quadrant.database import connect
from quadrant.database.errors import PooledPerTransaction
from quadrant.tick import Tick


def test_transaction_mode_is_refused_for_what_needs_a_session(database: str) -> None:
    with pgbouncer(database, "transaction") as dsn:
        with pytest.raises(PooledPerTransaction, match="QD212"):
            connect(dsn)
        with pytest.raises(PooledPerTransaction, match="QD212"):
            Tick(dsn, "bot")
        # What the refusal's hint says: single calls of pm functions need no session.
        with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
            for n in range(8):
                row = connection.execute(
                    "select written from pm.record_episode(%s)",
                    (
                        Jsonb(
                            {
                                "pattern_key": "pm.uptrend.S1.entry",
                                "episode_id": f"e{n}",
                                "decision": "skipped",
                                "timestamp": "2026-01-05T00:37:00+00:00",
                                "scope": {"timeframe": "15m"},
                            }
                        ),
                    ),
                ).fetchone()
                assert row == ("new",)


@pytest.mark.parametrize("size", [1, 5])
def test_a_pool_in_session_mode_serves(database: str, size: int) -> None:
    with (
        pgbouncer(database, "session", size) as dsn,
        connect(dsn, autocommit=True) as connection,
    ):
        tick = Tick(connection, "bot")
        assert tick.gates
