"""A page that is served, and a proposal to decide about."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import uvicorn

from quadrant.web import Mirror, make_app
from quadrant.web.guard import Rules

S1 = "pm.uptrend.S1.entry"
TOKEN = "a token of some length"


def propose(connection: psycopg.Connection[Any], bucket: str = "nano") -> int:
    """A proposed solution of S1 that widens the halo; its id."""
    ((found,),) = connection.execute(
        "insert into learning.solutions (pattern_key, scope_subset, steps, status, confidence,"
        " n, record_since) values (%s, jsonb_build_object('bucket', %s::text),"
        " '{\"ts\": 0, \"halo\": 0.1, \"slope\": 0}', 'proposed', 0.7, 100, '2026-01-01')"
        " returning id",
        (S1, bucket),
    ).fetchall()
    connection.execute("select learning.apply_solutions(null, %s)", (S1,))
    return int(found)


@contextmanager
def serving(dsn: str, **rules: Any) -> Iterator[str]:
    """The page over a socket; its address."""
    app = make_app(Mirror(dsn), Rules(**rules))
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
