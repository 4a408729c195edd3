"""Another PostgreSQL, its tables named as in the data model, into ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from quadrant.errors import QuadrantError
from quadrant.importer import (
    Kind,
    RoiUnit,
    ScoreScale,
    Units,
    import_rows,
    read_database,
    read_only,
)

UNITS = Units(RoiUnit.PERCENT, ScoreScale.HUNDRED)
SCHEMAS = ("public", "learning")
OLD_TABLES = """
    create table public.pattern_episode_events (
        id bigserial primary key, pattern_key text, episode_id text, decision text, outcome text,
        scope jsonb, factors jsonb, roi double precision, blocked_by text[], "timestamp" timestamptz
    );
    insert into public.pattern_episode_events
        (pattern_key, episode_id, decision, outcome, scope, factors, roi, blocked_by, "timestamp")
    select 'module=pm|pattern_key=uptrend.S1.entry', 'e' || i,
        case when i % 10 = 0 then null else 'skipped' end, 'failure', '{"timeframe": "1m"}',
        '{"ts_score": 57}', case when i = 1 then 'NaN'::float else 5 end, '{ts}',
        '2026-01-05 00:37+00'
    from generate_series(1, 2500) as i;
    create table public.pattern_trade_events (
        trade_id text, pattern_key text, action_category text, scope jsonb, roi real,
        "timestamp" timestamptz
    );
    insert into public.pattern_trade_events
    select 't' || i / 2, 'pm.s1_entry', case i % 2 when 0 then 'entry' else 'exit' end, '{}', -3,
        '2026-01-05'
    from generate_series(1, 10) as i;
"""


@pytest.fixture
def other(empty_database: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the older system, as the command reads it."""
    with psycopg.connect(empty_database) as connection:
        connection.execute(OLD_TABLES)
        connection.commit()
        read_only(connection)
        yield connection
        connection.rollback()


def counts(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def test_both_tables_come_over(
    connection: psycopg.Connection[Any], other: psycopg.Connection[Any]
) -> None:
    episodes, trades = read_database(other, Kind, SCHEMAS)
    assert (episodes.total, episodes.left_out, trades.total) == (2250, 250, 10)
    seen: list[tuple[int, int]] = []
    report = import_rows(connection, episodes, UNITS, lambda read, done: seen.append((read, done)))
    assert (report.read, report.new, report.rejected, report.left_out) == (2250, 2249, 1, 250)
    assert list(report.reasons) == [("QD005", "roi is NaN or infinite")]
    assert seen == [(1000, 1000), (2000, 2000), (2250, 2250)]
    assert counts(
        connection,
        "select count(*), min(roi), max((factors ->> 'ts_score')::float), min(pattern_key),"
        " min(decided_at) = '2026-01-05 00:37+00', min(blocked_by)"
        " from learning.pattern_episode_events",
    ) == (2249, 0.05, 0.57, "pm.uptrend.S1.entry", True, ["ts"])
    assert counts(connection, "select source from learning.episode_rejects")[0].endswith(
        ".public.pattern_episode_events"
    )

    report = import_rows(connection, trades, UNITS)
    assert (report.new, report.rejected) == (10, 0)
    assert counts(
        connection,
        "select count(*), count(distinct trade_id), max(ordinal), min(roi)"
        " from learning.pattern_trade_events",
    ) == (10, 6, 2, -0.03)


def test_again_nothing_is_new(
    connection: psycopg.Connection[Any], other: psycopg.Connection[Any]
) -> None:
    for source in read_database(other, Kind, SCHEMAS):
        import_rows(connection, source, UNITS)
    again = [
        import_rows(connection, source, UNITS) for source in read_database(other, Kind, SCHEMAS)
    ]
    assert [(r.new, r.already_there, r.rejected) for r in again] == [(0, 2249, 1), (0, 10, 0)]


def test_nothing_can_be_written_there(other: psycopg.Connection[Any]) -> None:
    read_database(other, Kind, SCHEMAS)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        other.execute("delete from public.pattern_trade_events")


def test_a_quadrant_is_read_from_its_own_schema(
    connection: psycopg.Connection[Any], database: str
) -> None:
    connection.execute(
        "insert into learning.pattern_episode_events (pattern_key, decision) values"
        " ('pm.breakout.range.entry', 'acted'), ('pm.breakout.range.entry', null)"
    )
    with psycopg.connect(database) as same:
        read_only(same)
        (source,) = read_database(same, [Kind.EPISODES], SCHEMAS)
        report = import_rows(connection, source, Units(RoiUnit.FRACTION))
    assert (report.already_there, report.left_out, report.rejected) == (1, 1, 0)
    assert {"id", "position_id"} <= set(report.columns_left_out)


def test_a_database_without_the_tables_is_said_to_be_one(other: psycopg.Connection[Any]) -> None:
    with pytest.raises(QuadrantError) as caught:
        read_database(other, Kind, ['"; drop table x; --'])
    assert caught.value.code == "QD123"
    assert [s.kind for s in read_database(other, [Kind.TRADES], SCHEMAS)] == [Kind.TRADES]
