"""One learning cycle by hand: mine, judge, and work off the simulations in this process."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any

import psycopg

from quadrant.database import queries
from quadrant.judging.worker import Worker

PATIENCE = 30.0
"""Seconds to wait for whoever holds the jobs."""


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
        row = self._connection.execute(queries("learner/mine")).fetchone()
        mined: dict[str, dict[str, int]] = row[0]["patterns"] if row and row[0] else {}
        changed = any(done["lessons_changed"] or done["retired"] for done in mined.values())
        if changed or judge_anyway:
            self._connection.execute(queries("learner/judge"), (judge_anyway,))
            self._worker.drain(self._connection)
        return changed
