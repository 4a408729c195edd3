"""Which database this process works on."""

from __future__ import annotations

import os
from collections.abc import Mapping

from quadrant.server.cluster import Cluster
from quadrant.server.errors import NotRunning
from quadrant.server.home import Home

DATABASE = "quadrant"


def resolve_dsn(environ: Mapping[str, str] = os.environ) -> str:
    """QUADRANT_DSN, else the running embedded server of QUADRANT_HOME; raises NotRunning."""
    if given := environ.get("QUADRANT_DSN"):
        return given
    home = Home.current(environ)
    dsn = Cluster(home).dsn(DATABASE)
    if dsn is None:
        raise NotRunning(
            f"no database: QUADRANT_DSN is not set and no server runs in {home.root}",
            hint="Start one with: quadrant up",
        )
    return dsn
