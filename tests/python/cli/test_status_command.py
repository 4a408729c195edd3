"""quadrant status, as a user runs it."""

from __future__ import annotations

from functools import partial

import psycopg
import pytest

S1 = "pm.uptrend.S1.entry"


@pytest.fixture
def quadrant(database, run_command):
    """The command on the test's database, 80 columns wide."""
    return partial(run_command, columns=80, QUADRANT_DSN=database)


def words(text):
    return " ".join(text.split())


def test_an_empty_database_says_what_to_do(quadrant):
    told = quadrant("status")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("Nothing is recorded yet: no setup has come in.")
    text = words(told.stdout)
    for part in (
        "Connect a bot (quadrant tick)",
        "in force nothing: base gates everywhere",
        "proposed nothing",
        "capital 15m ",
        "runs none yet",
    ):
        assert part in text, text


def test_what_people_set_is_in_force_on_one_screen(quadrant, database):
    for n in range(5):
        scope = f"bucket=b{n}"
        done = quadrant("override", "set", S1, "halo=1.1", "--scope", scope, "--by", "ada")
        assert done.returncode == 0, done.stderr
    told = quadrant("status")
    lines = told.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 30
    text = words(told.stdout)
    assert "5 changes of gates are in force" in text
    assert "S1 entry, halo 1 -> 1.1, where bucket=b0; by ada" in text
    assert "and 2 more: quadrant override list" in text


def test_proposals_without_a_look_say_their_reason(quadrant, database):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "insert into learning.solutions (pattern_key, scope_subset, steps, status, reason,"
            ' confidence, n, record_since) values (%s, \'{}\', \'{"ts": 0, "halo": 0.2,'
            " \"slope\": 0}', 'proposed', 'waits for approval', 0.7, 100, '2026-01-01')",
            (S1,),
        )
    text = words(quadrant("status").stdout)
    assert "proposed 1; the nearest is " in text
    assert "S1 entry, halo 1 -> 1.2, everywhere It is not in force: waits for approval." in text


def test_the_worst_check_and_what_to_do(quadrant, database):
    told = quadrant("status", "--json").json
    worst = told["health"]["worst"]
    checks = quadrant("doctor", "--json").json
    assert worst["status"] == checks[0]["status"] != "ok"
    assert worst["check_name"] == checks[0]["check"]
    assert sum(told["health"]["counts"].values()) == len(checks)
    text = words(quadrant("status").stdout)
    assert words(f"health {worst['status']} {worst['check_name']}: {worst['detail']}") in text
    assert words(worst["what_to_do"]) in text


def test_json_tells_all_of_it(quadrant, database):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "insert into learning.learning_runs (job, status, finished_at) select r.*, now() from"
            " (values ('quadrant.mine', 'failed'), ('quadrant.judge', 'done'),"
            " ('quadrant.mine', 'done')) as r"
        )
    told = quadrant("status", "--json").json
    assert set(told) == {
        "headline",
        "market",
        "in_force",
        "suspended",
        "proposed",
        "nearest",
        "capital",
        "health",
        "runs",
    }
    assert told["headline"]["state"] == "empty"
    newest = [(run["job"], run["status"]) for run in told["runs"]]
    assert newest == [("quadrant.mine", "done"), ("quadrant.judge", "done")]
    assert [row["timeframe"] for row in told["capital"]] == ["15m", "1h", "4h"]
