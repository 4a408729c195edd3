"""The figures as lines, and as a table in docs/evidence.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from measures import Row

PAGE = Path(__file__).parents[3] / "docs" / "evidence.md"
BEGIN, END = "<!-- promises -->", "<!-- /promises -->"


def line(row: Row) -> str:
    """One figure on a line."""
    return f"({row.promise}) {row.family}: {row.what}: {figure(row)} {promised(row)}".rstrip()


def markdown(rows: Sequence[Row]) -> str:
    """All figures, by promise."""
    told = ["| | market | what | measured | promised |", "| --- | --- | --- | --- | --- |"]
    told += [
        f"| {row.promise} | {row.family} | {row.what} | {figure(row)} | {promised(row)} |"
        for row in sorted(rows, key=lambda row: row.promise)
    ]
    return "\n".join(told)


def write(rows: Sequence[Row]) -> None:
    """Replaces what stands between the markers."""
    page = PAGE.read_text()
    new = f"{BEGIN}\n{markdown(rows)}\n{END}"
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: new, page, flags=re.DOTALL))


def figure(row: Row) -> str:
    """Share, interval and how many."""
    digits = 1 if max(row.share, row.high) < 0.1 else 0
    share, low, high = (f"{100 * x:.{digits}f}" for x in (row.share, row.low, row.high))
    return f"{share} % ({low} to {high}, n {row.n})"


def promised(row: Row) -> str:
    """The bound and whether it is kept."""
    if row.bound is None:
        return ""
    return f"{'at most' if row.at_most else 'at least'} {100 * row.bound:g} %: {row.verdict}"
