"""The reader takes good files in every spelling and refuses each kind of bad one by name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from quadrant.bars import TIMEFRAMES, BarsError, read_bars, read_folder

START = 1_704_067_200_000
STEP = TIMEFRAMES["15m"]
HEADER = "ts,open,high,low,close,volume"


def row(at: int, **change: object) -> str:
    values: dict[str, object] = {
        "ts": START + at * STEP,
        "open": 10.0,
        "high": 12.0,
        "low": 9.0,
        "close": 11.0,
        "volume": 5.0,
    }
    return ",".join(str(value) for value in (values | change).values())


def write(folder: Path, lines: list[str], name: str = "AAA_15m.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def refusal(path: Path) -> BarsError:
    with pytest.raises(BarsError) as caught:
        read_bars(path)
    assert path.name in str(caught.value)
    return caught.value


def test_reads_values_and_gaps(tmp_path: Path) -> None:
    bars = read_bars(write(tmp_path, [row(0), row(1, close=9.5), row(5)]))
    assert (bars.symbol, bars.timeframe, len(bars)) == ("AAA", "15m", 3)
    assert bars.ts.tolist() == [START, START + STEP, START + 5 * STEP]
    assert bars.close.tolist() == [11.0, 9.5, 11.0]
    assert bars.gaps.tolist() == [0, 0, 3]
    assert bars.ts.dtype == np.int64
    assert bars.volume.dtype == np.float64
    assert bars.head(2).gaps.tolist() == [0, 0]


@pytest.mark.parametrize(
    "spell",
    [
        lambda ms: ms,
        lambda ms: ms // 1000,
        lambda ms: datetime.fromtimestamp(ms / 1000, UTC).isoformat(),
        lambda ms: datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        lambda ms: datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    ],
    ids=["ms", "s", "iso offset", "iso naive", "iso z"],
)
@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_every_spelling_of_time_in_every_format(tmp_path: Path, spell, ending: str) -> None:
    frame = pl.DataFrame(
        {
            "ts": [spell(START + at * STEP) for at in range(3)],
            "open": [10.0] * 3,
            "high": [12.0] * 3,
            "low": [9.0] * 3,
            "close": [11.0] * 3,
            "volume": [1] * 3,
        }
    )
    path = tmp_path / f"AAA_15m.{ending}"
    if ending == "parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, compression="gzip" if ending == "csv.gz" else "uncompressed")
    assert read_bars(path).ts.tolist() == [START, START + STEP, START + 2 * STEP]


def test_parquet_datetime_and_row_in_message(tmp_path: Path) -> None:
    path = tmp_path / "AAA_15m.parquet"
    frame = pl.DataFrame(
        {
            "ts": [datetime(2024, 1, 1, 0, 0), datetime(2024, 1, 1, 0, 15)],
            "open": [10.0, 10.0],
            "high": [12.0, 12.0],
            "low": [9.0, 9.0],
            "close": [11.0, 13.0],
            "volume": [1.0, 1.0],
        }
    )
    frame.head(1).write_parquet(path)
    assert read_bars(path).ts.tolist() == [START]
    frame.write_parquet(path)
    error = refusal(path)
    assert error.code == "QD110"
    assert ", row 2:" in error.message


@pytest.mark.parametrize(
    ("lines", "code", "line", "reason"),
    [
        ([row(0), row(1, close="NaN")], "QD108", 3, "close NaN"),
        ([row(0, high="inf")], "QD108", 2, "high inf"),
        ([row(0), row(1, open="ten")], "QD107", 3, "open ten"),
        ([row(0), row(1, low="")], "QD107", 3, "low None"),
        ([row(0), row(1, ts="soon")], "QD107", 3, "ts soon"),
        ([row(0, ts="soon")], "QD107", 2, "ts soon"),
        ([row(0), row(1, low=0)], "QD109", 3, "low 0"),
        ([row(0, open=-3)], "QD109", 2, "open -3"),
        ([row(0, high=8, low=9)], "QD110", 2, "high 8"),
        ([row(0, open=13)], "QD110", 2, "open 13"),
        ([row(0), row(1, close=8.9)], "QD110", 3, "close 8.9"),
        ([row(0), row(1), row(1)], "QD112", 4, "twice"),
        ([row(1), row(0)], "QD113", 3, "earlier"),
        ([row(0), row(1, ts=START + STEP + 1)], "QD114", 3, "grid"),
        ([row(0, volume=-1)], "QD111", 2, "volume -1"),
    ],
)
def test_bad_rows_are_named(
    tmp_path: Path, lines: list[str], code: str, line: int, reason: str
) -> None:
    error = refusal(write(tmp_path, lines))
    assert error.code == code
    assert f", line {line}:" in error.message
    assert reason in error.message


def test_missing_column(tmp_path: Path) -> None:
    path = tmp_path / "AAA_15m.csv"
    path.write_text("ts,open,high,low,close\n1,2,3,4,5\n")
    error = refusal(path)
    assert error.code == "QD105"
    assert "volume" in error.message


@pytest.mark.parametrize("text", ["", HEADER + "\n"], ids=["no bytes", "header only"])
def test_empty_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "AAA_15m.csv"
    path.write_text(text)
    assert refusal(path).code == "QD106"


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_unreadable_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"AAA_15m.{ending}"
    path.write_bytes(HEADER.encode() + b"\n1,2,3,4,5,6,7,8\n" if ending == "csv" else b"\x1f\x8bno")
    assert refusal(path).code == "QD100"


def test_names(tmp_path: Path) -> None:
    assert refusal(tmp_path / "AAA.csv").code == "QD103"
    assert refusal(tmp_path / "AAA_5m.csv").code == "QD104"
    assert refusal(tmp_path / "AAA_15m.csv").code == "QD101"


def test_a_folder_named_like_a_file_is_called_a_folder(tmp_path: Path) -> None:
    (tmp_path / "AAA_15m.csv").mkdir()
    (tmp_path / "AAA_1h.parquet").mkdir()
    for path in (tmp_path / "AAA_15m.csv", tmp_path / "AAA_1h.parquet"):
        assert "is a folder" in refusal(path).message
    with pytest.raises(BarsError, match="QD101") as refused:
        read_folder(tmp_path)
    assert "AAA_15m.csv is a folder" in refused.value.message


def test_folder_is_ordered_and_filtered(tmp_path: Path) -> None:
    for name in ("BBB_4h.csv", "AAA_1h.csv", "AAA_15m.csv", "BBB_5m.csv", "A_B_15m.csv"):
        write(tmp_path, [row(0)], name)
    (tmp_path / "README.md").write_text("not bars")
    got = read_folder(tmp_path, timeframes=["15m", "1h", "4h"])
    assert [(bars.symbol, bars.timeframe) for bars in got] == [
        ("AAA", "15m"),
        ("AAA", "1h"),
        ("A_B", "15m"),
        ("BBB", "4h"),
    ]
    assert [bars.symbol for bars in read_folder(tmp_path, ["AAA"], ["1h"])] == ["AAA"]
    with pytest.raises(BarsError, match=re.escape("BBB_5m.csv: unknown timeframe")):
        read_folder(tmp_path)


def test_folder_refusals(tmp_path: Path) -> None:
    def code(*arguments: object) -> str:
        with pytest.raises(BarsError) as caught:
            read_folder(*arguments)  # type: ignore[arg-type]
        return caught.value.code

    assert code(tmp_path / "nowhere") == "QD101"
    assert code(tmp_path) == "QD102"
    write(tmp_path, [row(0)])
    assert code(tmp_path, ["AAA", "ZZZ"]) == "QD102"
    assert code(tmp_path, None, ["4h"]) == "QD102"
    write(tmp_path, [row(0)], "nonsense.csv")
    assert code(tmp_path) == "QD103"
    (tmp_path / "nonsense.csv").unlink()
    pl.read_csv(tmp_path / "AAA_15m.csv").write_parquet(tmp_path / "AAA_15m.parquet")
    assert code(tmp_path) == "QD115"
