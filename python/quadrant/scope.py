"""Scopes as people write them: bucket=nano,timeframe=15m."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from quadrant.errors import QuadrantError


class MalformedScope(QuadrantError):
    """A scope is not key=value,key=value."""

    code = "QD004"


def read_scope(text: str) -> dict[str, str]:
    """The scope that bucket=nano,timeframe=15m stands for; {} for an empty text."""
    items = [item for item in text.split(",") if item.strip()]
    pairs = [item.partition("=") for item in items]
    # "bucket=nano timeframe=15m" or "... and ...": one value it would be, that nothing has.
    if any(
        not key.strip() or not sign or re.search(r"\s\S+=", value) for key, sign, value in pairs
    ):
        raise MalformedScope(
            f"the scope {text!r} cannot be read",
            hint="Write it like bucket=nano,timeframe=15m, with a comma between conditions.",
        )
    scope = {key.strip(): value.strip() for key, _, value in pairs}
    if len(scope) < len(pairs):
        raise MalformedScope(
            f"the scope {text!r} names a dimension twice",
            hint="A slice has one value per dimension.",
        )
    return scope


def write_scope(scope: Mapping[str, Any]) -> str:
    """bucket=nano, timeframe=15m, as read_scope takes it; empty for the whole pattern."""
    return ", ".join(f"{key}={value}" for key, value in scope.items())
