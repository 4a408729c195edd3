"""The files of migrations/ and sql/: where they are, and which object each one makes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from quadrant.database.errors import BadFile

Kind = Literal["function", "procedure", "view", "materialized view"]
GRANTS = "grants.sql"

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_CREATE = re.compile(
    r"\bcreate\s+(?:or\s+replace\s+)?"
    r"(?P<kind>function|procedure|view|materialized\s+view)\s+"
    r'"?(?P<schema>\w+)"?\s*\.\s*"?(?P<name>\w+)"?',
    re.IGNORECASE,
)


# Other triggers are made by other statements: these can be repeated.
_CREATE_TRIGGER = re.compile(
    r"\bcreate\s+or\s+replace\s+trigger\s+(?P<name>\w+)\s[^;]*?"
    r"\bon\s+(?P<schema>\w+)\s*\.\s*(?P<table>\w+)\b",
    re.IGNORECASE,
)


def is_routine(kind: str) -> bool:
    """Functions and procedures: the kinds that have signatures and bodies."""
    return kind in ("function", "procedure")


@dataclass(frozen=True)
class Trigger:
    """A trigger and the table it is on."""

    schema: str
    table: str
    name: str


@dataclass(frozen=True)
class SchemaFile:
    """One file of sql/: its path below it, its text, and the object it makes.

    A trigger function's file makes the triggers that call it too.
    """

    path: str
    text: str
    kind: Kind
    schema: str
    name: str
    triggers: frozenset[Trigger] = frozenset()

    @property
    def sha256(self) -> str:
        """Hash of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def is_routine(self) -> bool:
        """Whether the object is a function or a procedure."""
        return is_routine(self.kind)

    @property
    def identity(self) -> tuple[bool, str, str]:
        """What two files may not share."""
        return (self.is_routine, self.schema, self.name)


@dataclass(frozen=True)
class SchemaTree:
    """The two folders a database is made from."""

    migrations: Path
    sql: Path

    @classmethod
    def installed(cls) -> SchemaTree:
        """The repository's folders when run from it, else the package's own copy."""
        package = Path(str(resources.files("quadrant")))
        root = package / "_schema"
        if not root.exists():
            root = package.parents[1]
        return cls(root / "migrations", root / "sql")

    def files(self) -> list[SchemaFile]:
        """Every file of sql/ but the grants, routines first; raises BadFile."""
        paths = sorted(p for p in self.sql.rglob("*.sql") if p.name != GRANTS)
        files = [read_file(path, self.sql) for path in paths]
        seen: dict[tuple[bool, str, str], str] = {}
        for file in files:
            if (other := seen.setdefault(file.identity, file.path)) != file.path:
                raise BadFile(f"{file.path} and {other} both make {file.schema}.{file.name}")
        return sorted(files, key=lambda file: (not file.is_routine, file.path))

    def grants(self) -> str:
        """The text of sql/grants.sql, empty where there is none."""
        path = self.sql / GRANTS
        return path.read_text(encoding="utf-8") if path.exists() else ""


def read_file(path: Path, root: Path) -> SchemaFile:
    """Read one file and the object it makes from its first create; raises BadFile."""
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(root).as_posix()
    code = _COMMENT.sub(" ", text)
    match = _CREATE.search(code)
    if match is None:
        raise BadFile(
            f"{relative} makes no function, procedure or view with a schema in its name",
            hint="One file makes one object: create or replace function schema.name(...)",
        )
    if match["name"] != path.stem:
        raise BadFile(
            f"{relative} makes {match['schema']}.{match['name']}",
            hint=f"Name the file {match['name']}.sql: a file is named after its object.",
        )
    kind: Kind = " ".join(match["kind"].lower().split())  # type: ignore[assignment]
    triggers = frozenset(
        Trigger(made["schema"], made["table"], made["name"])
        for made in _CREATE_TRIGGER.finditer(code)
    )
    return SchemaFile(relative, text, kind, match["schema"], match["name"], triggers)
