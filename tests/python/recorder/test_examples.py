"""The plain loops of examples/: both tell the same of the same bars."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from quadrant.recorder.lines import answers

EXAMPLES = Path(__file__).parents[3] / "examples"
GATES = [{"gate": "x", "direction": "at_least", "base": 1, "steps": [0, 1]}]
EXIT = {"target": 0.1, "stop": 0.1, "bars": 3}
COMMAND = f"{Path(sys.executable).with_name('quadrant')} record"
NewDatabase = Callable[[], AbstractContextManager[str]]


def told_by(new_database: NewDatabase, program: str, script: str) -> tuple[Any, Any]:
    """What a loop over 300 bars leaves in a database: windows, trades."""
    rng = np.random.default_rng(5)
    closes = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 301)))
    lines = [
        f"{1_767_225_600_000 + 3_600_000 * i},{a:.4f},{max(a, b):.4f},{min(a, b):.4f},{b:.4f}"
        for i, (a, b) in enumerate(pairwise(closes))
    ]
    with new_database() as dsn:
        subprocess.run(
            [program, str(EXAMPLES / script), "BTCUSDT"],
            input="\n".join(lines) + "\n",
            text=True,
            check=True,
            timeout=120,
            env=os.environ
            | {
                "QUADRANT_DSN": make_conninfo(dsn, options="-c role=quadrant_pm"),
                "QUADRANT": COMMAND,
            },
        )
        with psycopg.connect(dsn) as connection:
            windows = connection.execute(
                "select window_id, decision, outcome, round(roi::numeric, 9), trade_id, blocked_by,"
                " factors from learning.pattern_episode_events order by opened_at"
            ).fetchall()
            trades = connection.execute(
                "select trade_id, round(roi::numeric, 9), closed_at from analyst.trades order by 3"
            ).fetchall()
            assert connection.execute(
                "select (select count(*) from learning.episode_rejects),"
                " (select count(*) from learning.pattern_episode_events"
                " where decision = 'acted') >= (select count(*) from analyst.trades)"
            ).fetchone() == (0, True)
    return windows, trades


def test_plain_loops_are_short() -> None:
    for example in filter(Path.is_file, EXAMPLES.iterdir()):
        assert len(example.read_text().splitlines()) <= 40, example


def test_the_plain_loop_in_python_and_in_node(new_database: NewDatabase) -> None:
    windows, trades = told_by(new_database, sys.executable, "plain_loop.py")
    assert len(windows) > 20
    assert len(trades) > 2
    assert {row[1] for row in windows} == {"acted", "skipped"}
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the loop in Python alone was run")
    assert told_by(new_database, node, "plain_loop.mjs") == (windows, trades)


def test_a_bad_line_is_answered_and_passed_over(database: str) -> None:
    start = {
        "pattern": "pm.dip.entry",
        "timeframe": "1h",
        "namespace": "n",
        "gates": GATES,
        "exit": EXIT,
    }
    bar = {"pair": "A", "ts": 0, "open": 1, "high": 1, "low": 1, "close": 1, "values": {"x": 1}}
    lines = [
        '{"bar": {}}',
        json.dumps({"start": start | {"pattern": "dip"}}),
        json.dumps({"start": start}),
        "no json",
        "[]",
        json.dumps({"sold": {}}),
        json.dumps({"bar": bar | {"values": {}}}),
        json.dumps({"bar": bar | {"scope": {"venue": "sim"}, "ts": 3_600_000}}),
    ]
    told = [json.loads(answer) for answer in answers(database, lines)]
    codes = [answer.get("error", {}).get("code") for answer in told]
    assert codes == ["QD014", "QD001", None, "QD014", "QD014", "QD014", "QD014", None]
    assert told[-1]["passes"] is True


def test_a_bar_that_was_refused_may_come_again(database: str) -> None:
    start = {"pattern": "pm.dip.entry", "timeframe": "1h", "namespace": "n", "gates": GATES}
    rest = {"open": 1, "high": 1, "low": 1, "close": 1}
    bars = [(0, {"x": 0}), (1, {}), (1, {"x": 1})]
    lines = [{"start": start | {"exit": EXIT}}] + [
        {"bar": {"pair": "A", "ts": hour * 3_600_000, "values": values, **rest}}
        for hour, values in bars
    ]
    told = [json.loads(answer) for answer in answers(database, map(json.dumps, lines))]
    assert told[2]["error"]["message"] == "KeyError: 'x'"
    assert told[3]["tag"] == "pm.dip.entry:A:1h:3600000@3600000"
