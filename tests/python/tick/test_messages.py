"""The messages of quadrant tick: what is read is what was sent, the schema and the guide agree."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from quadrant.engine import STATES, Snapshot, compute
from quadrant.market import planted_market, synthesize
from quadrant.tick import Action, ActionAnswer, Answer, Position, PositionBar
from quadrant.tick.messages import MessageError, read, schema, write, write_error

DOCS = Path(__file__).parents[3] / "docs"
LINE = Draft202012Validator(schema())
ANSWER = Draft202012Validator({"$ref": "#/$defs/AnswerLine", "$defs": schema()["$defs"]})


@cache
def series() -> list[list[Snapshot]]:
    markets = synthesize(planted_market(days=20, timeframes=("15m", "1h")), 4)
    return [compute(bars).snapshots() for bars in markets]


def blocks() -> list[Any]:
    """The JSON of the guide, in its order."""
    found = re.findall(r"```json\n(.*?)```", (DOCS / "live.md").read_text(), re.DOTALL)
    return [json.loads(text) for text in found]


def examples() -> dict[str, dict[str, Any]]:
    return {b["snapshot"]["state"]: b for b in blocks() if "snapshot" in b}


def sent(snapshot: Snapshot) -> dict[str, Any]:
    position = {"token_chain": "c", "token_contract": "T", "symbol": "T"}
    return {
        "position": position | {"timeframe": snapshot.timeframe},
        "snapshot": asdict(snapshot),
        "scope": {"chain": "c", "n": 1, "share": 0.5, "known": True},
    }


def test_the_published_schema_is_the_one_that_is_generated() -> None:
    published = (DOCS / "snapshot.schema.json").read_text()
    assert published == json.dumps(schema(), indent=2) + "\n", (
        "quadrant tick --schema > docs/snapshot.schema.json"
    )
    Draft202012Validator.check_schema(schema())


def test_the_schema_lists_what_the_engine_knows() -> None:
    fields = schema()["$defs"]["Snapshot"]["properties"]
    assert list(fields) == list(Snapshot.__slots__)
    assert fields["state"]["enum"] == list(STATES)
    assert fields["timeframe"]["enum"] == ["15m", "1h", "4h"]
    assert all("description" in field for field in fields.values())


def test_the_guide_has_a_message_of_every_state_from_the_engine() -> None:
    assert set(examples()) == set(STATES)
    by_ts = {s.bar_ts: s for s in series()[0]}
    for state, example in examples().items():
        LINE.validate(example)
        (bar,) = read(json.dumps(example).encode()).bars
        emitted = asdict(by_ts[bar.snapshot.bar_ts])
        told = asdict(bar.snapshot)
        assert told.pop("state") == emitted.pop("state") == state
        assert told.pop("timeframe") == emitted.pop("timeframe")
        assert told == pytest.approx(emitted, rel=1e-5)


def test_the_guides_answers_are_such() -> None:
    taken, refused = (b for b in blocks() if "snapshot" not in b)
    ANSWER.validate(taken)
    ANSWER.validate(refused)
    request = read(json.dumps(examples()["S1"]).encode())
    actions = tuple(ActionAnswer(**answer) for answer in taken["actions"])
    answer = Answer(request.bars[0].position, True, taken["gates"], actions)
    assert json.loads(write(request, [answer])) == taken
    wrong = examples()["S1"]
    wrong["snapshot"]["bar_ts"] += 1
    with pytest.raises(MessageError) as caught:
        read(json.dumps(wrong).encode())
    assert json.loads(write_error(caught.value)) == refused


def test_whatever_the_engine_emits_can_be_sent() -> None:
    for snapshots in series():
        for snapshot in snapshots:
            (bar,) = read(json.dumps(sent(snapshot)).encode()).bars
            assert bar.snapshot == snapshot
        LINE.validate([sent(snapshot) for snapshot in snapshots[::50]])


def test_what_is_read_is_what_was_sent() -> None:
    bar = series()[0][-1]
    action = Action("pass", bar.bar_ts, reason="no_pool", episode_type="s3_dx")
    full = sent(bar) | {"actions": [asdict(action)]}
    full["position"] |= {"book": "b", "total_allocation_pct": 5}
    position = Position("c", "T", "T", bar.timeframe, "b", 5.0)
    request = read(json.dumps([full, sent(bar)]).encode())
    assert request.bars[0] == PositionBar(position, bar, full["scope"])
    assert request.bars[0].position.total_allocation_pct == 5.0
    assert request.actions == [[action], []]
    assert request.is_array


def test_an_answer_is_one_line_of_ascii_whatever_the_names() -> None:
    bar = series()[0][-1]
    line = sent(bar)
    line["position"]["symbol"] = "\u2028\n\U0001f98a"
    request = read(json.dumps(line).encode())
    told = write(request, [Answer(request.bars[0].position, False, None)])
    assert told.isascii()
    assert b"\n" not in told
    assert json.loads(told)["position"]["symbol"] == line["position"]["symbol"]
    assert json.loads(told)["gates"] is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(field=st.sampled_from(Snapshot.__slots__), value=JSON)
def test_what_the_schema_refuses_is_refused_and_the_field_is_named(field: str, value: Any) -> None:
    line = sent(series()[0][-1])
    line["snapshot"][field] = value
    text = json.dumps(line)
    if LINE.is_valid(json.loads(text)):
        return  # the grid and the order of prices are not in the schema
    with pytest.raises(MessageError, match=field) as caught:
        read(text.encode())
    assert re.fullmatch(r"QD0\d\d", caught.value.code)
    assert caught.value.hint


@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_line_ends_in_another_error(line: bytes) -> None:
    with pytest.raises(MessageError):
        read(line)


def test_the_first_three_problems_are_told() -> None:
    line = sent(series()[0][-1])
    line["snapshot"] = {"clsoe": 1.0}
    with pytest.raises(MessageError) as caught:
        read(json.dumps(line).encode())
    error = caught.value
    assert error.message == (
        "'snapshot.clsoe' is no field; snapshot.timeframe is missing; "
        "snapshot.bar_ts is missing; and 25 more"
    )
    assert error.hint.startswith("Did you mean close? Known are timeframe, bar_ts,")


def test_a_long_value_is_not_told_whole() -> None:
    line = sent(series()[0][-1])
    line["snapshot"]["state"] = "S" * 10_000
    with pytest.raises(MessageError) as caught:
        read(json.dumps(line).encode())
    assert len(caught.value.message) < 200
