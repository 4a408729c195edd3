"""Looks at many slices that overlap: comparisons are asked for ahead, and decide the same."""

from __future__ import annotations

from typing import Any

import psycopg
from hand_market import Market

# Each of them overlaps every other but those of its own dimension.
SCOPES = dict.fromkeys(("bucket", "chain", "venue"), ("x", "y", "z"))


def outside(seen: Any) -> float:
    """Setups just outside the halo gate pay everywhere: all other slices are held against that."""
    return 0.05 * (1.0 < seen["halo"] <= 1.2)


def judged(new_database: Any, most_ahead: int) -> tuple[int, list[tuple[Any, ...]]]:
    """How many rounds a look took, and what it decided."""
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        (definition,) = connection.execute(
            "select pg_get_functiondef('learning.decide_look(bigint)'::regprocedure)"
        ).fetchall()[0]
        connection.execute(
            "insert into learning.scope_dimensions (name, ordinal)"
            " select 'venue', max(ordinal) + 1 from learning.scope_dimensions"
            " on conflict (name) do update set enabled = true"
        )
        assert "constant integer := 16;" in definition
        connection.execute(definition.replace(":= 16;", f":= {most_ahead};"))
        market = Market(connection)
        market.fill(300, outside, scopes=SCOPES)
        rounds = 0
        worker = market.learner._worker
        finish = worker._finish

        def counted(connection: Any) -> int:
            nonlocal rounds
            rounds += 1
            return finish(connection)

        worker._finish = counted  # type: ignore[method-assign]
        market.learn(300)
        decided = market.rows(
            "select l.scope_subset, l.candidate, l.verdict, g.reference, g.exclusions, g.z"
            " from learning.look_slices as l"
            " left join learning.gate_simulations as g on g.id = l.simulation_id"
            " order by l.depth, l.place"
        )
        return rounds, decided


def test_it_saves_rounds_and_decides_the_same(new_database: Any) -> None:
    step_by_step, expected = judged(new_database, 0)
    rounds, decided = judged(new_database, 16)
    assert decided == expected
    assert [scope for scope, candidate, *_ in decided if candidate is not None] == [{}]
    assert len(decided) > 10
    assert rounds < step_by_step / 3
