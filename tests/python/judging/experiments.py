"""Made-up experiments and lessons in a database, and what judging makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import numpy as np
import psycopg

from quadrant.judging import Worker

Connection = psycopg.Connection[Any]
PATTERN = "pm.uptrend.S1.entry"
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=86)
BUCKETS: list[dict[str, str]] = [{}, {"bucket": "micro"}, {"bucket": "mid"}, {"bucket": "big"}]


def insert_market(connection: Connection, seed: int, acted: str = "ts_score >= 0.6") -> None:
    rng = np.random.default_rng(seed)
    connection.execute("update learning.clock_setting set set_to = %s", (NOW,))
    rows = []
    for _ in range(1_500):
        ts, halo = rng.uniform(0.45, 0.75), rng.uniform(0.5, 1.5)
        bucket = str(rng.choice(["micro", "mid", "big"]))
        pays = bucket == "micro" and 0.5 <= ts < 0.6
        won = bool(rng.random() < (0.65 if pays else 0.2))
        roi = float(rng.uniform(0.08, 0.2) if won else -rng.uniform(0.02, 0.03))
        samples = [{"ts_score": ts, "halo_distance": halo, "slope": 0.01}]
        rows.append(
            (
                PATTERN,
                json.dumps({"bucket": bucket, "timeframe": "1h"}),
                "success" if won else "failure",
                START + timedelta(days=float(rng.uniform(0, 85))),
                roi,
                json.dumps({"samples": samples}),
            )
        )
    rows.sort(key=lambda row: row[3])
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            "insert into learning.pattern_episode_events"
            " (pattern_key, scope, decision, outcome, decided_at, roi, factors)"
            " values (%s, %s, 'skipped', %s, %s, %s, %s)",
            rows,
        )


def set_lessons(
    connection: Connection,
    scopes: list[dict[str, str]],
    stamp: str = "one",
    pattern: str = PATTERN,
) -> None:
    """What the miner would write, every event sampled."""
    for scope in scopes:
        connection.execute(
            """
            with slice as (
                insert into learning.slice_rates as r (
                    pattern_key, slice_key, acted_success, acted_failure, skipped_success,
                    skipped_failure, n_policy, weight, n_sampled, n_valued
                )
                select %(pattern)s, %(key)s, 0, 0, 0, count(*), 0, 0, count(*), 0
                from learning.pattern_episode_events as e
                where e.pattern_key = %(pattern)s and e.scope @> %(scope)s::jsonb
                on conflict (pattern_key, slice_key) do update set n_policy = r.n_policy
                returning r.n
            ),
            known as (
                update learning.lessons as l set evidence_stamp = %(stamp)s
                where l.pattern_key = %(pattern)s and l.slice_key = %(key)s
                returning l.id
            )
            insert into learning.lessons as l (
                module, lesson_type, pattern_key, scope_subset, slice_key, n, evidence_stamp
            )
            select 'pm', 'tuning_rates', %(pattern)s, %(scope)s::jsonb, %(key)s, s.n, %(stamp)s
            from slice as s
            where not exists (select from known)
            """,
            {
                "pattern": pattern,
                "scope": json.dumps(scope),
                "stamp": stamp,
                "key": "".join(
                    chr(0x4E00 + crc32(repr(item).encode()) % 20_000) for item in scope.items()
                ),
            },
        )


def judge(connection: Connection, worker: Worker | None = None) -> int:
    connection.execute("call learning.run_materializer(true)")
    return (worker or Worker()).drain(connection)


def rows(connection: Connection, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, arguments or None).fetchall()  # type: ignore[arg-type]


def in_force(connection: Connection) -> list[tuple[Any, ...]]:
    return rows(
        connection,
        "select scope_subset, action_category, multiplier, delta, confidence_score, status"
        " from learning.pm_overrides order by scope_subset, action_category",
    )


def verdicts(connection: Connection) -> dict[str, str]:
    return dict(rows(connection, "select scope_subset::text, verdict from analyst.simulations"))
