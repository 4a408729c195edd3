"""quadrant replay as a process: stopped, taken up again, run to its end, and given bad input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from quadrant.cli.app import main
from quadrant.market import planted_market, synthesize, write_market

pytestmark = [pytest.mark.flow]

COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()"]
HEADER = "ts,open,high,low,close,volume\n"
BAR = "0,1,2,0.5,1,10\n"
WAITS = """
    select 1 from pg_locks as l join pg_database as d on d.oid = l.database
    where l.relation = 'learning.clock_setting'::regclass and not l.granted
        and d.datname = current_database()
"""
Quadrant = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    write_market(synthesize(planted_market(days=30, timeframes=("1h",)), 5), folder)
    return folder


@pytest.fixture
def quadrant(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Quadrant:
    """Runs a command in this process: its exit code and stderr. A traceback is an exception."""

    def run(*arguments: Any, dsn: str = "postgresql://127.0.0.1:1/nothing") -> tuple[int, str]:
        monkeypatch.setenv("QUADRANT_DSN", dsn)
        monkeypatch.setattr(sys, "argv", ["quadrant", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exited:
            main()
        return int(exited.value.code or 0), capsys.readouterr().err

    return run


def start(database: str, *arguments: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env={**os.environ, "COLUMNS": "120", "QUADRANT_DSN": database},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def contents(connection: psycopg.Connection[Any]) -> list[Any]:
    return connection.execute(
        "select e.window_id, e.decision, e.outcome, e.roi, e.opened_at"
        " from learning.pattern_episode_events as e order by e.window_id"
    ).fetchall()


def test_ctrl_c_then_the_same_command_goes_on_and_the_next_says_it_is_done(
    market: Path,
    connection: psycopg.Connection[Any],
    database: str,
    new_database: Any,
    run_command: Callable[..., Any],
) -> None:
    command = ("replay", market, "--learn-every", "3d", "--json")
    with psycopg.connect(database) as holder, start(database, *command) as stopped:
        # Its first write has to wait, so that Ctrl-C comes in the middle however fast it is.
        holder.execute("lock table learning.clock_setting in share row exclusive mode")
        deadline = time.monotonic() + 60
        while connection.execute(WAITS).fetchone() is None:
            assert time.monotonic() < deadline, "packet died in replay: no tick was written"
            assert stopped.poll() is None
            time.sleep(0.05)
        stopped.send_signal(signal.SIGINT)
        holder.rollback()
        told, errors = stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert "goes on from here" in errors
    assert "Traceback" not in errors
    first = json.loads(told)["progress"]
    assert first["interrupted"]
    assert 0 < first["done"] < first["total"]

    second = run_command(*command, QUADRANT_DSN=database).json["progress"]
    assert second["total"] == first["total"] - first["done"]
    assert second["done"] == second["total"]

    again = run_command(*command, QUADRANT_DSN=database)
    assert again.json["progress"]["done"] == 0
    assert "Nothing to do" in again.stderr

    with new_database() as other:
        whole = run_command(*command, QUADRANT_DSN=other)
        assert whole.returncode == 0, whole.stderr
        with psycopg.connect(other) as reference:
            expected = contents(reference)
    assert expected
    assert contents(connection) == expected


def test_one_file_is_replayed(market: Path, database: str, quadrant: Quadrant) -> None:
    file = sorted(market.iterdir())[0]
    command = ("replay", file, "--learn-every", "10d", "--json")
    assert quadrant(*command, dsn=database)[0] == 0
    code, errors = quadrant(*command, dsn=database)
    assert (code, "Nothing to do" in errors) == (0, True)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("AAA_15m.csv", "", "QD106"),
        ("AAA_15m.csv", HEADER, "QD106"),
        ("AAA_15m.csv", HEADER + BAR + "900,1,2,0.5,NaN,10\n", "QD108"),
        ("AAA_15m.csv", HEADER + BAR + "900,1,0.4,0.5,1,10\n", "QD110"),
        ("AAA_15m.csv", HEADER + BAR + BAR, "QD112"),
        ("AAA_15m.csv", "a,b\n1,2\n", "QD105"),
        ("AAA_7m.csv", HEADER + BAR, "QD104"),
        ("bars.csv", HEADER + BAR, "QD103"),
        ("AAA_15m.parquet", "no parquet", "QD100"),
        ("readme.txt", "no bars", "QD102"),
    ],
)
def test_bad_bars_are_one_coded_sentence(
    tmp_path: Path, quadrant: Quadrant, name: str, text: str, code: str
) -> None:
    (tmp_path / name).write_text(text)
    exit_code, errors = quadrant("replay", tmp_path)
    assert (exit_code, errors[:5]) == (1, code)
    assert len(errors.splitlines()) <= 2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--from", "2024-02-01", "--to", "2024-01-01"], "QD190"),
        (["--from", "2090-01-01"], "QD190"),
        (["--to", "1990-01-01"], "QD190"),
        (["--learn-every", "soon"], "QD190"),
        (["--learn-every", "1m"], "QD190"),
        (["--capital", "nan"], "QD190"),
        (["--capital", "0"], "QD190"),
        (["--symbols", "UNKNOWN"], "QD102"),
        (["--timeframes", "7m"], "QD102"),
        ([], "QD202"),
    ],
)
def test_bad_options_are_one_coded_sentence(
    market: Path, quadrant: Quadrant, options: list[str], code: str
) -> None:
    exit_code, errors = quadrant("replay", market, *options)
    assert (exit_code, errors[:5]) == (1, code)
    assert len(errors.splitlines()) <= 2


def test_a_missing_folder_is_told_before_anything_is_started(
    tmp_path: Path, quadrant: Quadrant
) -> None:
    assert quadrant("replay", tmp_path / "nowhere")[1][:5] == "QD101"
    assert quadrant("demo", "--data", tmp_path / "nowhere")[1][:5] == "QD190"


def test_every_command_tells_a_schema_that_is_not_there_or_older(
    market: Path, empty_database: str, database: str, quadrant: Quadrant
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("delete from quadrant_meta.deployed_files")
    for command in (
        ["replay", market],
        ["learn"],
        ["doctor"],
        ["log"],
        ["worker", "--once"],
        ["clock", "show"],
    ):
        for dsn in (empty_database, database):
            exit_code, errors = quadrant(*command, dsn=dsn)
            assert (exit_code, errors[:5]) == (1, "QD205"), command
            assert "quadrant migrate" in errors


def test_what_a_role_may_not_is_told(server_dsn: str, database: str, quadrant: Quadrant) -> None:
    role = "quadrant_test_stranger"
    with psycopg.connect(server_dsn, autocommit=True) as admin:
        name = sql.Identifier(role)
        admin.execute(sql.SQL("create role {} login password 'stranger'").format(name))
        try:
            dsn = make_conninfo(database, user=role, password="stranger")
            exit_code, errors = quadrant("clock", "reset", dsn=dsn)
        finally:
            admin.execute(sql.SQL("drop role {}").format(name))
    assert (exit_code, errors[:5]) == (1, "QD206")
    assert "permission denied" in errors
