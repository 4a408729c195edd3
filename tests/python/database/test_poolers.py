"""pgbouncer between us and the server: refused where it would lose what a session holds."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.json import Jsonb

from quadrant.database import connect
from quadrant.database.errors import PooledPerTransaction
from quadrant.tick import Tick

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
Pooled = Callable[..., str]


@pytest.fixture
def pooled(database: str) -> Iterator[Pooled]:
    """Starts a pgbouncer in a mode before this test's database; answers the DSN through it."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed")
    started: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)

        def start(mode: str, size: int = 5) -> str:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            server = conninfo_to_dict(database)
            target = " ".join(
                f"{key}='{server[key]}'"
                for key in ("host", "port", "dbname", "user", "password")
                if server.get(key)
            )
            ini = folder / f"{mode}.ini"
            ini.write_text(
                f"[databases]\npooled = {target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
                f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
                f"default_pool_size = {size}\nignore_startup_parameters = extra_float_digits\n"
            )
            # Not as root, and as somebody who may enter the folder of the server's socket.
            host = Path(str(server["host"]))
            account = pwd.getpwuid(host.stat().st_uid)[0] if host.is_dir() else "nobody"
            as_another = ["-u", account] if os.geteuid() == 0 else []
            assert PGBOUNCER is not None
            started.append(
                subprocess.Popen(
                    [PGBOUNCER, "-q", *as_another, str(ini)],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            dsn = make_conninfo(host="127.0.0.1", port=port, dbname="pooled", user="anybody")
            deadline = time.monotonic() + 10
            while True:
                try:
                    psycopg.connect(dsn, connect_timeout=2).close()
                    return dsn
                except psycopg.OperationalError:
                    assert time.monotonic() < deadline, "pgbouncer does not answer"
                    time.sleep(0.05)

        yield start
        for process in started:
            process.kill()
            process.wait()


def test_transaction_mode_is_refused_for_what_needs_a_session(pooled: Pooled) -> None:
    dsn = pooled("transaction")
    with pytest.raises(PooledPerTransaction, match="QD212"):
        connect(dsn)
    with pytest.raises(PooledPerTransaction, match="QD212"):
        Tick(dsn, "bot")
    # What the refusal's hint says: single calls of pm functions need no session.
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        for n in range(8):
            row = connection.execute(
                "select written from pm.record_episode(%s)",
                (
                    Jsonb(
                        {
                            "pattern_key": "pm.uptrend.S1.entry",
                            "episode_id": f"e{n}",
                            "decision": "skipped",
                            "timestamp": "2026-01-05T00:37:00+00:00",
                            "scope": {"timeframe": "15m"},
                        }
                    ),
                ),
            ).fetchone()
            assert row == ("new",)


@pytest.mark.parametrize("size", [1, 5])
def test_a_pool_in_session_mode_serves(pooled: Pooled, size: int) -> None:
    with connect(pooled("session", size), autocommit=True) as connection:
        tick = Tick(connection, "bot")
        assert tick.gates
