"""Controls a ticker keeps hold while the scope's values stay the same."""

from __future__ import annotations

from typing import Any

import psycopg

from quadrant.tick.controls import Controls


def test_1_and_true_are_two_values(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)"
        " values ('pm.uptrend.S1.entry', 'tuning_halo', '{\"a\": true}', 1.1)"
    )
    controls = Controls(connection)
    controls.read([(7, {"a": 1, "b": 1})])
    assert controls.holds(7, {"a": 1, "b": 2}), "no override looks at b"
    assert not controls.holds(7, {"a": True, "b": 1})


def test_a_configuration_that_comes_or_goes_is_heard(connection: psycopg.Connection[Any]) -> None:
    """A missing row stands for the defaults: what it says changes where it is made."""
    connection.execute("delete from learning.learning_configs where module_id = 'pm'")
    controls = Controls(connection)
    controls.read([(7, {})])
    before = controls.generation
    connection.execute("select learning.set_setting('ae_v2_enabled', 'false')")
    assert not controls.holds(7, {})
    assert controls.generation > before
    controls.read([(7, {})])
    connection.execute("delete from learning.learning_configs where module_id = 'pm'")
    assert not controls.holds(7, {})


def test_a_ticker_hears_of_what_was_or_is_in_force_not_of_proposals(
    connection: psycopg.Connection[Any],
) -> None:
    controls = Controls(connection)

    def is_heard(statement: str) -> bool:
        before = controls.generation
        connection.execute(statement)
        connection.execute("select 'what was notified comes with any answer'")
        return controls.generation > before

    proposed = (
        "insert into learning.pm_overrides"
        " (pattern_key, action_category, scope_subset, multiplier, status)"
        " values ('pm.uptrend.S1.entry', 'tuning_halo', '{\"a\": 1}', 1.1, 'proposed')"
    )
    change = "update learning.pm_overrides set "
    assert not is_heard(proposed)
    assert not is_heard(change + "multiplier = 1.2")
    assert is_heard(change + "status = 'active'")
    assert is_heard(change + "multiplier = 1.1")
    assert is_heard(change + "status = 'proposed'")
    assert not is_heard("delete from learning.pm_overrides")
    connection.execute(proposed.replace("'proposed'", "'active'"))
    assert is_heard("delete from learning.pm_overrides")
