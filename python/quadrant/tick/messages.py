"""The JSON lines of `quadrant tick`: what a bot sends, what it is answered, and their schema."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from quadrant.errors import QuadrantError
from quadrant.tick.actions import Action
from quadrant.tick.model import ActionAnswer, Answer, Position, PositionBar
from quadrant.tick.rules import STRICT, Message, MessageError, explained

__all__ = ["MessageError", "Request", "read", "schema", "write", "write_error"]


class _Line(BaseModel):
    """What holds for every part of an answer."""

    model_config = STRICT


class AnswerMessage(_Line):
    """What became of a bar, and the gates in force."""

    position: Position
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
    actions: Annotated[
        tuple[ActionAnswer, ...], Field(description="What became of each action, in their order.")
    ] = ()


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
    """One line: the bars of one tick with their actions; `is_array` says how it is answered."""

    bars: Sequence[PositionBar]
    actions: Sequence[Sequence[Action]]
    is_array: bool


def read(line: bytes) -> Request:
    """The request in a line of JSON (UTF-8): a message, or an array of them that is one tick.

    Raises MessageError with the code of what is wrong.
    """
    is_array = line.lstrip()[:1] == b"["
    try:
        messages = _MANY.validate_json(line) if is_array else [_ONE.validate_json(line)]
    except ValidationError as error:
        raise explained(error) from None
    bars = [PositionBar(m.position, m.snapshot, m.scope) for m in messages]
    if len({bar.position for bar in bars}) < len(bars):
        raise MessageError(
            "a position is there twice in one tick",
            hint="Send its bars in lines of their own, oldest first.",
        )
    return Request(bars, [message.actions for message in messages], is_array)


def write(request: Request, answers: Iterable[Answer]) -> bytes:
    """The line (ASCII, without its end) that answers a request."""
    told = [
        AnswerMessage(
            position=answer.position,
            bar_ts=bar.snapshot.bar_ts,
            result="taken" if answer.fresh else "stale",
            gates=answer.gates,
            actions=answer.actions,
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
