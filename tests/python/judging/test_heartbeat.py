"""A worker's signs of life: while it waits, while it works, when it leaves, when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from quadrant.judging import Worker

COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()", "worker"]
LIVING = "select worker, doing, version from learning.workers order by started_at"


@contextmanager
def worker(database: str) -> Iterator[subprocess.Popen[bytes]]:
    dsn = make_conninfo(database, options="-c role=quadrant_worker")
    with subprocess.Popen(
        COMMAND, env={**os.environ, "QUADRANT_DSN": dsn}, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def wait_for(connection: psycopg.Connection[Any], rows: int) -> list[tuple[Any, ...]]:
    deadline = time.monotonic() + 60
    while len(found := connection.execute(LIVING).fetchall()) != rows:
        assert time.monotonic() < deadline, f"{found} instead of {rows} workers"
        time.sleep(0.05)
    return found


def test_one_that_leaves_says_so_one_that_is_killed_does_not(
    database: str, connection: psycopg.Connection[Any]
) -> None:
    with worker(database) as killed:
        assert [row[1:] for row in wait_for(connection, 1)] == [("waiting", version("quadrant"))]
        killed.kill()
        killed.wait()
        with worker(database) as leaving:
            wait_for(connection, 2)
            leaving.send_signal(signal.SIGTERM)
            leaving.wait()
            ((name, _, _),) = wait_for(connection, 1)
            assert name.endswith(f":{killed.pid}")


def test_it_beats_between_batches(
    connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Worker(name="w")
    at._beats = True
    seconds = iter((0.0, 5.0, 11.0, 12.0))
    now = {"at": 0.0}
    monkeypatch.setattr("quadrant.judging.worker.time.monotonic", lambda: now["at"])
    beats = []
    for now["at"] in seconds:
        connection.execute("update learning.workers set doing = 'nothing new'")
        at._beat(connection, "simulating x")
        beats.append(connection.execute("select doing from learning.workers").fetchone())
    new, old = ("simulating x",), ("nothing new",)
    assert beats == [new, old, new, old]
