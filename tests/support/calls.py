"""Which of our SQL functions no test reaches: `make untested`.

The servers of the tests count calls (track_functions = all); before a test's database is dropped,
the names counted in it are added to the file that QUADRANT_CALLS names. Run as a program with that
file, this tells the functions of sql/ that are in none of them. The server does not count what it
inlines, so a function whose body is one SQL statement counts as reached where the text of one that
is reached, or of a view or a statement of Python's, names it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]
COUNTED = "select schemaname || '.' || funcname from pg_stat_user_functions"


def note_calls(dsn: str) -> None:
    """Add the functions that were called in that database to the file."""
    if not (path := os.environ.get("QUADRANT_CALLS")):
        return
    with psycopg.connect(dsn) as connection, Path(path).open("a") as file:
        file.writelines(f"{name}\n" for (name,) in connection.execute(COUNTED))


def _routines() -> dict[str, tuple[Path, str]]:
    """Name -> file and text of every function and procedure of sql/."""
    found = {}
    for path in sorted((ROOT / "sql").rglob("*.sql")):
        text = path.read_text()
        made = re.search(r"create or replace (?:function|procedure) (\w+\.\w+)", text)
        if made:
            found[made[1]] = (path.relative_to(ROOT), text)
    return found


def untested(counted: set[str]) -> list[Path]:
    """The files of functions that were neither counted nor inlined into what was."""
    routines = _routines()
    statements = [*(ROOT / "python/quadrant/sql").rglob("*.sql"), *(ROOT / "tests").rglob("*.*")]
    statements += [*(ROOT / "sql/views").rglob("*.sql"), *(ROOT / "migrations").glob("*.sql")]
    texts = [p.read_text() for p in statements if p.suffix in {".sql", ".py"}]
    reached = set(counted)
    while True:
        texts += [routines[name][1] for name in reached & routines.keys()]
        named = set(re.findall(r"\b(?:learning|pm|analyst)\.\w+", " ".join(texts)))
        inlined = {
            name
            for name in (routines.keys() & named) - reached
            if re.search(r"\blanguage sql\b", routines[name][1])
        }
        if not inlined:
            return [path for name, (path, _) in routines.items() if name not in reached]
        reached |= inlined
        texts = []


if __name__ == "__main__":
    never = untested(set(Path(sys.argv[1]).read_text().split()))
    print(*never, sep="\n")
    print(f"{len(never)} of {len(_routines())} functions are reached by no test.")
