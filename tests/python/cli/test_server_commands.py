"""quadrant up, down, dsn, psql, migrate as a user runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from quadrant.database import queries
from quadrant.server import Home

Quadrant = Callable[..., Any]
COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()"]


@pytest.fixture
def quadrant(run_command: Quadrant) -> Quadrant:
    """The command, 80 columns wide."""
    return partial(run_command, columns=80)


def process(*arguments: str, **environment: str) -> str:
    """The command as a process of its own: what it printed."""
    command, env = [*COMMAND, *arguments], {**os.environ, "COLUMNS": "80", **environment}
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_up_to_down(private_home: Home, quadrant: Quadrant) -> None:
    home = {"QUADRANT_HOME": str(private_home.root)}
    assert json.loads(process("up", "--json", **home))["migrations"]
    assert "up to date" in quadrant("up", **home).stderr
    dsn = quadrant("dsn", **home).stdout.strip()
    assert json.loads(quadrant("dsn", "--json", **home).stdout)["dsn"] == dsn
    with psycopg.connect(dsn) as connection:
        assert connection.info.dbname == "quadrant"
    assert process("psql", "-Atc", "select 40 + 2", **home) == "42\n"
    assert "up to date" in quadrant("migrate", **home).stderr
    assert quadrant("down", **home).stdout == "Stopped.\n"
    assert quadrant("dsn", **home).returncode == 1


def test_up_on_another_server_only_migrates(
    empty_database: str, private_home: Home, quadrant: Quadrant
) -> None:
    environment = {"QUADRANT_DSN": empty_database, "QUADRANT_HOME": str(private_home.root)}
    up = quadrant("up", **environment)
    assert up.returncode == 0, up.stderr
    assert "applied 0001" in up.stdout
    assert not private_home.root.exists()


def test_without_a_server_every_command_says_quadrant_up(
    private_home: Home, quadrant: Quadrant
) -> None:
    for command in ("dsn", "migrate", "psql"):
        result = quadrant(command, QUADRANT_HOME=str(private_home.root))
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith("QD201")
        assert "quadrant up" in result.stderr


@pytest.mark.parametrize(
    ("dsn", "code"),
    [
        ("postgresql://127.0.0.1:1/x", "QD202"),
        ("what is this", "QD203"),
        ("postgresql://127.0.0.1:notaport/x", "QD203"),
    ],
)
def test_a_wrong_dsn_is_one_coded_sentence(quadrant: Quadrant, dsn: str, code: str) -> None:
    for command in ("up", "migrate", "dsn"):
        result = quadrant(command, QUADRANT_DSN=dsn)
        assert result.returncode == 1
        assert result.stderr.startswith(code)
        assert len(result.stderr.splitlines()) == 2
        assert "Traceback" not in result.stderr


def test_a_missing_database_and_a_wrong_user_are_told(server_dsn: str, quadrant: Quadrant) -> None:
    missing = quadrant("migrate", QUADRANT_DSN=make_conninfo(server_dsn, dbname="not_here"))
    assert missing.stderr.startswith("QD204")
    refused = quadrant("migrate", QUADRANT_DSN=make_conninfo(server_dsn, user="not_there"))
    assert refused.stderr.startswith("QD206")


def test_a_typing_mistake_is_exit_code_2(quadrant: Quadrant) -> None:
    result = quadrant("upp")
    assert result.returncode == 2
    assert "No such command" in result.stderr


def test_ctrl_c_is_one_line_and_exit_130(empty_database: str) -> None:
    with psycopg.connect(empty_database) as holder:
        holder.execute(queries("migrate/prepare"))
        holder.commit()
        holder.execute(queries("migrate/lock"))
        process = subprocess.Popen(
            [*COMMAND, "migrate"],
            env={**os.environ, "QUADRANT_DSN": empty_database},
            stderr=subprocess.PIPE,
            text=True,
        )
        waits = (
            "select 1 from pg_locks join pg_database as d on d.oid = database"
            " where locktype = 'relation' and not granted and datname = current_database()"
        )
        while holder.execute(waits).fetchone() is None:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == "Interrupted.\n"
