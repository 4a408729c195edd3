"""Failures of the connection (QD2xx) and of the schema's own upkeep (QD3xx)."""

from __future__ import annotations

from quadrant.errors import QuadrantError

INSTALL_RIGHTS = (
    "An install needs a role that owns the database and may create roles: "
    "alter database ... owner to R; alter role R createrole. Where Quadrant's roles exist already, "
    "also: grant quadrant_owner to R."
)


class Unreachable(QuadrantError):
    """Nothing answers at the DSN."""

    code = "QD202"


class BadDsn(QuadrantError):
    """The DSN cannot be read as one."""

    code = "QD203"


class NoSuchDatabase(QuadrantError):
    """The server answers, the database is not there."""

    code = "QD204"


class SchemaOutdated(QuadrantError):
    """The database's schema is older (or newer) than this code."""

    code = "QD205"


class LoginRefused(QuadrantError):
    """The server answers and refuses the user or the password."""

    code = "QD206"


class DiskFull(QuadrantError):
    """The server answers, and has no room left to write."""

    code = "QD211"


class PooledPerTransaction(QuadrantError):
    """A pooler stands between, and gives every transaction another session."""

    code = "QD212"


class MigrationFailed(QuadrantError):
    """A file of migrations/ failed; it left nothing behind."""

    code = "QD301"


class DeployStuck(QuadrantError):
    """Files of sql/ wait for things nobody makes."""

    code = "QD302"


class DeployFailed(QuadrantError):
    """A file of sql/ failed; the whole deployment was rolled back."""

    code = "QD303"


class ForeignDependant(QuadrantError):
    """An object that must be dropped is used by something that is not ours to drop."""

    code = "QD304"


class BadFile(QuadrantError):
    """A file of sql/ does not say which object it makes, or says another than its name."""

    code = "QD305"


class BodyCheckFailed(QuadrantError):
    """A function was created, and its body does not stand the check."""

    code = "QD306"


class MigrateBusy(QuadrantError):
    """Another migrate has held the database's lock for too long."""

    code = "QD307"


class MadeBeforeRelease(QuadrantError):
    """The database was made by a version that was never released: no migration leads on from it."""

    code = "QD309"


class WrongEncoding(QuadrantError):
    """The database cannot hold every character: its encoding is not UTF-8."""

    code = "QD308"
