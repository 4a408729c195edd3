"""Random markets, and a database that the tests of a module share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import psycopg
import pytest
from bots import PAIRS, Bots, write_bars

HOURS = 1500


@pytest.fixture(scope="session")
def bots_python() -> str:
    """Skips where QUADRANT_BOTS names no python with the frameworks and psycopg."""
    if not os.environ.get("QUADRANT_BOTS"):
        pytest.skip("QUADRANT_BOTS names no python with the bot frameworks: make test-bots")
    return os.environ["QUADRANT_BOTS"]


@pytest.fixture(scope="module")
def bots(
    bots_python: str,
    new_database: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Bots]:
    """Three random walks."""
    folder = tmp_path_factory.mktemp("bots")
    rng = np.random.default_rng(3)
    for pair in PAIRS:
        closes = 100 * np.exp(np.cumsum(rng.normal(0, 0.012, HOURS + 1)))
        write_bars(folder / f"{pair}.csv", closes, rng.lognormal(8, 0.5, HOURS), rng)
    with new_database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        yield Bots(folder, dsn, connection)
