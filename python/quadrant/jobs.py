"""The jobs of learning.schedule, run by this process: what pg_cron does where it is."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from psycopg.rows import dict_row

from quadrant.database import connect, queries
from quadrant.errors import QuadrantError

LOOK_SECONDS = 5
"""How soon a change of the schedule is seen, or that the database is back."""
PATIENCE_SECONDS = 3.0
"""How long runs in progress may go on when it stops, before they are cancelled."""
_AT_ONCE = 8
# A host that vanished is noticed within a minute or so.
_KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}

_log = logging.getLogger("learning_system")

Connection = psycopg.Connection[Any]
Row = dict[str, Any]


class JobRunner:
    """Runs the jobs that are due and not pg_cron's, each in a session of its own.

    A job that was due while the database, or this process, was away runs once when both are back.
    That none runs twice at a time is the database's business (learning.begin_run).
    """

    def __init__(self, dsn: str, after: Callable[[Connection], None] = lambda _: None) -> None:
        """`after` is called at the end of each run (the log file follows the log then)."""
        self._dsn = dsn
        self._after = after
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(_AT_ONCE)},
            job_defaults={"coalesce": True, "misfire_grace_time": None},
        )
        self._looks = threading.Thread(target=self._look_again_and_again, daemon=True)
        self._end = threading.Event()
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._session: Connection | None = None
        self._since: datetime | None = None
        self._is_lost = False
        self._stopped = False
        self._jobs: dict[str, Row] = {}
        self._caught_up: dict[str, datetime] = {}
        self._again: set[str] = set()
        self._running: dict[str, Connection] = {}

    def start(self) -> None:
        """Begin, in threads of its own."""
        self._scheduler.start()
        self._looks.start()

    def stop(self) -> None:
        """Begin no more runs; give those in progress a moment, then cancel them.

        A run that was cancelled is made up for at the next start.
        """
        self._stopped = True
        self._end.set()
        self._scheduler.shutdown(wait=False)
        self._wait_for_runs()
        for connection in list(self._running.values()):
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=PATIENCE_SECONDS)
        self._wait_for_runs()
        if self._session is not None:
            self._session.close()

    def _wait_for_runs(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)

    def _look_again_and_again(self) -> None:
        """By no clock that can be set: the scheduler's jobs wait for a time of day."""
        while not self._stopped:
            try:
                self._look()
            except Exception:
                _log.exception("the schedule could not be taken up")
            self._end.wait(LOOK_SECONDS)

    def _look(self) -> None:
        """Take up what the schedule says now, and what was missed."""
        now = datetime.now(UTC)
        if now < self._looked_at:
            _log.warning("the clock went back | from=%s | to=%s", self._looked_at, now)
            self._jobs.clear()  # they wait for what was near then: all are taken up anew
        self._looked_at = now
        try:
            rows = self._rows()
        except (psycopg.Error, QuadrantError) as error:
            if not self._is_lost and not self._stopped:
                _log.warning("jobs lost the database | %s", _told(error))
            self._is_lost = True
            return
        if self._is_lost:
            self._is_lost = False
            _log.info("jobs have the database again")
        for job in self._jobs.keys() - rows.keys():
            with suppress(JobLookupError):  # one that is never due again is gone by itself
                self._scheduler.remove_job(job)
            _log.info("job no longer served | job=%s", job)
        for job, row in rows.items():
            missed = row.pop("missed")
            if self._jobs.get(job) != row:
                self._scheduler.add_job(
                    self._run, trigger_of(row), (job, row["command"]), id=job, replace_existing=True
                )
                _log.info("job served | job=%s | command=%s", job, row["command"])
            is_new = missed is not None and missed != self._caught_up.get(job)
            if (is_new or job in self._again) and job not in self._running:
                if is_new:
                    self._caught_up[job] = missed
                self._again.discard(job)
                with suppress(JobLookupError):
                    self._scheduler.modify_job(job, next_run_time=datetime.now(UTC))
        self._jobs = rows

    def _rows(self) -> dict[str, Row]:
        """The jobs to serve, by name."""
        if self._session is None or self._session.closed:
            self._session = self._connect("quadrant serve")
        with self._session.cursor(row_factory=dict_row) as cursor:
            if self._since is None:
                (row,) = cursor.execute(queries("jobs/now")).fetchall()
                self._since = row["now"]
            rows = cursor.execute(queries("jobs/to_serve"), {"since": self._since}).fetchall()
        return {row["job"]: row for row in rows}

    def _connect(self, name: str) -> Connection:
        return connect(self._dsn, autocommit=True, application_name=name, **_KEEPALIVES)

    def _run(self, job: str, command: str) -> None:
        """One run; where the database cannot be reached, or goes away, it is made up for."""
        if self._is_lost or self._stopped:
            self._again.add(job)
            return
        try:
            with self._connect(job) as connection:
                self._running[job] = connection
                try:
                    connection.execute(command.encode())
                except psycopg.Error as error:
                    if connection.closed:
                        raise
                    if not self._stopped:
                        _log.error("job broke off | job=%s | %s", job, _told(error))
                self._after(connection)
        except (psycopg.Error, QuadrantError) as error:
            _log.warning("job lost the database | job=%s | %s", job, _told(error))
            self._is_lost = True
            self._again.add(job)
        finally:
            self._running.pop(job, None)


def _told(error: Exception) -> str:
    return str(error).strip().replace("\n", "; ")


def trigger_of(row: Row) -> BaseTrigger:
    """When a job is due, out of its schedule as learning.cron() reads it."""
    if row["seconds"]:
        return IntervalTrigger(seconds=row["seconds"], timezone=UTC)
    always = {
        **{name: _values(row[f"{name}s"]) for name in ("minute", "hour", "month")},
        "second": 0,
        "timezone": UTC,
    }
    day = {"day": _values(row["days"])}
    # Cron counts weekdays from Sunday, APScheduler from Monday.
    weekday = {"day_of_week": _values((number - 1) % 7 for number in row["weekdays"])}
    if row["both_days"]:
        return CronTrigger(**always, **day, **weekday)
    return OrTrigger([CronTrigger(**always, **day), CronTrigger(**always, **weekday)])


def _values(numbers: Any) -> str:
    return ",".join(map(str, numbers))
