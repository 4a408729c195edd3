"""Failures of the server and of the connection to it: QD2xx."""

from __future__ import annotations

from quadrant.errors import QuadrantError


class NotRunning(QuadrantError):
    """No QUADRANT_DSN is set and the embedded server of this folder is not running."""

    code = "QD201"


class Unreachable(QuadrantError):
    """Nothing answers at the DSN."""

    code = "QD202"


class BadDsn(QuadrantError):
    """The DSN cannot be read as one."""

    code = "QD203"


class NoSuchDatabase(QuadrantError):
    """The server answers, the database is not there."""

    code = "QD204"


class LoginRefused(QuadrantError):
    """The server answers and refuses the user or the password."""

    code = "QD206"


class StartFailed(QuadrantError):
    """The embedded server did not start; the message carries the end of its log."""

    code = "QD207"


class HomeUnusable(QuadrantError):
    """QUADRANT_HOME cannot be written, or belongs to somebody else."""

    code = "QD208"


class OtherVersion(QuadrantError):
    """The data folder was made by another major version of PostgreSQL."""

    code = "QD209"


class DiskFull(QuadrantError):
    """The server answers, and has no room left to write."""

    code = "QD211"


class PooledPerTransaction(QuadrantError):
    """A pooler stands between, and gives every transaction another session."""

    code = "QD212"


class Busy(QuadrantError):
    """Another process has been starting or stopping the embedded server for too long."""

    code = "QD210"
