"""The recorder and the database: written once, corrected, kept while it is away, and learned."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from quadrant.database import migrate
from quadrant.errors import QuadrantError
from quadrant.judging.learner import Learner
from quadrant.recorder import Candle, Recorder, Rejected, TargetStopTime, at_least
from quadrant.server import Cluster

PATTERN = "pm.breakout.surge.entry"
GATES = [at_least("surge", 2.0, -0.5, -0.25, 0.25, 0.5)]
EXIT = TargetStopTime(0.04, 0.04, 10)
MakeBars = Callable[..., dict[str, list[Any]]]


def recorder(dsn: str, **options: Any) -> Recorder:
    chosen = {"exit": EXIT, "timeframe": "1h", "namespace": "surge"} | options
    return Recorder(dsn, PATTERN, GATES, **chosen)


def stored(connection: psycopg.Connection[Any], columns: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        f"select {columns} from learning.pattern_episode_events order by opened_at"
    ).fetchall()


def test_a_backtest_is_recorded_once(
    connection: psycopg.Connection[Any], pm_dsn: str, make_bars: MakeBars
) -> None:
    bars = make_bars([2.2, 1.6, 3.0, 1.2], [True, True, False, True])
    for again in (False, True):
        with recorder(pm_dsn, run="backtest", scope={"venue": "sim"}) as recorded:
            found = recorded.frame(pd.DataFrame(bars), "A/B", "breakout")
            assert [i for i, passes in enumerate(found.passes) if passes] == [1, 9]
            recorded.bought(found.tags[9], "trade-1")
            opened = bars["date"][10]
            recorded.closed("A/B", "trade-1", -0.042, opened, opened + timedelta(hours=1))
            recorded.close()
            assert recorded.counts == ({"already there": 4} if again else {"new": 3, "trades": 1})
            assert recorded.waiting == 0
    rows = stored(
        connection,
        "window_id, run, decision, blocked_by, outcome, outcome_reason, round(roi::numeric, 4),"
        " trade_id, scope",
    )
    scope = {"venue": "sim", "pair": "A/B", "timeframe": "1h"}
    ids = [
        f"surge/backtest:{PATTERN}:A/B:1h:{int(bars['date'][i].timestamp() * 1000)}"
        for i in (1, 5, 9)
    ]
    assert [row[:6] for row in rows] == [
        (ids[0], "surge/backtest", "skipped", ["policy"], "success", "target"),
        (ids[1], "surge/backtest", "skipped", ["surge"], "success", "target"),
        (ids[2], "surge/backtest", "acted", [], "failure", "stop"),
    ]
    assert [float(row[6]) for row in rows] == [0.038, 0.038, -0.042]
    assert [row[7] for row in rows] == [None, None, "surge/backtest:trade-1"]
    assert all(row[8] == scope for row in rows)
    assert connection.execute(
        "select (select count(*) from learning.allocation_history),"
        " (select count(*) from analyst.trades where pattern_key = %s),"
        " (select enabled from learning.scope_dimensions where name = 'pair')",
        (PATTERN,),
    ).fetchone() == (0, 1, True)


def test_what_was_told_as_skipped_is_corrected_by_its_purchase(
    connection: psycopg.Connection[Any], pm_dsn: str, make_bars: MakeBars
) -> None:
    bars = make_bars([2.2, 2.4], [True, True])
    columns = [bars[name] for name in ("date", "open", "high", "low", "close")]
    tags = []
    with recorder(pm_dsn) as live:
        for at, *prices, surge, there in zip(
            *columns, bars["surge"], bars["breakout"], strict=True
        ):
            candle = Candle(int(at.timestamp() * 1000), *prices)
            answer = live.bar("A/B", candle, {"surge": surge}, there)
            live.flush()
            if answer.passes:
                tags.append(answer.tag)
        live.bought(tags[0], "t1")
    with recorder(pm_dsn) as restarted:
        restarted.bought(tags[1], "t2")
    assert stored(connection, "decision, blocked_by, trade_id, scope ->> 'pair'") == [
        ("acted", [], "surge/live:t1", "A/B"),
        ("acted", [], "surge/live:t2", "A/B"),
    ]
    assert (
        connection.execute("select was, was_blocked_by from analyst.corrections").fetchall()
        == [("skipped", ["policy"])] * 2
    )


def test_a_purchase_is_told_before_its_window_ends(
    connection: psycopg.Connection[Any], pm_dsn: str
) -> None:
    flat = (100.0, 100.0, 100.0, 100.0)
    step = 3_600_000
    start = 1_767_225_600_000
    bars = [(Candle(start + i * step, *flat), {"surge": 2.0 + i / 10}, i > 0) for i in range(4)]
    live = recorder(pm_dsn)
    answers = [live.bar("A/B", *bar) for bar in bars[:3]]
    live.bought(answers[1].tag, "t1")
    assert live.flush()
    told = "decision, trade_id, closed_at is null, jsonb_array_length(factors -> 'samples')"
    assert stored(connection, told) == [("acted", "surge/live:t1", True, None)]
    live.close()  # killed here; the next one sees the same bars and knows of no purchase
    with recorder(pm_dsn) as restarted:
        for candle, values, there in [
            *bars,
            (Candle(start + 4 * step, *flat), {"surge": 0.0}, False),
        ]:
            restarted.bar("A/B", candle, values, there)
    assert stored(connection, told) == [("acted", "surge/live:t1", False, 3)]


def test_gates_are_refused_and_rows_rejected_aloud(
    connection: psycopg.Connection[Any],
    pm_dsn: str,
    make_bars: MakeBars,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bars = make_bars([2.2], [True])
    with recorder(pm_dsn) as recorded:
        recorded.frame(bars, "A/B", "breakout", note="x" * 2000)
        with pytest.raises(Rejected, match="QD041"):
            recorded.flush()
        assert recorded.flush(), "told once"
    with recorder(pm_dsn, on_reject="log") as recorded:
        recorded.closed("A/B", "t1", 40, bars["date"][0], bars["date"][1])
        assert recorded.flush()
        assert "QD018" in caplog.text
        assert recorded.counts["rejected"] == 1
    other = [at_least("surge", 1.0, -0.5, 0.5)]
    with pytest.raises(QuadrantError) as refused:
        Recorder(pm_dsn, PATTERN, other, EXIT, timeframe="1h", namespace="surge")
    assert refused.value.code == "QD043"
    assert connection.execute("select count(*) from learning.episode_rejects").fetchone() == (2,)


def test_a_lost_database_is_told_later_and_once(own_cluster: Cluster, make_bars: MakeBars) -> None:
    dsn = own_cluster.dsn()
    assert dsn is not None
    migrate(dsn)
    first, second = make_bars([2.2], [True]), make_bars([2.2, 1.6], [True, False])
    pm = make_conninfo(dsn, options="-c role=quadrant_pm")
    with recorder(pm) as recorded:
        recorded.frame(first, "A/B", "breakout")
        assert recorded.flush()
        own_cluster.stop("immediate")
        found = recorded.frame(second, "A/B", "breakout")
        recorded.closed("A/B", "t1", 0.04, second["date"][2], second["date"][3])
        assert not recorded.flush()
        assert found.tags[5] is not None, "base or last known gates answer"
        assert recorded.waiting == 2
        with psycopg.connect(own_cluster.start(), autocommit=True) as connection:
            until = time.monotonic() + 30
            while not recorded.flush():
                assert time.monotonic() < until
                time.sleep(0.1)
            assert len(stored(connection, "1")) == 2
            assert connection.execute("select count(*) from analyst.trades").fetchone() == (1,)
    assert recorded.counts == {"new": 2, "trades": 1}


def test_it_starts_without_a_database(own_cluster: Cluster, make_bars: MakeBars) -> None:
    dsn = own_cluster.dsn()
    assert dsn is not None
    migrate(dsn)
    own_cluster.stop("immediate")
    with recorder(dsn) as recorded:
        assert recorded.gates("A/B") == {"surge": 2.0}
        recorded.frame(make_bars([2.2], [True]), "A/B", "breakout")
        own_cluster.start()
        until = time.monotonic() + 30
        while not recorded.flush():
            assert time.monotonic() < until
            time.sleep(0.1)
    with psycopg.connect(dsn) as connection:
        assert len(stored(connection, "1")) == 1


@pytest.mark.flow
def test_what_pays_in_one_pair_is_learned_there_and_nowhere_else(
    connection: psycopg.Connection[Any], pm_dsn: str, make_bars: MakeBars
) -> None:
    """Surges of 1.5 to 2, which the gate refuses, pay in A/B; in the others they lose."""
    rng = np.random.default_rng(1)
    pairs = ("A/B", "C/D", "E/F")
    even = TargetStopTime(0.10, 0.045, 10)
    with recorder(pm_dsn, timeframe="15m", run="backtest", exit=even) as recorded:
        for pair in pairs:
            surges = rng.uniform(1.2, 2.8, 450)
            refused = (surges >= 1.5) & (surges < 2.0)
            chance = np.where(refused, *((0.70, 0.20) if pair == "A/B" else (0.15, 0.35)))
            pays = rng.random(450) < chance
            bars = make_bars(surges.tolist(), pays.tolist(), every=16, minutes=15)
            recorded.frame(bars, pair, "breakout")
        recorded.flush()
        assert recorded.counts["new"] > 1000, "packet died at recording"
        newest = bars["date"][-1] + timedelta(days=2)
        connection.execute("select learning.set_clock(%s)", (newest,))
        assert Learner(connection).learn(), "packet died at mining"
    with recorder(pm_dsn, timeframe="15m", run="live") as live:
        learned = {pair: live.gates(pair)["surge"] for pair in pairs}
    assert learned == {"A/B": pytest.approx(1.5), "C/D": 2.0, "E/F": 2.0}
