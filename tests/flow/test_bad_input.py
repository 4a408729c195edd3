"""Whatever is sent, it is stored exactly once: as an experiment, or as a reject with its reason.

Hypothesis makes it up, and a real server gets it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from hashlib import shake_256
from typing import Any

import psycopg
import pytest
from amounts import amount
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from quadrant.importer import Kind, RoiUnit, Units
from quadrant.importer.rows import encoder

pytestmark = pytest.mark.flow

EXAMPLES = amount(30, 500)
hard = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large
    ],
)  # fmt: skip

GOOD: dict[str, Any] = {
    "pattern_key": "pm.uptrend.S1.entry",
    "window_id": "w1",
    "decision": "skipped",
    "outcome": "failure",
    "decided_at": "2026-01-05T00:37:00+00:00",
    "scope": {"timeframe": "1h", "bucket": "micro"},
    "factors": {"ts_score": 0.57, "samples": [{"ts_score": 0.57}]},
    "blocked_by": ["ts"],
    "roi": -0.05,
}
FIELDS = (*GOOD, "episode_id", "attempt_id", "episode_type", "trade_id", "outcome_reason")
FIELDS += ("timestamp", "opened_at", "closed_at", "outcome_at", "roi_at", "entry_price")

LONG = shake_256(b"no compression makes it fit an index").hexdigest(5_000)
INJECTIONS = [
    "'; drop table learning.gates cascade; --", '"; drop schema pm cascade; --', "\\'; select 1",
    "$$; select 1; $$", "%s %(x)s %I {0}", "{}", "[]", "null", "a=b", "a,b", '{"a": 1}', "\\",
    "'", '"', "\n", "\t", "\x1b[31m", "é", "e\u0301", "\u202e", "🜁", "' or 1=1", "NaN", "now",
    "Infinity", "infinity", "1e400", "-0", " ", "2026-01-01 Mars/Base", "0001-01-01 BC",
    "x" * 10_240, "🜁" * 10_240, "{" * 500, "1" * 5_000, LONG,
]  # fmt: skip
words = st.sampled_from(INJECTIONS) | st.text(max_size=20)
kept_words = words.map(lambda text: text.replace("\0", ""))
numbers = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 1e308, 2**63])


def values(text: st.SearchStrategy[str], number: st.SearchStrategy[Any]) -> Any:
    """Any JSON value, a few of them deep."""
    plain = st.none() | st.booleans() | number | text
    nested = st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=8,
    )
    return nested | st.builds(deep, st.sampled_from([29, 31, 200, 400]), st.booleans())


def deep(levels: int, as_lists: bool) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value] if as_lists else {"a": value}
    return value


def rows(text: st.SearchStrategy[str], number: st.SearchStrategy[Any]) -> Any:
    """Anything, and experiments with a few fields spoiled."""
    value = values(text, number)
    changes = st.dictionaries(st.sampled_from(FIELDS), value, max_size=3)
    scopes = st.dictionaries(text, text | number, max_size=4)
    return (
        value
        | st.builds(lambda change: {**GOOD, **change}, changes)
        | st.builds(lambda scope: {**GOOD, "scope": scope}, scopes)
        | st.builds(
            lambda samples: {**GOOD, "factors": {"samples": samples}},
            st.lists(st.dictionaries(text, value, max_size=2), max_size=2) | value,
        )
    )


# What jsonb cannot hold (NUL, half a surrogate pair, NaN) fails before a function of ours sees it.
finite = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.just(10**400)
jsonb_rows = rows(kept_words, finite)
any_rows = rows(words | st.sampled_from(["\0", "a\0b", "\ud800", "\udfff\ud800"]), numbers)


@pytest.fixture
def rolled_back(
    connection: psycopg.Connection[Any],
) -> Callable[[], psycopg.Transaction]:
    """Every example begins with empty tables."""
    return lambda: connection.transaction(force_rollback=True)


def one(connection: psycopg.Connection[Any], query: str, *arguments: Any) -> Any:
    row = connection.execute(query, arguments or None).fetchone()
    assert row is not None
    return row if len(row) > 1 else row[0]


def stored(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    return tuple(
        one(
            connection,
            "select (select count(*) from learning.pattern_episode_events),"
            " (select count(*) from learning.episode_rejects)",
        )
    )


@hard
@given(row=jsonb_rows)
@example(row=GOOD)
@example(row={**GOOD, "scope": {"'; drop table learning.gates; --": "\"'\\"}})
@example(row={**GOOD, "factors": {"a": 10**400}})
@example(row={**GOOD, "window_id": LONG})
@example(row={**GOOD, "attempt_id": LONG})
@example(row={**GOOD, "pattern_key": f"pm.own.{LONG}"})
@example(row={**GOOD, "scope": {"bucket": LONG}})
def test_the_strict_way_stores_it_or_raises_a_code(
    connection: psycopg.Connection[Any],
    rolled_back: Callable[[], psycopg.Transaction],
    row: Any,
) -> None:
    with rolled_back():
        written, code = recorded(connection, row)
        event(code or written)
        if code:
            assert code.startswith("QD")
            assert stored(connection) == (0, 0)
            return
        assert written == "new"
        verbatim = "select scope = %s from learning.pattern_episode_events"
        assert one(connection, verbatim, Jsonb(row.get("scope") or {}))
        assert recorded(connection, row) == ("already there", "")
        assert stored(connection) == (1, 0)


def recorded(connection: psycopg.Connection[Any], row: Any) -> tuple[str, str]:
    """What the bot is answered, and the SQLSTATE it gets."""
    try:
        with connection.transaction():
            connection.execute("set local role quadrant_pm")
            query = "select r.written from pm.record_episode(%s) as r"
            written = one(connection, query, Jsonb(row))
            connection.execute("reset role")
    except psycopg.Error as error:
        return "", error.sqlstate or str(error)
    return written, ""


@hard
@given(sent=st.lists(any_rows, min_size=1, max_size=5))
@example(sent=[GOOD, GOOD, {**GOOD, "decision": "?"}, {**GOOD, "decision": "?"}])
@example(sent=[GOOD, {**GOOD, "pattern_key": "pm.uptrend.S2.entry"}])
@example(sent=[{**GOOD, "window_id": LONG}, {**GOOD, "trade_id": LONG}])
@example(sent=[{**GOOD, "window_id": "a\0"}, {**GOOD, "roi": math.nan}, "\ud800", None, []])
def test_the_tolerant_way_stores_it_once_or_keeps_it_with_its_reason(
    connection: psycopg.Connection[Any],
    rolled_back: Callable[[], psycopg.Transaction],
    sent: list[Any],
) -> None:
    as_sent = [json.dumps(row) for row in sent]
    encode = encoder(Kind.EPISODES, Units(RoiUnit.FRACTION))
    for texts in (as_sent, [encode(text) for text in as_sent]):
        with rolled_back():
            answers = imported(connection, texts)
            assert sorted(place for place, *_ in answers) == list(range(1, len(sent) + 1))
            events = {i for _, i, written, _, _ in answers if written != "rejected"}
            rejects = {i for _, i, written, _, _ in answers if written == "rejected"}
            assert stored(connection) == (len(events), len(rejects))
            for place, reject, written, code, reason in answers:
                event(code or written)
                if written != "rejected":
                    assert code is reason is None
                    continue
                assert code.startswith("QD")
                assert reason
                payload = one(
                    connection,
                    "select payload::text from learning.episode_rejects where id = %s", reject,
                )  # fmt: skip
                assert same_json(payload, texts[place - 1])
            again = imported(connection, texts)
            assert {a[2] for a in again} <= {"already there", "completed", "rejected"}
            assert stored(connection) == (len(events), len(rejects))
            for reject in rejects:
                retried = one(
                    connection, "select written, code from learning.retry_reject(%s)", reject
                )
                assert retried[0] == "rejected"
                assert retried[1].startswith("QD")


def imported(
    connection: psycopg.Connection[Any], texts: Sequence[str]
) -> list[tuple[int, int, str, str, str]]:
    return connection.execute(
        "select place, id, written, code, reason"
        " from learning.import_rows('episode', %s, 'test') order by place",
        (list(texts),),
    ).fetchall()


def same_json(payload: str, text: str) -> bool:
    """Is the payload kept the JSON that was sent, or, where it cannot be kept, its very text?"""
    kept, sent = (json.loads(t, parse_int=Decimal, parse_float=Decimal) for t in (payload, text))
    return bool(kept in (text, sent))


scope_words = kept_words.filter(lambda text: len(text.encode()) < 600)
scope_keys = scope_words.filter(bool)


@settings(hard, max_examples=max(10, EXAMPLES // 4))
@given(scope=st.dictionaries(scope_keys, scope_words, min_size=1, max_size=3))
@example(scope={"'; drop table learning.gates cascade; --": "'; drop schema pm cascade; --"})
@example(scope={'"': "\\", "$1": "%s"})
@example(scope={"long": shake_256(b"cannot be compressed").hexdigest(980)})
def test_scopes_are_data_all_the_way_to_the_gates_in_force(
    connection: psycopg.Connection[Any],
    rolled_back: Callable[[], psycopg.Transaction],
    scope: dict[str, str],
) -> None:
    """Recorded, mined as dimensions, overridden and looked up: the same words everywhere."""
    pattern = "pm.breakout.range.entry"
    with rolled_back():
        connection.execute("select learning.set_clock('2026-02-01')")
        before = objects(connection)
        one(
            connection,
            "select count(*) from pm.register_gates(%s, %s)", pattern,
            Jsonb([{"gate": "surge", "direction": "at_least", "base": 2, "steps": [-1, 0, 1]}]),
        )  # fmt: skip
        connection.execute(
            "insert into learning.scope_dimensions (name, ordinal, enabled)"
            " select k, 1000 + row_number() over (), true from unnest(%s::text[]) as k",
            (list(scope),),
        )
        samples = {"samples": [{"surge": 2.5}]}
        row = {**GOOD, "pattern_key": pattern, "scope": scope, "factors": samples}
        written = connection.execute(
            "select written, count(*) from pm.record_episodes(%s) group by written",
            (Jsonb([{**row, "window_id": f"w{i}"} for i in range(40)]),),
        ).fetchall()
        assert written == [("new", 40)]
        connection.execute(
            "select learning.mine_pattern(p.pattern_key, learning.clock(), null)"
            " from learning.patterns_to_mine(learning.clock()) as p (pattern_key)"
        )
        lessons = connection.execute(
            "select scope_subset, n from learning.learning_lessons where pattern_key = %s",
            (pattern,),
        ).fetchall()
        assert ({}, 40) in lessons
        assert (scope, 40) in lessons
        assert len(lessons) == 2 ** len(scope)
        connection.execute(
            "insert into learning.pm_overrides (pattern_key, action_category, scope_subset,"
            " multiplier) values (%s, 'tuning_surge', %s, 1.5)",
            (pattern, Jsonb(scope)),
        )
        value = "select value from pm.gates(%s, %s)"
        assert one(connection, value, pattern, Jsonb({**scope, "other": "x"})) == 3
        assert one(connection, value, pattern, Jsonb({"other": "x"})) == 2
        assert objects(connection) == before


def objects(connection: psycopg.Connection[Any]) -> Any:
    """What an injected statement would change: our objects, roles' rights, base gates."""
    return one(
        connection,
        "select (select count(*) from pg_class), (select count(*) from pg_proc),"
        " (select count(*) from learning.gates where pattern_key like 'pm.uptrend.%'),"
        " (select sum(base) from learning.gates where pattern_key like 'pm.uptrend.%')",
    )
