"""A planted effect in one pair: after learning, freqtrade buys there what it skipped, and there
alone. `python -m pytest -s` prints the figures of docs/freqtrade.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from amounts import LONG
from bots import HOUR, PAIRS, START, Bots, write_bars

LEARNED, SEEN = 85 * 24, 125 * 24  # hours to learn from, and all
BOUGHT = """
    select e.scope ->> 'pair', e.decided_at, t.roi
    from learning.pattern_episode_events as e
    join analyst.trades as t on t.trade_id = e.trade_id
    where e.run = 'Surge/backtest' and e.decided_at >= %s
"""
IN_FORCE = """
    select o.scope_subset, g.gate, g.base, g.value
    from learning.pm_overrides as o
    cross join lateral pm.gates(o.pattern_key, o.scope_subset) as g
    where o.status = 'active'
"""

pytestmark = pytest.mark.skipif(not LONG, reason="a campaign: QUADRANT_LONG=1 make test-bots")


def planted(rng: np.random.Generator, *, pays: bool) -> tuple[Any, Any]:
    """Closes and volumes: where it pays, five hours rise after a green one of a thin volume."""
    volumes = rng.lognormal(8, 0.5, SEEN)
    steps = rng.normal(0, 0.008, SEEN)
    for hour in range(48, SEEN - 6) if pays else ():
        surge = volumes[hour] / volumes[hour - 47 : hour + 1].mean()
        if steps[hour] > 0 and 0.75 <= surge < 1 and rng.random() < 0.5:
            steps[hour + 1 : hour + 6] = np.abs(rng.normal(0.008, 0.002, 5))
    return 100 * np.exp(np.cumsum([0, *steps])), volumes


@pytest.fixture
def two(
    bots_python: str, new_database: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> Iterator[tuple[Bots, Bots]]:
    """The same bars, CCC with something in it, for a database that learns and one that does not."""
    rng = np.random.default_rng(7)
    for pair in PAIRS:
        write_bars(tmp_path / f"{pair}.csv", *planted(rng, pays=pair == "CCC"), rng)
    with (
        new_database() as one,
        new_database() as other,
        psycopg.connect(one, autocommit=True) as learns,
        psycopg.connect(other, autocommit=True) as stays,
    ):
        yield Bots(tmp_path, one, learns), Bots(tmp_path, other, stays)


def backtest(bots: Bots, first: int, last: int) -> None:
    hours = f"{START + HOUR * first}-{START + HOUR * last}"
    bots.freqtrade(
        *("backtesting", "--cache", "none", "--export", "none", "--timerange", hours),
        strategy="Surge",
        slots=3,
    )


def trades(bots: Bots) -> dict[str, dict[datetime, float]]:
    """Of the days after learning: when bought -> ROI, by pair."""
    since = datetime.fromtimestamp(START + HOUR * LEARNED, UTC)
    found: dict[str, dict[datetime, float]] = {pair: {} for pair in PAIRS}
    for pair, bought_at, roi in bots.connection.execute(BOUGHT, (since,)):
        found[pair.removesuffix("/USDT")][bought_at] = roi
    return found


def test_what_was_learned_is_bought_in_its_pair_alone(
    two: tuple[Bots, Bots], run_command: Callable[..., Any]
) -> None:
    learns, stays = two
    backtest(learns, 0, LEARNED)
    end = datetime.fromtimestamp(START + HOUR * LEARNED, UTC).isoformat()
    run_command("clock", "set", end, QUADRANT_DSN=learns.dsn)
    assert run_command("learn", QUADRANT_DSN=learns.dsn).returncode == 0
    run_command("clock", "reset", QUADRANT_DSN=learns.dsn)
    in_force = learns.connection.execute(IN_FORCE).fetchall()
    assert [scope for scope, *_ in in_force] == [{"pair": "CCC/USDT"}], in_force
    for bots in two:
        backtest(bots, LEARNED, SEEN)
    before, after = trades(stays), trades(learns)
    print("in force:", in_force)
    for pair in PAIRS:
        for when, found in (("before", before[pair]), ("after", after[pair])):
            mean = np.mean(list(found.values()))
            print(f"{pair} {when}: {len(found)} trades, mean ROI {mean:.2%}")
    assert (after["AAA"], after["BBB"]) == (before["AAA"], before["BBB"])
    assert len(after["CCC"]) > 1.2 * len(before["CCC"])
    assert sum(after["CCC"].values()) > sum(before["CCC"].values()) + 0.1
