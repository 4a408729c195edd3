"""docker-compose.yml and Dockerfile: well formed, locked up, and what they start works.

There is no Docker here: images are not built, their entrypoints run directly.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
MIGRATE = ROOT / "docker" / "migrate"
BIN = Path(sys.executable).parent
LOGINS = ("quadrant_pm_login", "quadrant_worker_login")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(YAML(typ="safe").load(COMPOSE)["services"])


def test_the_compose_file_is_one() -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_dockerfile_is_well_written() -> None:
    command = [BIN / "hadolint", "--no-color", DOCKERFILE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE.read_text(), re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            known = (ROOT / ".dockerignore").read_text().splitlines()
            assert f"!{source.split('/')[0]}" in known, source


def test_every_service_is_locked_up(services: dict[str, Any]) -> None:
    targets = dict(re.findall(r"AS (\w+)\n((?:(?!FROM).*\n)*)", DOCKERFILE.read_text()))
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        (user,) = re.findall(r"^USER (\d+)$", targets[service["build"]["target"]], re.MULTILINE)
        assert int(user) > 0, name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert "privileged" not in service, name
        assert "healthcheck" in service or service["restart"] == "no", name


def test_secrets_come_from_the_environment(services: dict[str, Any]) -> None:
    known = re.findall(r"^(\w+)=$", (ROOT / "docker/example.env").read_text(), re.MULTILINE)
    asked = set()
    for service in services.values():
        for variable, value in service["environment"].items():
            if "PASSWORD" in variable or "TOKEN" in variable:
                (name,) = re.findall(r"^\$\{(\w+):[?-].*\}$", value)
                asked.add(name)
            assert not re.search(r"//\w+:", value), "a password in a DSN"
    assert asked == set(known)


@pytest.fixture
def settings(server_dsn: str) -> Iterator[dict[str, str]]:
    """What compose gives the containers that come after the database; its logins go again."""
    yield {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "QUADRANT_PG_CRON_SQL": str(ROOT / "pg_cron.sql"),
        "QUADRANT_LOGS": os.environ["QUADRANT_LOGS"],
        "QUADRANT_WORKER_PASSWORD": "of the worker",
        "QUADRANT_PM_PASSWORD": "of the bot",
    }
    with psycopg.connect(server_dsn, autocommit=True) as admin:
        for login in LOGINS:
            admin.execute(f"drop role if exists {login}".encode())


def beside(dsn: str) -> dict[str, str]:
    """As in the containers: the password is not in the DSN but beside it."""
    parts = conninfo_to_dict(dsn)
    password = str(parts.pop("password", ""))
    return {"QUADRANT_DSN": make_conninfo("", **parts), "PGPASSWORD": password}


def migrate(dsn: str, settings: dict[str, str]) -> str:
    """What the entrypoint says."""
    done = subprocess.run(
        [MIGRATE],
        env={**settings, **beside(dsn)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def as_login(dsn: str, login: str, password: str) -> str:
    return make_conninfo(dsn, host="127.0.0.1", user=login, password=password)


@pytest.mark.slow
def test_migrate_then_the_worker(
    database: str,
    settings: dict[str, str],
    services: dict[str, Any],
    run_command: Callable[..., Any],
) -> None:
    assert services["migrate"]["entrypoint"] == ["quadrant-migrate"]
    told = migrate(database, settings)
    assert "quadrant_worker_login created" in told
    assert "run `quadrant serve`" in told

    worker, password = services["worker"], settings["QUADRANT_WORKER_PASSWORD"]
    login = beside(as_login(database, "quadrant_worker_login", password))
    assert worker["command"] == ["worker"]
    assert "0 simulations done" in run_command(*worker["command"], "--once", **login).stdout
    # Its healthcheck, which says no where the password is another.
    assert worker["healthcheck"]["test"][:2] == ["CMD", "quadrant"]
    check = worker["healthcheck"]["test"][2:]
    assert run_command(*check, **login).returncode == 0
    refused = run_command(*check, **{**login, "PGPASSWORD": "wrong"})
    assert (refused.returncode, refused.stderr[:5]) == (1, "QD206")


@pytest.mark.slow
def test_migrate_gives_the_jobs_to_pg_cron(cron_database: str, settings: dict[str, str]) -> None:
    jobs = "select count(*) from cron.job where jobname like 'quadrant.%' and active"
    with psycopg.connect(cron_database, autocommit=True) as connection:
        try:
            migrate(cron_database, settings)
            assert connection.execute(jobs).fetchone() == (4,)
        finally:
            connection.execute("select learning.unschedule_all()")
