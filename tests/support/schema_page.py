"""docs/schema.sql: the tables, triggers and views of a database, from its catalog.

Not what pg_dump writes: that differs from one major version to the next, and takes a table apart.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg

HEAD = """\
-- What a database of Quadrant holds: types, tables with their triggers, views with their columns.
-- Written by `make schema` from a database; migrations/ and sql/ are what it is made from.
-- Functions stand in sql/functions, one per file; rights in sql/grants.sql.
"""
TYPES = """
    select t.oid::regtype::text, obj_description(t.oid, 'pg_type'), array(
        select format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod))
        from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 order by a.attnum
    )
    from pg_type as t join pg_class as c on c.oid = t.typrelid
    where c.relkind = 'c' and t.typnamespace = 'learning'::regnamespace
    order by t.typname collate "C"
"""
RELATIONS = """
    select c.oid, c.oid::regclass::text, c.relkind::text, obj_description(c.oid, 'pg_class'),
        array_to_string(c.reloptions, ', ')
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('learning', 'pm', 'analyst') and c.relkind = any (%s)
    order by n.nspname = 'analyst', n.nspname collate "C" desc, c.relname collate "C"
"""
COLUMNS = """
    select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,
        a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid),
        case when a.attcollation <> t.typcollation then l.collname end,
        col_description(a.attrelid, a.attnum)
    from pg_attribute as a
    join pg_type as t on t.oid = a.atttypid
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_collation as l on l.oid = a.attcollation
    where a.attrelid = %s and a.attnum > 0 and not a.attisdropped
    order by a.attnum
"""
# From PostgreSQL 18 on "not null" is a constraint too.
CONSTRAINTS = """
    select k.conname, pg_get_constraintdef(k.oid, true)
    from pg_constraint as k
    where k.conrelid = %s and k.contype in ('p', 'u', 'f', 'c')
    order by array_position(array['p', 'u', 'f', 'c'], k.contype::text), k.conname collate "C"
"""
INDEXES = """
    select pg_get_indexdef(i.indexrelid)
    from pg_index as i
    where i.indrelid = %s
        and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
    order by i.indexrelid::regclass::text collate "C"
"""
TRIGGERS = """
    select pg_get_triggerdef(g.oid) from pg_trigger as g
    where g.tgrelid = %s and not g.tgisinternal order by g.tgname collate "C"
"""


def _comment(text: str | None) -> str:
    return f"  -- {text}" if text else ""


def _column(row: tuple[Any, ...]) -> str:
    name, type_, not_null, identity, generated, expression, collation, _ = row
    parts = [name, type_]
    if collation:
        parts.append(f'collate "{collation}"')
    if not_null:
        parts.append("not null")
    if identity:
        parts.append("generated always as identity")
    if generated:
        parts.append(f"generated always as ({' '.join(expression.split())}) stored")
    elif expression:
        parts.append(f"default {expression}")
    return " ".join(parts)


def schema_page(connection: psycopg.Connection[Any]) -> str:
    """The text of docs/schema.sql."""
    with connection.transaction(force_rollback=True):
        connection.execute("set local search_path = pg_catalog")
        text = "\n".join([HEAD, *_types(connection), *_tables(connection), *_views(connection)])
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def _types(connection: psycopg.Connection[Any]) -> list[str]:
    return [
        f"-- {comment}\ncreate type {name} as (\n    " + ",\n    ".join(columns) + "\n);\n"
        for name, comment, columns in connection.execute(TYPES).fetchall()
    ]


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    tables = []
    for oid, name, _, comment, options in connection.execute(RELATIONS, (["r", "p"],)).fetchall():
        columns = connection.execute(COLUMNS, (oid,)).fetchall()
        constraints = connection.execute(CONSTRAINTS, (oid,)).fetchall()
        items = [(_column(column), column[-1]) for column in columns]
        items += [(f"constraint {key} {' '.join(text.split())}", None) for key, text in constraints]
        lines = [
            f"    {item}{',' if place < len(items) else ''}{_comment(note)}"
            for place, (item, note) in enumerate(items, 1)
        ]
        end = f") with ({options});" if options else ");"
        after = [
            f"{row[0]};"
            for query in (INDEXES, TRIGGERS)
            for row in connection.execute(query, (oid,))
        ]
        tables.append("\n".join([f"-- {comment}\ncreate table {name} (", *lines, end, *after, ""]))
    return tables


def _views(connection: psycopg.Connection[Any]) -> list[str]:
    views = []
    for oid, name, kind, comment, _ in connection.execute(RELATIONS, (["v", "m"],)).fetchall():
        columns = [f"{row[0]} {row[1]}" for row in connection.execute(COLUMNS, (oid,)).fetchall()]
        what = "materialized view" if kind == "m" else "view"
        views.append(
            f"-- {comment}\n-- {what} {name} (\n--     " + ",\n--     ".join(columns) + "\n-- )\n"
        )
    return views
