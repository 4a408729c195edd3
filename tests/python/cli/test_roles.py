"""quadrant roles create-logins: who can log in then, with what rights, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

Quadrant = Callable[..., Any]
KINDS = ("pm", "analyst", "worker", "jobs")
MAY = {
    "pm": "select count(*) from pm.position_controls",
    "analyst": "select count(*) from analyst.overrides",
    "worker": "select learning.beat('w', null, '1')",
    "jobs": "call learning.run_maintenance()",
}


@pytest.fixture
def suffix(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Of logins of this test's own, which are dropped after it."""
    chosen = f"_test_{uuid.uuid4().hex[:8]}"
    yield chosen
    for kind in KINDS:
        name = sql.Identifier(f"quadrant_{kind}{chosen}")
        connection.execute(sql.SQL("drop role if exists {}").format(name))
    connection.execute("alter role quadrant_jobs password null")


@pytest.fixture
def create(database: str, suffix: str, run_command: Quadrant) -> Quadrant:
    return partial(
        run_command, "roles", "create-logins", f"--suffix={suffix}", QUADRANT_DSN=database
    )


def passwords(word: str) -> dict[str, str]:
    return {f"QUADRANT_{kind.upper()}_PASSWORD": f"{word} 'of {kind}" for kind in KINDS}


def login(database: str, suffix: str, kind: str, word: str) -> psycopg.Connection[Any]:
    """By TCP, where passwords are asked for."""
    name = "quadrant_jobs" if kind == "jobs" else f"quadrant_{kind}{suffix}"
    dsn = make_conninfo(database, host="127.0.0.1", user=name, password=f"{word} 'of {kind}")
    return psycopg.connect(dsn, autocommit=True)


def test_each_logs_in_and_may_what_is_its_own(database: str, suffix: str, create: Quadrant) -> None:
    made = create("--json", **passwords("old")).json
    assert [row["done"] for row in made] == ["created", "created", "created", "changed"]
    for kind in KINDS:
        with login(database, suffix, kind, "old") as session:
            session.execute(MAY[kind].encode())
            if kind != "jobs":
                for other in set(MAY) - {kind}:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        session.execute(MAY[other].encode())
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute("set role quadrant_owner")

    again = create(**passwords("new"))
    assert again.returncode == 0
    assert again.stdout.splitlines()[0] == f"quadrant_pm{suffix} changed"
    for kind in KINDS:
        login(database, suffix, kind, "new").close()
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            login(database, suffix, kind, "old")


def test_who_has_no_password_is_left_out_and_told(
    connection: psycopg.Connection[Any], suffix: str, create: Quadrant
) -> None:
    done = create("--only", "pm,worker", QUADRANT_WORKER_PASSWORD="x")
    assert done.stdout == f"quadrant_worker{suffix} created\n"
    assert "QUADRANT_PM_PASSWORD is not set" in done.stderr
    count = connection.execute(
        "select count(*) from pg_roles where rolname like %s", (f"%{suffix}",)
    ).fetchone()
    assert count == (1,)
    assert create("--only", "owner").returncode == 2


@pytest.mark.parametrize(
    "more", ["alter role {} createdb", "grant quadrant_owner to {}", "grant quadrant_worker to {}"]
)
def test_one_that_may_more_is_refused(
    connection: psycopg.Connection[Any], suffix: str, create: Quadrant, more: str
) -> None:
    create(**passwords("old"))
    connection.execute(sql.SQL(more).format(sql.Identifier(f"quadrant_pm{suffix}")))  # type: ignore[arg-type]
    refused = create(**passwords("new"))
    assert refused.returncode == 1
    assert "QD222" in refused.stderr
    assert "may more than quadrant_pm" in refused.stderr
