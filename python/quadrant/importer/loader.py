"""Loads the rows of a source into the database, batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import psycopg

from quadrant.database import queries
from quadrant.importer.kinds import Kind
from quadrant.importer.rows import encoder
from quadrant.importer.source import Source
from quadrant.importer.units import Units

BATCH = 1_000


@dataclass
class ImportReport:
    """What became of the rows: read = new + completed + already_there + rejected.

    `completed` were there and lacked something that these rows brought; `left_out` were not read:
    windows without a decision; `columns_left_out` are a table's columns that are no fields of ours;
    `reasons` counts (SQLSTATE, sentence). `beyond_lookback` of the new and completed experiments
    were decided before the lookback (`lookback_days`): kept, not mined.
    """

    read: int = 0
    new: int = 0
    completed: int = 0
    already_there: int = 0
    rejected: int = 0
    left_out: int = 0
    columns_left_out: tuple[str, ...] = ()
    beyond_lookback: int = 0
    lookback_days: int | None = None
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, written: str, rows: int) -> None:
        """Count rows by the database's word for what became of them."""
        self.read += rows
        name = written.replace(" ", "_")
        setattr(self, name, getattr(self, name) + rows)


def import_rows(
    connection: psycopg.Connection[Any],
    source: Source,
    units: Units,
    progress: Callable[[int, int], None] = lambda _rows, _done: None,
) -> ImportReport:
    """Import every row of the source; one transaction per batch, so a second run goes on.

    The connection is the owner's, in autocommit mode. `progress` gets the rows read so far and
    how far that is towards the source's total. Bad rows are counted and kept as rejects.
    """
    report = ImportReport(left_out=source.left_out)
    if source.columns:
        asked = connection.execute(
            queries("importing/known_fields"), {"kind": source.kind.row_kind}
        ).fetchone()
        assert asked is not None
        report.columns_left_out = tuple(sorted(source.columns.difference(asked[0])))
    encode = encoder(source.kind, units, report.columns_left_out)
    for batch in _batches(source.rows):
        answers = connection.execute(
            queries("importing/import_rows"),
            {
                "kind": source.kind.row_kind,
                "rows": "\n".join(encode(raw) for raw, _ in batch),
                "source": source.name,
            },
        )
        stored: list[int] = []
        for written, code, reason, rows, ids in answers:
            report.add(written, rows)
            if written in ("new", "completed"):
                stored += ids
            if code is not None:
                report.reasons[code, reason] += rows
        if source.kind is Kind.EPISODES:
            _count_old(connection, stored, report)
        progress(report.read, batch[-1][1])
    connection.execute(queries("importing/analyze"))
    return report


def _count_old(connection: psycopg.Connection[Any], ids: list[int], report: ImportReport) -> None:
    row = connection.execute(queries("importing/beyond_lookback"), {"ids": ids}).fetchone()
    if row is not None and row[0]:
        report.beyond_lookback += row[0]
        report.lookback_days = max(row[1], report.lookback_days or 0)


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
