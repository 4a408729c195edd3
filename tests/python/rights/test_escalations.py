"""Ways up that were open once, tried again as the roles that had them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

# A domain named like a type of pg_catalog, in pg_temp: whoever casts to it runs evil().
TRAP = """
    create function pg_temp.evil(p_value pg_catalog.{type}) returns pg_catalog.bool
    language plpgsql as $$
    begin
        insert into public.caught values (current_user, '{type}');
        return true;
    end
    $$;
    create domain pg_temp.{type} as pg_catalog.{type} check (pg_temp.evil(value));
"""
TYPES = ("jsonb", "text", "int4", "int8", "float8", "numeric", "timestamptz", "bool")
CAUGHT = "select who, what from public.caught where who not in ('quadrant_pm', 'quadrant_worker')"

DEFINERS = """
    select format(
        'select * from %%s.%%I(%%s)', n.nspname, p.proname, (
            select coalesce(string_agg(format(
                '%%L::%%s', case
                    when a.type = 'jsonb'::regtype then '{}'
                    when a.type = 'text'::regtype then 'pm.uptrend.S1.entry'
                    when a.type = 'timestamptz'::regtype then '2026-01-05'
                    when a.type = 'boolean'::regtype then 'false'
                    when a.type::regtype::text like '%%[]' then '{}'
                    else '1'
                end, 'pg_catalog.' || t.typname
            ), ', ' order by a.place), '')
            from unnest(p.proargtypes) with ordinality as a (type, place)
            join pg_type as t on t.oid = a.type
        )
    )
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('learning', 'pm', 'analyst') and p.prosecdef and p.prokind = 'f'
        and has_function_privilege(%s, p.oid, 'execute')
        and has_schema_privilege(%s, n.oid, 'usage')
"""
GRIDS = (
    'select learning.store_simulations(\'[{"request_id": 1, "by_outcome": true,'
    ' "n_windows": 1, "changed": "[0:0]={1}"}]\'::pg_catalog.jsonb)'
)


@pytest.mark.parametrize("role", ["quadrant_pm", "quadrant_worker"])
def test_a_domain_in_pg_temp_catches_nobody(granted: psycopg.Connection[Any], role: str) -> None:
    """The worker may not even make it; with TEMP in hand it still catches only its maker."""
    connection = granted
    connection.execute("create table public.caught (who text, what text)")
    connection.execute("grant insert on public.caught to public")
    connection.execute("insert into learning.learning_runs (job) values ('quadrant.judge')")
    calls = [row[0] for row in connection.execute(DEFINERS, (role, role))]
    assert len(calls) >= 8
    calls.append(GRIDS if role == "quadrant_worker" else "select * from pm.position_controls")
    name = sql.Identifier(role)
    if role == "quadrant_worker":
        connection.execute(sql.SQL("set role {}").format(name))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create domain pg_temp.jsonb as pg_catalog.jsonb")
        connection.execute("reset role")
        connection.execute(
            sql.SQL("grant temporary on database {} to quadrant_worker").format(
                sql.Identifier(connection.info.dbname)
            )
        )
    connection.execute(sql.SQL("set session authorization {}").format(name))
    for type_ in TYPES:
        connection.execute(TRAP.format(type=type_))
    works = 0
    odd = []
    for call in calls:
        try:
            with connection.transaction():
                connection.execute(call)
                works += 1
        except psycopg.Error as error:
            if (error.sqlstate or "")[:2] not in ("QD", "22", "23"):
                odd.append((call, error))
    # The trap itself works: its maker runs into it.
    connection.execute("select '1'::jsonb")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("set role quadrant_owner")
    connection.execute("reset session authorization")
    assert connection.execute("select count(*) from public.caught").fetchone() != (0,)
    assert connection.execute(CAUGHT).fetchall() == []
    assert odd == []
    assert works >= 4


# Better matches, in public, for what procedures call and calculate with.
FUNCTIONS = (
    *(("jsonb_build_object", f"text, {type_}") for type_ in ("jsonb", "text", "bigint", "integer")),
    *(("jsonb_build_object", "text, text, text, text"), ("jsonb_build_object", "text, integer")),
    *(("concat", "text, text, text"), ("jsonb_exists", "jsonb, text")),
    *(("jsonb_extract_path_text", "jsonb, text"), ("format", "text, text")),
)
OPERATORS = (
    *(("||", "jsonb", "jsonb"), ("||", "text", "text"), ("?", "jsonb", "text")),
    *(("->>", "jsonb", "text"), ("=", "text", "text"), ("=", "integer", "integer")),
    *((">", "integer", "integer"), ("+", "integer", "integer")),
)


def test_a_function_in_public_catches_no_job(granted: psycopg.Connection[Any]) -> None:
    connection = granted
    connection.execute("grant create on schema public to public")
    connection.execute("create table public.caught (who text, what text)")
    connection.execute("grant insert on public.caught to public")
    connection.execute("set session authorization quadrant_analyst")
    body = "language plpgsql as $$ begin {} return null; end $$"
    caught = "insert into public.caught values (current_user, '{}');"
    for name, arguments in dict.fromkeys(FUNCTIONS):
        connection.execute(
            f"create function public.{name}({arguments}) returns "
            f"{'text' if name in ('concat', 'format', 'jsonb_extract_path_text') else 'jsonb'} "
            + body.format(caught.format(name))
        )
    for number, (operator, left, right) in enumerate(OPERATORS):
        connection.execute(
            f"create function public.evil_{number}({left}, {right}) returns {left} "
            + body.format(caught.format(f"operator {operator}"))
        )
        connection.execute(
            f"create operator public.{operator} (function = public.evil_{number},"
            f" leftarg = {left}, rightarg = {right})"
        )
    for type_ in ("jsonb", "text"):
        connection.execute(
            f"create domain public.{type_} as pg_catalog.{type_}"
            f" check (public.jsonb_build_object('t'::pg_catalog.text, 1) is not null)"
        )
    connection.execute("reset session authorization")
    # A step of each fails, so that what it logs is tried too.
    connection.execute("alter materialized view analyst.pattern_scope_stats rename to gone")
    connection.execute("alter function learning.apply_retention() rename to gone_1")
    connection.execute("alter function learning.judging_step rename to gone_2")
    connection.execute("alter function learning.mine_pattern rename to gone_3")
    connection.execute(
        "insert into learning.pattern_episode_events (pattern_key, decision, outcome, decided_at)"
        " values ('pm.uptrend.S1.entry', 'skipped', 'failure', now())"
    )
    procedures = connection.execute(
        "select p.oid::regproc::text from pg_proc as p join pg_namespace as n"
        " on n.oid = p.pronamespace where p.prokind = 'p' and n.nspname = 'learning'"
        " and p.pronargs = p.pronargdefaults"  # the jobs: run_job and run_steps are what they call
    ).fetchall()
    assert len(procedures) >= 4
    connection.execute("set session authorization quadrant_jobs")
    for (procedure,) in procedures:
        connection.execute(f"call {procedure}()")
    connection.execute("reset session authorization")
    statuses = connection.execute(
        "select status from learning.learning_runs where status <> 'skipped'"
    ).fetchall()
    assert statuses == [("failed",)] * len(procedures)
    assert connection.execute("select distinct who, what from public.caught").fetchall() == []
