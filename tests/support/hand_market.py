"""Windows made by hand and put where the tick puts them: a market to judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg

from quadrant.judging.learner import Learner

Connection = psycopg.Connection[Any]
PATTERN = "pm.uptrend.S1.entry"
START = datetime(2025, 1, 1, tzinfo=UTC)
FEE = 0.001


class Market:
    """A database with windows of S1, one sample each, and a clock that is moved by hand."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.learner = Learner(connection)
        self.count = 0

    def fill(
        self,
        days: int,
        pays: Callable[[Mapping[str, Any]], float] = lambda _: 0.0,
        *,
        seed: int = 1,
        first: int = 0,
        a_day: int = 6,
        scopes: Mapping[str, tuple[str, ...]] | None = None,
        results: bool = True,
    ) -> None:
        """Windows of `days` days from day `first` on: `pays` is what their gates' values and scope
        add to a result that is dealt out at random (many small losses, few large wins)."""
        rng = np.random.default_rng(seed)
        scopes = scopes or {"bucket": ("micro", "mid", "big")}
        rows = []
        for day in range(first, first + days):
            mood = rng.normal(0, 0.02)
            for _ in range(a_day):
                seen = {
                    "ts": float(rng.uniform(0.45, 0.75)),
                    "halo": float(rng.uniform(0.7, 1.25)),
                    "slope": 0.05,
                }
                scope = {name: str(rng.choice(values)) for name, values in scopes.items()}
                scope["timeframe"] = "1h"
                roi = float(np.where(rng.random() < 0.25, rng.exponential(0.12), -0.02))
                roi += mood + float(rng.normal(0, 0.01)) + pays(seen | scope)
                rows.append(
                    self._row(day, float(rng.uniform(0, 0.9)), seen, scope, roi, results=results)
                )
        with self.connection.cursor() as cursor:
            cursor.executemany(
                """
                insert into learning.pattern_episode_events (
                    window_id, episode_id, attempt_id, pattern_key, episode_type, scope, decision,
                    blocked_by, opened_at, decided_at, closed_at, outcome, outcome_at, entry_price,
                    exit_price, roi, roi_at, factors
                )
                values (%s, %s, %s, %s, 's1_entry', %s, 'skipped', '{ts}', %s, %s, %s, %s, %s, %s,
                    %s, %s, %s, %s)
                """,
                rows,
            )

    def _row(
        self,
        day: int,
        hour: float,
        seen: Mapping[str, float],
        scope: Mapping[str, str],
        roi: float,
        *,
        results: bool,
    ) -> tuple[Any, ...]:
        self.count += 1
        opened = START + timedelta(days=day + hour)
        exit_price = (1 + roi + FEE) * 100 / (1 - FEE)
        sample = {
            "ts_score": seen["ts"],
            "halo_distance": seen["halo"],
            "slope": seen["slope"],
            "entry_price": 100.0,
        }
        name = f"w{self.count}"
        known = opened + timedelta(hours=12)
        result = (100.0, exit_price, roi, known) if results else (None, None, None, None)
        return (
            *(name, name, name),
            PATTERN,
            json.dumps(scope),
            *(opened, opened, known),
            "success" if roi > 0 else "failure",
            known,
            *result,
            json.dumps({"samples": [sample]}),
        )

    def at(self, day: int) -> None:
        """Set the clock to the beginning of a day of the market."""
        self.connection.execute("select learning.set_clock(%s)", (START + timedelta(days=day),))

    def learn(self, day: int) -> None:
        """Mine and judge on that day, whether a look is due or not."""
        self.at(day)
        self.learner.learn(judge_anyway=True)

    def set(self, **settings: Any) -> None:
        """Change settings of judging."""
        self.connection.execute(
            "update learning.learning_configs set config_data = jsonb_set(config_data, '{tuning}',"
            " config_data -> 'tuning' || %s) where module_id = 'pm'",
            (psycopg.types.json.Jsonb(settings),),
        )

    def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(query, arguments or None).fetchall()  # type: ignore[arg-type]

    def solutions(self, status: str = "active") -> dict[str, dict[str, float]]:
        """Scope (as text) -> steps that are not 0, of the solutions with this status."""
        return {
            scope: {gate: step for gate, step in steps.items() if step}
            for scope, steps in self.rows(
                "select scope_subset::text, steps from learning.solutions where status = %s",
                status,
            )
        }


def micro_outside(seen: Mapping[str, Any]) -> float:
    """Setups just outside the halo gate pay in bucket micro."""
    return 0.06 if seen["bucket"] == "micro" and 1.0 < seen["halo"] <= 1.2 else 0.0


def faintly_outside(seen: Mapping[str, Any]) -> float:
    """The same, too little for the tests, enough for a proposal."""
    return 0.008 if micro_outside(seen) else 0.0
