"""Loads a file of episodes into the database, batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from quadrant.database import queries
from quadrant.importer.reader import read_rows
from quadrant.importer.units import Units

BATCH = 1_000


@dataclass
class ImportReport:
    """What became of the rows: read = new + completed + already_there + rejected.

    `completed` were there without an outcome and got it; `reasons` counts (SQLSTATE, sentence).
    """

    read: int = 0
    new: int = 0
    completed: int = 0
    already_there: int = 0
    rejected: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)


def import_file(
    connection: psycopg.Connection[Any],
    path: Path,
    units: Units,
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Import every row of the file; one transaction per batch, so a second run goes on.

    The connection is the owner's, in autocommit mode. `progress` gets the rows read so far.
    Raises the file's errors (QD120 to QD122); bad rows are counted and kept as rejects.
    """
    report = ImportReport()
    rows = (units.convert(row) if isinstance(row, dict) else row for row in read_rows(path))
    for batch in _batches(rows):
        answer = connection.execute(
            queries("importing/import_episodes"), {"rows": Jsonb(batch), "source": path.name}
        ).fetchone()
        assert answer is not None
        counts = answer[0]
        report.read += counts["read"]
        report.new += counts["new"]
        report.completed += counts["completed"]
        report.already_there += counts["already_there"]
        report.rejected += counts["rejected"]
        report.reasons.update((r["sqlstate"], r["reason"]) for r in counts["reasons"])
        progress(report.read)
    return report


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
