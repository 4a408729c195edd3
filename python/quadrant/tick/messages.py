"""The JSON lines of `quadrant tick`: what a bot sends, what it is answered, and their schema."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal, NoReturn

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
from quadrant.engine.snapshot import Timeframe
from quadrant.errors import QuadrantError
from quadrant.tick.actions import Action
from quadrant.tick.kinds import KINDS
from quadrant.tick.tick import Answer, Position, PositionBar

MAX_SCOPE_BYTES = 2000
_MAX_NAME = 200
_SHOWN_PROBLEMS = 3
_EPISODE_TYPES = tuple(kind.episode_type for kind in KINDS)


class MessageError(QuadrantError):
    """A line no tick can take; nothing of it was written."""

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
    if len(action.trade_id or "") > _MAX_NAME:
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


Name = Annotated[str, Field(min_length=1, max_length=_MAX_NAME)]
Scope = Annotated[
    dict[str, Any],
    AfterValidator(_plain_scope),
    WithJsonSchema(
        {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
    ),
]


class _Line(BaseModel):
    """What holds for every part of a line; it reaches the dataclasses in it, too."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class Watched(_Line):
    """A token x timeframe that is watched; an unknown one is created."""

    token_chain: Name
    token_contract: Name
    symbol: Annotated[Name, Field(description="What people call it; no part of its identity.")]
    timeframe: Timeframe
    book: Annotated[
        Name, Field(description="Tells several positions of one token and timeframe apart.")
    ] = "main"
    total_allocation_pct: Annotated[
        float, Field(ge=0, le=100, description="Percent of capital, when it is created.")
    ] = 0.0


class Message(_Line):
    """A position's closed bar, its scope at that moment, and what the bot did since the last."""

    position: Watched
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
        return self

    @property
    def key(self) -> Position:
        """The position as the tick knows it."""
        return Position(**dict(self.position))


class AnswerMessage(_Line):
    """What became of a bar, and the gates in force."""

    position: Watched
    bar_ts: Annotated[int, Field(description="Of the bar that is answered (epoch ms UTC).")]
    result: Annotated[
        Literal["taken", "stale"],
        Field(description="stale: that bar, or a later one, had been taken before."),
    ]
    gates: Annotated[
        dict[str, dict[str, float]] | None,
        Field(
            description="Pattern key -> gate -> threshold in force; null where the position is not"
            " to be traded (paused, archived)."
        ),
    ]


class Problem(_Line):
    """Why a line was refused."""

    code: Annotated[str, Field(description="As in docs/error_codes.md.")]
    message: str
    hint: str


class ErrorMessage(_Line):
    """The answer to a line of which nothing was written."""

    error: Problem


_ONE = TypeAdapter(Message)
_MANY = TypeAdapter(Annotated[list[Message], Field(min_length=1)])
_ANSWER = TypeAdapter[AnswerMessage | list[AnswerMessage] | ErrorMessage](
    AnswerMessage | Annotated[list[AnswerMessage], Field(min_length=1)] | ErrorMessage
)


@dataclass(frozen=True, slots=True)
class Request:
    """One line: the bars of one tick, in their order; `is_array` says how it is answered."""

    bars: Sequence[PositionBar]
    actions: dict[Position, list[Action]]
    is_array: bool


def read(line: bytes) -> Request:
    """The request in a line of JSON (UTF-8): a message, or an array of them that is one tick.

    Raises MessageError with the code of what is wrong.
    """
    is_array = line.lstrip()[:1] == b"["
    try:
        messages = _MANY.validate_json(line) if is_array else [_ONE.validate_json(line)]
    except ValidationError as error:
        raise _explained(error) from None
    bars = [PositionBar(m.key, m.snapshot, m.scope) for m in messages]
    actions = {bar.position: message.actions for bar, message in zip(bars, messages, strict=True)}
    if len(actions) < len(bars):
        raise MessageError(
            "a position is there twice in one tick",
            hint="Send its bars in lines of their own, oldest first.",
        )
    return Request(bars, actions, is_array)


def write(request: Request, answers: Iterable[Answer]) -> bytes:
    """The line (ASCII, without its end) that answers a request."""
    told = [
        AnswerMessage(
            position=Watched.model_construct(**_plain(answer.position)),
            bar_ts=bar.snapshot.bar_ts,
            result="taken" if answer.fresh else "stale",
            gates=answer.gates,
        )
        for bar, answer in zip(request.bars, answers, strict=True)
    ]
    return _ANSWER.dump_json(told if request.is_array else told[0], ensure_ascii=True)


def write_error(error: QuadrantError) -> bytes:
    """The line (ASCII, without its end) that tells an error."""
    problem = Problem(code=error.code, message=error.message, hint=error.hint)
    return _ANSWER.dump_json(ErrorMessage(error=problem), ensure_ascii=True)


def schema() -> dict[str, Any]:
    """The JSON schema of a line to `quadrant tick`; `$defs/AnswerLine` is that of an answer."""
    line = TypeAdapter(Message | Annotated[list[Message], Field(min_length=1)])
    schemas, defs = TypeAdapter.json_schemas(
        [("line", "validation", line), ("answer", "validation", _ANSWER)]
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line to quadrant tick",
        "description": "One message, or an array of them that is one tick. Numbers are finite.",
        **schemas["line", "validation"],
        "$defs": defs["$defs"] | {"AnswerLine": schemas["answer", "validation"]},
    }


def _plain(position: Position) -> dict[str, Any]:
    return {name: getattr(position, name) for name in Watched.model_fields}


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
    "position": tuple(Watched.model_fields),
    "snapshot": Snapshot.__slots__,
    "actions": Action.__slots__,
}


def _explained(error: ValidationError) -> MessageError:
    """The first problems in our words; the code and the hint are those of the first."""
    # A field that is written wrongly is also a missing one: its wrong name says more.
    problems = sorted(
        error.errors(include_url=False), key=lambda e: e["type"] not in _UNKNOWN_FIELD
    )
    told = "; ".join(_told(problem) for problem in problems[:_SHOWN_PROBLEMS])
    if len(problems) > _SHOWN_PROBLEMS:
        told += f"; and {len(problems) - _SHOWN_PROBLEMS} more"
    code, hint = _code_and_hint(problems[0])
    return MessageError(told, hint=hint, code=code)


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
    if field in ("bar_ts", "exists_at") and _CODES.get(kind) == "QD046":
        return "QD046", "Times are in epoch milliseconds UTC."
    return _CODES.get(kind, "QD014"), hints.get(kind, "quadrant tick --schema prints the types.")


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    return repr(text if len(text) <= 80 else f"{text[:79]}\N{HORIZONTAL ELLIPSIS}")
