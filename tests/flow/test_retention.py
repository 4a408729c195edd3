"""Retention takes what nothing needs, and learning goes on as if it were there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import packets
import psycopg
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Jsonb

from quadrant.judging import Worker

Connection = psycopg.Connection[Any]
NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 425
LEARNED = ("lessons", "looks", "grids", "solutions", "overrides", "configuration", "allocations")
COUNTED = """
    select to_jsonb(c) - 'mining' from learning.mining_contributions as c
    order by c.pattern_key, c.experiment_id
"""


def live(dsn: str, number: int, at: datetime, *, judged: bool = True) -> None:
    """What a bot does by then, and an hour of the schedule."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select learning.set_clock(%s)", (at,))
        packets.feed(dsn, first=1_000 * number, n=150, now=at)
        connection.execute("call learning.run_aggregator(true)")
        connection.execute("call learning.run_tuning_miner(true)")
        if judged:
            connection.execute("call learning.run_judge(true, true)")
            Worker().drain(connection)


def removed(connection: Connection, batch: int) -> dict[str, int]:
    """All that retention takes, so many at a time."""
    total = {"windows": 0, "trades": 0, "messages": 0}
    while True:
        row = connection.execute(
            "select learning.remove_old_events(learning.events_kept_since(), %s)", (batch,)
        ).fetchone()
        assert row is not None
        if not any(row[0].values()):
            return total
        total = {name: n + row[0][name] for name, n in total.items()}


def test_learning_goes_on_the_same(
    database: str,
    new_database: Callable[..., AbstractContextManager[str]],
    contents: Callable[[Connection], dict[str, list[Any]]],
) -> None:
    """A database, and its copy from which two thirds were taken: lessons, overrides and shares of
    both are the same a week later."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("select learning.set_clock(%s)", (NOW,))
        connection.execute(
            "select learning.set_setting('retention_days.events', %s)", (Jsonb(DAYS),)
        )
    for number, ago in enumerate((760, 520, 0)):
        live(database, number, NOW - timedelta(days=ago), judged=ago == 0)
    with new_database(str(conninfo_to_dict(database)["dbname"])) as trimmed:
        with psycopg.connect(trimmed, autocommit=True) as connection:
            assert removed(connection, 100)
        for week in range(1, amount(1, 3) + 1):
            for dsn in (database, trimmed):
                live(dsn, 10 + week, NOW + timedelta(days=7 * week))
            with psycopg.connect(database) as whole, psycopg.connect(trimmed) as rest:
                wanted, found = contents(whole), contents(rest)
                for table in LEARNED:
                    assert wanted[table], table
                    assert found[table] == wanted[table], table
                assert rest.execute(COUNTED).fetchall() == whole.execute(COUNTED).fetchall()


WINDOW = st.tuples(
    st.integers(0, 6),  # attempt
    st.integers(0, 600) | st.integers(DAYS - 3, DAYS + 3),  # opened so many days ago
    st.none() | st.integers(0, 30),  # until its outcome; None: it has none
)


@settings(
    max_examples=amount(12, 300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(WINDOW, min_size=1, max_size=25))
def test_what_goes_is_old_and_ended_with_its_attempt(
    connection: Connection, windows: list[tuple[int, int, int | None]]
) -> None:
    """Against a plain loop; and what is mined and judged from is what it was before."""
    ended = [(a, o, None if e is None else max(0, o - e)) for a, o, e in windows]
    staying = {a for a, o, e in ended if o <= DAYS or e is None or e <= DAYS}
    with connection.transaction(force_rollback=True):
        connection.execute("select learning.set_clock(%s)", (NOW,))
        connection.execute(
            "select learning.set_setting('retention_days.events', %s)", (Jsonb(DAYS),)
        )
        for number, (attempt, opened, end) in enumerate(ended):
            at = NOW - timedelta(days=opened)
            over = None if end is None else NOW - timedelta(days=end)
            connection.execute(
                "insert into learning.pattern_episode_events (window_id, attempt_id, pattern_key,"
                " episode_type, decision, opened_at, decided_at, outcome, outcome_at, roi, roi_at)"
                " values (%s, %s, %s, 's1_entry', 'acted', %s, %s, %s, %s, %s, %s)",
                (
                    *(str(number), str(attempt), packets.PATTERN, at, at),
                    *(None if over is None else "success", over),
                    *(None if over is None else 0.1, over),
                ),
            )
        ((run,),) = connection.execute(
            "insert into learning.learning_runs (job, status) values ('quadrant.judge', 'running')"
            " returning id"
        ).fetchall()
        connection.execute(
            "insert into learning.looks (run_id, pattern_key, profile, look_day)"
            " values (%s, %s, 'evidence', %s)",
            (run, packets.PATTERN, NOW.date()),
        )
        learned = (
            "select to_jsonb(c) from learning.counted_experiments(%(pattern)s,"
            " %(now)s - interval '90 days', %(now)s, null, 1) as c order by c.experiment_id",
            "select w.* from learning.looks as k cross join learning.judging_windows(k.id) as w",
        )
        asked = {"pattern": packets.PATTERN, "now": NOW}
        before = [connection.execute(query, asked).fetchall() for query in learned]
        removed(connection, 3)
        assert [connection.execute(query, asked).fetchall() for query in learned] == before
        left = connection.execute("select e.window_id from learning.pattern_episode_events as e")
        assert {int(name) for (name,) in left} == {
            number for number, (attempt, *_) in enumerate(ended) if attempt in staying
        }
