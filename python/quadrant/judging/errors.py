"""Errors of the simulation worker."""

from __future__ import annotations

from quadrant.errors import QuadrantError


class JudgingStuck(QuadrantError):
    """A judging run did not come to an end."""

    code = "QD400"
