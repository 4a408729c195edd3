"""One learning cycle by hand: mine, judge, and work off the simulations in this process."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import psycopg
from psycopg.rows import dict_row

from quadrant.database import queries
from quadrant.judging.worker import Worker

PATIENCE = 30.0
"""Seconds to wait for whoever holds the jobs."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a learning cycle would change: counts of mining by pattern, looks, decisions.

    `changes` are rows {change, was, id, status, method, pattern_key, scope_subset, gates, changed,
    value, z, evidence, reason}: change is created, changed or ended, `was` the status before.
    """

    mined: dict[str, Row]
    looks: list[Row]
    changes: list[Row]


def take_jobs(connection: psycopg.Connection[Any], holder: str) -> str | None:
    """Take all jobs for this session (autocommit): scheduled runs are skipped, its own go on.

    Waits for a while; None when taken, else who is in the way. `holder` is what others read.
    """
    deadline = monotonic() + PATIENCE
    while True:
        row = connection.execute(queries("learner/take_jobs"), {"holder": holder}).fetchone()
        if row is None or row[0] is None:
            return None
        if monotonic() >= deadline:
            return str(row[0])
        sleep(0.1)


def give_back_jobs(connection: psycopg.Connection[Any]) -> None:
    """End what `take_jobs` began; the end of the session does too."""
    connection.execute(queries("learner/give_back_jobs"))


class Learner:
    """Runs learning cycles on one connection (the owner's, autocommit), outside the schedule.

    Between cycles it keeps what it computed of each experiment, so that a replay of thousands of
    cycles computes every admission once.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._worker = Worker()

    def learn(self, *, judge_anyway: bool = False) -> bool:
        """One cycle at the database's clock; False when there was nothing new to learn from.

        Patterns are judged when a look is due (setting judge_every), or all of them with
        `judge_anyway`.
        """
        self._connection.execute(queries("learner/mine"))
        news = self._connection.execute(queries("learner/news")).fetchone()
        changed = bool(news and news[0])
        if changed or judge_anyway:
            self._connection.execute(queries("learner/judge"), (judge_anyway,))
            # A run without a look is over by itself, which is the rule.
            waits = self._connection.execute(queries("learner/waits")).fetchone()
            if waits and waits[0]:
                self._worker.drain(self._connection)
        return changed

    def preview(self) -> Difference | None:
        """What `learn` with judge_anyway would change, found out in a transaction that is undone.

        The session should have taken the jobs (take_jobs); None where a run of one is in progress.
        """
        with (
            self._connection.transaction(force_rollback=True),
            self._connection.cursor(row_factory=dict_row) as cursor,
        ):
            before = self._decisions(cursor)
            (rehearsed,) = cursor.execute(queries("learner/rehearse")).fetchall()
            if rehearsed["run_id"] is None:
                return None
            # What a worker keeps of a look that is undone would be wrong for the next.
            Worker().drain(self._connection)
            run = (rehearsed["run_id"],)
            looks = cursor.execute(queries("learner/looks"), run).fetchall()
            after = self._decisions(cursor)
        return Difference(rehearsed["mined"], looks, _changes(before, after))

    @staticmethod
    def _decisions(cursor: psycopg.Cursor[Row]) -> dict[int, Row]:
        rows = cursor.execute(queries("learner/decisions")).fetchall()
        return {row["id"]: row for row in rows}


def _changes(before: dict[int, Row], after: dict[int, Row]) -> list[Row]:
    """Decisions that came, changed or went; those of drift and ladder too."""
    over = ("ended", "dismissed")
    changes = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if now is None:
            assert was is not None
            if was["status"] not in over:
                changes.append({**was, "change": "ended", "was": was["status"]})
        elif was is None:
            change = "ended" if now["status"] in over else "created"
            changes.append({**now, "change": change, "was": None})
        elif (was["status"], was["gates"]) != (now["status"], now["gates"]):
            change = "ended" if now["status"] in over else "changed"
            changes.append({**now, "change": change, "was": was["status"]})
    return changes
