"""Three feeds take the same positions over from one another, and tick them, all at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

import psycopg

FEEDS, CALLS, TOKENS = "abc", 15, 40


def test_nobody_deadlocks(database: str) -> None:
    barrier = Barrier(len(FEEDS))

    def take_over(feed: str) -> list[str | None]:
        """What its ticks were told, after as many enrolments that must end well."""
        random, told = Random(feed), list[str | None]()
        with psycopg.connect(database, autocommit=True) as own:
            own.execute("set deadlock_timeout = '20ms'")
            barrier.wait()
            for call in range(CALLS):
                tokens = random.sample(range(TOKENS), TOKENS)
                positions = [
                    {"token_contract": str(n), "token_chain": "c", "symbol": "s", "timeframe": "1h"}
                    for n in tokens
                ]
                rows = own.execute(
                    "select epoch, position_id, version from pm.enroll_positions(%s, %s)",
                    (feed, json.dumps(positions)),
                ).fetchall()
                assert len(rows) == TOKENS
                random.shuffle(rows)
                states = [
                    {"position_id": row[1], "version": row[2], "state": {}, "last_bar_ms": call}
                    for row in rows[:20]
                ]
                try:
                    own.execute(
                        "select pm.apply_ticks(%s, %s, '{}', '[]', %s, '[]', '[]', '[]', '[]')",
                        (feed, rows[0][0], json.dumps(states)),
                    )
                    told.append(None)
                except psycopg.Error as error:
                    told.append(error.sqlstate)
        return told

    with ThreadPoolExecutor(len(FEEDS)) as pool:
        told = [code for codes in pool.map(take_over, FEEDS, timeout=120) for code in codes]
    assert len(told) == len(FEEDS) * CALLS
    assert set(told) <= {None, "QD008"}, "a tick is written, or the feed was taken over"
