"""The acceptance case of mining: the episodes of an older system come in and become lessons."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quadrant.cli.app import main
from quadrant.importer import Kind, RoiUnit, ScoreScale, Units, import_rows, read_file

SEED = Path(__file__).parents[3] / "shared" / "data" / "seed_episodes.csv"
UNITS = Units(RoiUnit.FRACTION, ScoreScale.ONE)
S1 = "pm.uptrend.S1.entry"
MINE = "call learning.run_tuning_miner(true)"

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(not SEED.exists(), reason="the recorded episodes are not here"),
]


@pytest.fixture
def imported(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    connection.execute("select learning.set_clock('2026-01-15 00:00+00')")
    report = import_rows(connection, read_file(SEED, Kind.EPISODES), UNITS)
    assert (report.read, report.new, report.rejected) == (276, 276, 0), "packet died at import"
    return connection


def scalar(connection: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]


def lesson(connection: psycopg.Connection[Any], scope: dict[str, str]) -> dict[str, Any] | None:
    row = connection.execute(
        "select n, stats, latent_factor_id from learning.learning_lessons"
        " where pattern_key = %s and scope_subset = %s and status = 'active'",
        (S1, json.dumps(scope)),
    ).fetchone()
    return None if row is None else {"n": row[0], **row[1], "latent_factor_id": row[2]}


def test_legacy_keys_arrive_canonical(imported: psycopg.Connection[Any]) -> None:
    rows = imported.execute(
        "select pattern_key, outcome is null, count(*) from learning.pattern_episode_events"
        " group by 1, 2 order by 1, 2"
    ).fetchall()
    assert rows == [(S1, False, 104), (S1, True, 172)]


def test_a_second_import_changes_nothing(imported: psycopg.Connection[Any]) -> None:
    report = import_rows(imported, read_file(SEED, Kind.EPISODES), UNITS)
    assert (report.new, report.completed, report.already_there) == (0, 0, 276)
    assert scalar(imported, "select count(*) from learning.pattern_episode_events") == 276


def test_the_lessons_of_the_acceptance_case(imported: psycopg.Connection[Any]) -> None:
    done = scalar(imported, MINE)["patterns"][S1]
    assert done["events"] == 104, "packet died at mining"
    everything = lesson(imported, {})
    assert everything is not None, "packet died at lessons"
    assert everything["n"] == 104
    rates = {name: round(everything[name], 3) for name in ("wr", "fpr", "mr", "dr")}
    assert rates == {"wr": 0.286, "fpr": 0.714, "mr": 0.082, "dr": 0.918}
    assert (everything["n_acted"], everything["n_skipped"]) == (7, 97)
    assert (everything["n_misses"], everything["n_fps"], everything["pressure"]) == (8, 5, 3)
    assert everything["verdict"] == "tighten"
    sizes = {
        "timeframe": {"15m": 57, "1m": 46},
        "bucket": {"micro": 55},
        "chain": {"solana": 104},
    }
    for key, values in sizes.items():
        for value, n in values.items():
            found = lesson(imported, {key: value})
            assert found is not None, f"no lesson for {key}={value}"
            assert found["n"] == n
    for scope in ({"timeframe": "1h"}, {"bucket": "nano"}, {"bucket": "mid"}, {"bucket": "big"}):
        assert lesson(imported, scope) is None


def test_every_lesson_is_a_slice_counted_by_hand(imported: psycopg.Connection[Any]) -> None:
    """Each lesson's four counts are those of a plain query; no slice of 33 or more is missing."""
    scalar(imported, MINE)
    events = imported.execute(
        "select scope from learning.pattern_episode_events where outcome is not null"
    ).fetchall()
    dims = {
        row[0]
        for row in imported.execute("select name from learning.scope_dimensions where enabled")
    }
    sizes: dict[frozenset[tuple[str, str]], int] = {}
    for (scope,) in events:
        items = [(key, value) for key, value in scope.items() if key in dims]
        for mask in range(2 ** len(items)):
            chosen = frozenset(item for i, item in enumerate(items) if mask >> i & 1)
            sizes[chosen] = sizes.get(chosen, 0) + 1
    wanted = {chosen: n for chosen, n in sizes.items() if n >= 33}
    found = {
        frozenset(row[0].items()): row[1]
        for row in imported.execute(
            "select scope_subset, n from learning.learning_lessons where status = 'active'"
        )
    }
    assert found == wanted


def test_copies_share_the_factor_of_the_broadest(imported: psycopg.Connection[Any]) -> None:
    scalar(imported, MINE)
    copy, original = lesson(imported, {"chain": "solana"}), lesson(imported, {})
    assert copy is not None
    assert original is not None
    assert copy["latent_factor_id"] == original["latent_factor_id"] == f"{S1} {{}}"
    micro = lesson(imported, {"chain": "solana", "bucket": "micro"})
    assert micro is not None
    assert micro["latent_factor_id"] == f'{S1} {{"bucket": "micro"}}'


def test_the_passing_of_time_retires_what_was_learned(imported: psycopg.Connection[Any]) -> None:
    scalar(imported, MINE)
    assert scalar(imported, MINE) is None
    imported.execute("select learning.set_clock('2026-06-15 00:00+00')")
    later = scalar(imported, MINE)["patterns"]
    assert list(later) == [S1]
    assert later[S1]["retired"] > 0
    assert scalar(imported, "select count(*) from learning.slice_rates") == 0
    active = "select count(*) from learning.learning_lessons where status = 'active'"
    assert scalar(imported, active) == 0


def test_import_and_learn_on_the_command_line(
    database: str, run_command: Callable[..., Any]
) -> None:
    """Eight misses to five false positives is pressure +3: shown, and too thin for an override."""

    def quadrant(*arguments: str) -> str:
        done = run_command(*arguments, columns=100, QUADRANT_DSN=database)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        return str(done.stdout)

    quadrant("clock", "set", "2026-01-15")
    quadrant("import", str(SEED), "--roi-unit", "fraction", "--score-scale", "1")
    learned = json.loads(quadrant("learn", "--json"))
    with psycopg.connect(database) as connection:
        lessons = scalar(connection, "select count(*) from learning.learning_lessons")
        pressure = scalar(
            connection, "select pressure from analyst.pressure where scope_subset = '{}'"
        )
        assert scalar(connection, "select count(*) from learning.pm_overrides") == 0
    assert pressure == 3
    assert learned == {
        "unfinished": [],
        "failed": [],
        "lessons_changed": lessons,
        "lessons_retired": 0,
        "lessons_active": lessons,
        "overrides_created": 0,
        "overrides_changed": 0,
        "overrides_removed": 0,
        "overrides_in_force": 0,
        "overrides_proposed": 0,
        "too_old": [],
    }
    again = quadrant("learn")
    assert re.search(r"changed +│ +0 │ +0 ", again), again
    quadrant("clock", "set", "2026-06-01")
    old = quadrant("learn")
    assert "104 experiments of pm.uptrend.S1.entry are older than the lookback of 90 days" in (
        " ".join(old.split())
    ), old


def test_learn_says_when_a_scheduled_run_is_at_it(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("quadrant.judging.learner.PATIENCE", 0.05)
    monkeypatch.setenv("QUADRANT_DSN", database)
    monkeypatch.setattr(sys, "argv", ["quadrant", "learn"])
    with psycopg.connect(database) as job:
        job.execute("select learning.begin_run('quadrant.judge')")
        with pytest.raises(SystemExit, match="1"):
            main()
    assert "QD191: nothing was learned: quadrant.judge is in progress" in capsys.readouterr().err


def test_three_learn_at_once_one_after_another(
    database: str, connection: psycopg.Connection[Any]
) -> None:
    quadrant = [sys.executable, "-c", "from quadrant.cli.app import main; main()"]
    environment = {**os.environ, "QUADRANT_DSN": database}
    units = ("--roi-unit", "fraction", "--score-scale", "1")
    subprocess.run([*quadrant, "import", str(SEED), *units], env=environment, check=True)
    connection.execute("select learning.set_clock('2026-01-15')")
    at_once = [
        subprocess.Popen(
            [*quadrant, "learn", "--json"], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    learned = [json.loads(process.communicate(timeout=120)[0]) for process in at_once]
    assert [process.returncode for process in at_once] == [0, 0, 0]
    assert sorted(one["lessons_changed"] > 0 for one in learned) == [False, False, True]
    assert {(*one["unfinished"], *one["failed"]) for one in learned} == {()}
    runs = connection.execute(
        "select job, count(*) from learning.learning_runs where status = 'done' group by job"
    ).fetchall()
    assert ("quadrant.judge", 3) in runs
