"""quadrant import, clock, log and doctor as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quadrant.logfile import format_line

Quadrant = Callable[..., Any]
COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()"]
ROW = (
    '{"pattern_key": "pm.s1_entry", "episode_id": "e1", "decision": "skipped",'
    ' "timestamp": "2026-01-05T00:37:00+00:00", "roi": "NaN"}\n'
)


@pytest.fixture
def quadrant(database: str, run_command: Quadrant) -> Quadrant:
    """The command on the test's database."""
    return partial(run_command, QUADRANT_DSN=database)


def test_the_clock_is_set_shown_and_reset(quadrant: Quadrant) -> None:
    assert "2026-01-15T10:09:00+00:00 (set)" in quadrant("clock", "set", "2026-01-15T10:09").stdout
    shown = json.loads(quadrant("clock", "show", "--json").stdout)
    assert shown == {"clock": "2026-01-15T10:09:00+00:00", "is_set": True}
    reset = json.loads(quadrant("clock", "reset", "--json").stdout)
    assert not reset["is_set"]


def test_import_says_what_became_of_the_rows(quadrant: Quadrant, tmp_path: Path) -> None:
    path = tmp_path / "episodes.jsonl"
    path.write_text(ROW + ROW.replace(', "roi": "NaN"', ""))
    units = ("--roi-unit", "fraction", "--score-scale", "1")
    done = quadrant("import", str(path), *units, "--json")
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert (counts["read"], counts["new"], counts["rejected"]) == (2, 1, 1)
    assert counts["reasons"][0]["sqlstate"] == "QD005"
    again = quadrant("import", str(path), *units)
    assert again.returncode == 0
    assert "QD005" in again.stdout
    missing = quadrant("import", str(tmp_path / "no.csv"), *units)
    assert (missing.returncode, missing.stderr[:5]) == (1, "QD120")
    assert quadrant("import", str(path)).returncode == 2


def test_doctor_fails_where_a_check_does(database: str, quadrant: Quadrant) -> None:
    assert quadrant("doctor").returncode == 0
    with psycopg.connect(database) as connection:
        connection.execute(
            "insert into learning.learning_runs (job, status, finished_at)"
            " values ('quadrant.mine', 'failed', now())"
        )
    broken = quadrant("doctor", "--json")
    assert broken.returncode == 1
    checks = json.loads(broken.stdout)
    status = {row["check"]: row["status"] for row in checks}
    assert status["job failing: quadrant.mine"] == "fail"
    assert status["clock"] == "ok"
    gravest_first = sorted((row["status"] for row in checks), key=["fail", "warn", "ok"].index)
    assert [row["status"] for row in checks] == gravest_first

    told = quadrant("doctor", columns=80)
    assert told.returncode == 1
    lines = told.stdout.splitlines()
    assert lines[0] == "fail  job failing: quadrant.mine"
    assert max(map(len, lines)) <= 80
    n_ok = list(status.values()).count("ok")
    assert lines[-1] == f"{n_ok} checks ok (quadrant doctor --all shows them)"
    assert not any(line.startswith("ok ") for line in lines)
    shown = quadrant("doctor", "--all", columns=80).stdout.splitlines()
    assert [line.split()[0] for line in shown if line[0] != " "].count("ok") == n_ok
    assert shown[-1] == f"{n_ok} checks ok"


def test_the_log_is_printed_in_the_systems_format(database: str, quadrant: Quadrant) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("select learning.log('DEBUG', 'unseen')")
        connection.execute("select learning.log('INFO', 'first')")
        connection.execute("select learning.log('WARNING', 'second', '{\"events\": 104}')")
    lines = quadrant("log").stdout.splitlines()
    assert [line.split(" - ", 1)[1] for line in lines] == [
        "learning_system - INFO - first",
        "learning_system - WARNING - second | events=104",
    ]
    assert len(quadrant("log", "-n", "1", "--level", "debug").stdout.splitlines()) == 1
    at = datetime(2026, 1, 15, 10, 9, 0, 123456, tzinfo=UTC)
    data = {"events": 104, "lookback_days": 90}
    assert format_line(at, "INFO", "TuningMiner starting", data) == (
        "2026-01-15 10:09:00,123 - learning_system - INFO - TuningMiner starting"
        " | events=104 | lookback_days=90"
    )
    data = {"n": 4, "ratio": None, "reason": "too little", "scope": {"a": "b"}, "pattern_key": "p"}
    assert format_line(at, "INFO", "No override", data).split(" - ")[-1] == (
        'No override | pattern_key=p | scope={"a": "b"} | reason=too little | n=4'
    )


def test_the_log_is_in_simulated_time_and_says_what_is_missing(
    database: str, quadrant: Quadrant
) -> None:
    empty = quadrant("log")
    assert (empty.returncode, empty.stdout) == (0, "")
    assert "there are no experiments" in " ".join(empty.stderr.split())
    with psycopg.connect(database) as connection:
        connection.execute("select learning.set_clock('2026-01-15T10:09:00.25Z')")
        connection.execute("select learning.log('INFO', 'then')")
        connection.execute("select learning.set_clock('2026-01-15T13:00Z')")
        connection.execute("select learning.log('INFO', 'later')")
    both = quadrant("log").stdout.splitlines()
    assert both[0].startswith("2026-01-15 10:09:00,250 - learning_system - INFO - then")
    for since in ("2026-01-15T11:00", "2h"):
        assert quadrant("log", "--since", since).stdout.splitlines() == both[1:]
    (line,) = quadrant("log", "--json", "-n", "1").stdout.splitlines()
    assert json.loads(line)["at"] == "2026-01-15T13:00:00+00:00"
    assert "No line of level ERROR" in quadrant("log", "--level", "error").stderr
    assert quadrant("log", "--since", "some day").returncode == 2


def test_the_log_is_followed(database: str) -> None:
    with subprocess.Popen(
        [*COMMAND, "log", "--follow"],
        env={**os.environ, "QUADRANT_DSN": database, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("select learning.log('INFO', 'while it runs')")
            assert "while it runs" in following.stdout.readline()
            connection.execute("select learning.log('INFO', 'later')")
            connection.execute("notify quadrant_log")
            assert "later" in following.stdout.readline()
        following.terminate()


def test_learn_says_what_an_empty_database_lacks(database: str, quadrant: Quadrant) -> None:
    learned = quadrant("learn", "--json")
    assert learned.returncode == 0
    assert json.loads(learned.stdout)["lessons_active"] == 0
    assert "no finished experiment is recorded here" in learned.stderr
    with psycopg.connect(database) as connection:
        connection.execute(
            "insert into learning.pattern_episode_events"
            " (attempt_id, pattern_key, scope, decision, outcome)"
            " values ('1', 'pm.uptrend.S1.entry', '{}', 'skipped', 'success')"
        )
    assert "1 are recorded, a lesson needs 33" in quadrant("learn").stderr


def test_a_full_disk_is_called_one(database: str, quadrant: Quadrant) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            "create function full_disk() returns trigger language plpgsql as $$begin"
            " raise disk_full using message = 'could not extend file: wrote only 4096 bytes';"
            " end$$"
        )
        connection.execute(
            "create trigger full_disk before update on learning.clock_setting"
            " execute function full_disk()"
        )
    told = quadrant("clock", "set", "2026-01-15")
    assert (told.returncode, told.stderr[:5]) == (1, "QD211")
    assert "could not extend file" in told.stderr
    assert "Is the server running" not in told.stderr
