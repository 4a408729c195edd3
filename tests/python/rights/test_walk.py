"""Every role x every object: what each may read, write, call, create and become, written down.

`quadrant_test_nobody` is any other login of the server: what PUBLIC may.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

OTHERS = ("quadrant_pm", "quadrant_worker", "quadrant_analyst", "quadrant_test_nobody")
ROLES = ("quadrant_owner", "quadrant_jobs", *OTHERS)

# Pure ones, and those that answer what their reader may know: views call them in his name.
IN_VIEWS = """
    attempts clock cron_previous lease_has_ended desired_shares drift_multiplier experiment_weight
    events_overdue family_multiplier gets_overrides gate_value money_per_day shrunk_shares
    is_scope judging_thresholds key_without known_setting known_setting_in ladder_multiplier
    lease_has_ended
    lesson_verdict n_min_study normal_quantile normal_tail overrides_apply policies quadrant
    rate_difference rate_stats scope_items scope_postures scope_winners setting_in switch_in
    timeframe_allocation trade_overrides wilson_interval
"""
OF_THE_SETTINGS = "configuration_problems known_settings setting_entries setting_range"
OF_STRENGTH = "override_effects strength_effect strength_evidence"
OF_CHANGES = "stored_sides statuses_open_to"
WHAT_HOLDS = {"pm.gates", "pm.steer", "pm.why"}
OF_THE_WORKER = """
    beat claim_simulations fail_judging fail_simulation finish_judging judging_window_details
    judging_windows judging_runs_to_finish judging_settings store_sides
    store_simulations
"""


def learning(names: str) -> set[str]:
    return {f"learning.{name}" for name in names.split()}


# role -> what it may call of the schema learning, and the schema that is all its own.
CALLS = {
    "quadrant_pm": (learning(IN_VIEWS), "pm"),
    "quadrant_worker": (
        learning(IN_VIEWS) | learning(OF_THE_WORKER) | {"analyst.log_since"},
        None,
    ),
    "quadrant_analyst": (
        learning(IN_VIEWS)
        | learning(OF_THE_SETTINGS)
        | learning(OF_STRENGTH)
        | learning(OF_CHANGES)
        | WHAT_HOLDS,
        "analyst",
    ),
    "quadrant_test_nobody": (set(), None),
}
ENTERS = {
    "quadrant_pm": {"pm"},
    "quadrant_worker": {"learning", "analyst"},
    "quadrant_analyst": {"analyst", "pm"},
    "quadrant_test_nobody": set(),
}
BECOMES = {
    "quadrant_owner": {"quadrant_owner"},
    "quadrant_jobs": {"quadrant_jobs", "quadrant_owner"},
    **{role: {role} for role in OTHERS},
}
TEMPORARY = {"quadrant_owner", "quadrant_jobs", "quadrant_pm"}

OURS = ["learning", "pm", "analyst", "quadrant_meta"]
READ, WRITE = "select", "insert, update, delete, truncate, references, trigger"


@pytest.fixture
def rights(granted: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    granted.execute("create role quadrant_test_nobody login")
    yield granted
    granted.execute("reset session authorization")
    granted.execute("drop role quadrant_test_nobody")


def may(connection: psycopg.Connection[Any], query: str, *arguments: Any) -> set[Any]:
    return {row[0] for row in connection.execute(query, arguments)}


def relations(connection: psycopg.Connection[Any], role: str, rights: str) -> set[str]:
    """Tables and views of which it has one of the rights, on the whole or on a column."""
    columns = ", ".join(r for r in rights.split(", ") if r not in ("delete", "truncate", "trigger"))
    return may(
        connection,
        "select c.oid::regclass::text from pg_class as c join pg_namespace as n"
        " on n.oid = c.relnamespace where n.nspname = any(%s) and c.relkind in ('r', 'p', 'v', 'm')"
        " and (has_table_privilege(%s, c.oid, %s) or has_any_column_privilege(%s, c.oid, %s))",
        *(OURS, role, rights, role, columns),
    )


def routines(connection: psycopg.Connection[Any], role: str) -> set[str]:
    return may(
        connection,
        "select n.nspname || '.' || p.proname from pg_proc as p join pg_namespace as n"
        " on n.oid = p.pronamespace where n.nspname = any(%s)"
        " and has_function_privilege(%s, p.oid, 'execute')",
        *(OURS, role),
    )


def schemas(connection: psycopg.Connection[Any], role: str, right: str) -> set[str]:
    return may(
        connection,
        "select n.nspname from pg_namespace as n where n.nspname = any(%s)"
        " and has_schema_privilege(%s, n.oid, %s)",
        *([*OURS, "public"], role, right),
    )


@pytest.mark.parametrize("role", OTHERS)
def test_a_role_reads_writes_and_calls_what_is_written_down(
    rights: psycopg.Connection[Any], role: str
) -> None:
    """One database for all kinds of object: a role's rights are one answer."""
    called, own = CALLS[role]
    everything = relations(rights, "quadrant_owner", READ)
    all_routines = routines(rights, "quadrant_owner")
    assert len(everything) > 40
    assert len(all_routines) > 100

    def of_its_own(names: set[str]) -> set[str]:
        return {name for name in names if own and name.startswith(f"{own}.")}

    assert relations(rights, role, READ) == of_its_own(everything)
    assert relations(rights, role, WRITE) == set()
    assert routines(rights, role) == called | of_its_own(all_routines)
    assert (
        may(
            rights,
            "select c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
            " where n.nspname = any(%s) and case when c.relkind = 'S' then"
            " has_sequence_privilege(%s, c.oid, 'usage, select, update') end",
            *(OURS, role),
        )
        == set()
    )
    assert (
        may(
            rights,
            "select t.oid::regtype::text from pg_type as t join pg_namespace as n"
            " on n.oid = t.typnamespace where n.nspname = any(%s) and t.typtype in ('d', 'e')"
            " and t.typowner = %s::regrole",
            *(OURS, role),
        )
        == set()
    )
    assert schemas(rights, role, "usage") - {"public"} == ENTERS[role]
    assert schemas(rights, role, "create") == set()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_creates_and_becomes_what_is_written_down(
    rights: psycopg.Connection[Any], role: str
) -> None:
    assert (
        may(
            rights,
            "select r.rolname from pg_roles as r where r.rolname like 'quadrant%%'"
            " and pg_has_role(%s, r.oid, 'member')"
            " and (r.rolname not like '%%test%%' or r.rolname = %s)",
            *(role, role),
        )
        == BECOMES[role]
    )
    privileged = (
        "select r.rolname from pg_roles as r where r.rolname = %s and (r.rolsuper"
        " or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls)"
    )
    assert may(rights, privileged, role) == set()
    database = "select %s where has_database_privilege(%s, current_database(), %s)"
    owner = role in ("quadrant_owner", "quadrant_jobs")
    if not owner:
        assert may(rights, database, *(role, role, "create")) == set()
    assert bool(may(rights, database, *(role, role, "temporary"))) == (role in TEMPORARY)
    rights.execute(sql.SQL("set session authorization {}").format(sql.Identifier(role)))
    for statement in ("create role quadrant_test_x", "create database quadrant_test_x"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rights.execute(statement)
    if not owner:
        for other in set(ROLES) - BECOMES[role]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                rights.execute(sql.SQL("set role {}").format(sql.Identifier(other)))
