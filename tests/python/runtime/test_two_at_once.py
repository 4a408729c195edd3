"""Overrides and scopes changed by two connections at once: what is kept is never stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[Any]

A, B = '{"a": 1}', '{"b": 1}'
OVERRIDE = (
    "insert into learning.pm_overrides"
    " (pattern_key, action_category, scope_subset, confidence_score)"
    " values ('pm.uptrend.S1.entry', 'tuning_halo', %s, %s)"
    " on conflict (pattern_key, action_category, scope_subset, is_manual)"
    " do update set confidence_score = excluded.confidence_score"
)
SCOPE = "update learning.lowcap_positions set scope = %s"
# Scope of the position; the one kept for; ids in force by the view, and by the rule written out.
SEEN = """
    select c.scope::text, k.scope::text,
        (c.gates #>> '{pm.uptrend.S1.entry,halo,override_id}')::bigint,
        (
            select o.id from learning.pm_overrides as o
            where o.status = 'active' and o.scope_subset <@ learning.canonical_scope(c.scope)
            order by o.preference desc limit 1
        )
    from pm.position_controls as c
    left join learning.position_overrides as k using (position_id)
"""


@pytest.fixture
def two(database: str) -> Iterator[tuple[Connection, Connection]]:
    """Two connections that commit by hand, and a position in scope A."""
    with psycopg.connect(database) as one, psycopg.connect(database) as other:
        one.execute(
            "insert into learning.lowcap_positions (token_contract, token_chain, symbol,"
            " timeframe, scope) values ('t', 'c', 's', '1h', %s)",
            (A,),
        )
        one.commit()
        yield one, other
        one.rollback()
        other.rollback()


@pytest.fixture
def in_a_thread() -> Iterator[Callable[..., Any]]:
    """Begins something that has to wait for somebody; (action) -> its future, which is waiting."""
    with ThreadPoolExecutor(1) as pool:

        def begin(action: Callable[[], Any]) -> Any:
            future = pool.submit(action)
            assert not wait([future], timeout=0.5).done, "it waits"
            return future

        yield begin


def seen(connection: Connection) -> tuple[str, str | None]:
    """The scope and the scope kept for, after the view was held against the rule."""
    row = connection.execute(SEEN).fetchone()
    connection.commit()
    assert row is not None
    assert row[3] is not None
    assert row[2] == row[3]
    return row[0], row[1]


def test_an_override_does_not_wait_for_a_vacuum_of_the_answers_kept(
    two: tuple[Connection, Connection],
) -> None:
    """Autovacuum holds its lock for a second before it gives way to who waits."""
    one, other = two
    one.execute("lock table learning.position_overrides in share update exclusive mode")
    other.execute("set lock_timeout = '200ms'")
    other.execute(OVERRIDE, (A, 0.5))


def test_a_scope_that_changes_while_an_override_comes_does_not_wait(
    two: tuple[Connection, Connection],
) -> None:
    person, tick = two
    person.execute(OVERRIDE, (B, 0.5))
    tick.execute("set lock_timeout = '100ms'")
    tick.execute(SCOPE, (B,))
    tick.commit()
    person.commit()
    assert seen(tick) == (B, A), "nothing is kept for the new scope: it is looked up"
    tick.execute("update learning.lowcap_positions set state = 'S1'")
    tick.commit()
    assert seen(tick) == (B, B), "the next write of the position keeps it"


def test_an_override_that_comes_while_a_scope_changes_waits_for_it(
    two: tuple[Connection, Connection], in_a_thread: Callable[..., Any]
) -> None:
    person, tick = two
    tick.execute(SCOPE, (B,))
    written = in_a_thread(lambda: person.execute(OVERRIDE, (B, 0.5)))
    tick.commit()
    written.result(5)
    person.commit()
    assert seen(tick) == (B, B)


def test_a_scope_that_comes_back_has_what_came_meanwhile(
    two: tuple[Connection, Connection],
) -> None:
    person, tick = two
    person.execute(OVERRIDE, (A, 0.5))
    for scope in (B, A):
        tick.execute(SCOPE, (scope,))
        tick.commit()
    person.commit()
    assert seen(tick) == (A, A)


def test_two_who_change_overrides_go_one_after_the_other(
    two: tuple[Connection, Connection], in_a_thread: Callable[..., Any]
) -> None:
    one, other = two
    one.execute(OVERRIDE, (A, 0.9))
    written = in_a_thread(lambda: other.execute(OVERRIDE, ("{}", 0.1)))
    one.execute(OVERRIDE, ("{}", 0.2))  # the row the other one is after: no deadlock
    one.commit()
    written.result(5)
    other.commit()
    assert seen(one) == (A, A)


def test_outside_read_committed_nothing_is_kept_and_no_override_changes(
    two: tuple[Connection, Connection],
) -> None:
    person, tick = two
    tick.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    tick.execute("select count(*) from learning.pm_overrides")
    person.execute(OVERRIDE, (B, 0.5))
    person.commit()
    tick.execute(SCOPE, (B,))
    tick.commit()
    assert seen(tick) == (B, A)
    with pytest.raises(psycopg.Error) as refused:
        tick.execute(OVERRIDE, (A, 0.5))
    assert refused.value.sqlstate == "QD052"
