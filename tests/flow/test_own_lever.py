"""One more lever on a pattern of the uptrend: a row of learning.gates that names a number the
engine says, and nothing else. Here: S1 is not bought where price is overextended already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg.types.json import Jsonb

from quadrant.bars import Bars
from quadrant.judging.learner import Learner
from quadrant.replay import Replay, ReplayOptions

pytestmark = pytest.mark.flow

Connection = psycopg.Connection[Any]
S1 = "pm.uptrend.S1.entry"
BASE, WIDER = 0.10, 0.12
DAY = 86_400_000
START = datetime(2026, 1, 1, tzinfo=UTC)
SCOPE = {"chain": "solana", "bucket": "micro", "timeframe": "15m"}


@pytest.fixture
def lever(connection: Connection) -> Connection:
    """A database with the row."""
    connection.execute(
        """
        insert into learning.gates (
            pattern_key, gate, value_key, direction, base, steps, adjust, min_value, max_value,
            action_category, ordinal
        )
        values (
            %s, 'ox', 'ox', 'at_most', 0.10, '{-0.04,-0.02,0,0.02,0.04}', 'multiplier', 0.02, 1.0,
            'tuning_ox_max', 4
        )
        """,
        (S1,),
    )
    return connection


def windows(connection: Connection) -> list[dict[str, Any]]:
    """The decided windows of S1 in their order: decision, blocked_by, factors."""
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute(
            "select decision, blocked_by, factors from learning.pattern_episode_events"
            " where pattern_key = %s and decision is not null order by opened_at, window_id",
            (S1,),
        ).fetchall()


def in_force(connection: Connection) -> set[float]:
    """What the PM reads of the lever, over all positions."""
    rows = connection.execute(
        "select distinct (gates -> %s -> 'ox' ->> 'value')::float8 from pm.position_controls",
        (S1,),
    )
    return {value for (value,) in rows}


def test_its_row_alone_brings_it_from_the_bars_to_the_comparisons(
    lever: Connection, walks: list[Bars], eager: Any
) -> None:
    eager(lever)
    begin = int(walks[0].ts[0])
    options = ReplayOptions(chain="synthetic", learn_every=5 * DAY, to_ms=begin + 20 * DAY)
    Replay(lever, walks, options).run()

    found = windows(lever)
    assert len(found) > 20, "packet died in capture: too few windows"
    samples = [sample for window in found for sample in window["factors"]["samples"]]
    assert all("ox" in sample for sample in samples), "packet died in capture: samples without ox"
    assert found[0]["factors"]["ox_max"] == BASE
    for window in found:
        factors = window["factors"]
        assert factors["ox_ok"] == (factors["ox"] <= factors["ox_max"])
        if window["decision"] == "skipped":
            assert ("ox" in window["blocked_by"]) is not factors["ox_ok"]
    assert any("ox" in window["blocked_by"] for window in found), "it refuses nothing"
    grid = lever.execute(
        "select count(*) from learning.gate_grid(%s) where (steps ->> 'ox')::float8 <> 0", (S1,)
    ).fetchone()
    assert grid == (4 * 5**3,)
    compared = lever.execute(
        "select distinct cardinality(s.z) from learning.gate_simulations as s"
        " join learning.looks as k on k.id = s.look_id where k.pattern_key = %s",
        (S1,),
    ).fetchall()
    assert compared == [(5**4,)], "packet died in judging: nothing compared under four levers"
    levers = lever.execute(
        "select distinct l ->> 'lever' from learning.ad_strands as s"
        " cross join jsonb_array_elements(s.content -> 'levers_considered') as l"
        " where s.kind = 'uptrend_episode_summary' and s.content ->> 'pattern_key' = %s",
        (S1,),
    ).fetchall()
    assert ("ox",) in levers, "packet died in the episodes' summaries"

    lever.execute(
        "select learning.set_override(%s, '{}', %s, 'test', true)", (S1, Jsonb({"ox": WIDER}))
    )
    assert in_force(lever) == {WIDER}, "packet died on the way to the PM"
    Replay(lever, walks, ReplayOptions(chain="synthetic", learn_every=5 * DAY)).run()
    later = windows(lever)[len(found) :]
    assert {window["factors"]["ox_max"] for window in later} == {WIDER}, "the tick reads another"


def test_what_pays_beyond_it_moves_it(lever: Connection) -> None:
    """400 setups at break-even that all other gates admit; those just beyond the lever pay."""
    rng = np.random.default_rng(1)
    n = 400
    ox = rng.uniform(0.06, 0.16, n)
    won = rng.random(n) < np.where((ox > BASE) & (ox <= WIDER), 0.70, 0.20)
    loss = -0.10 * np.arctanh(0.76 * won.mean() / (1 - won.mean()))
    days = np.sort(rng.uniform(0, 75, n))
    rows = []
    for i in range(n):
        at = START + timedelta(days=float(days[i]))
        sample = {"ts_score": 0.8, "halo_distance": 0.5, "slope": 0.05, "ox": float(ox[i])}
        rows.append(
            {
                "window_id": f"s1-{i}",
                "pattern_key": S1,
                "decision": "acted" if ox[i] <= BASE else "skipped",
                "decided_at": at.isoformat(),
                "blocked_by": ["ox"] if ox[i] > BASE else [],
                "scope": SCOPE,
                "factors": {"samples": [sample]},
                "outcome": "success" if won[i] else "failure",
                "outcome_at": (at + timedelta(days=2)).isoformat(),
                "roi": 0.10 if won[i] else float(loss),
                "roi_at": (at + timedelta(days=3)).isoformat(),
            }
        )
    lever.execute("select learning.set_clock(%s)", (START + timedelta(days=80),))
    written = lever.execute(
        "select written, count(*) from pm.record_episodes(%s) group by 1", (Jsonb(rows),)
    ).fetchall()
    assert written == [("new", n)]
    assert Learner(lever).learn(), "packet died at mining"
    overrides = lever.execute(
        "select action_category, multiplier, method from learning.pm_overrides"
        " where status = 'active' and multiplier <> 1"
    ).fetchall()
    assert overrides, "packet died at judging"
    assert {(category, method) for category, _, method in overrides} == {
        ("tuning_ox_max", "simulation")
    }
    assert [multiplier for _, multiplier, _ in overrides] == pytest.approx([1.2] * len(overrides))
    gates = dict(
        lever.execute("select gate, value from pm.gates(%s, %s)", (S1, Jsonb(SCOPE))).fetchall()
    )
    assert gates == {"ts": 0.6, "halo": 1.0, "slope": 0.0, "ox": pytest.approx(WIDER)}
