"""quadrant why, as a user runs it."""

from __future__ import annotations

from functools import partial

import psycopg
import pytest

S1 = "pm.uptrend.S1.entry"


@pytest.fixture
def quadrant(database, run_command):
    """The command on the test's database, 80 columns wide."""
    return partial(run_command, columns=80, QUADRANT_DSN=database)


@pytest.fixture
def watched(database):
    """A position with overrides of one gate, of posture and of a family."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe,"
            " state, scope) values ('s', 'solana', 'SOL', '15m', 'S2',"
            ' \'{"timeframe": "15m", "bucket": "micro"}\')'
        )
    return database


def hold(database, category, scope, multiplier, pattern=S1, **more):
    names = ", ".join(["pattern_key", "action_category", "scope_subset", "multiplier", *more])
    values = ", ".join(["%s"] * (4 + len(more)))
    with psycopg.connect(database, autocommit=True) as connection:
        (row,) = connection.execute(
            f"insert into learning.pm_overrides ({names}) values ({values}) returning id",
            (pattern, category, scope, multiplier, *more.values()),
        ).fetchall()
    return row[0]


def words(text):
    return " ".join(text.split())


def test_without_overrides_it_is_base_and_neutral(quadrant, watched):
    told = quadrant("why", "sol", "15m")
    assert told.returncode == 0, told.stderr
    first = told.stdout.splitlines()[0]
    assert first == "SOL 15m (watchlist, S2): base gates everywhere; posture is neutral."
    assert "halo: 1: base, no override holds here" in told.stdout


def test_who_won_and_who_lost(quadrant, watched):
    broad = hold(watched, "tuning_halo", "{}", 1.1)
    narrow = hold(watched, "tuning_halo", '{"bucket": "micro"}', 1.3)
    steering = hold(watched, "pm_strength", "{}", None, dir_a=-1, confidence_score=0.9)
    family = hold(watched, "dm_alloc", '{"bucket": "micro"}', 1.2, "dm.social.curator")
    told = quadrant("why", "SOL", "15m")
    assert max(map(len, told.stdout.splitlines())) <= 80
    text = words(told.stdout)
    assert "1 of 11 gates come from overrides; posture is moved for 1 pattern." in text
    assert (
        f"halo: 1 -> 1.3 by {narrow} [bucket=micro, by hand], in force: it has more conditions"
        f" (1 to 0) - {broad} [all, by hand] (1.1) loses to {narrow}: fewer conditions (0 to 1)"
    ) in text
    assert "posture: A 0.5 -> 0.395, E 0.5 -> 0.5, an entry takes 29.8% of what is free" in text
    assert f"- {steering} [all, by hand] 100.0 % of the blend" in text
    assert f"dm.social.curator allocation: a blend of what holds here - {family}" in text

    (position,) = quadrant("why", "SOL", "15m", "--json").json
    s1 = next(p for p in position["patterns"] if p["pattern_key"] == S1)
    halo = next(lever for lever in s1["levers"] if lever["lever"] == "halo")
    assert (halo["base"], halo["value"]) == (1, 1.3)
    assert [o["override_id"] for o in halo["overrides"]] == [narrow, broad]


def test_what_is_switched_off_is_said(quadrant, watched):
    hold(watched, "tuning_halo", "{}", 1.1)
    assert quadrant("config", "set", "shadow", "true").returncode == 0
    text = words(quadrant("why", "SOL", "15m").stdout)
    assert "base gates everywhere; overrides of 1 are switched off; posture is neutral." in text
    assert "halo: 1: base, switched off" in text


def test_many_losers_are_counted(quadrant, watched):
    for n, bucket in enumerate(["{}", '{"bucket": "micro"}', '{"timeframe": "15m"}']):
        for method in ("manual", "simulation"):
            hold(watched, "tuning_halo", bucket, 1.1 + n / 10, method=method)
    assert "- and 2 more (--json lists all)" in quadrant("why", "SOL", "15m").stdout


def test_an_unknown_position_is_refused_with_those_alike(quadrant, watched):
    refused = quadrant("why", "SOLX", "15m")
    assert refused.returncode == 1
    assert "QD048: there is no position SOLX 15m" in refused.stderr
    assert "Alike: SOL 15m." in refused.stderr
