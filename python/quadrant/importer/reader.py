"""Rows of a file of episodes: CSV with a header, or one JSON object per line; .gz of either."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from quadrant.importer.errors import ImportFileMissing, ImportFileUnreadable, UnknownImportFormat

_JSON_COLUMNS = ("scope", "factors", "blocked_by")
_NEEDED = frozenset({"pattern_key", "decision", "timestamp"})


def read_rows(path: Path) -> Iterator[Any]:
    """Every row as a dict of fields; a line that is no JSON comes as its text, to be rejected.

    Raises ImportFileMissing, UnknownImportFormat, ImportFileUnreadable.
    """
    if not path.is_file():
        raise ImportFileMissing(f"{path} is no file", hint="Check the path.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_gzip = bool(suffixes) and suffixes[-1] == ".gz"
    kind = (suffixes[:-1] if is_gzip else suffixes)[-1:]
    if kind not in ([".csv"], [".jsonl"], [".ndjson"]):
        raise UnknownImportFormat(
            f"{path.name}: unknown format", hint="Name it .csv, .jsonl or .ndjson (or .gz of one)."
        )
    try:
        with _open(path, is_gzip) as file:
            yield from _csv(file, path) if kind == [".csv"] else _json_lines(file)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as e:
        raise ImportFileUnreadable(
            f"{path} cannot be read: {e}", hint="Write it again as UTF-8 text."
        ) from e


def _open(path: Path, is_gzip: bool) -> TextIO:
    if is_gzip:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _csv(file: TextIO, path: Path) -> Iterator[dict[str, Any]]:
    reader = csv.DictReader(file)
    if missing := _NEEDED - set(reader.fieldnames or ()):
        raise ImportFileUnreadable(
            f"{path.name} has no column {', '.join(sorted(missing))}",
            hint="The first line names the columns: pattern_key, episode_id, decision, outcome, "
            "scope, factors, timestamp.",
        )
    for cells in reader:
        row: dict[str, Any] = {key: value for key, value in cells.items() if key and value}
        for column in _JSON_COLUMNS:
            if column in row:
                row[column] = _parsed(row[column])
        yield row


def _json_lines(file: TextIO) -> Iterator[Any]:
    for line in file:
        if text := line.strip():
            yield _parsed(text)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
