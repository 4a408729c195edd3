"""Files of episodes: CSV and JSON lines, whole and broken."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from quadrant.errors import QuadrantError
from quadrant.importer import Kind, RoiUnit, Units, read_file
from quadrant.importer.rows import encoder

CSV = (
    'pattern_key,episode_id,decision,outcome,scope,timestamp\nk,e1,acted,,"{""a"": 1}",2026-01-01\n'
)
JSON = '{"pattern_key": "k", "scope": {"a": 1}}\n\nno json\n'
FRACTIONS = Units(RoiUnit.FRACTION)


def rows_of(path: Path, kind: Kind = Kind.EPISODES) -> list[Any]:
    """The rows as the database gets them."""
    encode = encoder(kind, FRACTIONS)
    return [json.loads(encode(raw)) for raw, _ in read_file(path, kind).rows]


def test_csv_cells_become_fields_and_empty_ones_are_absent(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    assert rows_of(path) == [
        {
            "pattern_key": "k",
            "episode_id": "e1",
            "decision": "acted",
            "scope": {"a": 1},
            "timestamp": "2026-01-01",
        }
    ]


def test_numbers_and_flags_of_csv_are_read_and_those_of_json_stay_as_they_are(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    header = "trade_id,pattern_key,action_category,roi,hold_hours,ordinal,did_trim,reached_s3\n"
    path.write_text(f"{header}7,k,entry,0.05,1e1,2,yes,F\n8,k,exit,NaN,five,1,maybe,\n")
    same = {"pattern_key": "k"}
    assert rows_of(path, Kind.TRADES) == [
        same | {"trade_id": "7", "action_category": "entry", "roi": 0.05, "hold_hours": 10.0,
                "ordinal": 2.0, "did_trim": True, "reached_s3": False},
        same | {"trade_id": "8", "action_category": "exit", "roi": "NaN", "hold_hours": "five",
                "ordinal": 1.0, "did_trim": "maybe"},
    ]  # fmt: skip
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"roi": "0.05", "roi_is_checked": "yes"}\n')
    assert rows_of(lines) == [{"roi": "0.05", "roi_is_checked": "yes"}]


def test_json_lines_keep_what_is_no_json_to_be_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(JSON)
    assert rows_of(path) == [{"pattern_key": "k", "scope": {"a": 1}}, "no json"]


def test_either_may_be_compressed(tmp_path: Path) -> None:
    for name, text in (("a.csv.gz", CSV), ("a.ndjson.gz", JSON)):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
        assert rows_of(tmp_path / name)[0]["pattern_key"] == "k"


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
        rows_of(tmp_path / name)
    assert caught.value.code == code


def test_what_only_some_parsers_read_comes_as_words_or_as_its_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    deep = "[" * 100_000
    path.write_text(f'{{"roi": NaN, "factors": {{"a": -Infinity, "b": 1e999}}}}\n{deep}\n')
    assert rows_of(path) == [{"roi": "NaN", "factors": {"a": "-Infinity", "b": "1e999"}}, deep]


@pytest.mark.parametrize(
    ("cell", "gates"),
    [("ts", ["ts"]), ("ts, halo", ["ts", "halo"]), ('"{ts,""halo""}"', ["ts", "halo"]),
     ('"[""ts""]"', ["ts"]), ("{}", {})],
)  # fmt: skip
def test_blocking_gates_may_be_written_as_people_and_databases_do(
    tmp_path: Path, cell: str, gates: object
) -> None:
    path = tmp_path / "a.csv"
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    path.write_text(f"pattern_key,decision,blocked_by\nk,skipped,{quoted}\n")
    assert rows_of(path)[0]["blocked_by"] == gates


def test_a_line_with_too_many_cells_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("pattern_key,decision\nk,skipped,more\n")
    (row,) = rows_of(path)
    assert isinstance(row, str)
    assert "more" in row


def test_actions_of_a_trade_are_counted_where_they_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "trade_id,pattern_key,action_category,roi\nt,k,entry,1\nu,k,add,1\nt,k,exit,1\n"
    )
    assert [row["ordinal"] for row in rows_of(path, Kind.TRADES)] == [1, 1, 2]


def test_a_file_of_trades_is_not_taken_for_episodes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("trade_id,pattern_key,action_category,roi\n")
    with pytest.raises(QuadrantError) as caught:
        rows_of(path)
    assert caught.value.hint == "It looks like trades: add --kind trades."


def test_how_far_a_file_is_read_ends_at_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" * 100_000))
    source = read_file(path, Kind.EPISODES)
    places = [done for _, done in source.rows]
    assert places == sorted(places)
    assert places[-1] == source.total


def test_a_folder_named_like_a_file_is_called_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(QuadrantError, match=r"QD120.*is a folder"):
        rows_of(tmp_path / "a.csv")
