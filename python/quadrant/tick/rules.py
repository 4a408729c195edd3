"""The rules for what a bot gives the tick: the same for Python objects and for JSON lines."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import fields
from difflib import get_close_matches
from typing import Annotated, Any, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot
from quadrant.errors import QuadrantError
from quadrant.tick.actions import Action
from quadrant.tick.kinds import KINDS
from quadrant.tick.model import MAX_NAME, Position, PositionBar

MAX_SCOPE_BYTES = 2000
_SHOWN_PROBLEMS = 3
_EPISODE_TYPES = tuple(kind.episode_type for kind in KINDS)
STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)
"""It reaches the dataclasses in a model, too."""


class MessageError(QuadrantError):
    """A bar or action no tick can take; nothing of it was written."""

    code = "QD014"


def _wrong(code: str, message: str, hint: str = "") -> NoReturn:
    """Ends the validation with a coded error of our own."""
    raise PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def _plain_scope(scope: dict[str, Any]) -> dict[str, Any]:
    for key, value in scope.items():
        if not isinstance(value, str | int | float):
            _wrong(
                "QD004",
                f"the scope's {_shown(key)} is no plain value",
                "A scope maps keys to strings, numbers or booleans; leave out what is not known.",
            )
        if isinstance(value, float) and not math.isfinite(value):
            _wrong("QD005", f"the scope's {_shown(key)} is {value}")
    size = len(json.dumps(scope, ensure_ascii=False).encode())
    if size > MAX_SCOPE_BYTES:
        _wrong(
            "QD041",
            f"the scope has {size:,} bytes",
            f"A scope has {MAX_SCOPE_BYTES:,} bytes at most: what kind of market it was, in words.",
        )
    return scope


def _sound_bar(bar: Snapshot) -> Snapshot:
    step = TIMEFRAMES[bar.timeframe]
    if bar.bar_ts % step:
        _wrong(
            "QD016",
            f"bar_ts {bar.bar_ts} is not on the grid of {bar.timeframe}",
            f"bar_ts is the bar's open in epoch ms UTC, a multiple of {step}.",
        )
    if bar.exists_at != bar.bar_ts + step:
        _wrong(
            "QD016",
            f"exists_at is {bar.exists_at}, the bar closes at {bar.bar_ts + step}",
            f"exists_at = bar_ts + {step}.",
        )
    if not (bar.low <= bar.open <= bar.high and bar.low <= bar.close <= bar.high):
        _wrong("QD016", "low, open, close and high are not in their order")
    return bar


def _sound_action(action: Action) -> Action:
    if action.kind != "pass" and not action.trade_id:
        _wrong(
            "QD006",
            f"an action of kind {action.kind} needs its trade_id",
            "It names the trade the order belongs to, the same from entry to exit.",
        )
    if len(action.trade_id or "") > MAX_NAME:
        _wrong("QD041", f"the trade_id has {len(action.trade_id or '')} characters")
    if action.episode_type not in (None, *_EPISODE_TYPES):
        _wrong(
            "QD014",
            f"unknown episode_type {_shown(action.episode_type)}",
            f"Known are {', '.join(_EPISODE_TYPES)}; without one the window that holds the bar.",
        )
    try:
        json.dumps(action.context, allow_nan=False)
    except ValueError:
        _wrong("QD005", "a number in the context is NaN or infinite")
    return action


_REVALIDATING = ConfigDict(**STRICT, revalidate_instances="always")
"""For what Python hands over: it was made without a check."""
_SNAPSHOTS = TypeAdapter(
    list[Annotated[Snapshot, AfterValidator(_sound_bar)]], config=_REVALIDATING
)
Scope = Annotated[
    dict[str, Any],
    AfterValidator(_plain_scope),
    WithJsonSchema(
        {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
    ),
]


class Message(BaseModel):
    """A position's closed bar, its scope at that moment, and what the bot did since the last."""

    model_config = _REVALIDATING

    position: Position
    snapshot: Annotated[Snapshot, AfterValidator(_sound_bar)]
    scope: Annotated[
        Scope,
        Field(description="The kind of market, in plain values: chain, timeframe, bucket, ..."),
    ]
    actions: list[Annotated[Action, AfterValidator(_sound_action)]] = []

    @model_validator(mode="after")
    def _belongs_together(self) -> Message:
        bar = self.snapshot
        if bar.timeframe != self.position.timeframe:
            _wrong(
                "QD016",
                f"a bar of {bar.timeframe} was given for a position of {self.position.timeframe}",
            )
        for action in self.actions:
            ts = action.signal_bar_ts
            if ts > bar.bar_ts or ts % TIMEFRAMES[bar.timeframe]:
                _wrong(
                    "QD016",
                    f"signal_bar_ts {ts} is no bar up to this one",
                    "It is the bar_ts of the bar that gave the signal, this one or an earlier.",
                )
            if action.at_ms is not None and action.at_ms < ts:
                _wrong(
                    "QD016",
                    f"at_ms {action.at_ms} is before the bar that gave the signal",
                    "It is when the order happened, in epoch ms UTC.",
                )
        return self


def check(bars: Sequence[PositionBar], trusted: Callable[[PositionBar], bool]) -> None:
    """Checks bars before anything of their tick is done, as the lines of `quadrant tick` are.

    `trusted` says of a bar that its position and its scope were checked before.

    Raises MessageError.
    """
    try:
        _SNAPSHOTS.validate_python([one.snapshot for one in bars])
        full = [
            one
            for one in bars
            if not trusted(one) or one.snapshot.timeframe != one.position.timeframe
        ]
    except (ValidationError, AttributeError, TypeError):
        full = list(bars)
    for one in full:
        check_message(one, ())


def check_message(bar: PositionBar, actions: Sequence[Action]) -> None:
    """Checks a bar with the actions that are told with it. Raises MessageError."""
    try:
        told = {
            "position": bar.position,
            "snapshot": bar.snapshot,
            "scope": dict(bar.scope),
            "actions": list(actions),
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise MessageError(f"no PositionBar with a mapping as its scope: {error}") from error
    try:
        _MESSAGE.validate_python(told)
    except ValidationError as error:
        raise explained(error, f"{bar.position.symbol}: ") from None


_MESSAGE = TypeAdapter(Message)

# -- errors ------------------------------------------------------------------------------------

_CODES = {
    "missing": "QD006",
    "finite_number": "QD005",
    "literal_error": "QD014",
    "string_too_long": "QD041",
    "greater_than_equal": "QD046",
    "less_than_equal": "QD046",
    "less_than": "QD046",
}
_UNKNOWN_FIELD = ("extra_forbidden", "unexpected_keyword_argument")
_FIELDS: dict[str, Sequence[str]] = {
    "": tuple(Message.model_fields),
    "position": tuple(field.name for field in fields(Position)),
    "snapshot": Snapshot.__slots__,
    "actions": Action.__slots__,
}


def explained(error: ValidationError, prefix: str = "") -> MessageError:
    """The first problems in our words; the code and the hint are those of the first."""
    # A field that is written wrongly is also a missing one: its wrong name says more.
    problems = sorted(
        error.errors(include_url=False), key=lambda e: e["type"] not in _UNKNOWN_FIELD
    )
    told = "; ".join(_told(problem) for problem in problems[:_SHOWN_PROBLEMS])
    if len(problems) > _SHOWN_PROBLEMS:
        told += f"; and {len(problems) - _SHOWN_PROBLEMS} more"
    code, hint = _code_and_hint(problems[0])
    return MessageError(prefix + told, hint=hint, code=code)


def _told(problem: ErrorDetails) -> str:
    where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in problem["loc"]).lstrip(".")
    kind = problem["type"]
    if kind == "json_invalid":
        return f"the line is no JSON: {problem['msg'].removeprefix('Invalid JSON: ')}"
    if kind.startswith("QD"):
        return f"{where}: {problem['msg']}" if where else problem["msg"]
    if kind == "missing":
        return f"{where} is missing"
    if kind in _UNKNOWN_FIELD:
        return f"{_shown(where)} is no field"
    given = problem.get("input")
    if isinstance(given, dict | list):
        given = "an object" if isinstance(given, dict) else "an array"
    wanted = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"{where or 'the line'}: {wanted}, it is {_shown(given)}"


def _code_and_hint(problem: ErrorDetails) -> tuple[str, str]:
    kind, loc = problem["type"], problem["loc"]
    if kind.startswith("QD"):
        return kind, str(problem["ctx"]["hint"])
    names = [part for part in loc if isinstance(part, str)]
    field = names[-1] if names else ""
    known = _FIELDS.get(names[-2] if len(names) > 1 else "", ())
    if kind in _UNKNOWN_FIELD:
        close = get_close_matches(field, known, 1)
        meant = f"Did you mean {close[0]}? " if close else ""
        return "QD014", f"{meant}Known are {', '.join(known)}."
    if field == "timeframe" and kind == "literal_error":
        return "QD007", f"Timeframes are {', '.join(TIMEFRAMES)}."
    hints = {
        "json_invalid": "One message, or one array of messages, per line, in UTF-8.",
        "missing": "quadrant tick --schema prints what a line holds.",
        "finite_number": "Numbers are finite; what is not known yet is 0.",
    }
    if field in ("bar_ts", "exists_at", "signal_bar_ts", "at_ms") and _CODES.get(kind) == "QD046":
        return "QD046", "Times are in epoch milliseconds UTC."
    return _CODES.get(kind, "QD014"), hints.get(kind, "quadrant tick --schema prints the types.")


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    return repr(text if len(text) <= 80 else f"{text[:79]}\N{HORIZONTAL ELLIPSIS}")
