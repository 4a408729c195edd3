"""How much of a campaign runs: a short form, or with QUADRANT_LONG=1 (`make soak`) all of it.

A short form asks the same questions of fewer seeds, examples or points of death.
"""

from __future__ import annotations

import os

LONG = os.environ.get("QUADRANT_LONG", "0") not in ("", "0")


def amount(short: int, long: int) -> int:
    """How many: `short` in `make test` and CI, `long` in `make soak`."""
    return long if LONG else short
