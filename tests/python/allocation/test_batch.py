"""Trades told together leave what they leave one by one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from amounts import amount
from psycopg.types.json import Jsonb

POSITIONS = """
    insert into learning.lowcap_positions (
        token_contract, token_chain, symbol, timeframe, total_allocation_pct
    )
    select 'token ' || n, 'solana', 'T', t, 3 * n
    from generate_series(1, 3) as n, unnest(array['15m', '1h', '4h']) as t
"""
LEFT = (
    "select to_jsonb(h) - '{id,stepped_at}'::text[] from learning.allocation_history as h"
    " order by h.id",
    "select c.config_data from learning.learning_configs as c where c.module_id = 'decision_maker'",
    "select m.* from learning.roi_masses as m order by m.average",
    "select d.* from learning.allocation_days as d order by d.day, d.timeframe",
    "select s.* from learning.allocation_shuffles as s order by s.path, s.timeframe",
    "select p.symbol, p.token_contract, p.timeframe, p.total_allocation_pct"
    " from learning.lowcap_positions as p order by 1, 2, 3",
    "select e.trade_id, e.ordinal, e.roi from learning.pattern_trade_events as e order by 1, 2",
    "select s.trade_id, s.content from learning.ad_strands as s order by s.trade_id",
    "select l.event, l.data - 'positions' from learning.learning_log as l order by l.id",
)


def trades(seed: int, count: int) -> list[dict[str, Any]]:
    """Of all timeframes, some late; one told twice, one malformed, one that moves no capital."""
    dice = random.Random(seed)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    told: list[dict[str, Any]] = []
    for number in range(count):
        at += timedelta(hours=dice.uniform(-5, 30))
        told.append(
            {
                "trade_id": f"t{number}",
                "timeframe": dice.choice(("15m", "1h", "4h")),
                "roi": round(dice.gauss(0.01, 0.1), 4),
                "closed_at": at.isoformat(),
                "pattern_key": "pm.uptrend.S1.entry",
            }
        )
    told.insert(count // 2, told[1])
    told.insert(count // 3, told[2] | {"trade_id": "bad", "timeframe": "1m"})
    told.insert(2, told[0] | {"trade_id": "apart", "allocate": False})
    return told


@pytest.mark.parametrize("profile", ["plan", "evidence", "fixed"])
def test_together_as_one_by_one(connection: psycopg.Connection[Any], profile: str) -> None:
    told = trades(1, amount(25, 300))
    left = []
    for call, given in (
        ("select pm.record_closed_trades(%s, 'test')", [told]),
        ("select pm.record_closed_trades(%s, 'test')", [[trade] for trade in told]),
    ):
        with connection.transaction(force_rollback=True):
            connection.execute(POSITIONS)
            connection.execute(
                "select learning.set_setting('allocation.profile', to_jsonb(%s::text))", (profile,)
            )
            for batch in given:
                connection.execute(call, (Jsonb(batch),))
            left.append([connection.execute(query).fetchall() for query in LEFT])
    together, apart = left
    assert len(together[0]) == len(told) - 3
    for query, found, wanted in zip(LEFT, together, apart, strict=True):
        assert found == wanted, query


def test_what_moves_no_capital_leaves_it_alone(connection: psycopg.Connection[Any]) -> None:
    told = [trade | {"allocate": False} for trade in trades(2, 4)]
    before = connection.execute(LEFT[1]).fetchall()
    connection.execute("select pm.record_closed_trades(%s, 'test')", (Jsonb(told),))
    assert connection.execute(LEFT[1]).fetchall() == before
