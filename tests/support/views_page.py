"""The generated part of docs/views.md: every view for people with its columns, from the catalog."""

from __future__ import annotations

from typing import Any

import psycopg
from schema_page import COLUMNS, RELATIONS

MARK = "<!-- From here on written by `make schema` from the comments in a database. -->\n"


def views_page(connection: psycopg.Connection[Any]) -> str:
    """A table of the views of schema `analyst`, then each with its columns."""
    views = [
        (oid, name, comment)
        for oid, name, _, comment, _ in connection.execute(RELATIONS, (["v", "m"],)).fetchall()
        if name.startswith("analyst.")
    ]
    lines = ["| view | shows |", "| --- | --- |"]
    lines += [f"| [`{name}`](#{name.replace('.', '')}) | {comment} |" for _, name, comment in views]
    for oid, name, comment in views:
        lines += ["", f"## {name}", comment, "", "| column | type | |", "| --- | --- | --- |"]
        for row in connection.execute(COLUMNS, (oid,)).fetchall():
            type_ = row[1].replace("timestamp with time zone", "timestamptz")
            lines.append(f"| `{row[0]}` | {type_} | {row[-1] or ''} |".replace("|  |", "| |"))
    return "\n".join([*lines, ""])
