"""A private PostgreSQL server: made, started, found and stopped. Alive means: it answers."""

from __future__ import annotations

import shutil
import socket
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import fasteners
import psutil
import psycopg

from quadrant.server.account import Account
from quadrant.server.binaries import reachable
from quadrant.server.errors import Busy, HomeUnusable, OtherVersion, StartFailed
from quadrant.server.home import Address, Home

USER = "quadrant"
LOCK_SECONDS = 150
_WAIT = ("-w", "-t", "120")
_INITDB = (
    *("-U", USER, "--encoding=UTF8", "--locale=C.UTF-8"),
    *("--auth-local=trust", "--auth-host=scram-sha-256"),
)
_START_TRIES = 5
_LEFTOVER_SECONDS = 30
# What a second try on another port, or a moment later, can get past.
_TRANSIENT = (
    "could not bind",
    "could not create lock file",
    "could not create any TCP/IP sockets",
    "pre-existing shared memory block",
)

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "256MB",
    "jit": "off",
    "min_wal_size": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Cluster:
    """The server of one home. `programs` is another `bin` folder than the wheel's, for tests."""

    home: Home
    settings: Mapping[str, str] = field(default_factory=dict)
    programs: Path | None = None

    def dsn(self, database: str = "postgres") -> str | None:
        """A DSN of this server if it is alive, else None: its socket, or TCP where that is gone.

        Another server on a remembered port is told by its data directory and is not ours.
        """
        address = self.home.address()
        if address is None or self.pid() is None:
            return None
        for host in (str(self.home.sockets), "127.0.0.1"):
            dsn = self._dsn(address, host, "postgres")
            with suppress(psycopg.Error), psycopg.connect(dsn, connect_timeout=5) as connection:
                row = connection.execute("show data_directory").fetchone()
                if row is not None and Path(row[0]) == self.home.data:
                    return self._dsn(address, host, database)
        return None

    def tcp_dsn(self, database: str) -> str | None:
        """The DSN for programs that know no sockets (JDBC, BI tools), where a home exists."""
        address = self.home.address()
        return None if address is None else self._dsn(address, "127.0.0.1", database)

    def pid(self) -> int | None:
        """The process id of this home's postmaster, if that very process is alive."""
        try:
            pid = int((self.home.data / "postmaster.pid").read_text().split("\n", 1)[0])
            return pid if self._works_here(psutil.Process(pid)) else None
        except (OSError, ValueError, psutil.Error):
            return None

    def start(self) -> str:
        """Make the home if needed, start the server unless it is alive; its DSN.

        Raises Busy, HomeUnusable, OtherVersion or StartFailed.
        """
        if (dsn := self.dsn()) is not None:
            return dsn
        with self._locked():
            if (dsn := self.dsn()) is not None:
                return dsn
            account = Account.choose(self.home.store)
            self._make_store(account)
            programs = reachable(account, self.home.store, self.programs)
            self._check_version(account, programs)
            if not self.home.data.exists():
                self._initialise(account, programs)
            return self._start(account, programs)

    def stop(self, mode: str = "fast") -> bool:
        """Stop the server; False where none was running."""
        if self.pid() is None:
            return False
        with self._locked():
            if self.pid() is None:
                return False
            account = Account.choose(self.home.store)
            programs = reachable(account, self.home.store, self.programs)
            stopped = account.run(
                [programs / "pg_ctl", "stop", "-D", self.home.data, "-m", mode, *_WAIT]
            )
            if stopped.returncode != 0:
                raise StartFailed(f"the server did not stop: {stopped.stderr.strip()}")
            shutil.rmtree(self.home.sockets, ignore_errors=True)
            return True

    def _dsn(self, address: Address, host: str, database: str) -> str:
        database = quote(database, safe="")
        if host == "127.0.0.1":
            return f"postgresql://{USER}:{address.password}@{host}:{address.port}/{database}"
        return f"postgresql://{USER}@/{database}?host={host}&port={address.port}"

    def _locked(self) -> _Locked:
        try:
            self.home.root.mkdir(parents=True, exist_ok=True)
            self.home.lock.touch()
        except OSError as e:
            raise HomeUnusable(
                f"{self.home.root} cannot be written: {e.strerror}",
                hint="Run as the user who owns it, or set QUADRANT_HOME to a folder of your own.",
            ) from e
        return _Locked(self.home.lock)

    def _make_store(self, account: Account) -> None:
        """A folder the account owns and reaches, below the home or linked from it."""
        link = self.home.root / "server"
        if link.is_symlink() and not link.exists():
            raise HomeUnusable(
                f"{link} points to {self.home.store}, which is gone",
                hint="Put the folder back, or remove the link to begin with an empty database.",
            )
        if not link.exists():
            link.mkdir(mode=0o700)
            account.own(link)
            if not account.can_enter(link):
                link.rmdir()
                link.symlink_to(_system_folder(account))
        if not account.can_enter(self.home.store):
            raise HomeUnusable(
                f"{self.home.store} cannot be entered by its user (id {account.uid})",
                hint="Run as the user who made it, or set QUADRANT_HOME to a folder of your own.",
            )

    def _check_version(self, account: Account, programs: Path) -> None:
        made_by = self.home.data / "PG_VERSION"
        if made_by.exists():
            wanted = account.run([programs / "postgres", "--version"]).stdout.split()[2]
            if made_by.read_text().strip() != wanted.split(".")[0]:
                raise OtherVersion(
                    f"{self.home.data} was made by PostgreSQL {made_by.read_text().strip()}, "
                    f"the programs are {wanted}",
                    hint="Dump it with the old version and restore, or move the folder away.",
                )

    def _initialise(self, account: Account, programs: Path) -> None:
        """Initdb beside the final place, then one rename: a killed start leaves no half cluster."""
        new = self.home.store / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        password = self.home.remember(0).password
        password_file = self.home.store / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        account.own(password_file)
        try:
            made = account.run(
                [programs / "initdb", "-D", new, f"--pwfile={password_file}", *_INITDB]
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise StartFailed(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        with (new / "postgresql.conf").open("a") as f:
            f.write("include_if_exists = 'quadrant.conf'\n")
        new.rename(self.home.data)

    def _start(self, account: Account, programs: Path) -> str:
        tail = ""
        for attempt in range(_START_TRIES):
            self._clear_remains()
            port = self._free_port(keep=attempt == 0)
            address = self.home.remember(port)
            self._make_sockets(account)
            self._configure(account, address)
            size = self.home.log.stat().st_size if self.home.log.exists() else 0
            started = account.run(
                [programs / "pg_ctl", "start", "-D", self.home.data, "-l", self.home.log, *_WAIT]
            )
            if started.returncode == 0 and (dsn := self.dsn()) is not None:
                return dsn
            with self.home.log.open(errors="replace") as f:
                f.seek(size)
                tail = f.read()[-2000:]
            if not any(text in tail for text in _TRANSIENT):
                break
            time.sleep(1)
        raise StartFailed(
            f"PostgreSQL did not start:\n{tail.strip() or started.stderr.strip()}",
            hint=f"The whole log: {self.home.log}",
        )

    def _clear_remains(self) -> None:
        """Remove the lock files of a dead server, once no process of it is left.

        After a crash or a reboot they may name a process that is somebody else (or a zombie) now,
        and PostgreSQL would take it for its own.
        """
        if self.pid() is not None:
            return
        deadline = time.monotonic() + _LEFTOVER_SECONDS
        while left := [p.pid for p in psutil.process_iter() if self._works_here(p)]:
            if time.monotonic() > deadline:
                raise StartFailed(
                    f"processes of a killed server still use {self.home.data}: {left}",
                    hint="End them, then start again.",
                )
            time.sleep(0.1)
        (self.home.data / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(self.home.sockets, ignore_errors=True)

    def _works_here(self, process: psutil.Process) -> bool:
        """Every process of a PostgreSQL server works in its data directory."""
        try:
            return Path(process.cwd()) == self.home.data
        except (OSError, psutil.Error):
            return False

    def _free_port(self, *, keep: bool) -> int:
        address = self.home.address()
        with socket.socket() as probe:
            if keep and address is not None and address.port:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                with suppress(OSError):
                    probe.bind(("127.0.0.1", address.port))
                    return address.port
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port

    def _make_sockets(self, account: Account) -> None:
        folder = self.home.sockets
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            account.own(folder)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != account.uid:
            raise HomeUnusable(
                f"{folder} is needed for the server's socket and belongs to another user",
                hint="Remove it, or set QUADRANT_HOME to another folder.",
            )

    def _configure(self, account: Account, address: Address) -> None:
        values = {
            **SETTINGS,
            "port": str(address.port),
            "unix_socket_directories": str(self.home.sockets),
            **self.settings,
        }
        path = self.home.data / "quadrant.conf"
        lines = (
            f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in values.items()
        )
        path.write_text("\n".join(lines) + "\n")
        account.own(path)


class _Locked:
    """The home's lock, waited for LOCK_SECONDS."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = fasteners.InterProcessLock(path)

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=LOCK_SECONDS):
            raise Busy(
                f"another process has held {self._path} for {LOCK_SECONDS} seconds",
                hint="Wait for the other `quadrant up` or `down` to end, or end it.",
            )

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _system_folder(account: Account) -> Path:
    """A new folder outside a home the server's account cannot reach; only root comes here."""
    base = Path("/var/lib/quadrant")
    base.mkdir(mode=0o755, parents=True, exist_ok=True)
    for number in range(1, 10_000):
        folder = base / str(number)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            account.own(folder)
            return folder
    raise HomeUnusable(f"{base} is full", hint="Remove the folders no project links to.")
