"""Reads SYMBOL_timeframe.{csv,csv.gz,parquet}; refuses what is wrong, repairs nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quadrant.bars.model import TIMEFRAMES, Bars, BarsError, Floats, Ints
from quadrant.later import Later

if TYPE_CHECKING:
    import polars as pl
else:
    pl = Later("polars")

PRICES = ("open", "high", "low", "close")
COLUMNS = ("ts", *PRICES, "volume")
ENDINGS = (".csv", ".csv.gz", ".parquet")
_NAME = re.compile(r"(?P<symbol>.+)_(?P<timeframe>\d+[A-Za-z]+)\.(?:csv|csv\.gz|parquet)")
_SECONDS_BELOW = 100_000_000_000  # as seconds the year 5138, as milliseconds March 1973


def read_bars(path: Path | str) -> Bars:
    """Bars of one file. `ts` may be epoch ms, epoch s or ISO text (UTC where it names no zone).

    Raises BarsError naming the file, the line (CSV, header = 1) or row (Parquet, first = 1) and
    the reason: QD100..QD114 of docs/error_codes.md.
    """
    path = Path(path)
    symbol, timeframe = _parse_name(path)
    if timeframe not in TIMEFRAMES:
        raise BarsError(
            f"{path}: unknown timeframe {timeframe!r}",
            code="QD104",
            hint=f"Known timeframes: {', '.join(TIMEFRAMES)}.",
        )
    if path.is_dir():
        raise BarsError(
            f"{path} is a folder, named like a file of bars", code="QD101", hint="Rename it."
        )
    if not path.is_file():
        raise BarsError(f"{path}: no such file", code="QD101")
    table = _Table(path, _load(path))
    bars = Bars(
        symbol,
        timeframe,
        ts=table.times(),
        open=table.numbers("open"),
        high=table.numbers("high"),
        low=table.numbers("low"),
        close=table.numbers("close"),
        volume=table.numbers("volume"),
        source=path,
    )
    _check(table, bars)
    return bars


def read_folder(
    path: Path | str,
    symbols: Collection[str] | None = None,
    timeframes: Collection[str] | None = None,
) -> list[Bars]:
    """All bars of a folder by symbol, then timeframe; only those asked for, and all of those.

    Raises BarsError QD101 (no folder), QD102 (nothing to read, or an asked-for series has no
    file), QD115 (two files for one series), and what read_bars raises.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise BarsError(f"{folder}: no such folder", code="QD101")
    found: dict[tuple[str, str], Path] = {}
    for file in sorted(folder.iterdir()):
        if not file.name.endswith(ENDINGS):
            continue
        symbol, timeframe = _parse_name(file)
        if (symbols is not None and symbol not in symbols) or (
            timeframes is not None and timeframe not in timeframes
        ):
            continue
        twin = found.setdefault((symbol, timeframe), file)
        if twin is not file:
            raise BarsError(
                f"{folder}: {twin.name} and {file.name} are the same series",
                code="QD115",
                hint="Keep one of them.",
            )
    missing = sorted(
        {f"symbol {s}" for s in symbols or ()} - {f"symbol {s}" for s, _ in found}
        | {f"timeframe {t}" for t in timeframes or ()} - {f"timeframe {t}" for _, t in found}
    )
    if missing or not found:
        raise BarsError(
            f"{folder}: no file of bars" + (f" for {', '.join(missing)}" if missing else ""),
            code="QD102",
            hint="Files are named SYMBOL_timeframe.csv, .csv.gz or .parquet.",
        )
    rank = {name: at for at, name in enumerate(TIMEFRAMES)}
    order = sorted(found, key=lambda key: (key[0], rank.get(key[1], len(rank)), key[1]))
    return [read_bars(found[key]) for key in order]


def _parse_name(path: Path) -> tuple[str, str]:
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise BarsError(
            f"{path}: the file name has no symbol and timeframe",
            code="QD103",
            hint="Name it SYMBOL_timeframe.csv, .csv.gz or .parquet, like BTCUSDT_15m.csv.",
        )
    return match["symbol"], match["timeframe"]


def _load(path: Path) -> pl.DataFrame:
    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
        else:  # everything as text, so that a bad value can be shown as it was written
            frame = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.NoDataError as error:
        raise BarsError(f"{path}: empty file", code="QD106") from error
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BarsError(f"{path}: unreadable: {error}", code="QD100") from error
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise BarsError(
            f"{path}: missing column {', '.join(missing)}",
            code="QD105",
            hint=f"Needed: {', '.join(COLUMNS)}. Found: {', '.join(frame.columns)}.",
        )
    if frame.is_empty():
        raise BarsError(f"{path}: no bars in the file", code="QD106")
    return frame


class _Table:
    """A loaded file that knows how to name a row in an error."""

    def __init__(self, path: Path, frame: pl.DataFrame) -> None:
        self._path = path
        self._frame = frame

    def refuse(self, bad: NDArray[np.bool_], code: str, reason: str) -> None:
        """Raise for the first row where `bad` holds, if any; {column} in `reason` is filled."""
        if not bad.any():
            return
        row = int(bad.argmax())
        where = f"row {row + 1}" if self._path.suffix == ".parquet" else f"line {row + 2}"
        values = self._frame.row(row, named=True)
        count = int(bad.sum())
        more = f" (and {count - 1} more)" if count > 1 else ""
        text = reason.format_map({name: values[name] for name in COLUMNS})
        raise BarsError(f"{self._path}, {where}: {text}{more}", code=code)

    def numbers(self, name: str) -> Floats:
        """A column as float64; raises QD107 for what is no number, QD108 for NaN and infinity."""
        column = self._frame[name]
        if column.dtype == pl.String:
            column = column.str.strip_chars()
        values = column.cast(pl.Float64, strict=False)
        self.refuse(values.is_null().to_numpy(), "QD107", f"{name} {{{name}}} is not a number")
        array = values.to_numpy().astype(np.float64, copy=True)
        self.refuse(~np.isfinite(array), "QD108", f"{name} {{{name}}} is not finite")
        return array

    def times(self) -> Ints:
        """The column ts as epoch ms; raises QD107 for what is no time."""
        column = self._frame["ts"]
        if isinstance(column.dtype, pl.Datetime):
            millis = column.dt.epoch("ms")
        elif column.dtype == pl.String:
            text = column.str.strip_chars()
            millis = text.cast(pl.Int64, strict=False)
            if millis.null_count() == len(text):
                return self._iso_times(text)
        else:
            millis = column.cast(pl.Int64, strict=False)
            exact = millis.cast(pl.Float64) == column.cast(pl.Float64, strict=False)
            self.refuse(~exact.fill_null(False).to_numpy(), "QD107", "ts {ts} is not a time")
        self.refuse(millis.is_null().to_numpy(), "QD107", "ts {ts} is not a time")
        array = millis.to_numpy().astype(np.int64, copy=True)
        return array * 1000 if np.abs(array).max() < _SECONDS_BELOW else array

    def _iso_times(self, text: pl.Series) -> Ints:
        parsed = [_iso_millis(value) for value in text.to_list()]
        bad = np.array([value is None for value in parsed])
        self.refuse(bad, "QD107", "ts {ts} is not a time")
        return np.array(parsed, dtype=np.int64)


def _iso_millis(text: str | None) -> int | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def _check(table: _Table, bars: Bars) -> None:
    for name in PRICES:
        table.refuse(getattr(bars, name) <= 0, "QD109", f"{name} {{{name}}} is not positive")
    table.refuse(bars.high < bars.low, "QD110", "high {high} is below low {low}")
    for name in ("open", "close"):
        price = getattr(bars, name)
        table.refuse(
            (price > bars.high) | (price < bars.low),
            "QD110",
            f"{name} {{{name}}} is outside low {{low}} .. high {{high}}",
        )
    table.refuse(bars.volume < 0, "QD111", "volume {volume} is negative")
    off = bars.ts % bars.step != 0
    table.refuse(off, "QD114", f"ts {{ts}} is not on the {bars.timeframe} grid (UTC)")
    step = np.diff(bars.ts, prepend=bars.ts[0] - bars.step)
    table.refuse(step < 0, "QD113", "ts {ts} is earlier than the bar before it")
    table.refuse(step == 0, "QD112", "ts {ts} is there twice")
