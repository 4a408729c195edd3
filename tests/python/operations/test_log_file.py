"""logs/learning_system.log: every line once, whoever writes, and no line lost to a late commit."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quadrant import logfile
from quadrant.logfile import LogFile


def say(connection: psycopg.Connection[Any], event: str) -> None:
    connection.execute("select learning.log('INFO', %s)", (event,))


def follow(file: LogFile, connection: psycopg.Connection[Any]) -> None:
    """Follow when no transaction is open any more that is older than what was said.

    Transactions are the cluster's, and other tests may be running in it.
    """
    row = connection.execute("select pg_current_xact_id()").fetchone()
    oldest = "select pg_snapshot_xmin(pg_current_snapshot()) > %s::text::xid8"
    deadline = time.monotonic() + 300
    while connection.execute(oldest, row).fetchone() != (True,):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    file.follow(connection)


def events(folder: Path) -> list[str]:
    text = "".join(path.read_text() for path in sorted(folder.glob("*.log*"), reverse=True))
    return [line.split(" - ")[-1] for line in text.splitlines()]


@pytest.fixture
def other(database: str) -> Any:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def test_every_line_is_written_once_whoever_comes(
    connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    say(connection, "before anybody wrote the file")
    first, second = LogFile(tmp_path), LogFile(tmp_path)
    follow(first, connection)
    say(connection, "one")
    follow(second, connection)
    follow(first, connection)
    say(connection, "two")
    follow(first, connection)
    follow(LogFile(tmp_path), connection)
    assert events(tmp_path) == ["one", "two"]


def test_a_line_that_is_committed_late_is_not_lost(
    connection: psycopg.Connection[Any], other: psycopg.Connection[Any], tmp_path: Path
) -> None:
    file = LogFile(tmp_path)
    follow(file, connection)
    with other.transaction():
        say(other, "begun early")
        say(connection, "committed early")
        file.follow(connection)
        assert events(tmp_path) == []
    follow(file, connection)
    assert events(tmp_path) == ["begun early", "committed early"]


def test_it_rotates(
    connection: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logfile, "MOST_BYTES", 200)
    file = LogFile(tmp_path)
    follow(file, connection)
    for n in range(8):
        say(connection, f"line {n}")
    follow(file, connection)
    file.emit(logging.makeLogRecord({"name": "learning_system", "msg": "Python's own"}))
    assert len(list(tmp_path.glob("*.log*"))) > 2
    assert events(tmp_path) == [*(f"line {n}" for n in range(8)), "Python's own"]


def test_a_folder_that_cannot_be_written_is_said_once(
    connection: psycopg.Connection[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "logs"
    in_the_way.write_text("no folder")
    file = LogFile(in_the_way)
    for _ in range(2):
        follow(file, connection)
        file.emit(logging.makeLogRecord({"msg": "x"}))
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_the_worker_may_read_it(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    connection.execute("set role quadrant_worker")
    file = LogFile(tmp_path)
    follow(file, connection)
    connection.execute("reset role")
    say(connection, "for the worker")
    connection.execute("set role quadrant_worker")
    follow(file, connection)
    assert events(tmp_path) == ["for the worker"]
