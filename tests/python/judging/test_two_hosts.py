"""Worker processes of two hosts share one queue: each request once, and who dies is replaced."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from quadrant.judging import Worker, worker

# A worker that takes two requests at a time and is no faster than that; it tells each it compares.
WORKER = """
import sys, time
from quadrant.judging import Worker, worker
plain = worker.judge_slice
def told(cache, grid, request):
    print(request["request_id"], flush=True)
    time.sleep(0.1)
    return plain(cache, grid, request)
worker.judge_slice, worker._BATCH, worker._FIRST_BATCH = told, 2, 2
Worker(sys.argv[1], name=sys.argv[2]).run()
"""
EXPIRE = (
    "update learning.simulation_requests set leased_until = clock_timestamp()"
    " - interval '1 second' where status = 'leased'"
)
OPEN = "select from learning.learning_runs where job = 'quadrant.judge' and status = 'waiting'"
Process = subprocess.Popen[str]


@contextmanager
def host(name: str, dsn: str) -> Iterator[Process]:
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, dsn, name], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(what: Any) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def requests_told(process: Process) -> list[int]:
    """What a killed process compared."""
    process.kill()
    assert process.stdout is not None
    return [int(line) for line in process.stdout.read().split()]


@pytest.fixture
def judged(judged: Any) -> Any:
    """The market a week later; the judge has asked for its comparisons."""
    judged.at(307)
    judged.connection.execute("call learning.run_judge(true, true)")
    return judged


def test_two_hosts_share_the_queue_and_compare_each_request_once(
    judged: Any, database: str
) -> None:
    with host("host a", database) as one, host("host b", database) as other:
        wait_until(lambda: not judged.rows(OPEN))
        told = [requests_told(process) for process in (one, other)]
    assert all(told), "one of them did everything"
    asked = judged.rows("select id, attempts, status from learning.simulation_requests order by id")
    of_run = [row for row in asked if row[0] in {*told[0], *told[1]}]
    assert sorted(told[0] + told[1]) == [row[0] for row in of_run]
    assert {row[1:] for row in of_run} == {(1, "done")}


def test_what_a_killed_host_held_is_taken_over(judged: Any, database: str) -> None:
    with host("host a", database) as dying:
        assert dying.stdout is not None
        dying.stdout.readline()
        dying.send_signal(signal.SIGKILL)
    held = judged.rows(
        "select count(*) from learning.simulation_requests"
        " where status = 'leased' and leased_by = 'host a'"
    )
    assert held != [(0,)]
    judged.connection.execute(EXPIRE)  # a minute later
    with host("host b", database):
        wait_until(lambda: not judged.rows(OPEN))
    assert judged.rows(
        "select status, detail ->> 'superseded_by' from learning.learning_runs"
        " where job = 'quadrant.judge' order by id desc limit 1"
    ) == [("done", None)]
    assert judged.rows("select max(attempts) from learning.simulation_requests") == [(2,)]


def test_a_batch_is_as_large_as_it_is_quickly_done(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many windows a comparison takes a second: 200 of them would outlive their lease."""
    plain, ask, sizes = worker.judge_slice, worker._rows, []

    def slow(*arguments: Any) -> Any:
        time.sleep(0.05)
        return plain(*arguments)

    def counted(connection: Any, query: str, arguments: tuple[Any, ...]) -> Any:
        rows = ask(connection, query, arguments)
        if query == "claim_simulations" and rows:
            sizes.append(len(rows))
        return rows

    monkeypatch.setattr(worker, "judge_slice", slow)
    monkeypatch.setattr(worker, "_rows", counted)
    monkeypatch.setattr(worker, "_FIRST_BATCH", 2)
    monkeypatch.setattr(worker, "_BATCH_SECONDS", 0.01)
    Worker().drain(judged.connection)
    assert sizes[0] == 2
    assert set(sizes[1:]) == {1}
