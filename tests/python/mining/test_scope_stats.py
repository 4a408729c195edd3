"""Trade slices and analyst.pattern_scope_stats: against a plain recount, and for its readers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import exp, log, tanh
from random import Random
from statistics import fmean, linear_regression, pvariance
from typing import Any

import psycopg
import pytest
from brute_force import MINE

PATTERN = "pm.uptrend.S1.entry"
FAMILY = "dm.social.curator"
CLOCK = datetime(2026, 6, 1, tzinfo=UTC)
Trade = dict[str, Any]


def sample(seed: int, n: int) -> list[Trade]:
    """Trades of 100 days; those of `nano` all win, the later the less."""
    chance = Random(seed)
    trades = []
    for i in range(n):
        scope = {"chain": "solana", "unmined": i, "timeframe": chance.choice(["15m", "1h"])}
        if i % 10:
            scope["bucket"] = chance.choice(["nano", "big"])
        age = chance.uniform(1, 24 * 100)
        roi = chance.gauss(0.02, 0.1)
        if scope.get("bucket") == "nano":
            roi = abs(roi) * 2 ** (age / 300)
        trades.append(
            {
                "trade": f"t{i}",
                "scope": scope,
                "roi": 0.0 if i % 7 == 0 else roi,
                "trim": chance.random() < 0.5,
                "s3": chance.random() < 0.5,
                "hold": chance.uniform(1, 90),
                "closed": (CLOCK - timedelta(hours=age)).isoformat(),
                "actions": chance.choice([["entry"], ["entry", "exit"], ["entry", "add", "trim"]]),
            }
        )
    return trades


def store(connection: psycopg.Connection[Any], trades: list[Trade]) -> None:
    connection.execute("select learning.set_clock(%s)", (CLOCK,))
    connection.execute(
        """
        insert into learning.pattern_trade_events (
            trade_id, ordinal, pattern_key, action_category, scope, roi, did_trim, reached_s3,
            hold_hours, closed_at
        )
        select t ->> 'trade', n, %s, a, t -> 'scope', (t -> 'roi')::double precision,
            (t -> 'trim')::boolean, (t -> 's3')::boolean, (t -> 'hold')::double precision,
            (t ->> 'closed')::timestamptz
        from jsonb_array_elements(%s::jsonb) as t
        cross join jsonb_array_elements_text(t -> 'actions') with ordinality as u (a, n)
        """,
        (PATTERN, json.dumps(trades)),
    )


def half_life(trades: list[Trade]) -> float | None:
    moving = sorted(
        (t for t in trades if t["roi"]), key=lambda t: datetime.fromisoformat(t["closed"])
    )
    while any((t["roi"] > 0) != (moving[-1]["roi"] > 0) for t in moving):
        moving.pop(0)
    if len(moving) < 5:
        return None
    hours = [datetime.fromisoformat(t["closed"]).timestamp() / 3600 for t in moving]
    slope = linear_regression(hours, [log(abs(t["roi"])) for t in moving]).slope
    return -log(2) / slope if slope < 0 else None


def recount(trades: list[Trade]) -> dict[str, dict[str, float | None]]:
    slices: dict[str, list[Trade]] = {}
    for trade in trades:
        if CLOCK - datetime.fromisoformat(trade["closed"]) >= timedelta(days=90):
            continue
        items = sorted((k, v) for k, v in trade["scope"].items() if k != "unmined")
        for size in range(len(items) + 1):
            for chosen in combinations(items, size):
                slices.setdefault(json.dumps(dict(chosen), sort_keys=True), []).append(trade)
    overall = fmean(t["roi"] for t in slices["{}"])
    answer = {}
    for name, inside in slices.items():
        rois = [t["roi"] for t in inside]
        n, mean, var = len(inside), fmean(rois), pvariance(rois)
        weights = [tanh(abs(roi) / 0.10) for roi in rois]
        ups = [-1 if t["roi"] < 0 else int(t["roi"] > 0 and t["s3"]) for t in inside]
        exits = [int(t["trim"]) if t["roi"] < 0 else -int(t["roi"] > 0 and t["s3"]) for t in inside]
        support, reliability = 1 - exp(-n / 50), 1 / (1 + var + 0.25 / n)
        hold, life = fmean(t["hold"] for t in inside), half_life(inside)
        answer[name] = {
            "n": n,
            "mean_roi": mean,
            "dir_a": sum(w * d for w, d in zip(weights, ups, strict=True)) / (sum(weights) or 1),
            "dir_e": sum(w * d for w, d in zip(weights, exits, strict=True)) / (sum(weights) or 1),
            "p_trim": fmean(t["trim"] for t in inside),
            "p_s3": fmean(t["s3"] for t in inside),
            "confidence": support * reliability,
            "decay_halflife_hours": life,
            "edge_raw_roi": (mean - overall)
            * reliability
            * (support + 1 / (1 + exp(-mean)) + 1 / (1 + hold / 24) + 1 / (1 + var))
            * (0.5 + 0.5 * min(1, life / 168) if life else 1),
        }
    return answer


def test_trades_are_sliced_as_by_hand(connection: psycopg.Connection[Any]) -> None:
    trades = sample(1, 150)
    store(connection, trades)
    wanted = recount(trades)
    assert any(row["decay_halflife_hours"] for row in wanted.values())
    assert not all(row["decay_halflife_hours"] for row in wanted.values())
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        rows = cursor.execute("select * from learning.trade_slices").fetchall()
    assert {json.dumps(row["scope_subset"], sort_keys=True) for row in rows} == set(wanted)
    for row in rows:
        expected = wanted[json.dumps(row["scope_subset"], sort_keys=True)]
        assert {name: row[name] for name in expected} == pytest.approx(expected)


def fill(connection: psycopg.Connection[Any]) -> None:
    """40 experiments in two buckets, an episode summary, 40 trades of one bucket."""
    connection.execute("select learning.set_clock(%s)", (CLOCK,))
    connection.execute(
        """
        insert into learning.pattern_episode_events (
            window_id, episode_id, pattern_key, scope, decision, outcome, decided_at, opened_at
        )
        select 'w' || i, 'e' || i, %s,
            jsonb_build_object('bucket', case when i <= 36 then 'nano' else 'big' end),
            'skipped', case when i %% 4 = 0 then 'success' else 'failure' end,
            learning.clock() - interval '2 days', learning.clock() - interval '3 days'
        from generate_series(1, 40) as i
        """,
        (PATTERN,),
    )
    for episode, levers in {
        "e1": [{"lever": "halo", "delta": 0.1, "severity": 0.5, "signal_confidence": 0.25}] * 2,
        "e2": [{"lever": "halo", "delta": 0.4, "severity": 1.0, "signal_confidence": 1.0}],
        "e40": [{"lever": "ts", "delta": -0.1, "severity": 1.0, "signal_confidence": 1.0}],
        "e3": [],
        "nobody knows": [{"lever": "ts", "delta": 9, "severity": 1, "signal_confidence": 1}],
    }.items():
        connection.execute(
            "insert into learning.ad_strands (kind, episode_id, content)"
            " values ('uptrend_episode_summary', %s, %s)",
            (episode, json.dumps({"levers_considered": levers})),
        )
    connection.execute(
        "insert into learning.ad_strands (kind, trade_id, content)"
        " select 'position_closed', 't' || i, jsonb_build_object('roi', 0.01 * (i %% 5),"
        " 'pattern_key', %s::text, 'scope', jsonb_build_object('bucket',"
        " case when i <= 38 then 'big' else 'nano' end))"
        " from generate_series(1, 45) as i",
        (PATTERN,),
    )
    connection.execute(MINE, (CLOCK,))
    connection.execute("call learning.run_aggregator(true)")


def test_it_joins_lessons_levers_and_trades(connection: psycopg.Connection[Any]) -> None:
    fill(connection)
    rows = {
        json.dumps(row[0]): row[1:]
        for row in connection.execute(
            "select scope_subset, n, n_misses, n_trades, levers_considered"
            " from analyst.pattern_scope_stats"
        )
    }
    halo = {"n": 3, "delta": 0.2, "severity": 2 / 3, "signal_confidence": 0.5}
    ts = {"n": 1, "delta": -0.1, "severity": 1, "signal_confidence": 1}
    assert rows.keys() == {"{}", '{"bucket": "nano"}', '{"bucket": "big"}'}
    assert rows["{}"][:3] == (40, 10, 45)
    assert rows['{"bucket": "nano"}'][:3] == (36, 9, 7)
    assert rows['{"bucket": "big"}'][:3] == (None, None, 38)  # no lesson, but enough trades
    assert rows["{}"][3]["halo"] == pytest.approx(halo)
    assert rows["{}"][3]["ts"] == pytest.approx(ts)
    assert rows['{"bucket": "nano"}'][3] == {"halo": pytest.approx(halo)}
    assert rows['{"bucket": "big"}'][3] == {"ts": pytest.approx(ts)}
    ((status, detail),) = connection.execute(
        "select status, detail from learning.learning_runs where job = 'quadrant.aggregate'"
    )
    assert status == "done"
    assert detail == {
        "trades": 45,
        "trade_events": 45,
        "rejected": 0,
        "stale_pendings": 0,
        "failed": 0,
    }


def test_families_have_the_multiplier_of_their_lessons(connection: psycopg.Connection[Any]) -> None:
    fill(connection)
    connection.execute(
        "update learning.ad_strands set content = content || jsonb_build_object("
        "'pattern_key', %s::text, 'roi', case content #>> '{scope,bucket}'"
        " when 'big' then 0.05 else 0 end)"
        " where kind = 'position_closed'",
        (FAMILY,),
    )
    connection.execute("delete from learning.pattern_trade_events")
    connection.execute("call learning.run_aggregator(true)")
    connection.execute("select learning.mine_trades(%s, %s, null)", (FAMILY, CLOCK))
    multipliers = connection.execute(
        "select scope_subset, alloc_mult from analyst.pattern_scope_stats"
        " where alloc_mult is not null order by 1"
    ).fetchall()
    assert (
        multipliers
        == connection.execute(
            "select scope_subset, (stats ->> 'alloc_mult')::double precision"
            " from learning.learning_lessons where lesson_type = 'dm_alloc' order by 1"
        ).fetchall()
    )
    assert len(multipliers) == 2
    assert multipliers[0] != multipliers[1]


def test_its_rates_are_those_of_the_lessons(connection: psycopg.Connection[Any]) -> None:
    fill(connection)
    connection.execute(
        "insert into learning.pattern_episode_events"
        " (pattern_key, attempt_id, decision, outcome, decided_at, scope, blocked_by)"
        " select %s, (i / 2)::text, case when i %% 6 = 0 then 'skipped' else 'acted' end,"
        " case when i %% 3 = 0 then 'success' else 'failure' end, learning.clock(),"
        " '{\"bucket\": \"nano\"}', case when i %% 6 = 0 then '{policy}' else '{}' end::text[]"
        " from generate_series(1, 31) as i",
        (PATTERN,),
    )
    connection.execute(MINE, (CLOCK,))
    connection.execute("call learning.run_aggregator(true)")
    columns = "n_acted, n_skipped, n_misses, n_fps, n_policy, n_eff, pressure, wr, fpr, mr, dr"
    rates = f"select scope_subset, n, {columns}, %s from %s where n is not null order by 1"
    shown = connection.execute(rates % ("q", "analyst.pattern_scope_stats")).fetchall()
    assert len(shown) == 2
    assert shown == connection.execute(rates % ("difference_q", "analyst.lessons")).fetchall()
    (_, _, acted, skipped, misses, fps, policy, *_, wr, fpr, mr, dr, _) = shown[0]
    assert (acted, policy) == (26, 5)
    assert (fps / acted, misses / skipped) == pytest.approx((fpr, mr))
    assert (wr + fpr, mr + dr) == pytest.approx((1, 1))
    assert wr != mr


def test_levers_that_cannot_be_read_are_left_out(connection: psycopg.Connection[Any]) -> None:
    """What a bot writes into a summary never stops the refresh."""
    fill(connection)
    odd = [
        "ts",
        None,
        7,
        ["halo"],
        {"delta": 1},
        {"lever": None, "delta": 1},
        {"lever": "odd", "delta": "much", "severity": None, "signal_confidence": [1]},
        {"lever": "odd", "delta": 0.5, "severity": True, "signal_confidence": {"is": 1}},
        {"lever": "large", "delta": 1},
    ]
    text = json.dumps({"levers_considered": odd}).replace(
        '"large", "delta": 1', '"large", "delta": 1e400'
    )
    for content in (text, '{"levers_considered": "ts"}', '["levers_considered"]'):
        connection.execute(
            "insert into learning.ad_strands (kind, episode_id, content)"
            " values ('uptrend_episode_summary', 'e5', %s)",
            (content,),
        )
    connection.execute("call learning.run_aggregator(true)")
    assert connection.execute(
        "select status from learning.learning_runs order by id"
    ).fetchall() == [("done",), ("done",)]
    ((levers,),) = connection.execute(
        "select levers_considered - 'halo' - 'ts' from analyst.pattern_scope_stats"
        " where scope_subset = '{}'"
    )
    nothing = {"severity": None, "signal_confidence": None}
    assert levers == {
        "odd": {"n": 2, "delta": 0.5, **nothing},
        "large": {"n": 1, "delta": None, **nothing},
    }


def test_a_refresh_does_not_block_its_readers(
    database: str, connection: psycopg.Connection[Any]
) -> None:
    fill(connection)
    count = "select count(*) from analyst.pattern_scope_stats"
    with (
        psycopg.connect(database, autocommit=True) as reader,
        psycopg.connect(database) as refresher,
    ):
        reader.execute("set lock_timeout = '2s'")
        refresher.execute("delete from learning.pattern_trade_events")
        refresher.execute("refresh materialized view concurrently analyst.pattern_scope_stats")
        # The refresh is done and not committed: it holds whatever it locks.
        assert reader.execute(count).fetchone() == (3,)
        refresher.commit()
        assert reader.execute(count).fetchone() == (2,)
        # And a reader in a transaction does not hold up the job.
        with reader.transaction():
            reader.execute(count)
            connection.execute("set lock_timeout = '2s'")
            connection.execute("call learning.run_aggregator(true)")
        assert reader.execute(count).fetchone() == (3,)
    statuses = connection.execute("select distinct status from learning.learning_runs").fetchall()
    assert statuses == [("done",)]
