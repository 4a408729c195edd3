"""From a row as its source has it to the JSON text the database stores."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from quadrant.importer.kinds import Kind
from quadrant.importer.units import Units

_JSON_COLUMNS = ("scope", "factors", "blocked_by")
_NUMBER_COLUMNS = ("roi", "entry_price", "exit_price", "hold_hours", "ordinal")
_FLAG_COLUMNS = ("did_trim", "reached_s3", "roi_is_checked")
_FLAGS = dict.fromkeys(("true", "t", "yes", "y", "1"), True) | dict.fromkeys(
    ("false", "f", "no", "n", "0"), False
)

# A line of JSON, or the cells of a line of CSV (those beyond the header under None).
Raw = str | Mapping[str | Any, str | Any]


def encoder(kind: Kind, units: Units, left_out: Collection[str] = ()) -> Callable[[Raw], str]:
    """A function from each row of a source, in its order, to a line of JSON in our units.

    A row that cannot be read becomes a JSON string of itself, which the database rejects and
    keeps; fields `left_out` do not come along. Actions of a trade without an ordinal are counted
    in the order they come.
    """
    actions: Counter[str] = Counter()

    def encode(raw: Raw) -> str:
        try:
            row = _parsed(raw) if isinstance(raw, str) else _of_cells(raw)
            if isinstance(row, dict):
                row = units.convert({k: v for k, v in row.items() if k not in left_out})
                if kind is Kind.TRADES and row.get("ordinal") in (None, ""):
                    trade = str(row.get("trade_id"))
                    actions[trade] += 1
                    row["ordinal"] = actions[trade]
            return json.dumps(row, allow_nan=False)
        except (ValueError, RecursionError, OverflowError):
            return json.dumps(raw if isinstance(raw, str) else str(dict(raw)))

    return encode


def _of_cells(cells: Mapping[str | Any, str | Any]) -> dict[str, Any]:
    """Cells of CSV as fields: empty ones are absent, JSON, numbers and flags are read.

    What is none of them stays a text, which the database refuses by its field's name.
    """
    if None in cells:
        raise ValueError("more cells than columns")
    row: dict[str, Any] = {key: value for key, value in cells.items() if key and value}
    for column in _JSON_COLUMNS:
        if column in row:
            row[column] = _cell(column, row[column])
    for column in _NUMBER_COLUMNS:
        if column in row:
            row[column] = _number_cell(row[column])
    for column in _FLAG_COLUMNS:
        if column in row:
            row[column] = _FLAGS.get(row[column].strip().lower(), row[column])
    return row


def _number_cell(text: str) -> float | str:
    try:
        return _number(text)
    except ValueError:
        return text


def _cell(column: str, text: str) -> Any:
    try:
        return _parsed(text)
    except (ValueError, RecursionError):
        if column != "blocked_by":
            return text
        # {ts,halo} as PostgreSQL writes arrays, or ts,halo as people do.
        return [gate.strip(' "') for gate in text.strip("{}").split(",") if gate.strip(' "')]


def _parsed(text: str) -> Any:
    """JSON, with NaN and infinities as words: the database names the field they stand in."""
    return json.loads(text, parse_constant=str, parse_float=_number)


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text
