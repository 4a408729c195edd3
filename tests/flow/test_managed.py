"""A managed server: no superuser, no pg_cron, a transaction pooler before it. It learns as well.

Supabase- and RDS-like servers: docs/managed.md tells the same steps.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import packets
import psycopg
import pytest
from pooler import pgbouncer
from psycopg.conninfo import make_conninfo

from quadrant.server import Cluster

pytestmark = [pytest.mark.flow, pytest.mark.slow]

COMMAND = [sys.executable, "-c", "from quadrant.cli.app import main; main()"]
PASSWORDS = {
    "QUADRANT_PM_PASSWORD": "of the bot",
    "QUADRANT_JOBS_PASSWORD": "of the jobs",
    "QUADRANT_ANALYST_PASSWORD": "of people",
}


def test_installed_served_and_fed_without_a_superuser(
    own_cluster: Cluster, run_command: Callable[..., Any], tmp_path: Path
) -> None:
    server = own_cluster.start()
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("create role installer login createrole password 'of the installer'")
        admin.execute("create database app owner installer")
    tcp = make_conninfo(own_cluster.tcp_dsn("app") or "", password="")

    def login(user: str, password: str) -> str:
        return make_conninfo(tcp, user=user, password=password)

    installer = login("installer", "of the installer")
    assert run_command("up", QUADRANT_DSN=installer).returncode == 0
    made = run_command("roles", "create-logins", QUADRANT_DSN=installer, **PASSWORDS)
    assert made.returncode == 0, made.stderr
    run_command("config", "set", "log_episodes", "false", QUADRANT_DSN=installer)
    with psycopg.connect(installer, autocommit=True) as connection:
        assert connection.info.parameter_status("is_superuser") == "off"
        connection.execute("update learning.schedule set cron = '2 seconds'")

    jobs = login("quadrant_jobs", "of the jobs")
    environment = {**os.environ, "QUADRANT_DSN": jobs, "QUADRANT_LOGS": str(tmp_path)}
    with (
        pgbouncer(login("quadrant_pm_login", "of the bot"), "transaction") as pooled,
        subprocess.Popen([*COMMAND, "serve"], env=environment, stderr=subprocess.DEVNULL) as child,
    ):
        try:
            packets.feed(pooled, role=None)
            for stage in packets.follow(
                installer, 60, lambda _: (tmp_path / "learning_system.log").read_text()
            ):
                print(f"[x] {stage}")
            # What the bot reads, through the pooler too.
            with psycopg.connect(pooled, prepare_threshold=None) as bot:
                halos = bot.execute("select distinct s1_halo from pm.position_controls").fetchall()
            assert halos == [(pytest.approx(1.2),)]
            told = run_command("doctor", "--json", QUADRANT_DSN=jobs)
            (scheduler,) = (row for row in told.json if row["check"] == "scheduler")
            assert scheduler["status"] == "ok"
            assert "by quadrant serve: 4 (" in scheduler["detail"]
        finally:
            child.terminate()
        assert child.wait(10) == 0
    with psycopg.connect(login("quadrant_analyst_login", "of people")) as analyst:
        status = analyst.execute(
            "select count(*) > 0 from analyst.overrides where status = 'active'"
        ).fetchone()
        assert status == (True,)
