"""quadrant snapshots: bars in, lines out that are the engine's and that quadrant tick takes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import jsonschema
import pytest

from quadrant.bars import read_bars
from quadrant.engine import compute
from quadrant.tick.messages import read

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "snapshot.schema.json").read_text())


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """500 hourly bars."""
    folder = tmp_path_factory.mktemp("bars")
    path = folder / "TOK_1h.csv"
    rows = ["ts,open,high,low,close,volume"]
    for n in range(500):
        price = 100 + 10 * ((n * n) % 17) / 17 + n / 50
        rows.append(
            f"{1_704_067_200_000 + n * 3_600_000},{price},{price + 1},{price - 1},{price},5"
        )
    path.write_text("\n".join(rows) + "\n")
    return path


def test_lines_are_the_engines_snapshots_by_the_schema(file, run_command):
    done = run_command("snapshots", file)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines == [asdict(s) for s in compute(read_bars(file)).snapshots()]
    validator = jsonschema.Draft202012Validator(SCHEMA | {"anyOf": [{"$ref": "#/$defs/Snapshot"}]})
    assert [error for line in lines[::25] for error in validator.iter_errors(line)] == []
    last = run_command("snapshots", file, "--last", "2").stdout
    assert [json.loads(line) for line in last.splitlines()] == lines[-2:]


def test_with_a_chain_they_are_lines_for_the_tick(file, run_command):
    done = run_command(
        *("snapshots", file, "--chain", "binance", "--scope", "bucket=big", "--last", "3")
    )
    told = [read(line.encode()).bars[0] for line in done.stdout.splitlines()]
    assert len(told) == 3
    assert told[-1].snapshot == compute(read_bars(file)).snapshots()[-1]
    assert told[-1].scope == {"chain": "binance", "timeframe": "1h", "bucket": "big"}
    assert told[-1].position.token_contract == "TOK"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["none_1h.csv"], "QD101"), (["--chain", "c", "--scope", "bucket"], "QD004")],
)
def test_what_cannot_be_read_is_said(file, run_command, arguments, code):
    found = arguments if len(arguments) == 1 else [file, *arguments]
    done = run_command("snapshots", *found)
    assert done.returncode == 1
    assert code in done.stderr
    assert done.stdout == ""
