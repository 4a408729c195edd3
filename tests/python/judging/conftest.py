"""Windows made by hand (tests/support/hand_market.py), for the tests of judging."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from hand_market import Connection, Market, faintly_outside, micro_outside
from psycopg.conninfo import conninfo_to_dict


@contextmanager
def learned(
    new_database: Callable[..., AbstractContextManager[str]],
    pays: Callable[[Mapping[str, Any]], float],
    status: str,
) -> Iterator[str]:
    """Name of a database with 300 days of a market, judged on day 300; it is only copied."""
    with new_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            market = Market(connection)
            market.fill(300, pays)
            market.learn(300)
            assert '{"bucket": "micro"}' in market.solutions(status)
        yield str(conninfo_to_dict(dsn)["dbname"])


@pytest.fixture(scope="session")
def judged_database(new_database: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    with learned(new_database, micro_outside, "active") as name:
        yield name


@pytest.fixture(scope="session")
def proposal_database(new_database: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    with learned(new_database, faintly_outside, "proposed") as name:
        yield name


@pytest.fixture
def database(
    request: pytest.FixtureRequest, new_database: Callable[..., AbstractContextManager[str]]
) -> Iterator[str]:
    """A database of this test's own: of `NAME_database` a copy where the test asks for NAME."""
    asked = {"judged", "proposal"} & set(request.fixturenames)
    copied = [request.getfixturevalue(f"{name}_database") for name in asked]
    with new_database(*copied) as dsn:
        yield dsn


@pytest.fixture
def judged(market: Market) -> Market:
    """A market of 300 days with a change in force for bucket micro."""
    assert list(market.solutions()) == ['{"bucket": "micro"}']
    return market


@pytest.fixture
def market(connection: Connection) -> Market:
    """A market of S1 setups: empty, or what the database is a copy of."""
    market = Market(connection)
    ((market.count,),) = market.rows("select count(*) from learning.pattern_episode_events")
    return market
