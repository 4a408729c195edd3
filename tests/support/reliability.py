"""docs/reliability.md: what the campaigns of faults came to, counted. `make reliability` writes it.

With QUADRANT_FAULTS=FILE a test adds a line to that file per work and fault; run as a program with
that file, this writes the page.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
COUNTS = ("survived", "late", "lost", "doubled", "stuck")
# ruff: noqa: E501
HEAD = """\
# What it survives

Written by `make reliability`; the tests are `tests/flow/test_faults.py` and `test_crash.py`, a handful of the same in every `make test`. Servers of the tests' own, fsync on.

A piece of work is done in a database prepared for it; the fault comes at a moment drawn by a seed (a kill, a cut or a timeout anywhere in the time the work takes; a lock or a full disk where it writes; a disk of its own for the WAL that is full when the segment is); then the work is done again, as its schedule or its caller would. Every table is compared with that of work nobody disturbed.

- **survived**: the work did not come through, and in the end all was as if nothing had been;
- **late**: the work had ended before the fault came, or had no need of what was taken from it;
- **lost**, **doubled**: rows that were missing, or too many, in the end;
- **stuck**: not done after a minute of attempts, or something was left open for ever.
"""


def note(server: int, work: str, fault: str, **counts: int) -> None:
    """What a number of faults of one kind came to, while that work was done."""
    if path := os.environ.get("QUADRANT_FAULTS"):
        with Path(path).open("a") as file:
            file.write(json.dumps({"server": server, "work": work, "fault": fault} | counts) + "\n")


def page(notes: list[dict[str, Any]]) -> str:
    """The text of the page: a table per version of the server."""
    lines = [HEAD]
    added: dict[tuple[int, str, str], Counter[str]] = {}
    for one in notes:
        counts = Counter({name: one.get(name, 0) for name in COUNTS})
        added.setdefault((one["server"], one["work"], one["fault"]), Counter()).update(counts)
    for server in sorted({server for server, *_ in added}):
        of_server = {key[1:]: counts for key, counts in added.items() if key[0] == server}
        total = {name: sum(counts[name] for counts in of_server.values()) for name in COUNTS}
        lines += [
            f"## PostgreSQL {server}",
            "| while | fault | " + " | ".join(COUNTS) + " |",
            "| --- " * (2 + len(COUNTS)) + "|",
        ]
        for (work, fault), counts in of_server.items():
            told = " | ".join(str(counts[name]) for name in COUNTS)
            lines.append(f"| {work} | {fault} | {told} |")
        told = " | ".join(f"**{total[name]}**" for name in COUNTS)
        lines += [f"| all | all | {told} |", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page([json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]))
