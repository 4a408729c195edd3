"""A file into the database: bad rows are kept as rejects, and the rest goes on."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import psycopg

from quadrant.importer import ImportReport, Kind, RoiUnit, ScoreScale, Units, import_rows, read_file

UNITS = Units(RoiUnit.PERCENT, ScoreScale.HUNDRED)


def episode(name: str, **change: Any) -> dict[str, Any]:
    return {
        "pattern_key": "pm.s1_entry",
        "episode_id": name,
        "decision": "add",
        "outcome": "success",
        "scope": {"timeframe": "15m"},
        "factors": {"ts_score": 70},
        "roi": 5,
        "timestamp": "2026-01-05T00:37:00+00:00",
        **change,
    }


def import_file(connection: psycopg.Connection[Any], path: Path, units: Units) -> ImportReport:
    return import_rows(connection, read_file(path, Kind.EPISODES), units)


def write(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_bad_rows_do_not_stop_good_ones(
    connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    good = [episode(f"e{i}") for i in range(1500)]
    bad = [episode("b1", roi=float("nan")), episode("b2", decision="?"), ["no", "object"]]
    report = import_file(connection, write(tmp_path / "a.jsonl", *good, *bad), UNITS)
    assert (report.read, report.new, report.rejected) == (1503, 1500, 3)
    assert {code for code, _ in report.reasons} == {"QD005", "QD002", "QD014"}
    rejects = connection.execute(
        "select source, sqlstate from learning.episode_rejects order by sqlstate"
    ).fetchall()
    assert rejects == [("a.jsonl", "QD002"), ("a.jsonl", "QD005"), ("a.jsonl", "QD014")]
    row = connection.execute(
        "select decision, roi, factors, episode_type from learning.pattern_episode_events limit 1"
    ).fetchone()
    assert row == ("acted", 0.05, {"ts_score": 0.7}, "s1_entry")


def test_what_no_bot_means_is_kept_with_its_reason(
    connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    connection.execute("select learning.set_clock('2026-01-10')")
    rows = [
        episode("future", timestamp="2026-01-12"),
        episode("large", roi=5000),
        episode("text", roi="5"),
        episode("misspelt", factors={"samples": [{"ts_scor": 70}]}),
        episode("scale", factors={"ts_score": 5700}),
        episode("unknown", outcom="success"),
        episode("tomorrow", timestamp="2026-01-10 23:00"),
    ]
    report = import_file(connection, write(tmp_path / "a.jsonl", *rows), UNITS)
    assert (report.new, report.rejected) == (1, 6)
    kept = connection.execute(
        "select payload ->> 'episode_id', sqlstate from learning.episode_rejects"
    ).fetchall()
    assert dict(kept) == {"future": "QD017", "large": "QD018", "text": "QD014",
                          "misspelt": "QD019", "scale": "QD056", "unknown": "QD014"}  # fmt: skip
    checked = Units(RoiUnit.PERCENT, ScoreScale.HUNDRED, roi_is_checked=True)
    assert import_file(connection, tmp_path / "a.jsonl", checked).new == 1


def test_again_nothing_is_new_but_outcomes_arrive(
    connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    pending = write(tmp_path / "a.jsonl", episode("e1", outcome=None), episode("e2"))
    import_file(connection, pending, UNITS)
    known = write(tmp_path / "b.jsonl", episode("e1", outcome="failure"), episode("e2"))
    report = import_file(connection, known, UNITS)
    assert (report.new, report.completed, report.already_there) == (0, 1, 1)
    again = import_file(connection, known, UNITS)
    assert (again.new, again.completed, again.already_there) == (0, 0, 2)


def test_what_is_older_than_the_lookback_is_counted(
    connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    connection.execute("select learning.set_clock('2026-04-05 00:36+00')")
    old = [episode(f"e{i}") for i in range(3)]
    new = [episode("e3", timestamp="2026-01-06T00:37:00+00:00"), episode("e4", pattern_key="?")]
    path = write(tmp_path / "a.jsonl", *old, *new)
    report = import_file(connection, path, UNITS)
    assert (report.new, report.beyond_lookback, report.lookback_days) == (4, 0, None)
    connection.execute("select learning.set_clock('2026-04-05 00:37+00')")
    assert import_file(connection, path, UNITS).beyond_lookback == 0, "they were there before"
    connection.execute("truncate learning.pattern_episode_events cascade")
    report = import_file(connection, path, UNITS)
    assert (report.new, report.beyond_lookback, report.lookback_days) == (4, 3, 90)


def test_two_imports_at_once_store_every_row_once(database: str, tmp_path: Path) -> None:
    rows = [episode(f"e{i % 1500}", outcome=[None, "failure"][i % 2]) for i in range(3000)]
    paths = [write(tmp_path / "a.jsonl", *rows), write(tmp_path / "b.jsonl", *reversed(rows))]
    reports: list[ImportReport] = []

    def run(path: Path) -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            reports.append(import_file(connection, path, UNITS))

    threads = [threading.Thread(target=run, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.read for report in reports] == [3000, 3000]
    assert sum(report.new for report in reports) == 1500
    assert sum(report.rejected for report in reports) == 0
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "select count(*), count(distinct window_id), count(outcome)"
            " from learning.pattern_episode_events"
        ).fetchone()
    assert row == (1500, 1500, 750)
