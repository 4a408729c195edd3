"""Failures of the embedded server: QD2xx."""

from __future__ import annotations

from quadrant.errors import QuadrantError


class NotRunning(QuadrantError):
    """No QUADRANT_DSN is set and the embedded server of this folder is not running."""

    code = "QD201"


class StartFailed(QuadrantError):
    """The embedded server did not start; the message carries the end of its log."""

    code = "QD207"


class HomeUnusable(QuadrantError):
    """QUADRANT_HOME cannot be written, or belongs to somebody else."""

    code = "QD208"


class OtherVersion(QuadrantError):
    """The data folder was made by another major version of PostgreSQL."""

    code = "QD209"


class Busy(QuadrantError):
    """Another process has been starting or stopping the embedded server for too long."""

    code = "QD210"
