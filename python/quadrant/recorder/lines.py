"""The recorder for any language: a JSON object a line in, an answer a line out.

The first line starts it; docs/recorder.md says what the others are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from quadrant.errors import QuadrantError
from quadrant.recorder.exits import Candle, TargetStopTime
from quadrant.recorder.levers import Lever
from quadrant.recorder.recorder import Recorder

_PRICES = ("open", "high", "low", "close")


def answers(dsn: str, lines: Iterable[str]) -> Iterator[str]:
    """An answer to each line; what is recorded is sent with it, where the database is there.

    A bad line is answered with an error, and the next is read as if it had not been.
    """
    recorder: Recorder | None = None
    try:
        for line in lines:
            try:
                message = json.loads(line)
                ((kind, fields),) = message.items()
                if kind == "start" and recorder is None:
                    recorder = _started(dsn, fields)
                    answer: dict[str, Any] = {"run": recorder.run}
                elif recorder is None:
                    raise ValueError('the first line is {"start": {...}}')
                else:
                    answer = _answer(recorder, kind, fields)
                    recorder.flush()
            except QuadrantError as e:
                answer = {"error": {"code": e.code, "message": e.message}}
            except (ValueError, TypeError, KeyError, AttributeError) as e:
                answer = {"error": {"code": "QD014", "message": f"{type(e).__name__}: {e}"}}
            yield json.dumps(answer)
    finally:
        if recorder is not None:
            recorder.close()


def _started(dsn: str, fields: dict[str, Any]) -> Recorder:
    fields = dict(fields)
    gates = [
        Lever(g["gate"], g["direction"], g["base"], tuple(g["steps"])) for g in fields.pop("gates")
    ]
    rule = TargetStopTime(**fields.pop("exit"))
    return Recorder(dsn, fields.pop("pattern"), gates, rule, **fields)


def _answer(recorder: Recorder, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    fields = dict(fields)
    scope = fields.pop("scope", {})
    if kind == "bar":
        bar = Candle(fields.pop("ts"), *(fields.pop(name) for name in _PRICES))
        answer = recorder.bar(bar=bar, **fields, **scope)
        return {
            "passes": answer.passes,
            "tag": answer.tag,
            "blocked_by": answer.blocked_by,
            "thresholds": answer.thresholds,
        }
    if kind == "bought":
        recorder.bought(**fields)
    elif kind == "closed":
        recorder.closed(**fields, **scope)
    else:
        raise ValueError(f"unknown message {kind!r}: start, bar, bought or closed")
    return {"waiting": recorder.waiting}
