"""nautilus_trader over the database: a backtest of two symbols, bar by bar."""

from __future__ import annotations

import pytest
from bots import ROOT, Bots


@pytest.mark.slow
def test_a_backtest_is_recorded_and_again_adds_nothing(bots: Bots) -> None:
    seen = []
    for _ in range(2):
        told = bots.run("offline_nautilus.py", ROOT / "examples")
        seen.append(bots.recorded("Dip/backtest"))
    assert seen[0] == seen[1]
    assert f"closed {seen[0]['trades']}" in told
    assert seen[0]["acted"] - seen[0]["paired"] in (0, 1, 2), "the last ones are still held"
    assert seen[0]["paired"] == seen[0]["trades"] > 10
    assert seen[0]["windows"] > 2 * seen[0]["acted"]
    assert seen[0]["difference"] < 1e-3
    assert (seen[0]["rejects"], seen[0]["steps"]) == (0, 0)
