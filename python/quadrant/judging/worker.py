"""The simulation worker: takes requests from the database, simulates, stores, finishes the run."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
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
from quadrant.judging.slices import SliceResult, judge_slice

_MOST_ODDS = 1e12
_BATCH = 200  # requests leased at a time: done long before their lease ends
_CHANNEL = "simulation_requests"
_POLL_SECONDS = 30.0
_LOOK_UP_SECONDS = 1.0  # how soon a stop is noticed
_LONGEST_WAIT_SECONDS = 30.0

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

    def __init__(self, dsn: str = "", *, name: str | None = None) -> None:
        """`dsn` is needed by `run` and `once`; `name` is shown on the leases."""
        self._dsn = dsn
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._patterns: dict[str, _Pattern] = {}
        self._stop = threading.Event()

    def drain(self, connection: Connection) -> int:
        """Work until no request is waiting and no run is left to finish; returns requests done.

        On a connection in autocommit mode every step is a transaction of its own; within a
        transaction all of it belongs to that.
        """
        done = 0
        while not self._stop.is_set():
            batch = _rows(connection, "claim_simulations", (self._name, _BATCH))
            if batch:
                # The products are small: more threads would mostly wait for each other.
                with threadpool_limits(limits=1, user_api="blas"):
                    done += self._simulate(connection, batch)
            elif not self._finish(connection):
                break
        return done

    def once(self) -> int:
        """Connect, drain, disconnect; returns requests done."""
        with self._connect() as connection:
            return self.drain(connection)

    def _connect(self) -> Connection:
        return connect(self._dsn, autocommit=True, application_name="quadrant worker")

    def stop(self) -> None:
        """Ask `run` to return after the batch in hand; safe in a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Listen and work until `stop`; a lost connection is made again, ever more slowly."""
        wait = 1.0
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    connection.execute(f"listen {_CHANNEL}")
                    _log.info("simulation worker listening | worker=%s", self._name)
                    wait = 1.0
                    self._listen(connection)
            except (psycopg.OperationalError, psycopg.InterfaceError, QuadrantError) as error:
                _log.warning("simulation worker lost the database | wait=%.0fs | %s", wait, error)
                self._stop.wait(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)

    def _listen(self, connection: Connection) -> None:
        while not self._stop.is_set():
            self.drain(connection)
            look_again = time.monotonic() + _POLL_SECONDS
            while not self._stop.is_set() and time.monotonic() < look_again:
                if list(connection.notifies(timeout=_LOOK_UP_SECONDS, stop_after=1)):
                    break

    def _simulate(self, connection: Connection, batch: list[dict[str, Any]]) -> int:
        """A batch is of one look."""
        first = batch[0]
        try:
            pattern = self._load(connection, first["pattern_key"], first["look_id"])
        except (ValueError, KeyError, TypeError) as error:
            # Settings or samples nobody can read: the run ends without this pattern.
            self._fail(connection, batch, error)
            return 0
        stored = []
        for request in batch:
            try:
                result = judge_slice(pattern.windows, pattern.grid, request)
            except (ValueError, ArithmeticError, IndexError) as error:
                self._fail(connection, [request], error)
                continue
            stored.append(_stored(request, result))
        if stored:
            connection.execute(queries("judging/store_simulations"), (Jsonb(stored),))
        return len(stored)

    def _fail(
        self, connection: Connection, requests: Iterable[dict[str, Any]], error: Exception
    ) -> None:
        for request in requests:
            _log.error("simulation failed | request=%s | %r", request["request_id"], error)
            _rows(connection, "fail_simulation", (request["request_id"], repr(error)))

    def _finish(self, connection: Connection) -> int:
        """Finish the runs that wait for nothing more; returns the requests they still made."""
        with connection.cursor(row_factory=scalar_row) as cursor:
            runs = cursor.execute(queries("judging/runs_to_finish")).fetchall()
            made = 0
            for run in runs:
                more = cursor.execute(queries("judging/finish_judging"), (run,)).fetchone()
                made += int(more or 0)
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
