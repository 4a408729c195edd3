"""The servers and databases the tests run on.

The server is, in this order: QUADRANT_TEST_DSN (a superuser's DSN), the throw-away cluster of
pg_virtualenv, or the wheel's PostgreSQL in a temporary QUADRANT_HOME. With `-n` the processes of
pytest-xdist share it, each with a template database of its own. So what a test asks of the whole
cluster (its sessions, locks, roles) has to leave out the other processes' databases, and tests that
make roles give them names of their own and drop them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from calls import note_calls
from psycopg import sql
from psycopg.conninfo import make_conninfo
from xdist.scheduler import LoadScopeScheduling

from quadrant.cli import console
from quadrant.cli.app import main
from quadrant.database import migrate
from quadrant.server import Cluster, Home

_DATABASE_FIXTURES = {
    "server_dsn",
    "own_cluster",
    "module_cluster",
    "replicating_cluster",
    "private_home",
}
# Files whose tests share nothing and take long.
ONE_BY_ONE = {"tests/flow/test_proof_of_learning.py"}
# Most of whose tests take seconds each: servers and processes, markets judged, long histories.
TAKE_SECONDS = {
    "cli/test_server_commands.py",
    "cli/test_tick_command.py",
    "database/test_real_schema.py",
    "database/test_upgrade.py",
    "importer/test_database.py",
    "judging/test_decisions_of_people.py",
    "judging/test_explain.py",
    "judging/test_failures.py",
    "judging/test_heartbeat.py",
    "judging/test_judge.py",
    "judging/test_preview.py",
    "judging/test_solutions.py",
    "judging/test_two_hosts.py",
    "market/test_market.py",
    "mining/test_increments.py",
    "report/test_browser.py",
    "report/test_grafana.py",
    "report/test_page.py",
    "report/test_questions.py",
    "rights/test_injection.py",
    "server/test_cluster.py",
    "tick/test_against_a_plain_loop.py",
    "web/test_live.py",
}
# Without QUADRANT_DSN and QUADRANT_HOME no test can reach a developer's own database.
_OURS = ("QUADRANT_DSN", "QUADRANT_HOME")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only", action="store_true", help="Only the tests that use a PostgreSQL server."
    )
    parser.addoption(
        "--quick", action="store_true", help="Leave out slow, flow and what else takes seconds."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Ctrl-C reaches us and the processes we start, even where a shell started us with `&`."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    given = "QUADRANT_TEST_DSN" in os.environ or "PGVERSION" in os.environ
    if getattr(config.option, "numprocesses", None) and not given:
        # The first process starts the one server; the others inherit where it is.
        server = _embedded_server()
        os.environ["QUADRANT_TEST_DSN"] = server.__enter__()
        config.add_cleanup(lambda: server.__exit__(None, None, None))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    keep = items
    if config.getoption("--database-only"):
        keep = [item for item in keep if _uses_database(item)]
    if config.getoption("--quick"):
        keep = [item for item in keep if _is_quick(item)]
    kept = set(keep)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = keep


def _uses_database(item: pytest.Item) -> bool:
    used = _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return item.path.suffix == ".sql" or bool(used)


def _is_quick(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("slow") or item.get_closest_marker("flow")
    return not marked and "/".join(item.path.parts[-2:]) not in TAKE_SECONDS


class _ByFile(LoadScopeScheduling):
    """A file's tests run in one process, one after the other: they share what they prepare.

    Files are begun in the order of their names, tests/flow first, where they take longest.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return nodeid if file in ONE_BY_ONE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Who runs what, with `-n`."""
    config.option.loadscopereorder = False
    return _ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def _no_other_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUADRANT_LOGS", str(tmp_path_factory.mktemp("logs")))
        for name in _OURS:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def programs() -> Path | None:
    """The `bin` folder of the server under test where that is the distribution's, else None."""
    version = os.environ.get("PGVERSION")
    return Path(f"/usr/lib/postgresql/{version}/bin") if version else None


@pytest.fixture(scope="session")
def server_dsn() -> Iterator[str]:
    """A superuser's DSN of the server under test (database `postgres`)."""
    if given := os.environ.get("QUADRANT_TEST_DSN"):
        yield given
    elif "PGVERSION" in os.environ:  # inside pg_virtualenv
        keys = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        values = {key: os.environ[name] for key, name in keys.items()}
        yield make_conninfo(**values, dbname="postgres")
    else:
        with _embedded_server() as dsn:
            yield dsn


@pytest.fixture(scope="session")
def server_version(server_dsn: str) -> int:
    """The major version of the server under test."""
    with psycopg.connect(server_dsn) as connection:
        return connection.info.server_version // 10_000


@pytest.fixture(scope="session")
def template(server_dsn: str) -> Iterator[str]:
    """The name of a database in which `quadrant migrate` has run; nobody connects to it."""
    name = f"quadrant_template_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server_dsn) as one_at_a_time:  # the first makes the roles
        one_at_a_time.execute("select pg_advisory_lock(hashtext('quadrant tests'))")
        _run(server_dsn, "create database {}", name)
        migrate(make_conninfo(server_dsn, dbname=name))
    yield name
    _run(server_dsn, "drop database {} with (force)", name)


@pytest.fixture(scope="session")
def new_database(server_dsn: str, template: str) -> Callable[..., AbstractContextManager[str]]:
    """A context manager of a new, migrated database: its DSN. Or of a copy of another one."""

    @contextmanager
    def make(copied: str = template) -> Iterator[str]:
        name = f"quadrant_test_{uuid.uuid4().hex[:8]}"
        _run(server_dsn, "create database {} template {}", name, copied)
        dsn = make_conninfo(server_dsn, dbname=name)
        try:
            yield dsn
            note_calls(dsn)
        finally:
            _run(server_dsn, "drop database {} with (force)", name)

    return make


@pytest.fixture
def database(new_database: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The DSN of a new, migrated database of this test's own."""
    with new_database() as dsn:
        yield dsn


@pytest.fixture
def empty_database(server_dsn: str) -> Iterator[str]:
    """The DSN of a new, empty database of this test's own."""
    name = f"quadrant_empty_{uuid.uuid4().hex[:8]}"
    _run(server_dsn, "create database {}", name)
    yield make_conninfo(server_dsn, dbname=name)
    _run(server_dsn, "drop database {} with (force)", name)


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection[Any]]:
    """An autocommit connection of the database's owner (a superuser) to this test's database."""
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


@pytest.fixture
def cron_database(server_dsn: str) -> Iterator[str]:
    """The DSN of the one database of the cluster with pg_cron, migrated; skips without pg_cron.

    Tests have it one after the other, whichever process they run in, and undo what they do there.
    """
    with psycopg.connect(server_dsn, autocommit=True) as turn:
        row = turn.execute("select current_setting('cron.database_name', true)").fetchone()
        if row is None or not row[0]:
            pytest.skip("pg_cron is not loaded in this server")
        turn.execute("select pg_advisory_lock(hashtext('quadrant tests of pg_cron'))")
        dsn = make_conninfo(server_dsn, dbname=row[0])
        with psycopg.connect(dsn, autocommit=True) as admin:
            admin.execute("create extension if not exists pg_cron")
        migrate(dsn)
        yield dsn
        note_calls(dsn)


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """What it printed for scripts."""
        assert self.returncode == 0, self.stderr
        return json.loads(self.stdout)


@pytest.fixture
def run_command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """`quadrant ARGUMENTS` in this process, where the process itself is not what is tested.

    (*arguments, columns=120, **environment) -> Done. A traceback is an exception of the test.
    """

    def run(*arguments: object, columns: int = 120, **environment: str) -> Done:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["-c", *map(str, arguments)])
            for terminal in (console.out, console.err):
                patch.setattr(terminal, "_width", columns)
            patch.setenv("QUADRANT_DATABASE", "")  # so that what the command sets is undone
            for name, value in environment.items():
                patch.setenv(name, value)
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def private_home() -> Iterator[Home]:
    """A QUADRANT_HOME of this test's own, its server stopped afterwards."""
    with _temporary_home() as home:
        yield home
        Cluster(home).stop("immediate")


@pytest.fixture
def own_cluster(programs: Path | None) -> Iterator[Cluster]:
    """A started server of this test's own, fsync on, that it may kill (`pid()`) and `start()`.

    Of the version under test. `dsn(database)` is None while it is down.
    """
    with _own_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def module_cluster(programs: Path | None) -> Iterator[Cluster]:
    """As own_cluster, of a file's own."""
    with _own_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def replicating_cluster(programs: Path | None) -> Iterator[Cluster]:
    """As module_cluster, with the WAL that logical replication needs."""
    workers = {"max_worker_processes": "16", "max_logical_replication_workers": "10"}
    with _own_cluster(programs, wal_level="logical", fsync="off", **workers) as cluster:
        yield cluster


@contextmanager
def _own_cluster(programs: Path | None, **settings: str) -> Iterator[Cluster]:
    with _temporary_home() as home:
        cluster = Cluster(home, {"shared_buffers": "32MB", **settings}, programs)
        cluster.start()
        yield cluster
        cluster.stop("immediate")


class _temporary_home:  # noqa: N801 - used as a function
    """A home in a folder that the server's account can reach, removed at the end."""

    def __enter__(self) -> Home:
        self._folder = Path(tempfile.mkdtemp(prefix="quadrant test "))
        self._folder.chmod(0o755)
        self._home = Home(self._folder / ".quadrant")
        return self._home

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._home.sockets, ignore_errors=True)
        shutil.rmtree(self._folder)


@contextmanager
def _embedded_server() -> Iterator[str]:
    """The wheel's PostgreSQL in a home of its own; its DSN."""
    settings = {"fsync": "off", "jit": "off", "max_connections": "100", **_pgtap_settings()}
    with _temporary_home() as home:
        cluster = Cluster(home, settings)
        yield cluster.start()
        cluster.stop("immediate")


def _pgtap_settings() -> dict[str, str]:
    """Lend the distribution's pgTAP (plain SQL) to the wheel's server, where it is installed."""
    controls = sorted(Path("/usr/share/postgresql").glob("*/extension/pgtap.control"))
    if not controls:
        return {}
    return {"extension_control_path": f"{controls[-1].parents[1]}:$system"}


def _run(dsn: str, statement: str, *names: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
