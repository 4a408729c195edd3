"""The command of docs/operations.md takes a database and its roles to a new server; it goes on."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import packets
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from quadrant.database import check_schema, migrate
from quadrant.judging.learner import Learner
from quadrant.server import Cluster
from quadrant.server.binaries import wheel

pytestmark = [pytest.mark.flow, pytest.mark.slow]

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
IN_FORCE = """
    select o.pattern_key, o.action_category, o.scope_subset, o.multiplier, o.delta, o.status
    from learning.pm_overrides as o order by 1, 2, 3::text
"""


def test_it_learns_on_with_the_same_overrides(
    database: str, own_cluster: Cluster, programs: Path | None
) -> None:
    packets.feed(database)
    with psycopg.connect(database, autocommit=True) as old:
        Learner(old).learn()
        in_force = old.execute(IN_FORCE).fetchall()
        assert in_force
        login = sql.Identifier(f"quadrant_pm_{old.info.dbname}")
        old.execute(sql.SQL("create role {} login password 'x'").format(login))
        old.execute(sql.SQL("grant quadrant_pm to {}").format(login))
    try:
        new = move(database, own_cluster.start(), programs)
    finally:
        with psycopg.connect(database, autocommit=True) as old:
            old.execute(sql.SQL("drop role {}").format(login))

    report = migrate(new)
    assert (report.changed, report.warnings) == (False, ())
    with psycopg.connect(new, autocommit=True) as connection:
        check_schema(connection)
        assert connection.execute(IN_FORCE).fetchall() == in_force
        connection.execute(sql.SQL("set role {}").format(login))
        halos = connection.execute("select max(s1_halo) from pm.position_controls").fetchone()
        assert halos == (pytest.approx(1.2),)
        connection.execute("reset role")

        packets.feed(new, first=1000)
        assert Learner(connection).learn(judge_anyway=True)
        assert connection.execute(IN_FORCE).fetchall() == in_force
        lesson = connection.execute(
            "select n from learning.lessons where status = 'active' and scope_subset = '{}'"
            " and pattern_key = %s and lesson_type = 'tuning_rates'",
            (packets.PATTERN,),
        ).fetchone()
        assert lesson == (800,)


def move(old: str, new: str, programs: Path | None) -> str:
    """Runs the documented command; the DSN of the database on the new server."""
    (command,) = re.findall(r"```\n(\{ .*?)```", PAGE.read_text(), re.DOTALL)
    environment: dict[str, Any] = {
        **os.environ,
        "PATH": f"{programs or wheel()}:{os.environ['PATH']}",
        "OLD": old,
        "NEW": new,
    }
    for name in [name for name in environment if name.startswith("PG")]:
        del environment[name]
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return make_conninfo(new, dbname=str(conninfo_to_dict(old)["dbname"]))
