"""quadrant override and quadrant explain, as a user runs them."""

from __future__ import annotations

import getpass
from functools import partial

import psycopg
import pytest

S1 = "pm.uptrend.S1.entry"


@pytest.fixture
def quadrant(database, run_command):
    """The command on the test's database, 80 columns wide."""
    return partial(run_command, columns=80, QUADRANT_DSN=database)


@pytest.fixture
def proposed(database) -> int:
    """The id of a proposed solution for S1 in bucket nano."""
    with psycopg.connect(database, autocommit=True) as connection:
        ((found,),) = connection.execute(
            "insert into learning.solutions (pattern_key, scope_subset, steps, status, confidence,"
            ' n, record_since) values (%s, \'{"bucket": "nano"}\','
            " '{\"ts\": 0, \"halo\": 0.1, \"slope\": 0}', 'proposed', 0.7, 100, '2026-01-01')"
            " returning id",
            (S1,),
        ).fetchall()
        connection.execute("select learning.apply_solutions(null, %s)", (S1,))
    return found


def test_gates_are_set_listed_and_cleared_by_hand(quadrant, database):
    assert "base gates everywhere" in quadrant("override", "list").stdout
    done = quadrant(
        "override", "set", S1, "halo=1.1", "slope=-0.01", "--scope", "bucket=nano,timeframe=15m"
    )
    assert done.returncode == 0, done.stderr
    assert "halo 1 -> 1.1" in done.stdout
    assert "slope 0 -> -0.01" in done.stdout
    (row,) = quadrant("override", "list", "--json").json
    assert (row["method"], row["decided_by"]) == ("manual", getpass.getuser())
    assert row["scope_subset"] == {"bucket": "nano", "timeframe": "15m"}
    assert [gate["value"] for gate in row["gates"]] == [1.1, -0.01]
    listed = quadrant("override", "list").stdout
    assert max(map(len, listed.splitlines())) <= 80
    assert "halo 1 -> 1.1" in " ".join(listed.split())

    pinned = quadrant("override", "pin", str(row["id"]), "--by", "anna")
    assert "is pinned: 2 overrides" in pinned.stdout
    assert quadrant("override", "list", "--json").json[0]["pinned"]
    with psycopg.connect(database) as connection:
        actors = connection.execute(
            "select array_agg(distinct actor order by actor) from learning.pm_overrides_history"
        ).fetchone()
    assert actors == (sorted({"anna", getpass.getuser()}),)
    assert "no longer pinned" in quadrant("override", "unpin", str(row["id"])).stdout

    scope = ("--scope", "timeframe=15m, bucket=nano")
    assert "halo is no longer set" in quadrant("override", "clear", S1, "halo", *scope).stdout
    assert len(quadrant("override", "clear", S1, *scope, "--json").json) == 1
    assert quadrant("override", "list", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("set", "S9", "halo=1"), "QD001"),
        (("set", S1, "dx=1"), "QD092"),
        (("set", S1, "halo=9"), "QD093"),
        (("set", S1, "halo"), "QD093"),
        (("set", S1, "halo=nan"), "QD093"),
        (("set", S1, "halo=1", "--scope", "bucket"), "QD004"),
        (("set", S1, "halo=1", "--scope", "bucket=a,bucket=b"), "QD004"),
        (("set", S1, "halo=1", "--scope", "bukket=a"), "QD011"),
        (("clear", S1), "QD094"),
        (("approve", "77"), "QD090"),
        (("dismiss", "77"), "QD090"),
        (("pin", "77"), "QD090"),
    ],
)
def test_what_cannot_be_done_is_one_coded_line_with_a_hint(quadrant, arguments, code):
    done = quadrant("override", *arguments)
    assert done.returncode == 1
    first, *hint = done.stderr.splitlines()
    assert first.startswith(f"{code}: ")
    assert hint


def test_a_proposal_is_approved_and_dismissed(quadrant, proposed):
    (row,) = quadrant("override", "list", "--json").json
    assert (row["id"], row["status"]) == (proposed, "proposed")
    done = quadrant("override", "approve", str(proposed), "--by", "anna")
    assert done.returncode == 0, done.stderr
    assert "is in force, by anna" in done.stdout
    (row,) = quadrant("override", "list", "--json").json
    assert (row["status"], row["decided_by"]) == ("active", "anna")
    again = quadrant("override", "approve", str(proposed))
    assert again.stderr.startswith(f"QD091: solution {proposed} is in force")
    assert "is dismissed, by ben" in (
        quadrant("override", "dismiss", str(proposed), "--by", "ben").stdout
    )
    assert quadrant("override", "list", "--json").json == []


def test_an_overrides_id_means_its_solution(quadrant, proposed, database):
    with psycopg.connect(database) as connection:
        ((override,),) = connection.execute("select min(id) from learning.pm_overrides").fetchall()
    assert override != proposed, "ids are numbered together"
    assert quadrant("override", "approve", str(override), "--json").json["id"] == proposed


def test_the_story_of_what_was_set_by_hand_and_of_nothing(quadrant):
    (row,) = quadrant("override", "set", S1, "halo=1.1", "--by", "anna", "--json").json
    done = quadrant("explain", str(row["id"]))
    assert done.returncode == 0, done.stderr
    assert "in force, set by hand by anna" in done.stdout
    assert "written by anna, active" in done.stdout
    assert quadrant("explain", "77").stderr.startswith("QD090: there is no override or solution 77")
