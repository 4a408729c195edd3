"""The simulation worker: takes requests from the database, simulates, stores, finishes the run."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.rows import dict_row, scalar_row
from psycopg.types.json import Jsonb
from threadpoolctl import threadpool_limits

from quadrant.database import connect, queries
from quadrant.errors import QuadrantError
from quadrant.judging.cache import WindowCache
from quadrant.judging.grid import Grid
from quadrant.judging.slices import SliceResult, judge_slice, sides_of

_MOST_ODDS = 1e12
_BATCH, _FIRST_BATCH = 200, 20  # requests leased at a time, at most and before any is timed
_BATCH_SECONDS = 10.0  # of comparisons in a batch: done long before its lease ends
_CHANNEL = "simulation_requests"
_POLL_SECONDS = 30.0
_LOOK_UP_SECONDS = 1.0  # how soon a stop is noticed
_BEAT_SECONDS = 10.0  # between heartbeats, while it works
_SHORTEST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0  # after an error
_ATTEMPTS = 3  # at finishing a run that takes the connection along

_log = logging.getLogger("learning_system")

Connection = psycopg.Connection[Any]


@dataclass(slots=True, eq=False)
class _Pattern:
    """A pattern's grid and its windows, those of look `look_id`; the grid changes with `stamp`."""

    stamp: str
    grid: Grid
    windows: WindowCache
    look_id: int | None = None


class Worker:
    """Simulates what the database asks for. One worker serves one database, in one thread."""

    def __init__(
        self,
        dsn: str = "",
        *,
        name: str | None = None,
        runs_jobs: bool = False,
        after: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        """`dsn` is needed by `run` and `once`; `name` is shown on the leases; `runs_jobs` tells
        analyst.health that the process runs the jobs of the schedule, too.

        `after` is called whenever there is nothing more to do (the log file follows the log then).
        """
        self._dsn = dsn
        self._after = after
        self._runs_jobs = runs_jobs
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._patterns: dict[str, _Pattern] = {}
        self._begun: Counter[int] = Counter()
        self._batch = _FIRST_BATCH
        self._wait = _SHORTEST_WAIT_SECONDS
        self._stop = threading.Event()
        self._beats = False
        self._beat_at = -_BEAT_SECONDS

    def drain(self, connection: Connection) -> int:
        """Work until no request is waiting and no run is left to finish; returns requests done.

        On a connection in autocommit mode every step is a transaction of its own; within a
        transaction all of it belongs to that.
        """
        done = 0
        while not self._stop.is_set():
            batch = _rows(connection, "claim_simulations", (self._name, self._batch))
            if batch:
                self._beat(connection, f"simulating {batch[0]['pattern_key']}")
                # The products are small: more threads would mostly wait for each other.
                with threadpool_limits(limits=1, user_api="blas"):
                    done += self._simulate(connection, batch)
            elif not self._finish(connection):
                break
        return done

    def once(self) -> int:
        """Connect, drain, disconnect; returns requests done."""
        with self._connect() as connection:
            done = self.drain(connection)
            self._after(connection)
            return done

    def _connect(self) -> Connection:
        """Where the process freezes within a transaction the server ends that, with the lease."""
        connection = connect(self._dsn, autocommit=True, application_name="quadrant worker")
        connection.execute(queries("judging/let_go"))
        return connection

    def stop(self) -> None:
        """Ask `run` to return after the batch in hand; safe in a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Listen and work until `stop`; after a database error again, ever more slowly.

        Says that it is there before every wait and, at intervals, between batches.
        """
        self._beats = True
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    try:
                        connection.execute(f"listen {_CHANNEL}")
                        _log.info("simulation worker listening | worker=%s", self._name)
                        self._listen(connection)
                        self._beat(connection, None)
                        continue
                    except psycopg.Error as error:
                        if _is_lost(connection):
                            raise
                        _log.error(
                            "simulation worker cannot work | wait=%.0fs | %s",
                            self._wait,
                            _described(error),
                        )
            except (psycopg.Error, QuadrantError) as error:
                _log.warning(
                    "simulation worker lost the database | wait=%.0fs | %s", self._wait, error
                )
            self._stop.wait(self._wait)
            self._wait = min(2 * self._wait, _LONGEST_WAIT_SECONDS)

    def _listen(self, connection: Connection) -> None:
        while not self._stop.is_set():
            self.drain(connection)
            self._wait = _SHORTEST_WAIT_SECONDS
            self._after(connection)
            self._beat(connection, "waiting")
            look_again = time.monotonic() + _POLL_SECONDS
            while not self._stop.is_set() and time.monotonic() < look_again:
                if list(connection.notifies(timeout=_LOOK_UP_SECONDS, stop_after=1)):
                    break

    def _beat(self, connection: Connection, doing: str | None) -> None:
        """A sign of life for analyst.health, when it is time for one; None: it leaves."""
        working = doing not in (None, "waiting")
        if self._beats and not (working and time.monotonic() < self._beat_at + _BEAT_SECONDS):
            self._beat_at = time.monotonic()
            told = (self._name, doing and doing[:200], version("quadrant"), self._runs_jobs)
            connection.execute(queries("judging/beat"), told)

    def _simulate(self, connection: Connection, batch: list[dict[str, Any]]) -> int:
        """A batch is of one look."""
        first = batch[0]
        try:
            with connection.transaction():
                pattern = self._load(connection, first["pattern_key"], first["look_id"])
        except (ValueError, KeyError, TypeError, ArithmeticError, psycopg.Error) as error:
            # Settings or samples nobody can read: the run ends without this pattern.
            self._fail(connection, batch, error)
            return 0
        stored = []
        started = time.monotonic()
        for request in batch:
            try:
                result = judge_slice(pattern.windows, pattern.grid, request)
            except (ValueError, ArithmeticError, IndexError) as error:
                self._fail(connection, [request], error)
                continue
            stored.append(_stored(request, result))
        each = (time.monotonic() - started) / len(batch)
        self._batch = int(max(1, min(_BATCH, _BATCH_SECONDS / max(each, 1e-9))))
        requests = {request["request_id"]: request for request in batch}
        return self._store(connection, pattern.windows, requests, stored)

    def _store(
        self,
        connection: Connection,
        windows: WindowCache,
        requests: dict[int, dict[str, Any]],
        results: list[dict[str, Any]],
    ) -> int:
        """Store the comparisons of a batch together, then what changes sides under the candidates
        the database names; those it refuses fail alone."""
        if not results:
            return 0
        try:
            with connection.transaction():
                sides = []
                for stored in _rows(connection, "store_simulations", (Jsonb(results),)):
                    request = requests[stored["request_id"]]
                    asked = {*stored["asked"], request["watched"]} - {None}
                    if asked:
                        of_request = sides_of(windows, request, sorted(asked))
                        sides.append(
                            {"simulation_id": stored["simulation_id"], "sides": of_request}
                        )
                if sides:
                    connection.execute(queries("judging/store_sides"), (Jsonb(sides),))
        except psycopg.Error as error:
            if len(results) > 1 and not _is_lost(connection):
                return sum(
                    self._store(connection, windows, requests, [result]) for result in results
                )
            self._fail(connection, results, error)
            return 0
        return len(results)

    def _fail(
        self, connection: Connection, requests: Iterable[dict[str, Any]], error: Exception
    ) -> None:
        """Hand requests back with the error; a lost connection is none of theirs."""
        if isinstance(error, psycopg.Error) and _is_lost(connection):
            raise error
        for request in requests:
            _log.error("simulation failed | request=%s | %r", request["request_id"], error)
            _rows(connection, "fail_simulation", (request["request_id"], repr(error)))

    def _finish(self, connection: Connection) -> int:
        """Finish the runs that wait for nothing more; returns the requests they still made.

        A run the database cannot finish is marked failed: it is not offered again.
        """
        with connection.cursor(row_factory=scalar_row) as cursor:
            runs = cursor.execute(queries("judging/runs_to_finish")).fetchall()
            made = 0
            for run in runs:
                try:
                    if self._begun[run] >= _ATTEMPTS:
                        raise psycopg.OperationalError(
                            f"finishing it took the connection along {_ATTEMPTS} times"
                        )
                    self._begun[run] += 1
                    with connection.transaction():
                        more = cursor.execute(queries("judging/finish_judging"), (run,)).fetchone()
                except psycopg.Error as error:
                    if _is_lost(connection):
                        raise
                    _log.error("judging run failed | run=%s | %s", run, _described(error))
                    cursor.execute(queries("judging/fail_judging"), (run, Jsonb(_told(error))))
                else:
                    made += int(more or 0)
                del self._begun[run]
        return made

    def _load(self, connection: Connection, pattern_key: str, look_id: int) -> _Pattern:
        """The pattern with its grid and the windows of the look."""
        (settings,) = _rows(connection, "judging_settings", (pattern_key,))
        pattern = self._patterns.get(pattern_key)
        if pattern is None or pattern.stamp != settings["stamp"]:
            grid = Grid.from_settings(settings["settings"])
            pattern = _Pattern(settings["stamp"], grid, WindowCache(grid))
            self._patterns[pattern_key] = pattern
        if pattern.look_id == look_id:
            return pattern
        pattern.look_id = None
        (listed,) = _rows(connection, "judging_windows", (look_id,))
        missing = pattern.windows.open_look(listed["ids"], listed["versions"])
        pattern.windows.add(
            _rows(connection, "judging_window_details", (missing,)) if missing else ()
        )
        pattern.look_id = look_id
        return pattern


def _is_lost(connection: Connection) -> bool:
    """Whether the connection is gone: other errors of the database are about what was asked."""
    return connection.closed


def _told(error: psycopg.Error) -> dict[str, str | None]:
    """An error as learning.fail_judging() takes it."""
    return {
        "sqlstate": error.sqlstate,
        "message": error.diag.message_primary or str(error),
        "context": error.diag.context,
    }


def _described(error: psycopg.Error) -> str:
    return f"{error.sqlstate or type(error).__name__}: {str(error).strip()}"


def _rows(connection: Connection, query: str, arguments: tuple[Any, ...]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(queries(f"judging/{query}"), arguments).fetchall()


def _stored(request: dict[str, Any], result: SliceResult) -> dict[str, Any]:
    """A comparison as learning.store_simulations() takes it."""
    found = result.comparison
    record = result.record
    if record is not None:
        record = {name: _finite(value) for name, value in record.items()}
    return {
        "request_id": request["request_id"],
        "n_windows": found.n,
        "n_days": len(found.days),
        "by_outcome": result.by_outcome,
        "dodge_rate": result.dodge_rate,
        "evidence": _finite(result.evidence),
        "changed": _array(found.changed),
        "misses_caught": _array(found.caught),
        "failures_added": _array(found.added),
        "failures_avoided": _array(found.avoided),
        "wins_lost": _array(found.lost),
        "benefit": _array(result.benefit),
        "cost": _array(result.cost),
        "z": _array(found.z),
        "money_z": _array(found.money_z),
        "record": record,
    }


def _finite(number: float) -> float | None:
    """A number JSON can hold: what is not known is null, and no odds are above a trillion to 1."""
    return None if np.isnan(number) else min(number, _MOST_ODDS)


def _array(values: NDArray[Any]) -> str:
    """A PostgreSQL array literal from index 0, NaN as null."""
    items = ",".join(map(repr, values.tolist())).replace("nan", "null")
    return f"[0:{len(values) - 1}]={{{items}}}"
