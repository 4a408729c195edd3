"""quadrant status on what the judge proposed."""

from __future__ import annotations

import pytest


@pytest.fixture
def proposal(market):
    """A market of 300 days with a proposal (`database` is a copy of proposal_database)."""
    return market


def test_the_nearest_proposal_says_which_tests_it_does_not_pass(proposal, database, run_command):
    told = run_command("status", "--json", QUADRANT_DSN=database).json
    proposals = proposal.rows(
        "select id, evidence from analyst.changes where status = 'proposed'"
        " order by evidence desc nulls last, id"
    )
    assert told["proposed"] == len(proposals) > 0
    nearest = told["nearest"]
    assert (nearest["id"], nearest["evidence"]) == proposals[0]
    story = run_command("explain", nearest["id"], "--json", QUADRANT_DSN=database).json
    unmet = [test["sentence"] for test in story["tests"] if not test["is_met"]]
    assert nearest["unmet"] == unmet != []
    text = " ".join(run_command("status", columns=80, QUADRANT_DSN=database).stdout.split())
    assert f"It is not in force: {'; '.join(unmet)}." in text
    assert f"Its story: quadrant explain {nearest['id']}" in text
