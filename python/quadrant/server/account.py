"""The system account the embedded server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant.server.errors import HomeUnusable

_SYSTEM_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """Whose processes and files the server's are; `drops` when root gives its rights up for it."""

    uid: int
    gid: int
    drops: bool

    @classmethod
    def choose(cls, store: Path) -> Account:
        """Ourselves; as root the owner of an existing `store`, else a system user."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), drops=False)
        if store.exists() and (owner := store.stat()).st_uid != 0:
            return cls(owner.st_uid, owner.st_gid, drops=True)
        for name in _SYSTEM_USERS:
            try:
                user = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(user.pw_uid, user.pw_gid, drops=True)
        raise HomeUnusable(
            "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as",
            hint="Run as an ordinary user, or set QUADRANT_DSN to a server of your own.",
        )

    def run(
        self, command: Sequence[str | Path], **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, its output captured, without PG* variables."""
        # LC_ALL would override initdb's --locale; LC_MESSAGES keeps what we read in English.
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
        identity: dict[str, Any] = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drops else {}
        )
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env={**environment, "LC_MESSAGES": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **identity,
            **options,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether this account reaches the folder through all of its parents."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0

    def can_run(self, program: Path) -> bool:
        """Whether this account can start the program."""
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def own(self, path: Path) -> None:
        """Give a path to this account (only ever below QUADRANT_HOME or made by it)."""
        if self.drops:
            os.chown(path, self.uid, self.gid)
