"""The client: follows the database, does without it, and finds it again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from amounts import amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quadrant.client import GateClient, NoGates, _text
from quadrant.database import migrate
from quadrant.server import Cluster

PATTERN = "pm.uptrend.S1.entry"
MICRO = {"bucket": "micro", "timeframe": "15m"}
LIVE = Path(__file__).parents[3] / "docs" / "live.md"


def set_halo(connection: psycopg.Connection[Any], multiplier: float) -> None:
    connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)"
        " values (%s, 'tuning_halo', '{\"bucket\": \"micro\"}', %s)"
        " on conflict (pattern_key, action_category, scope_subset, is_manual)"
        " do update set multiplier = excluded.multiplier",
        (PATTERN, multiplier),
    )


def halo(client: GateClient) -> float:
    return client.gates(PATTERN, MICRO)["halo"].value


def soon(what: Callable[[], Any], seconds: float = 20) -> None:
    """Waits until it holds."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_it_follows_what_changes(connection: psycopg.Connection[Any], database: str) -> None:
    set_halo(connection, 1.25)
    with GateClient(database) as client:
        assert client.state.fresh
        assert client.gates(PATTERN, {"bucket": "big"})["halo"].value == 1
        assert halo(client) == 1.25
        set_halo(connection, 1.5)
        soon(lambda: halo(client) == 1.5)
        switch = "select learning.set_setting('tuning_overrides_enabled', %s, null, null)"
        connection.execute(switch, ("false",))
        soon(lambda: halo(client) == 1)
        connection.execute(switch, ("true",))
        soon(lambda: halo(client) == 1.5)
        with pytest.raises(NoGates):
            client.gates("pm.unknown.setup", MICRO)


def test_without_the_database_it_answers_what_was_last_known(own_cluster: Cluster) -> None:
    dsn = own_cluster.dsn()
    assert dsn is not None
    migrate(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        set_halo(connection, 1.25)
    with GateClient(dsn) as client:
        assert halo(client) == 1.25
        own_cluster.stop("immediate")
        soon(lambda: not client.state.fresh)
        assert halo(client) == 1.25
        assert client.state.source == "last known"
        assert client.state.since is not None
        assert client.state.error
        with psycopg.connect(own_cluster.start(), autocommit=True) as connection:
            set_halo(connection, 1.5)
        soon(lambda: client.state.fresh and halo(client) == 1.5)


def test_a_database_never_reached_leaves_base() -> None:
    nowhere = "host=/nowhere dbname=none"
    with GateClient(nowhere, {PATTERN: {"halo": 0.9}}) as client:
        assert halo(client) == 0.9
        assert (client.state.fresh, client.state.source) == (False, "base")
        assert "/nowhere" in client.state.error
        with pytest.raises(NoGates):
            client.gates("pm.uptrend.S2.entry", MICRO)


def test_it_needs_psycopg_alone() -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, quadrant.client;"
            "print(*{m.split('.')[0] for m in sys.modules} & {'polars', 'numpy', 'yoyo', 'typer'},"
            "*[m for m in sys.modules if m.startswith('quadrant.')])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["quadrant.client"]


def test_the_example_runs(
    connection: psycopg.Connection[Any], database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", LIVE.read_text(), re.DOTALL)
        if "GateClient" in block
    )
    set_halo(connection, 1.25)
    names: dict[str, Any] = {}
    exec(example.replace("postgresql://bot@host/quadrant", database), names)
    assert names["halo"] == 1.25
    assert names["because_of"] is not None
    assert capsys.readouterr().out == ""


@given(
    st.integers()
    | st.booleans()
    | st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False, places=6)
)
@settings(
    max_examples=amount(60, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_values_are_the_texts_the_database_compares(
    connection: psycopg.Connection[Any], value: Any
) -> None:
    sent = format(value, "f") if isinstance(value, Decimal) else json.dumps(value)
    row = connection.execute("select learning.scope_value(%s::jsonb)", (sent,)).fetchone()
    assert row == (_text(value),)
