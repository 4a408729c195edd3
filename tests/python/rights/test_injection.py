"""Hostile text in every argument of every function that a role may call, found in the catalog.

Each call works, or fails with a code of ours or as bad data; none is a syntax error, and none has
an effect beyond what the function is for.
"""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

import psycopg
import pytest
from amounts import amount

DROP = "drop table public.canary; --"
HOSTILE = (
    f"'; {DROP}",
    f'"; {DROP}',
    f"$$; {DROP} $$",
    f"\\'; {DROP}",
    "x') or public.evil() or ('' = '",
    "' || public.evil() || '",
    "%I%L%s%1$s%",
    "a=b",
    "{a,b}",
    "\\",
    "",
    "learning.learning_configs",
    "\u200bключ\t\n\x01",
    "x" * 20_000,
)
# Refused before a function sees them: no text and no jsonb holds these.
UNREADABLE = ('{"a": "\\u0000"}', '{"scope": {"\\u0000": "x"}}', '{"a": "\\ud800"}')

# Bad data by PostgreSQL's own codes: numbers, times, JSON, texts too long for an index.
BAD_DATA = {"22P02", "22P05", "22003", "22007", "22008", "22023", "22030", "23502", "23514"}

HELPERS = """
    create table public.canary (sings text);
    insert into public.canary values ('yes');
    grant all on public.canary to public;
    create function public.evil() returns boolean language plpgsql as $$
    begin
        delete from public.canary;
        return true;
    end
    $$;
    create schema tests;
    grant usage on schema tests to public;
    -- What became of a call: its SQLSTATE and message, null where it worked; undone.
    create function tests.attempt(p_role name, p_call text, p_values text[])
    returns text[] language plpgsql as $$
    begin
        perform set_config('role', p_role, true);
        execute p_call using p_values;
        reset role;
        if to_regclass('public.canary') is null or not exists (select from public.canary) then
            return array['effect', p_call];
        end if;
        raise exception using errcode = 'TT000';
    exception
        when sqlstate 'TT000' then
            return null;
        when others then
            return array[sqlstate, sqlerrm];
    end
    $$;
"""
FUNCTIONS = """
    select n.nspname || '.' || quote_ident(p.proname) as name, r.role, array(
        select format_type(a.type, null)
        from unnest(p.proargtypes) with ordinality as a (type, place) order by a.place
    ) as types
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    cross join lateral (
        select r.role
        from unnest(array['quadrant_pm', 'quadrant_worker', 'quadrant_analyst']) as r (role)
        where has_function_privilege(r.role, p.oid, 'execute')
            and has_schema_privilege(r.role, n.oid, 'usage')
        limit 1
    ) as r
    where n.nspname in ('learning', 'pm', 'analyst') and p.prokind in ('f', 'p')
        and p.proargtypes::oid[] && array['text', 'jsonb', 'text[]', 'jsonb[]']::regtype[]::oid[]
    order by 1
"""
# Every key that a function of ours looks up in its JSON, or takes as a column from it.
KEYS = """
    select distinct m[1] from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    cross join regexp_matches(
        p.prosrc, '(?:->>?|\\?)\\s*''(\\w+)''|\\m(\\w+) (?:text|jsonb)\\M', 'g'
    ) as k (m)
    where n.nspname in ('learning', 'pm', 'analyst') and m[1] is not null
"""
PLAIN = {"text": "pm.uptrend.S1.entry", "jsonb": "{}", "boolean": "false", "double precision": "1"}
# What passes the first checks, so that the hostile part gets further.
RIGHT = {
    **{"pattern_key": "pm.uptrend.S1.entry", "decision": "skipped", "outcome": "failure"},
    **{"decided_at": "2026-01-05T00:00:00Z", "opened_at": "2026-01-05T00:00:00Z"},
    **{"timestamp": "2026-01-05T00:00:00Z", "closed_at": "2026-01-05T01:00:00Z"},
    **{"trade_id": "t", "timeframe": "1h", "roi": 0.1, "roi_is_checked": True, "ordinal": 1},
    **{"token_chain": "c", "token_contract": "t", "symbol": "S", "book": "b", "kind": "s1_entry"},
    **{"cost": 1, "pnl": 0.1, "action": "entry", "window_id": "w", "name": "g", "base": 1},
}


def plain(type_: str) -> str | None:
    if type_.endswith("[]"):
        return "{}"
    if type_.startswith("timestamp"):
        return "2026-01-05"
    return PLAIN.get(type_, None if "." in type_ else "1")


def shapes(evil: str, keys: list[str]) -> list[str]:
    """JSON with the hostile text wherever a key or a value can stand."""
    scope = {"scope": {evil: evil}, "entry_scope": {evil: evil}, "content": {evil: evil}}
    values: list[Any] = [evil, {evil: evil}, {**RIGHT, **scope}]
    if len(evil) < 1000:
        values += [{evil: RIGHT}, dict.fromkeys(keys, evil), {**dict.fromkeys(keys, evil), **scope}]
    if evil in HOSTILE[:2]:
        values += [{**RIGHT, name: evil} for name in RIGHT]
    return [json.dumps(value) for value in [*values, *([value] for value in values)]]


def array(values: list[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def hostile_values(type_: str, keys: list[str]) -> list[str]:
    """Values of a type of argument, each with something hostile in it."""
    if type_ == "jsonb":
        return [text for evil in HOSTILE for text in shapes(evil, keys)] + list(UNREADABLE)
    if type_ in ("text[]", "jsonb[]"):
        as_json = [json.dumps(evil) if type_ == "jsonb[]" else evil for evil in HOSTILE]
        return [array([evil]) for evil in as_json] + [array(as_json)]
    return list(HOSTILE)


def taken_for_sql(
    connection: psycopg.Connection[Any], functions: list[Any], parts: int = 1
) -> dict[tuple[str, str], str]:
    """(function, SQLSTATE) -> message and values, of calls that fail otherwise than they may.

    Of the values one part only is tried, another for each function and argument.
    """
    keys = [row[0] for row in connection.execute(KEYS)]
    assert len(keys) > 30
    wrong: dict[tuple[str, str], str] = {}
    for name, role, types in functions:
        usual = [plain(type_) for type_ in types]
        holes = ", ".join(f"($1)[{n}]::{type_}" for n, type_ in enumerate(types, start=1))
        attempts = [
            [*usual[:place], value, *usual[place + 1 :]]
            for place, type_ in enumerate(types)
            if type_ in ("text", "jsonb", "text[]", "jsonb[]")
            for value in hostile_values(type_, keys)[
                crc32(f"{name} {place}".encode()) % parts :: parts
            ]
        ]
        results = connection.execute(
            "select tests.attempt(%s, %s, array(select jsonb_array_elements_text(v)))"
            " from jsonb_array_elements(%s::jsonb) as v",
            (role, f"select * from {name}({holes})", json.dumps(attempts)),
        ).fetchall()
        for (failed,), values in zip(results, attempts, strict=True):
            if failed and not failed[0].startswith("QD") and failed[0] not in BAD_DATA:
                wrong.setdefault((name, failed[0]), f"{failed[1]} <- {str(values)[:300]}")
    return wrong


@pytest.mark.slow
def test_no_argument_of_any_function_is_taken_for_sql(
    connection: psycopg.Connection[Any],
) -> None:
    connection.execute(HELPERS)
    functions = connection.execute(FUNCTIONS).fetchall()
    assert len(functions) > 15
    # Not of roles: they are the whole server's, and tests beside this one make some.
    catalog = "select count(*), (select count(*) from pg_class) from pg_proc"
    before = connection.execute(catalog).fetchone()
    assert taken_for_sql(connection, functions, parts=amount(6, 1)) == {}
    assert connection.execute(catalog).fetchone() == before


def test_a_new_function_is_tried_without_being_named(connection: psycopg.Connection[Any]) -> None:
    connection.execute(HELPERS)
    connection.execute(
        "create function pm.naive(p_text text) returns void language plpgsql as $$"
        " begin execute 'select ''' || p_text || ''''; end $$;"
        "grant execute on function pm.naive to quadrant_pm"
    )
    functions = [row for row in connection.execute(FUNCTIONS) if row[0] == "pm.naive"]
    codes = {code for _, code in taken_for_sql(connection, functions)}
    assert {"effect", "42601"} <= codes


def test_hostile_scopes_are_recorded_mined_judged_and_read(
    connection: psycopg.Connection[Any],
) -> None:
    """Scope keys and values end up in dynamic statements of the miner."""
    connection.execute(HELPERS)
    evil = [text for text in HOSTILE if text and len(text) < 1000][:8]
    connection.execute("update learning.scope_dimensions set enabled = false")
    connection.execute(
        "insert into learning.scope_dimensions (name, ordinal, enabled)"
        " select e.name, 1000 + e.n, true from unnest(%s::text[]) with ordinality as e (name, n)",
        (evil,),
    )
    episodes = [
        {
            **{"pattern_key": "pm.uptrend.S1.entry", "episode_id": f"'{n}", "decision": "skipped"},
            **{"outcome": "failure" if n % 3 else "success", "decided_at": "2026-01-05T00:00:00Z"},
            "scope": dict.fromkeys(evil, evil[n % 2]),
        }
        for n in range(80)
    ]
    connection.execute("set session authorization quadrant_pm")
    recorded = connection.execute(
        "select r.written from pm.record_episodes(%s::jsonb) as r", (json.dumps(episodes),)
    ).fetchall()
    assert recorded == [("new",)] * 80
    for text in evil:
        scope = json.dumps({text: text})
        connection.execute("select * from pm.gates('pm.uptrend.S1.entry', %s::jsonb)", (scope,))
    connection.execute("set session authorization quadrant_jobs")
    connection.execute("select learning.set_clock('2026-01-15')")
    assert connection.execute("call learning.run_tuning_miner(true)").fetchone() != (None,)
    connection.execute("call learning.run_judge(true)")
    connection.execute("call learning.run_aggregator(true)")
    statuses = connection.execute("select distinct status from learning.learning_runs").fetchall()
    assert statuses == [("done",)]
    connection.execute("set session authorization quadrant_analyst")
    lessons = connection.execute("select count(*) from analyst.lessons").fetchone()
    assert lessons is not None
    assert lessons[0] > 1
    assert connection.execute("select sings from public.canary").fetchall() == [("yes",)]
