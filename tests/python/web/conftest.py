"""A page that is served in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from served_page import S1, propose
from starlette.testclient import TestClient

from quadrant.web import Mirror, make_app
from quadrant.web.guard import Rules


@pytest.fixture(scope="module")
def shared(new_database: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """A database with a proposed solution and a gate set by hand, for tests that only read it."""
    with new_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            propose(connection)
            connection.execute(
                'select learning.set_override(%s, \'{"bucket": "micro"}\', \'{"halo": 1.2}\','
                " 'anna')",
                (S1,),
            )
        yield dsn


@pytest.fixture(scope="session")
def client_of() -> Callable[..., AbstractContextManager[TestClient]]:
    """(dsn, **rules) -> a client of the page in this process; `testserver` is a name of it."""

    @contextmanager
    def make(dsn: str, **rules: Any) -> Iterator[TestClient]:
        names = rules.pop("names", frozenset({"testserver"}))
        app = make_app(Mirror(dsn), Rules(names=names, **rules))
        with TestClient(app) as client:
            yield client

    return make
