"""Named queries: one SQL statement per file below `quadrant/sql`."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import LiteralString


@cache
def queries(name: str) -> LiteralString:
    """The statement of `quadrant/sql/<name>.sql`, as in queries('tick/apply_ticks').

    Raises FileNotFoundError: a name is written in our own code, never by a user.
    """
    file = resources.files("quadrant").joinpath("sql", f"{name}.sql")
    return file.read_text(encoding="utf-8").strip().removesuffix(";")
