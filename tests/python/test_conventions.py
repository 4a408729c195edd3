"""How the schema is written: each rule is a query, or a look at the files, for offenders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from quadrant.database.tree import SchemaFile, SchemaTree

ROOT = Path(__file__).parents[2]
TREE = SchemaTree(ROOT / "migrations", ROOT / "sql")
FILES = TREE.files()
ROUTINES = [file for file in FILES if file.is_routine]
MIGRATIONS = sorted(TREE.migrations.glob("*.sql"))
# What migrations make because a column default, a check or a generated column calls it.
NEEDED_BY_TABLES = {
    *("clock", "log_time", "is_scope", "scope_items", "scope_signature", "is_finite"),
    *("shares_are_whole", "preference", "scope_anchor"),
}
STATEMENTS = sorted(
    {*TREE.migrations.glob("*.sql"), *TREE.sql.rglob("*.sql"), ROOT / "pg_cron.sql"}
    | set((ROOT / "python/quadrant/sql").rglob("*.sql"))
)
ROLES = ("quadrant_jobs", "quadrant_pm", "quadrant_worker", "quadrant_analyst")

# Procedures that commit: COMMIT fails in one that has a SET clause.
COMMITS = "p.prokind = 'p'"

# Numbers without a unit whose name says it all.
UNITLESS = (
    *("learning.gate_simulations.chosen_p", "learning.gate_simulations.chosen_z"),
    *("learning.gates.min_value", "learning.gates.max_value"),
    "learning.pm_overrides.confidence_score",
)

# What plpgsql_check reports and is right as it is: function -> part of the message.
KNOWN_TO_PLPGSQL_CHECK: dict[str, str] = {
    "learning.find_slices": "is maybe unmodified",  # its rows come from dynamic statements
}

IN_OURS = "n.nspname in ('learning', 'pm', 'analyst')"
ROUTINE = "pg_proc as p join pg_namespace as n on n.oid = p.pronamespace"
RELATION = "pg_class as c join pg_namespace as n on n.oid = c.relnamespace"

# Each query answers the objects that break the rule.
RULES = {
    "a table or view has a comment": f"""
        select c.oid::regclass::text from {RELATION}
        where {IN_OURS} and c.relkind in ('r', 'v', 'm', 'p')
            and obj_description(c.oid, 'pg_class') is null
    """,
    "a column of a table that measures or times something has a comment with its unit": f"""
        select format('%s.%s', c.oid::regclass, a.attname)
        from {RELATION} join pg_attribute as a on a.attrelid = c.oid
        where {IN_OURS} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
            and a.atttypid in (
                'float8'::regtype, 'float4'::regtype, 'numeric'::regtype,
                'interval'::regtype, 'timestamptz'::regtype
            )
            and col_description(c.oid, a.attnum) is null
            and format('%s.%s', c.oid::regclass, a.attname) <> all(array{list(UNITLESS)})
    """,
    "a function has a comment": f"""
        select p.oid::regprocedure::text from {ROUTINE}
        where {IN_OURS} and obj_description(p.oid, 'pg_proc') is null
    """,
    "a type has a comment": """
        select t.oid::regtype::text
        from pg_type as t join pg_namespace as n on n.oid = t.typnamespace
        left join pg_class as c on c.oid = t.typrelid
        where n.nspname in ('learning', 'pm', 'analyst')
            and (t.typtype in ('e', 'd') or c.relkind = 'c')
            and obj_description(t.oid, 'pg_type') is null
            and (c.oid is null or obj_description(c.oid, 'pg_class') is null)
    """,
    # With '' alone pg_temp comes first for the names of types.
    "a plpgsql, a security definer and any configured function pins pg_catalog, then pg_temp": f"""
        select p.oid::regprocedure::text
        from {ROUTINE} join pg_language as l on l.oid = p.prolang
        where {IN_OURS}
            and (
                p.prosecdef
                or p.proconfig is not null
                or l.lanname = 'plpgsql' and not ({COMMITS})
            )
            and not coalesce('search_path=pg_catalog, pg_temp' = any(p.proconfig), false)
    """,
    "an argument starts with p_": f"""
        select format('%s: %s', p.oid::regprocedure, a.name)
        from {ROUTINE}
        cross join unnest(p.proargnames, p.proargmodes::text[]) as a (name, mode)
        where {IN_OURS} and coalesce(a.mode, 'i') in ('i', 'b', 'v') and a.name not like 'p\\_%'
    """,
    "PUBLIC may run no function": f"""
        select p.oid::regprocedure::text from {ROUTINE}
        where {IN_OURS} and has_function_privilege('public', p.oid, 'execute')
    """,
    "PUBLIC may do nothing with a table or view": f"""
        select c.oid::regclass::text from {RELATION}
        where {IN_OURS} and c.relkind in ('r', 'v', 'm', 'p')
            and has_table_privilege('public', c.oid, 'select, insert, update, delete, truncate')
    """,
    "PUBLIC may not enter a schema": """
        select n.nspname from pg_namespace as n
        where n.nspname in ('learning', 'pm', 'analyst', 'quadrant_meta')
            and has_schema_privilege('public', n.oid, 'usage, create')
    """,
    "everything belongs to quadrant_owner": f"""
        select c.oid::regclass::text from {RELATION}
        where {IN_OURS} and c.relkind in ('r', 'v', 'm', 'S')
            and c.relowner <> 'quadrant_owner'::regrole
        union all
        select p.oid::regprocedure::text from {ROUTINE}
        where {IN_OURS} and p.proowner <> 'quadrant_owner'::regrole
    """,
}

PLPGSQL_CHECK = """
    select p.oid::regproc::text, r.level || ': ' || r.message
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    join pg_language as l on l.oid = p.prolang
    left join lateral (
        select t.tgrelid, t.tgnewtable, t.tgoldtable
        from pg_trigger as t where t.tgfoid = p.oid limit 1
    ) as t on true
    cross join lateral tests.plpgsql_check_function_tb(
        p.oid, coalesce(t.tgrelid, 0), oldtable => t.tgoldtable, newtable => t.tgnewtable,
        fatal_errors => false, performance_warnings => false
    ) as r
    where n.nspname in ('learning', 'pm', 'analyst') and l.lanname = 'plpgsql'
        and (p.prorettype <> 'trigger'::regtype or t.tgrelid is not null)
        -- An assignment that casts (a text to a uuid) is what the declared type is for.
        and (r.level = 'error' or r.sqlstate <> '42804')
    order by 1
"""


@pytest.fixture(scope="module")
def catalog(
    new_database: Callable[[], AbstractContextManager[str]],
) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a migrated database that these tests only read."""
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as opened:
        yield opened


def code_of(text: str) -> str:
    """SQL without its comments and quoted texts (function bodies stay)."""
    return re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", text, flags=re.DOTALL)


@pytest.mark.parametrize("rule", RULES)
def test_rule(catalog: psycopg.Connection[Any], rule: str) -> None:
    assert sorted(row[0] for row in catalog.execute(RULES[rule])) == []


# Same types on both sides: pg_catalog's operator is an exact match and comes first.
EXACT = {"=", "<>", "<", ">", "<=", ">="}
NO_CALLS = {"if", "elsif", "return", "while", "using", "over", "filter"}


def bare_names(text: str, types: set[str], grammar: set[str]) -> set[str]:
    """What a body calls, casts to, reads or calculates with and does not qualify."""
    code = code_of(re.split(r"\bas\s+\$\w*\$", text)[1]).lower()
    code = re.sub(r"\boperator\s*\(\s*pg_catalog\.[^)]*\)", " ", code)
    calls = set(re.findall(r"(?<![\w.])(?<!\bas )([a-z_]\w*)\s*\(", code)) - grammar - NO_CALLS
    words = set(re.findall(r"(?<![\w.])([a-z_]\w*)\b(?!\s*\.)", code)) & types - grammar
    relations = re.findall(r"\b(?:from|join|update|call)\s+([a-z_]\w*)\b(?!\s*[.(])", code)
    operators = set(re.findall(r"[-+*/<>=~!@#%^&|`?:]+", code)) - EXACT - {":=", "=>", "::"}
    return calls | words | set(relations) | operators


def test_names_in_procedures_that_commit_are_qualified(catalog: psycopg.Connection[Any]) -> None:
    """Their search_path is the caller's: a better match in public would run with his rights."""
    types = {
        row[0]
        for row in catalog.execute(
            "select t.typname from pg_type as t"
            " where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype <> 'c'"
        )
    }
    words = catalog.execute("select k.word from pg_get_keywords() as k where k.catcode <> 'U'")
    grammar = {row[0] for row in words}
    seen = bare_names("as $$ x := a || now(b.c) + y::jsonb from z; $$", types, grammar)
    assert seen == {"||", "+", "now", "jsonb", "z"}
    procedures = [file for file in ROUTINES if file.kind == "procedure"]
    assert len(procedures) >= 4
    bare = {file.path: bare_names(file.text, types, grammar) for file in procedures}
    assert {path: names for path, names in bare.items() if names} == {}


def test_every_deployed_object_has_a_file_or_a_migration(
    catalog: psycopg.Connection[Any],
) -> None:
    ours = {(file.schema, file.name) for file in FILES}
    migrations = " ".join(path.read_text() for path in TREE.migrations.glob("*.sql"))
    objects = catalog.execute(
        f"select n.nspname, p.proname from {ROUTINE} where {IN_OURS} union "
        f"select n.nspname, c.relname from {RELATION} where {IN_OURS} and c.relkind in ('v', 'm')"
    ).fetchall()
    assert [o for o in objects if o not in ours and f"{o[0]}.{o[1]}" not in migrations] == []


def test_every_role_can_read_the_views_it_is_granted(catalog: psycopg.Connection[Any]) -> None:
    """A view does not lend its reader the right to call the functions in it."""
    failures = []
    granted = catalog.execute(
        f"select r.role, c.oid::regclass::text from {RELATION}, unnest(%s::text[]) as r (role) "
        f"where {IN_OURS} and c.relkind in ('v', 'm') "
        "and has_table_privilege(r.role, c.oid, 'select')",
        [list(ROLES)],
    ).fetchall()
    for role, view in granted:
        try:
            with catalog.transaction(force_rollback=True):
                catalog.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
                catalog.execute(f"select * from {view}")
        except psycopg.Error as e:
            failures.append(f"{role}: {view}: {e.diag.message_primary}")
    assert failures == []


def test_plpgsql_check_finds_nothing(catalog: psycopg.Connection[Any]) -> None:
    with catalog.transaction(force_rollback=True):
        catalog.execute("create schema tests")
        try:
            catalog.execute("create extension plpgsql_check schema tests")
        except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported):
            pytest.skip("plpgsql_check is not installed for this server")
        found = catalog.execute(PLPGSQL_CHECK).fetchall()
    assert [
        f"{name}: {message}"
        for name, message in found
        if KNOWN_TO_PLPGSQL_CHECK.get(name, "\0") not in message
    ] == []


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", STATEMENTS, ids=relative)
def test_no_statement_reads_a_clock_of_its_own(path: Path) -> None:
    bare = (
        r"(?<![.\w])(now\s*\(|current_(timestamp|date|time)\b|localtime|(transaction|statement)_t)"
    )
    assert re.findall(bare, code_of(path.read_text()), re.IGNORECASE) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_lines_are_short(file: SchemaFile) -> None:
    long = [line for line in file.text.splitlines() if len(line) > 100]
    # The text of a comment on something is one string.
    assert [
        line for line in long if not re.match(r"\s*(comment on .* is )?'.*'[;,)]*$", line)
    ] == []


@pytest.mark.parametrize("path", STATEMENTS, ids=relative)
def test_error_codes_are_registered(path: Path) -> None:
    registry = (ROOT / "docs" / "error_codes.md").read_text()
    codes = set(re.findall(r"\bQD\d{3}\b", path.read_text()))
    assert {code for code in codes if f"| {code} |" not in registry} == set()


@pytest.mark.parametrize("file", ROUTINES, ids=lambda file: file.path)
def test_a_function_says_its_volatility_and_what_it_answers(file: SchemaFile) -> None:
    head = re.split(r"\bas\s+\$|\bbegin\s+atomic\b", file.text, maxsplit=1, flags=re.IGNORECASE)[0]
    assert head.lstrip().startswith("--"), "a header comment says what it answers"
    if file.kind == "function":
        assert re.search(r"\b(immutable|stable|volatile)\b", head, re.IGNORECASE)
    assert not re.search(r"when\s+others\s+then\s+null", file.text, re.IGNORECASE)


@pytest.mark.parametrize("file", ROUTINES, ids=lambda file: file.path)
def test_a_long_function_says_why(file: SchemaFile) -> None:
    header = re.split(r"^create\b", file.text, maxsplit=1, flags=re.MULTILINE)[0]
    assert len(file.text.splitlines()) <= 100 or "Long, for" in re.sub(r"\n-- ", " ", header)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_triggers_stand_in_their_folder_with_their_function(file: SchemaFile) -> None:
    makes_one = bool(re.search(r"\)\s+returns\s+trigger\b", code_of(file.text)))
    assert makes_one == file.path.startswith("triggers/") == bool(file.triggers)
    made = re.findall(r"^create .*trigger\b.*$", code_of(file.text), re.MULTILINE)
    assert len([line for line in made if " function " not in line]) == len(file.triggers)
    calls = re.findall(r"\bexecute function (\S+)\(\)", code_of(file.text))
    assert calls == [f"{file.schema}.{file.name}"] * len(file.triggers)


def test_a_trigger_is_made_by_one_file(catalog: psycopg.Connection[Any]) -> None:
    made = sorted((t.schema, t.table, t.name, file.name) for file in FILES for t in file.triggers)
    assert made == sorted(
        catalog.execute(
            "select n.nspname, c.relname, t.tgname, p.proname from pg_trigger as t"
            " join pg_class as c on c.oid = t.tgrelid join pg_proc as p on p.oid = t.tgfoid"
            f" join pg_namespace as n on n.oid = c.relnamespace"
            f" where {IN_OURS} and not t.tgisinternal"
        ).fetchall()
    )


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.name)
def test_a_migration_makes_tables_and_what_they_need(path: Path) -> None:
    """Bodies are deployed from sql/, where a change shows; tables stand in their final form."""
    code = code_of(path.read_text())
    made = re.findall(r"\bcreate (?:or replace )?(?:function|procedure) \w+\.(\w+)", code)
    assert set(made) <= NEEDED_BY_TABLES
    assert not re.search(r"\bcreate\b[^;]*\b(trigger|view)\b", code)
    long = [line for line in path.read_text().splitlines() if len(line) > 100]
    assert [
        line for line in long if not re.match(r"\s*(comment on .* is )?'.*'[;,)]*$", line)
    ] == []
    if not path.stem.endswith(".rollback"):
        assert path.with_suffix(".rollback.sql").exists()


def test_every_python_error_is_registered() -> None:
    registry = (ROOT / "docs" / "error_codes.md").read_text()
    source = "".join(p.read_text() for p in (ROOT / "python").rglob("*.py"))
    codes = set(re.findall(r"\"(QD\d{3})\"", source)) - {"QD000"}
    assert {code for code in codes if f"| {code} |" not in registry} == set()


def stage_of(file: SchemaFile) -> str:
    """The folder below sql/functions, sql/triggers or sql/views that a file stands in."""
    return Path(file.path).parts[-2]


def names_used(text: str) -> set[str]:
    """What a file of sql/ calls, in dynamic SQL too, and the relations it reads."""
    text = re.sub(r"--[^\n]*", " ", text)
    text = re.sub(r"^comment on .*?;$", " ", text, flags=re.DOTALL | re.MULTILINE)
    calls = re.findall(r"\b([a-z_]+\.\w+)\s*\(", text)
    relations = re.findall(r"\b(?:from|join|view concurrently)\s+([a-z_]+\.\w+)\b", code_of(text))
    return set(calls) | set(relations)


def circles(calls: dict[str, set[str]]) -> set[str]:
    """The stages from which calls lead back to themselves."""
    reached = {stage: set(called) for stage, called in calls.items()}
    for between in calls:
        for stage in calls:
            if between in reached[stage]:
                reached[stage] |= reached[between]
    return {stage for stage in calls if stage in reached[stage]}


def test_stages_do_not_call_each_other_in_a_circle() -> None:
    stages = {f"{file.schema}.{file.name}": stage_of(file) for file in FILES}
    calls: dict[str, set[str]] = {stage: set() for stage in stages.values()}
    why = set()
    for file in FILES:
        here = stage_of(file)
        for used in names_used(file.text) & stages.keys():
            if stages[used] != here:
                calls[here].add(stages[used])
                why.add((here, stages[used], f"{file.path} uses {used}"))
    assert len(why) > 100
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == {"b", "c"}
    closed = circles(calls)
    assert sorted(line for line in why if line[0] in closed and line[1] in closed) == []
