"""The schema pm as PostgREST (Supabase's API) calls it: JSON in, JSON out, through a pooler.

Not PostgREST itself, but its transactions: role and search_path set for one of them, arguments by
name out of the request's body, the rows as one JSON array.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from pooler import pgbouncer
from psycopg import sql
from psycopg.conninfo import make_conninfo

Connection = psycopg.Connection[Any]

# Every function a bot may call, with what PostgREST has to know of it.
FUNCTIONS = """
    select p.proname, coalesce(p.proargnames[1:p.pronargs], '{}'),
        array(select format_type(t, null) from unnest(p.proargtypes) as t), p.proretset
    from pg_proc as p
    where p.pronamespace = 'pm'::regnamespace and p.prokind = 'f'
    order by 1
"""
TYPES = {
    *("jsonb", "text", "text[]", "bigint", "bigint[]", "boolean", "double precision"),
    "timestamp with time zone",
}
EPISODE = {
    "pattern_key": "pm.breakout.range.entry",
    "window_id": "range-17",
    "decision": "skipped",
    "decided_at": "2026-01-05T00:37:00Z",
    "scope": {"chain": "solana"},
}
GATE = {"gate": "surge", "direction": "at_least", "base": 2.0, "steps": [-0.5, 0, 0.5]}
TRADE = {"trade_id": "t1", "roi": 0.1, "closed_at": "2026-01-09T16:00:00Z", "timeframe": "1h"}
PATTERN_AND_SCOPE = {"p_pattern_key": "pm.breakout.range.entry", "p_scope": {"chain": "solana"}}
POSITION = {"token_chain": "c", "token_contract": "t", "symbol": "S", "timeframe": "1h"}


@pytest.fixture
def authenticator(connection: Connection) -> Iterator[str]:
    """A login that may become quadrant_pm and is nothing by itself."""
    name = f"quadrant_test_{uuid.uuid4().hex[:8]}"
    role = sql.Identifier(name)
    connection.execute(sql.SQL("create role {} login noinherit password 'x'").format(role))
    connection.execute(sql.SQL("grant quadrant_pm to {}").format(role))
    yield name
    connection.execute(sql.SQL("drop role {}").format(role))


@pytest.fixture
def api(database: str, authenticator: str) -> Iterator[Connection]:
    login = make_conninfo(database, host="127.0.0.1", user=authenticator, password="x")
    with (
        pgbouncer(login, "transaction") as dsn,
        psycopg.connect(dsn, prepare_threshold=None) as connection,
    ):
        yield connection


def begin(api: Connection) -> None:
    api.execute(
        "select set_config('search_path', 'pm, public', true),"
        " set_config('role', 'quadrant_pm', true)"
    )


def call(api: Connection, function: str, body: dict[str, Any]) -> Any:
    """POST /rpc/FUNCTION with a JSON body; the JSON it answers."""
    with api.transaction():
        begin(api)
        rows = api.execute(FUNCTIONS).fetchall()
        ((_, names, types, many),) = [row for row in rows if row[0] == function]
        types_of = dict(zip(names, types, strict=True))
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(types_of[name])) for name in body
        )
        arguments = sql.SQL(", ").join(
            sql.SQL("{0} := b.{0}").format(sql.Identifier(name)) for name in body
        )
        source = sql.SQL("json_to_record(%s) as b ({})").format(columns) if body else sql.SQL("")
        query = sql.SQL("select coalesce(json_agg(c), '[]') from {} {} pm.{}({}) as c").format(
            source,
            sql.SQL("cross join lateral") if body else sql.SQL(""),
            sql.Identifier(function),
            arguments,
        )
        row = api.execute(query, (json.dumps(body),) if body else ()).fetchone()
        assert row is not None
        return row[0] if many else row[0][0]


def test_every_function_can_be_called_by_names_with_json(connection: Connection) -> None:
    functions = connection.execute(FUNCTIONS).fetchall()
    assert len(functions) > 12
    assert len({name for name, *_ in functions}) == len(functions), "no two of one name"
    for name, arguments, types, _ in functions:
        assert all(argument.startswith("p_") for argument in arguments), name
        assert set(types) <= TYPES, name


def test_json_in_json_out(api: Connection) -> None:
    (gate,) = call(
        api, "register_gates", {"p_pattern_key": EPISODE["pattern_key"], "p_gates": [GATE]}
    )
    assert gate["gate"] == "surge"
    (new,) = call(api, "record_episode", {"p_episode": EPISODE})
    assert (new["window_id"], new["written"]) == ("range-17", "new")
    (again,) = call(api, "record_episodes", {"p_episodes": [{**EPISODE, "outcome": "success"}]})
    assert again["written"] == "completed"
    step = call(api, "record_closed_trade", {"p_trade": TRADE})
    assert set(step["after"]) == {"15m", "1h", "4h"}
    assert call(api, "record_closed_trade", {"p_trade": TRADE}) is None
    assert [gate["value"] for gate in call(api, "gates", PATTERN_AND_SCOPE)] == [2]
    (position,) = call(api, "enroll_positions", {"p_feed": "f", "p_positions": [POSITION]})
    ids = {"p_position_ids": [position["position_id"]]}
    assert len(call(api, "position_allocations", ids)) == 1
    assert call(api, "known_trades", {**ids, "p_trade_ids": ["t1"]}) == []
    assert len(call(api, "allocation_split", {})) == 3
    # GET /position_controls
    with api.transaction():
        begin(api)
        row = api.execute(
            "select json_agg(v) from (select * from position_controls) as v"
        ).fetchone()
        assert row is not None
        assert row[0][0]["symbol"] == "S"


def test_what_is_refused_has_code_message_and_hint(api: Connection) -> None:
    with pytest.raises(psycopg.Error) as refused:
        call(api, "record_episode", {"p_episode": {**EPISODE, "decision": "perhaps"}})
    assert (refused.value.sqlstate or "").startswith("QD")
    assert refused.value.diag.message_primary
    # What it did not become quadrant_pm for, it may not.
    with pytest.raises(psycopg.errors.InsufficientPrivilege), api.transaction():
        api.execute("select count(*) from pm.position_controls")
