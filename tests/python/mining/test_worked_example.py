"""The worked example of docs/mining.md, run: what it says is what the functions answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg

PATTERN = "pm.uptrend.S1.entry"
AS_OF = "2026-01-01 00:00+00"
TEXT = (Path(__file__).parents[3] / "docs" / "mining.md").read_text()
UNIT = 2**32


def table(heading: str) -> list[dict[str, str]]:
    """The rows of the table of the page whose header line starts so."""
    lines = TEXT[TEXT.index(f"\n| {heading} |") + 1 :].split("\n\n", maxsplit=1)[0].splitlines()
    names, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_five_events_become_the_counts_of_the_page(connection: psycopg.Connection[Any]) -> None:
    experiments = table("experiment")
    for row in experiments:
        decision, _, gate = row["decision"].partition(", ")
        connection.execute(
            "insert into learning.pattern_episode_events (pattern_key, attempt_id, scope, decision,"
            " blocked_by, outcome, decided_at) values (%s, %s, %s, %s, %s, %s, %s)",
            (
                *(PATTERN, row["attempt"]),
                json.dumps({name: row[name] for name in ("bucket", "timeframe")}),
                *(decision, [gate or "ts"], row["outcome"], AS_OF),
            ),
        )
    connection.execute(
        "insert into learning.mining_contributions select * from"
        " learning.counted_experiments(%s, '2025-12-01', %s, null, 1)",
        (PATTERN, AS_OF),
    )
    connection.execute("select learning.code_values(%s, 1, true)", (PATTERN,))
    name_of = dict(connection.execute("select item, value from learning.mining_codes").fetchall())

    def slice_of(key: str) -> str:
        return " ".join(name_of[item] for item in key)

    with connection.transaction():
        made = connection.execute(
            "select learning.experiments_statement(%s, null, %s, '{}')",
            (PATTERN, [UNIT // 2, UNIT]),
        ).fetchone()
        assert made is not None
        connection.execute(made[0])
        rows = connection.execute(
            "select d1, d2, d3, d4, class from pg_temp.slice_experiments"
        ).fetchall()
        assert [f"{row[0]} {row[1]}" for row in rows] == [e["d1 d2"] for e in experiments]
        assert [f"{row[2]} {row[3]}" for row in rows] == [e["d3 d4"] for e in experiments]
        assert [row[4] for row in rows] == [2, 2, 3, 3, 5]

        assert connection.execute(
            "select turns, last from learning.slice_leads(5, 2, null)"
        ).fetchall() == [([], 0)]
        gather = connection.execute(
            "select learning.gather_statement(%s, '{}', 0, 5, 0, 1)", (PATTERN,)
        ).fetchone()
        assert gather is not None
        part = connection.execute(
            "select digits::text[] || acted::text, class_starts, class_lengths"
            f" from ({gather[0]}) as p"
        ).fetchone()
        assert part is not None
        assert part[0] == [row["bits"] for row in table("column")]
        assert part[1:] == ([1, 1, 3, 5, 5], [0, 2, 2, 0, 1])

        found = connection.execute(
            "select slice_key, experiments::text from learning.deeper_slices(%s,"
            f" array(select p::learning.slice_part from ({gather[0]}) as p), 1, null)",
            (PATTERN,),
        ).fetchall()
    slices = {row["slice"]: row for row in table("slice")}
    assert {slice_of(key): bits for key, bits in found} == {
        name: row["bits"] for name, row in slices.items()
    }

    counts = connection.execute(
        "select slice_key, acted_success, acted_failure, skipped_success, skipped_failure,"
        " n_policy, weight / 4294967296.0, success_weight / 4294967296.0"
        " from learning.find_slices(%s, 1, null, null)",
        (PATTERN,),
    ).fetchall()
    # A slice needs an experiment: with policy skips alone it would be none.
    assert {slice_of(key): [float(n) for n in numbers] for key, *numbers in counts} == {
        name: [float(row[column]) for column in list(row)[2:]] for name, row in slices.items()
    }
