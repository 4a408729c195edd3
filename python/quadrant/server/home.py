"""QUADRANT_HOME: the folder in which the embedded server lives."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from quadrant.server.errors import HomeUnusable


@dataclass(frozen=True)
class Address:
    """What a home remembers between runs: its TCP port on 127.0.0.1 and its password."""

    port: int
    password: str


@dataclass(frozen=True)
class Home:
    """The paths below QUADRANT_HOME; nothing here touches the disk until it is asked to.

    `store` holds what the server's account owns (data, log, copied binaries). It is a folder,
    or, where that account cannot reach the home (as root below /root), a link to one it can.
    """

    root: Path

    @classmethod
    def current(cls, environ: Mapping[str, str] = os.environ) -> Home:
        """QUADRANT_HOME, or `.quadrant` in the working directory."""
        return cls(Path(environ.get("QUADRANT_HOME") or ".quadrant").expanduser().resolve())

    @property
    def lock(self) -> Path:
        """The file concurrent starts and stops wait on."""
        return self.root / "lock"

    @property
    def store(self) -> Path:
        """What the server's account owns."""
        return (self.root / "server").resolve()

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.store / "data"

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.store / "postgresql.log"

    @property
    def sockets(self) -> Path:
        """A socket directory short enough for any home (a socket's path ends at 107 bytes)."""
        return Path("/tmp") / f"quadrant-{hashlib.sha256(bytes(self.data)).hexdigest()[:12]}"

    def address(self) -> Address | None:
        """What was remembered, or None in a new (or damaged) home."""
        try:
            return Address(**json.loads((self.root / "address.json").read_text()))
        except PermissionError as e:
            raise HomeUnusable(
                f"{self.root} belongs to another user",
                hint="Run as the user who made it, or set QUADRANT_HOME to a folder of your own.",
            ) from e
        except (OSError, ValueError, TypeError):
            return None

    def remember(self, port: int, password: str | None = None) -> Address:
        """Keep the port (and a password, made on the first call) for the next run."""
        old = self.address()
        password = password or (old.password if old else secrets.token_urlsafe(24))
        address = Address(port, password)
        path = self.root / "address.json"
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
            json.dump(asdict(address), f)
        new.replace(path)
        return address
