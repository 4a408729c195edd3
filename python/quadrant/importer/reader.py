"""Rows of a file: CSV with a header, or one JSON object per line; .gz of either."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from quadrant.importer.errors import ImportFileMissing, ImportFileUnreadable, UnknownImportFormat
from quadrant.importer.kinds import Kind
from quadrant.importer.rows import Raw
from quadrant.importer.source import Source

_LONGEST_CELL = 1 << 28


def read_file(path: Path, kind: Kind) -> Source:
    """The rows of a file; its total is in bytes.

    Raises ImportFileMissing, UnknownImportFormat; ImportFileUnreadable also while its rows are
    read.
    """
    if path.is_dir():
        raise ImportFileMissing(f"{path} is a folder", hint="Name a file in it.")
    if not path.is_file():
        raise ImportFileMissing(f"{path} is no file", hint="Check the path.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_gzip = bool(suffixes) and suffixes[-1] == ".gz"
    form = (suffixes[:-1] if is_gzip else suffixes)[-1:]
    if form not in ([".csv"], [".jsonl"], [".ndjson"]):
        raise UnknownImportFormat(
            f"{path.name}: unknown format", hint="Name it .csv, .jsonl or .ndjson (or .gz of one)."
        )
    rows = _rows(path, kind, is_gzip=is_gzip, is_csv=form == [".csv"])
    return Source(path.name, kind, path.stat().st_size, rows)


def _rows(path: Path, kind: Kind, *, is_gzip: bool, is_csv: bool) -> Iterator[tuple[Raw, int]]:
    try:
        with path.open("rb") as binary, _text(binary, is_gzip) as file:
            for row in _csv(file, path, kind) if is_csv else _json_lines(file):
                yield row, binary.tell()
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as e:
        raise ImportFileUnreadable(
            f"{path} cannot be read: {e}", hint="Write it again as UTF-8 text."
        ) from e


def _text(binary: BinaryIO, is_gzip: bool) -> TextIO:
    content = cast(BinaryIO, gzip.GzipFile(fileobj=binary)) if is_gzip else binary
    return TextIOWrapper(content, encoding="utf-8-sig", newline="")


def _csv(file: TextIO, path: Path, kind: Kind) -> Iterator[Raw]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(file)
    columns = set(reader.fieldnames or ())
    if missing := kind.needed - columns:
        raise ImportFileUnreadable(
            f"{path.name} has no column {', '.join(sorted(missing))}", hint=_hint(kind, columns)
        )
    yield from reader


def _hint(kind: Kind, columns: set[str]) -> str:
    for other in set(Kind) - {kind}:
        if other.needed <= columns:
            return f"It looks like {other}: add --kind {other}."
    if kind is Kind.TRADES:
        return (
            "The first line names the columns: trade_id, pattern_key, action_category, roi, "
            "closed_at, scope, did_trim, reached_s3, hold_hours."
        )
    return (
        "The first line names the columns: pattern_key, episode_id, decision, outcome, scope, "
        "factors, timestamp."
    )


def _json_lines(file: TextIO) -> Iterator[str]:
    for line in file:
        if text := line.strip():
            yield text
