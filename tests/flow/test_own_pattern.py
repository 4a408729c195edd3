"""A strategy that is not the uptrend engine: its bot tracks breakouts by itself, registers
their gates, records its experiments through pm.record_episode, and reads what was learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from amounts import amount
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

from quadrant.judging.learner import Learner

pytestmark = pytest.mark.flow

BREAKOUT = "pm.breakout.range.entry"
GATES = [
    {"gate": "volume_surge", "direction": "at_least", "base": 2.0,
     "steps": [-0.5, -0.25, 0, 0.25, 0.5], "max_value": 10},
    {"gate": "range_width", "direction": "at_most", "base": 1.0,
     "steps": [-0.2, -0.1, 0, 0.1, 0.2], "min_value": 0.1, "max_value": 5},
]  # fmt: skip
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=80)
SCOPE = {"chain": "solana", "bucket": "micro", "timeframe": "5m"}

NewDatabase = Callable[[], AbstractContextManager[str]]


@contextmanager
def as_pm(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """The bot's connection: it has the rights of quadrant_pm and no others."""
    pm = make_conninfo(dsn, options="-c role=quadrant_pm")
    with psycopg.connect(pm, autocommit=True) as connection:
        yield connection


def experiments(seed: int, *, shuffled: bool = False) -> list[dict[str, Any]]:
    """400 breakouts at break-even; a surge of 1.5 to 2, which the gate refuses, pays.

    Shuffled, the same results fall on them by chance.
    """
    rng = np.random.default_rng(seed)
    n = 400
    surge, width = rng.uniform(1.2, 2.8, n), rng.uniform(0.6, 1.1, n)
    pays = (surge >= 1.5) & (surge < 2.0) & (width <= 1.0)
    chance = np.where(pays, 0.70, 0.20)
    won = rng.random(n) < chance
    loss = -0.10 * np.arctanh(0.76 * won.mean() / (1 - won.mean()))  # a win is worth tanh(1) = 0.76
    roi = np.where(won, 0.10, loss)
    if shuffled:
        order = rng.permutation(n)
        won, roi = won[order], roi[order]
    days = np.sort(rng.uniform(0, 75, n))
    rows = []
    for i in range(n):
        at = START + timedelta(days=float(days[i]))
        passes = surge[i] >= 2.0 and width[i] <= 1.0
        rows.append(
            {
                "window_id": f"breakout-{i}",
                "pattern_key": BREAKOUT,
                "decision": "acted" if passes else "skipped",
                "decided_at": at.isoformat(),
                "blocked_by": [
                    gate
                    for gate, fails in (
                        ("volume_surge", surge[i] < 2.0),
                        ("range_width", width[i] > 1.0),
                    )
                    if fails
                ],
                "scope": {**SCOPE, "bucket": ["micro", "big"][i % 2]},
                "factors": {"samples": [{"volume_surge": surge[i], "range_width": width[i]}]},
                "outcome": "success" if won[i] else "failure",
                "outcome_at": (at + timedelta(days=2)).isoformat(),
                "roi": float(roi[i]),
                "roi_at": (at + timedelta(days=3)).isoformat(),
            }
        )
    return rows


def record(pm: psycopg.Connection[Any], rows: list[dict[str, Any]]) -> None:
    """As a bot does: the decision at once, the outcome when it is there, the result after it."""
    for fields in (("outcome", "outcome_at", "roi", "roi_at"), ("roi", "roi_at"), ()):
        with pm.cursor() as cursor:
            cursor.executemany(
                "select pm.record_episode(%s)",
                [(Jsonb({k: v for k, v in row.items() if k not in fields}),) for row in rows],
            )


def learn(dsn: str, rows: list[dict[str, Any]], *, at_once: bool = False) -> dict[str, float]:
    """Record (at once: decision, outcome and result together) and learn; the gates that the bot
    then reads for its scope."""
    with as_pm(dsn) as pm, psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("select learning.set_clock(%s)", (NOW,))
        pm.execute("select pm.register_gates(%s, %s)", (BREAKOUT, Jsonb(GATES)))
        if at_once:
            pm.execute("select count(*) from pm.record_episodes(%s)", (Jsonb(rows),))
        else:
            record(pm, rows)
        stored = owner.execute(
            "select count(*), count(outcome), count(roi), count(distinct window_id),"
            " count(*) filter (where decision = 'acted' and blocked_by = '{}')"
            " from learning.pattern_episode_events where pattern_key = %s",
            (BREAKOUT,),
        ).fetchone()
        acted = sum(row["decision"] == "acted" for row in rows)
        assert stored == (len(rows),) * 4 + (acted,), "packet died at recording"
        assert Learner(owner).learn(), "packet died at mining"
        return dict(
            pm.execute("select gate, value from pm.gates(%s, %s)", (BREAKOUT, Jsonb(SCOPE)))
        )


def test_a_strategy_of_ones_own_learns_its_gates(database: str) -> None:
    gates = learn(database, experiments(1))
    with psycopg.connect(database) as connection:
        overrides = connection.execute(
            "select action_category, scope_subset, multiplier, method from learning.pm_overrides"
            " where status = 'active' and multiplier <> 1"
        ).fetchall()
        assert overrides, "packet died at judging"
        assert {row[0] for row in overrides} == {"tuning_volume_surge"}
        assert {row[3] for row in overrides} == {"simulation"}
        shown = connection.execute(
            "select n_experiments, n_gates, n_overrides > 0, learning from analyst.patterns"
            " where pattern_key = %s",
            (BREAKOUT,),
        ).fetchone()
        assert shown == (400, 2, True, "judged")
    assert gates == {"volume_surge": pytest.approx(1.5), "range_width": 1.0}


@pytest.mark.slow
def test_it_learns_nothing_from_chance(new_database: NewDatabase) -> None:
    """Overrides are made at a false discovery rate of 10 %: 2 of 24 such markets had one."""
    fooled = []
    for seed in range(amount(3, 10)):
        with new_database() as dsn:
            gates = learn(dsn, experiments(seed, shuffled=True), at_once=True)
            if gates != {"volume_surge": 2.0, "range_width": 1.0}:
                fooled.append(seed)
    assert len(fooled) <= amount(1, 2)


def test_without_gates_it_is_mined_and_said_not_to_be_judged(database: str) -> None:
    rows = experiments(1)
    with as_pm(database) as pm, psycopg.connect(database, autocommit=True) as owner:
        owner.execute("select learning.set_clock(%s)", (NOW,))
        answers = pm.execute(
            "select written, count(*) from pm.record_episodes(%s) group by 1", (Jsonb(rows),)
        ).fetchall()
        assert answers == [("new", 400)]
        Learner(owner).learn()
        shown = owner.execute(
            "select n_lessons > 0, n_overrides, learning from analyst.patterns"
            " where pattern_key = %s",
            (BREAKOUT,),
        ).fetchone()
        assert shown == (True, 0, "mined only: no gates are registered (pm.register_gates)")
        pm.execute("select pm.register_gates(%s, %s)", (BREAKOUT, Jsonb(GATES)))
        Learner(owner).learn(judge_anyway=True)
        count = owner.execute("select count(*) from learning.pm_overrides").fetchone()
        assert count is not None
        assert count[0] > 0, "gates registered later judge what is there"
