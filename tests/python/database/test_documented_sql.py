"""The SQL of both guides runs as a bot; it names all functions of pm and every field there is."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from pages import DOCS, sql_blocks

RECORDING = (DOCS / "recording.md").read_text()
LIVE = (DOCS / "live.md").read_text()
BLOCKS = sql_blocks(RECORDING + LIVE)


def test_the_examples_run_one_after_the_other_as_a_bot(
    connection: psycopg.Connection[Any],
) -> None:
    connection.execute("set role quadrant_pm")
    for block in BLOCKS:
        connection.execute(block)
    connection.execute("reset role")
    stored = connection.execute(
        "select (select outcome_reason from learning.pattern_episode_events),"
        " (select count(*) from learning.allocation_history),"
        " (select array_agg(distinct symbol) from analyst.trades where symbol is not null),"
        " (select count(*) from learning.episode_rejects)"
    ).fetchone()
    assert stored == ("target", 2, ["BTC"], 1), "one bar was meant to be rejected"


def test_every_function_of_pm_has_an_example(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "select p.proname from pg_proc as p where p.pronamespace = 'pm'::regnamespace"
    ).fetchall()
    examples = "".join(BLOCKS)
    assert [name for (name,) in rows if f"pm.{name}(" not in examples] == []


def test_every_field_is_told(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "select k.kind, f.field from unnest(array['episode', 'trade', 'closed_trade', 'position',"
        " 'gate']) as k (kind) cross join unnest(learning.known_fields(k.kind)) as f (field)"
    ).fetchall()
    assert len(rows) > 60
    told = set(re.findall(r"[a-z_0-9]+", RECORDING))
    assert [row for row in rows if row[1] not in told] == []
