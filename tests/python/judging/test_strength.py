"""Strength and capital by family: judged from trades, step by step, without noise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from quadrant.judging.learner import Learner
from quadrant.judging.wealth import day_factors, wealth

Connection = psycopg.Connection[Any]
Trade = tuple[str, float, datetime, str, bool]
"""trade_id, ROI, closed at, bucket, reached S3."""
PATTERN = "pm.uptrend.S1.entry"
FAMILY = "dm.curators.first"
START = datetime(2025, 1, 6, tzinfo=UTC)
DAYS = 300
COLUMNS = (
    "scope_subset ->> 'bucket', status, dir_a, dir_e, confidence_score, edge_raw_roi, n,"
    " multiplier, method, evidence ->> 'reason'"
)


def history(seed: int, better: float = 0.0, *, turned: bool = False) -> list[Trade]:
    """Four trades a day in three buckets, most lose a little, few win much; `better` is what those
    of `nano` get on top. Winners reach S3; `turned`, only losers of nano win small, never S3."""
    chance = np.random.default_rng(seed)
    trades = []
    for day in range(DAYS):
        mood = chance.normal(0, 0.02)
        for k in range(4):
            bucket = str(chance.choice(["nano", "mid", "big"]))
            roi = mood + float(np.where(chance.random() < 0.4, chance.exponential(0.1), -0.05))
            roi += better * (bucket == "nano")
            at = START + timedelta(days=day, hours=float(chance.uniform(0, 24)))
            trades.append((f"{day}-{k}", roi, at, bucket, roi > 0 and not turned))
    return trades


def store(connection: Connection, trades: list[Trade], pattern: str = PATTERN) -> None:
    """Stores trades of one action and moves the clock behind them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into learning.pattern_trade_events (trade_id, pattern_key, action_category,"
            " roi, closed_at, scope, reached_s3, hold_hours) values (%s, %s, 'entry', %s, %s,"
            " jsonb_build_object('bucket', %s::text, 'timeframe', '1h'), %s, 5)",
            [(f"{pattern}-{t}", pattern, roi, at, bucket, s3) for t, roi, at, bucket, s3 in trades],
        )
    connection.execute("select learning.set_clock(%s)", (START + timedelta(days=DAYS, hours=1),))


def judge(connection: Connection, *, mine: bool = True, later: int = 1) -> None:
    """A learning cycle, so many seconds after the last one."""
    connection.execute(
        "select learning.set_clock(learning.clock() + make_interval(secs => %s))", (later,)
    )
    if mine:
        connection.execute("call learning.run_tuning_miner(true)")
    connection.execute("call learning.run_judge(true, true)")
    status = (
        "select status, detail ->> 'failed' from learning.learning_runs order by id desc limit 1"
    )
    assert connection.execute(status).fetchone() == ("done", None)


def overrides(connection: Connection) -> dict[str | None, tuple[Any, ...]]:
    rows = connection.execute(
        f"select {COLUMNS} from learning.pm_overrides where action_category = 'pm_strength'"
    )
    return {row[0]: row[1:] for row in rows}


def test_evidence_is_that_of_a_plain_loop(connection: Connection) -> None:
    """z, money and wealth as for gates: a day at a time, ranks, and the worker's own bets."""
    trades = history(3, 0.02)
    store(connection, trades)
    connection.execute("call learning.run_tuning_miner(true)")
    end = (START + timedelta(days=DAYS)).date()
    rois = np.array([min(t[1], 1.0) for t in trades])
    score = np.array(
        [(np.sum(rois < r) + np.sum(rois == r) / 2) / len(rois) - 0.5 for r in rois]
    ) * np.sqrt(12)
    days = np.array([(t[2].date() - START.date()).days for t in trades])
    gain, bound = np.zeros(len(trades)), np.zeros(len(trades))
    for day in range(DAYS):
        here = days == day
        gain[here] = score[here] - (score[here].sum() - score[here]) / here.sum()
        bound[here] = np.sqrt(3) * (1 + (here.sum() - 1) / here.sum())
    inside = np.array([t[3] == "nano" for t in trades])
    of_days = [
        [np.sum(values[inside & (days == day)]) for day in range(DAYS)]
        for values in (gain, bound, rois - rois.mean())
    ]
    gains, bounds, money = (np.array(values)[:, None] for values in of_days)
    starts = np.searchsorted(np.arange(DAYS), DAYS - 91 * np.arange(1, 5))
    (row,) = connection.execute(
        "select e.n, e.wealth, e.z, e.money_z from learning.strength_evidence(%s, %s) as e"
        " join learning.lessons as l on l.id = e.lesson_id"
        ' where l.scope_subset = \'{"bucket": "nano"}\'',
        (PATTERN, datetime(end.year, end.month, end.day, 5, tzinfo=UTC)),
    )
    assert row == pytest.approx(
        (
            inside.sum(),
            wealth(day_factors(gains, bounds), starts)[0],
            gains.sum() / np.sqrt((gains**2).sum()),
            money.sum() / np.sqrt((money**2).sum()),
        )
    )


def test_what_is_better_comes_into_force_and_what_is_not_is_proposed(
    connection: Connection,
) -> None:
    store(connection, history(1, 0.08))
    judge(connection)
    found = overrides(connection)
    assert found.keys() == {None, "nano", "mid", "big"}
    status, dir_a, dir_e, confidence, _, n, multiplier, method, reason = found["nano"]
    assert (status, multiplier, method, reason) == ("active", None, "strength", "")
    assert dir_a > 0 > dir_e
    assert 0 < confidence < 1
    assert n > 33
    reasons = {bucket: row[8] for bucket, row in found.items() if row[0] == "proposed"}
    assert reasons == {
        None: "it is the whole pattern: there is nothing to beat",
        "mid": "its trades do not beat the pattern's at equal exposure",
        "big": "its trades do not beat the pattern's at equal exposure",
    }
    logged = connection.execute(
        "select data ->> 'reason', data -> 'slices' from learning.learning_log"
        " where event = 'Strength proposed' order by 1"
    ).fetchall()
    assert logged == [
        ("it is the whole pattern: there is nothing to beat", 1),
        ("its trades do not beat the pattern's at equal exposure", 2),
    ]
    lessons = connection.execute(
        "select o.dir_a = (l.stats ->> 'dir_a')::float8 and o.n = l.n"
        " and o.confidence_score = (l.stats ->> 'confidence')::float8"
        " from learning.pm_overrides as o join learning.lessons as l on l.id = o.lesson_id"
    ).fetchall()
    assert lessons == [(True,)] * 4


def test_ten_judgings_write_what_one_does(connection: Connection) -> None:
    store(connection, history(1, 0.08))
    judge(connection)
    rows = connection.execute("select * from learning.pm_overrides order by id").fetchall()
    count = "select count(*) from learning.pm_overrides_history"
    before = connection.execute(count).fetchone()
    for _ in range(10):
        judge(connection)
    assert connection.execute("select * from learning.pm_overrides order by id").fetchall() == rows
    assert connection.execute(count).fetchone() == before


def test_noise_puts_nothing_into_force(connection: Connection) -> None:
    """Of 30 slices that are no better, none: the thresholds let one through in some hundred."""
    for seed in range(10):
        connection.execute("delete from learning.pattern_trade_events")
        store(connection, history(100 + seed))
        judge(connection)
        assert {row[0] for row in overrides(connection).values()} == {"proposed"}


def test_what_is_better_and_would_be_sized_down_is_only_proposed(connection: Connection) -> None:
    store(connection, history(1, 0.08, turned=True))
    judge(connection)
    assert overrides(connection)["nano"][0] == "proposed"
    assert overrides(connection)["nano"][8] == "its trades are better, but it would size them down"


def test_the_plan_puts_every_lesson_into_force_and_copies_never(connection: Connection) -> None:
    connection.execute("select learning.set_setting('profile', '\"plan\"')")
    store(connection, history(1))
    judge(connection)
    assert {row[0] for row in overrides(connection).values()} == {"active"}
    copies = connection.execute(
        "select count(*) from learning.learning_lessons where lesson_type = 'pm_strength'"
        " and is_copy"
    ).fetchone()
    assert copies == (4,), "timeframe = 1h repeats every slice"
    shown = connection.execute(
        "select count(*) from learning.pm_overrides where scope_subset ? 'timeframe'"
    ).fetchone()
    assert shown == (0,)


def test_an_override_goes_with_its_lesson_between_looks_too(connection: Connection) -> None:
    store(connection, history(1, 0.08))
    judge(connection)
    before = overrides(connection)
    connection.execute(
        "delete from learning.pattern_trade_events where scope ->> 'bucket' = 'nano'"
    )
    connection.execute("call learning.run_tuning_miner(true)")
    connection.execute("call learning.run_judge(true)")
    after = overrides(connection)
    del before["nano"]
    assert after == before, "and the others wait for the next look"


def test_without_auto_apply_everything_waits(connection: Connection) -> None:
    connection.execute("select learning.set_setting('auto_apply', 'false')")
    store(connection, history(1, 0.08))
    judge(connection)
    assert {row[0] for row in overrides(connection).values()} == {"proposed"}


def test_capital_goes_to_its_target_by_steps_and_back_when_the_lesson_is_gone(
    connection: Connection,
) -> None:
    store(connection, history(1, 0.2), FAMILY)
    judge(connection)
    multiplier = (
        "select multiplier, (evidence -> 'target')::float8, evidence ->> 'half_life_hours',"
        " (evidence -> 'var')::float8 > 0, status, action_category from learning.pm_overrides"
        ' where scope_subset = \'{"bucket": "nano"}\''
    )
    mirror = (
        "select (o ->> 'alloc_mult')::float8, o ->> 'pattern_key' from learning.learning_configs,"
        " jsonb_array_elements(config_data -> 'alloc_overrides') as o"
        " where module_id = 'dm' and o -> 'scope' = '{\"bucket\": \"nano\"}'"
    )
    row = connection.execute(multiplier).fetchone()
    assert row is not None
    target = row[1]
    assert 1.04 < target <= 1.3
    assert row == (1.02, target, None, True, "active", "dm_alloc")
    judge(connection, later=0)
    assert connection.execute(multiplier).fetchone() == row, "one moment, one step"
    path = [1.02]
    while path[-1] < target:
        judge(connection, mine=False)
        path.append(connection.execute(multiplier).fetchone()[0])  # type: ignore[index]
        assert connection.execute(mirror).fetchall() == [(path[-1], FAMILY)]
    assert max(np.diff(path)) <= 0.02 + 1e-9
    judge(connection)
    assert connection.execute(multiplier).fetchone()[0] == target  # type: ignore[index]

    connection.execute("delete from learning.pattern_trade_events")
    connection.execute("call learning.run_tuning_miner(true)")
    for _ in range(len(path) - 1):
        judge(connection, mine=False)
        back = connection.execute(multiplier).fetchone()
        assert back is not None
        assert path[-1] - 0.02 - 1e-9 <= back[0] < path[-1]
        path.append(back[0])
    judge(connection, mine=False)
    assert connection.execute("select count(*) from learning.pm_overrides").fetchone() == (0,)
    assert connection.execute(mirror).fetchall() == []


def test_cycles_without_news_take_capital_on_to_its_target_and_then_rest(
    connection: Connection,
) -> None:
    store(connection, history(1, 0.2), FAMILY)
    learner = Learner(connection)
    on_its_way = []
    while learner.learn():
        on_its_way.append(
            connection.execute(
                "select count(*) from learning.pm_overrides"
                " where multiplier <> (evidence ->> 'target')::float8"
            ).fetchone()
        )
        connection.execute("select learning.set_clock(learning.clock() + interval '1 second')")
    assert len(on_its_way) > 2, "the first had news, the others a step to go"
    assert (0,) not in on_its_way[:-1]
    assert on_its_way[-1] == (0,)
