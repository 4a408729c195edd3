"""Files of episodes: CSV and JSON lines, whole and broken."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from quadrant.errors import QuadrantError
from quadrant.importer.reader import read_rows

CSV = (
    'pattern_key,episode_id,decision,outcome,scope,timestamp\nk,e1,acted,,"{""a"": 1}",2026-01-01\n'
)
JSON = '{"pattern_key": "k", "scope": {"a": 1}}\n\nno json\n'


def test_csv_cells_become_fields_and_empty_ones_are_absent(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    assert list(read_rows(path)) == [
        {
            "pattern_key": "k",
            "episode_id": "e1",
            "decision": "acted",
            "scope": {"a": 1},
            "timestamp": "2026-01-01",
        }
    ]


def test_json_lines_keep_what_is_no_json_to_be_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(JSON)
    assert list(read_rows(path)) == [{"pattern_key": "k", "scope": {"a": 1}}, "no json"]


def test_either_may_be_compressed(tmp_path: Path) -> None:
    for name, text in (("a.csv.gz", CSV), ("a.ndjson.gz", JSON)):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
        assert next(iter(read_rows(tmp_path / name)))["pattern_key"] == "k"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("missing.csv", None, "QD120"),
        ("a.xlsx", b"", "QD121"),
        ("a", b"", "QD121"),
        ("a.csv", b"one,two\n1,2\n", "QD122"),
        ("a.csv", b"", "QD122"),
        ("a.jsonl", b"\xff\xfe\x00", "QD122"),
        ("a.csv.gz", b"not gzip", "QD122"),
    ],
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(QuadrantError) as caught:
        list(read_rows(tmp_path / name))
    assert caught.value.code == code
