"""A pgbouncer before a database of a test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def pgbouncer(database: str, mode: str, size: int = 5) -> Iterator[str]:
    """Starts one that gives out sessions of `database`, its login's, by `mode`; the DSN of it."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = conninfo_to_dict(database)
    target = " ".join(
        f"{key}='{server[key]}'"
        for key in ("host", "port", "dbname", "user", "password")
        if server.get(key)
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        ini = folder / "pgbouncer.ini"
        ini.write_text(
            f"[databases]\npooled = {target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
            f"default_pool_size = {size}\nignore_startup_parameters = extra_float_digits\n"
        )
        # Not as root, and as somebody who may enter the folder of the server's socket.
        host = Path(str(server["host"]))
        account = pwd.getpwuid(host.stat().st_uid)[0] if host.is_dir() else "nobody"
        as_another = ["-u", account] if os.geteuid() == 0 else []
        with subprocess.Popen(
            [PGBOUNCER, "-q", *as_another, str(ini)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                dsn = make_conninfo(host="127.0.0.1", port=port, dbname="pooled", user="anybody")
                deadline = time.monotonic() + 10
                while True:
                    try:
                        psycopg.connect(dsn, connect_timeout=2).close()
                        break
                    except psycopg.OperationalError:
                        assert time.monotonic() < deadline, "pgbouncer does not answer"
                        time.sleep(0.05)
                yield dsn
            finally:
                process.kill()
