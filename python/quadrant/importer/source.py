"""Where imported rows come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quadrant.importer.kinds import Kind
from quadrant.importer.rows import Raw


@dataclass(frozen=True)
class Source:
    """Rows of one kind.

    `name` stands on the rejects. `rows` gives each row with how far that is towards `total`
    (bytes of a file, rows of a table). `left_out` rows are not experiments yet. `columns` are a
    table's: those that are none of our fields are left out, while a file's are refused.
    """

    name: str
    kind: Kind
    total: int
    rows: Iterator[tuple[Raw, int]]
    left_out: int = 0
    columns: frozenset[str] = frozenset()
