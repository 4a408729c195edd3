"""One world per database: replays keep apart from each other and from a bot, and give the clock
back."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from quadrant.bars import Bars
from quadrant.market import planted_market, synthesize, write_market
from quadrant.replay import Replay, ReplayOptions, replay_time
from quadrant.server import Home
from quadrant.tick import Position, Tick

pytestmark = [pytest.mark.flow]

COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()"]
OPTIONS = ReplayOptions(chain="synthetic", data="/bars", learn_every=10 * 86_400_000)
REPLAY = ("replay", "--json", "--learn-every", "10d")
Connection = psycopg.Connection[Any]
Quadrant = Callable[..., Any]


@pytest.fixture
def quadrant(run_command: Quadrant) -> Quadrant:
    """The command, 200 columns wide."""
    return partial(run_command, columns=200)


def market(seed: int) -> list[Bars]:
    return synthesize(planted_market(days=30, timeframes=("1h",)), seed)


@pytest.fixture(scope="module")
def bars() -> list[Bars]:
    return market(5)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two markets of the same symbols and times."""
    root = tmp_path_factory.mktemp("markets")
    for name, seed in (("One & only", 5), ("other", 6)):
        write_market(market(seed), root / name)
    return root / "One & only", root / "other"


def clock_is_set(connection: Connection) -> bool:
    row = connection.execute("select set_to is not null from learning.clock_setting").fetchone()
    assert row is not None
    return bool(row[0])


def broken(*_: Any) -> Any:
    raise RuntimeError("something failed")


def interrupted(*_: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize("end", ["the bars end", "ctrl-c", "ctrl-c twice", "an error"])
def test_the_clock_is_given_back_however_a_replay_ends(
    bars: list[Bars], connection: Connection, end: str
) -> None:
    work = Replay(connection, bars, OPTIONS)
    was_set = False

    def stop() -> bool:
        nonlocal was_set
        was_set = was_set or work.progress.done > 600
        if was_set:
            {"ctrl-c twice": interrupted, "an error": broken}.get(end, lambda: None)()
        return was_set and end == "ctrl-c"

    with suppress(RuntimeError, KeyboardInterrupt):
        assert work.run(stop=stop).interrupted == (end == "ctrl-c")
    assert was_set
    assert not clock_is_set(connection)
    row = connection.execute("select replayed_to < now() - interval '1 year' from analyst.world")
    assert row.fetchone() == (True,)
    going_on = Replay(connection, bars, OPTIONS)
    assert (going_on.progress.total == 0) == (end == "the bars end")
    going_on.run()
    assert not clock_is_set(connection)


def test_on_request_the_clock_is_kept_and_that_is_told(
    folders: tuple[Path, Path], database: str, connection: Connection, quadrant: Quadrant
) -> None:
    told = quadrant(*REPLAY, folders[0], "--keep-clock", QUADRANT_DSN=database)
    assert told.returncode == 0, told.stderr
    assert clock_is_set(connection)
    assert "stays at the last bar, for everybody, until: quadrant clock reset" in told.stderr
    again = quadrant(*REPLAY, folders[0], QUADRANT_DSN=database)
    assert "The clock was still set to 2024-01-31" in again.stderr
    assert not clock_is_set(connection)


def test_a_bot_and_a_replay_keep_out_of_each_others_database(
    folders: tuple[Path, Path],
    bars: list[Bars],
    database: str,
    new_database: Any,
    quadrant: Quadrant,
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        Tick(connection, "bot", [Position("solana", "X", "X", "15m")])
        connection.execute(
            "insert into learning.pm_overrides (pattern_key, action_category, multiplier)"
            " values ('pm.uptrend.S1.entry', 'tuning_halo', 1.1)"
        )
        refused = quadrant(*REPLAY, folders[0], QUADRANT_DSN=database)
        assert (refused.returncode, refused.stderr[:5]) == (1, "QD193")
        assert "--database NAME" in refused.stderr
        assert not clock_is_set(connection)
        counts = connection.execute(
            "select (select count(*) from learning.lowcap_positions),"
            " (select count(*) from learning.pm_overrides)"
        ).fetchone()
        assert counts == (1, 1)
        beside = f"{connection.info.dbname}_replay"
        try:
            done = quadrant(*REPLAY, folders[0], "--database", beside, QUADRANT_DSN=database)
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout)["database"] == beside
        finally:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(beside))
            )
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        Replay(connection, bars, OPTIONS).run(stop=lambda: True)
        with pytest.raises(psycopg.Error, match="holds the replay of another market: /bars"):
            Replay(connection, market(6), OPTIONS)
        told = subprocess.run(  # a tick that is refused leaves its connection to the process's end
            [*COMMAND, "tick"],
            env={**os.environ, "QUADRANT_DSN": dsn},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (told.returncode, told.stderr[:5]) == (1, "QD194")


@pytest.fixture
def learned(bars: list[Bars], connection: Connection, eager: Any) -> Connection:
    eager(connection)
    Replay(connection, bars, OPTIONS).run()
    return connection


def lessons_in_force(connection: Connection) -> int:
    row = connection.execute(
        "select count(*) from learning.lessons where status = 'active'"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_what_a_replay_learned_is_not_aged_out_by_todays_date(
    learned: Connection, database: str, quadrant: Quadrant
) -> None:
    before = lessons_in_force(learned)
    assert before > 0, "packet died in mining"
    learned.execute("call learning.run_tuning_miner(true)")
    learned.execute("call learning.run_judge(true)")
    assert lessons_in_force(learned) == before, "learned at today's date"
    told = quadrant("learn", "--json", QUADRANT_DSN=database)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["lessons_active"] == before == lessons_in_force(learned)
    assert not clock_is_set(learned)
    with replay_time(learned):
        row = learned.execute("select learning.clock() = replayed_to from analyst.world").fetchone()
        assert row == (True,)


@pytest.mark.slow
def test_every_market_has_a_database_in_the_home_and_every_hint_works(
    folders: tuple[Path, Path], private_home: Home, quadrant: Quadrant
) -> None:
    home = {"QUADRANT_HOME": str(private_home.root)}

    def demo(folder: Path) -> str:
        told = quadrant("demo", "--data", folder, "--learn-every", "10d", **home)
        assert told.returncode == 0, told.stderr
        return told.stdout

    def summary(told: str) -> str:
        return told[told.index("Episodes by quadrant") :]

    first, _, again = [demo(folder) for folder in (folders[0], folders[1], folders[0])]
    assert summary(again) == summary(first)

    hints = [
        shlex.split(line, comments=True)[1:]
        for line in first.splitlines()
        if line.startswith("  quadrant ")
    ]
    named = ["status", "why", "report", "psql", "log", "learn"]
    assert [words[2] for words in hints[:6]] == named
    psql_hint = hints.pop(3)
    name = hints[0][1]
    assert hints[0][:1] == ["--database"]
    assert name.startswith("one_only_")
    query = "select w.kind, exists (select from analyst.windows) from analyst.world as w"
    psql = subprocess.run(  # it becomes psql, so it needs a process of its own
        [*COMMAND, *psql_hint, "-Atc", query],
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        check=True,
    )
    assert psql.stdout == "replay|t\n"
    for words in hints:
        told = quadrant(*words, **home)
        assert told.returncode == 0, words
        assert "Nothing to learn" not in told.stdout, "a replay is learned from at its own time"
    listed = {
        row["database"]: row for row in json.loads(quadrant("databases", "--json", **home).stdout)
    }
    assert listed[name]["data"] == str(folders[0])
    assert sorted(row["holds"] for row in listed.values()) == ["nothing yet", "replay", "replay"]
    assert (
        json.loads(quadrant("clock", "show", "--json", **home, QUADRANT_DATABASE=name).stdout)[
            "is_set"
        ]
        is False
    )
    missing = quadrant("--database", "nope", "log", **home)
    assert missing.stderr.startswith("QD204")
    assert "quadrant databases" in missing.stderr
