"""quadrant learn --dry-run, and quadrant explain of what was learned, as a user runs them."""

from __future__ import annotations

import json
import sys

import pytest

from quadrant.cli import console
from quadrant.cli.app import main


def micro_outside(seen):
    return 0.06 if seen["bucket"] == "micro" and 1.0 < seen["halo"] <= 1.2 else 0.0


@pytest.fixture
def quadrant(database, capsys, monkeypatch):
    """The command on the test's database, 80 columns wide; returns what it printed."""
    monkeypatch.setattr(console.out, "_width", 80)
    monkeypatch.setenv("QUADRANT_DSN", database)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["quadrant", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert not ended.value.code, printed.err
        return printed.out

    return run


def test_a_dry_run_says_what_would_change_and_changes_nothing(market, quadrant):
    market.fill(300, micro_outside)
    market.at(300)
    counted = """
        select (select count(*) from learning.solutions), (select count(*) from learning.looks),
            (select count(*) from learning.pm_overrides), (select count(*) from learning.lessons),
            (select count(*) from learning.learning_runs)
    """
    before = market.rows(counted)
    told = json.loads(quadrant("learn", "--dry-run", "--json"))
    said = quadrant("learn", "--dry-run")
    assert market.rows(counted) == before

    (created,) = (c for c in told["changes"] if c["status"] == "active")
    assert (created["change"], created["was"]) == ("created", None)
    assert created["scope_subset"] == {"bucket": "micro"}
    assert "pm.uptrend.S1.entry in bucket=micro: " in said
    assert "would come into force (" in " ".join(said.split())
    assert "Nothing was written." in said
    assert max(map(len, said.splitlines())) <= 80

    market.learn(300)
    ((gates, changed, z),) = market.rows(
        "select gates, changed, z from analyst.solutions where status = 'active'"
    )
    assert gates == created["gates"], "learning does what the dry run said"
    assert (changed, z) == (created["changed"], created["z"])
    assert json.loads(quadrant("learn", "--dry-run", "--json"))["changes"] == []
    assert "No gate would change" in quadrant("learn", "--dry-run")

    # What came by itself and is no longer so, ends, and says why.
    market.connection.execute("update learning.pattern_episode_events set roi = -0.01 * roi")
    ended = json.loads(quadrant("learn", "--dry-run", "--json"))["changes"]
    assert [c["change"] for c in ended if c["was"] == "active"] == ["ended"]


def test_the_story_is_readable_at_80_columns(judged, quadrant):
    market = judged
    ((found,),) = market.rows("select id from learning.solutions where status = 'active'")
    market.fill(60, micro_outside, seed=5, first=300)
    market.learn(340)
    said = quadrant("explain", str(found))
    assert max(map(len, said.splitlines())) <= 80
    words = " ".join(said.split())
    for part in (
        "pm.uptrend.S1.entry in bucket=micro",
        "in force",
        "3.75 is needed (3 to stay)",
        "of what is staked for each setup it changes, with 90 % between",
        "its best three days are" if "its best" in words else "Its best three days are",
        "One step away",
        "Alternatives that lost",
        "What changes sides",
        "since 28 October 2025:",
        "to 1 for",
        "it ends when z falls below 3",
        "written by the judge (run",
    ):
        assert part in words, part
    assert json.loads(quadrant("explain", str(found), "--json"))["id"] == found
