"""logs/learning_system.log: the database's log as a file, written by whoever runs."""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import psycopg
from fasteners import InterProcessLock

from quadrant.database import queries

NAME = "learning_system"
MOST_BYTES = 10_000_000
BACKUPS = 5

# What a line begins with, behind its event: about what it is, and why.
_LEADING = ("pattern_key", "action_category", "scope_subset", "scope", "reason", "error")

_log = logging.getLogger(__name__)


_formatter = logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s")
_formatter.converter = time.gmtime


def log_folder() -> Path:
    """Where the file is: QUADRANT_LOGS, or `logs` in the working directory."""
    return Path(os.environ.get("QUADRANT_LOGS") or "logs")


def format_line(at: datetime, level: str, event: str, data: dict[str, Any]) -> str:
    """One line of the system's log: what it is about and why first, nothing that is null."""
    return _formatter.format(_record(at, level, event, data))


def _record(at: datetime, level: str, event: str, data: dict[str, Any]) -> logging.LogRecord:
    figures = {key: data[key] for key in _LEADING if key in data} | data
    message = event + "".join(
        f" | {key}={value if isinstance(value, str) else json.dumps(value)}"
        for key, value in figures.items()
        if value is not None
    )
    record = logging.makeLogRecord({"name": NAME, "levelname": level})
    record.levelno = logging.getLevelNamesMapping()[level]
    record.msg = message.replace("\n", "\\n")
    record.created = at.timestamp()
    record.msecs = at.microsecond // 1000
    return record


class _File(RotatingFileHandler):
    def handleError(self, _: logging.LogRecord) -> None:  # noqa: N802
        """Errors are the writer's: called while one is handled."""
        raise  # noqa: PLE0704


class LogFile(logging.Handler):
    """The file as a handler of Python's own lines and as a follower of a database's log.

    Any number of processes write it in turns, also from several databases: beside it stands how
    far each database's log has been written, so that every line is written once, whoever comes.
    Where the folder cannot be written it says so once and goes on without.
    """

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.setFormatter(_formatter)
        self._folder = folder or log_folder()
        self._database: str | None = None
        self._works = True

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one of this process's own lines."""
        try:
            with self._turn():
                self._write([record])
        except OSError as error:
            self._give_up(error)

    def follow(self, connection: psycopg.Connection[Any]) -> None:
        """Writes what the database's log holds since anybody last wrote it to the file.

        The first time ever: from now on. The connection is in autocommit mode.
        """
        if not self._works:
            return
        self.acquire()  # the turn is the process's: its threads take theirs here, as emit does
        try:
            with self._turn():
                self._follow(connection)
        except OSError as error:
            self._give_up(error)
        finally:
            self.release()

    def _follow(self, connection: psycopg.Connection[Any]) -> None:
        if self._database is None:
            row = connection.execute(queries("operations/log_database")).fetchone()
            assert row is not None
            self._database = row[0]
        reached = self._reached()
        rows = connection.execute(
            queries("operations/log_since"), {"since": reached.get(self._database)}
        ).fetchall()
        self._write([_record(*row[2:]) for row in rows if row[1] is not None])
        if reached.get(self._database) != rows[0][0]:
            new = self._path(".reached.new")
            new.write_text(json.dumps(reached | {self._database: rows[0][0]}))
            new.replace(self._path(".reached"))

    def _reached(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._path(".reached").read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def _write(self, records: list[logging.LogRecord]) -> None:
        """Opens the file anew, for another process may have begun a new one."""
        if not records or not self._works:
            return
        file = _File(self._path(".log"), maxBytes=MOST_BYTES, backupCount=BACKUPS, encoding="utf-8")
        file.setFormatter(_formatter)
        try:
            for record in records:
                file.emit(record)
        finally:
            file.close()

    def _turn(self) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True)
        return InterProcessLock(self._path(".lock"))

    def _path(self, suffix: str) -> Path:
        return self._folder / f"{NAME}{suffix}"

    def _give_up(self, error: OSError) -> None:
        if self._works:
            self._works = False
            _log.warning("the log file is not written: %s", error)
