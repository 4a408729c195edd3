"""docs/roles.md is written from the list that test_walk.py holds against the catalog.

`make roles` writes it.
"""

from __future__ import annotations

import os
from importlib import util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "roles.md"
BEGIN, END = "<!-- who may do what -->\n", "<!-- end -->\n"

LOGINS = {
    "quadrant_owner": "nobody: who installs is a member",
    "quadrant_jobs": "`quadrant_jobs`: pg_cron, `quadrant serve`",
    "quadrant_pm": "`quadrant_pm_login`: the bot",
    "quadrant_worker": "`quadrant_worker_login`: `quadrant worker`",
    "quadrant_analyst": "`quadrant_analyst_login`: people, BI tools",
    "quadrant_test_nobody": "any other login of the server",
}


def walk() -> ModuleType:
    spec = util.spec_from_file_location("walk_of_rights", Path(__file__).with_name("test_walk.py"))
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(called: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(called))


def table() -> str:
    rights = walk()
    lines = [
        "| role | logs in as | reads | writes | calls | temporary tables |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for role in rights.ROLES:
        name = "everybody else" if role == "quadrant_test_nobody" else f"`{role}`"
        if role not in rights.CALLS:
            cells = ["everything", "everything", "everything"]
        else:
            called, own = rights.CALLS[role]
            listed = called - rights.learning(rights.IN_VIEWS)
            calls = [f"`{own}.*`"] if own else []
            calls += [names(listed)] if listed else []
            calls += ["what views call"] if called and own else []
            cells = [f"`{own}.*`" if own else "nothing", "nothing", ", ".join(calls) or "nothing"]
        temporary = "yes" if role in rights.TEMPORARY else "no"
        lines.append(f"| {' | '.join((name, LOGINS[role], *cells, temporary))} |")
    views = names(rights.learning(rights.IN_VIEWS))
    return "\n".join(lines) + (
        "\n\nWhat views call in their reader's name (pure functions, and those that answer no more "
        f"than a view): {views}.\n\n"
    )


def test_the_page_says_who_may_do_what() -> None:
    before, _, rest = PAGE.read_text().partition(BEGIN)
    written, end, after = rest.partition(END)
    assert end
    if os.environ.get("QUADRANT_WRITE"):
        PAGE.write_text(before + BEGIN + table() + END + after)
    else:
        assert written == table(), "run: make roles"
