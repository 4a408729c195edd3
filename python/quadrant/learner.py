"""One learning cycle by hand: mine, judge, and work off the simulations in this process."""

from __future__ import annotations

from typing import Any

import psycopg

from quadrant.database import queries
from quadrant.judging.worker import Worker


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
        mined: dict[str, int] = (row and row[0]) or {}
        changed = bool(mined.get("lessons_changed") or mined.get("retired"))
        if changed or judge_anyway:
            self._connection.execute(queries("learner/judge"), (judge_anyway,))
            self._worker.drain(self._connection)
        return changed
