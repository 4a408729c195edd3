"""The page as text: what it says without JavaScript, and that its numbers are the views'."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

MICRO = '{"bucket": "micro"}'
PARTS = ["first", "changes", "why", "lessons", "chart", "capital", "posture", "trust", "health"]


def headline(page: str) -> str:
    found = re.search(r'<h1 id="headline" data-state="\w+">(.*?)</h1>', page)
    assert found
    return html.unescape(found[1]).replace("\u00a0→\u00a0", " -> ")


def section(page: str, name: str) -> str:
    found = re.search(rf'<section id="{name}".*?</section>', page, re.DOTALL)
    assert found, name
    return found[0]


def drawn(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def one(connection, query, *arguments):
    return connection.execute(query, arguments or None).fetchone()[0]


def test_what_changes_sides_is_capped_and_that_is_told(learned, page_of, monkeypatch):
    (whole, *_) = drawn(page_of(learned))["changes"]
    monkeypatch.setattr("quadrant.report.reading.MOST_SIDES", 3)
    (capped, *_) = drawn(page_of(learned))["changes"]
    assert capped["sides"] == whole["sides"][-3:]
    assert capped["ofSides"] == whole["ofSides"] == len(whole["sides"])


def test_every_number_is_its_views(learned, page_of, bars_folder):
    page = page_of(learned, bars_folder)
    data = drawn(page)
    assert [name for name in PARTS if f'<section id="{name}"' not in page] == []
    assert headline(page) == one(learned, "select sentence from analyst.headline")
    told = one(learned, "select changes_in_words from analyst.headline")
    assert html.escape(told) in section(page, "first")

    let_in, kept_out = learned.execute("select let_in, kept_out from analyst.headline").fetchone()
    assert let_in >= 5
    assert len(data["dots"]) == let_in + kept_out
    assert sum(dot[-1] == "let_in" for dot in data["dots"]) == let_in
    assert f'data-rows="{let_in + kept_out}"' in page

    decisions = learned.execute("select id from analyst.decisions").fetchall()
    rows = re.findall(r'<tr data-id="(\d+)">', section(page, "changes"))
    assert sorted(map(int, rows)) == sorted(i for (i,) in decisions)
    (found,) = learned.execute(
        "select c.id, c.changed, c.let_in from analyst.changes as c where c.status = 'in force'"
    ).fetchall()
    assert found[2] == let_in
    sides = "select count(*) from analyst.changed_sides where solution_id = %s"
    chosen = (
        'select changed from analyst.grids where chosen and scope_subset = \'{"bucket": "micro"}\''
    )
    assert one(learned, sides, found[0]) == found[1] == one(learned, chosen)
    change = data["changes"][rows.index(str(found[0]))]
    assert len(change["sides"]) == found[1]
    assert len(change["grid"]) == one(
        learned, "select count(*) from analyst.grids where scope_subset = %s", MICRO
    )

    lessons = "select count(*) from analyst.lessons where status = 'active'"
    assert section(page, "lessons").count('class="forest"') == one(learned, lessons)
    assert len(data["charts"]) == 2
    assert len(data["setups"]) == one(learned, "select count(*) from analyst.setups")
    assert page.count('<span class="pill ') > 5


def test_the_same_data_and_clock_are_the_same_bytes(learned, page_of, bars_folder):
    page = page_of(learned, bars_folder)
    assert page_of(learned, bars_folder) == page
    assert "clock 2025-11-27 00:00 UTC · lookback 90 days" in page
    assert len(page.encode()) <= 1_000_000


def test_without_bars_the_page_says_how_to_get_the_chart(learned, page_of):
    told = section(page_of(learned), "chart")
    assert "quadrant report --bars FOLDER" in told
    assert told.count("<tr>") == 41, "the newest setups are told as a table"


def test_an_empty_database_says_what_is_missing_everywhere(connection, page_of):
    page = page_of(connection)
    assert headline(page) == "Nothing is recorded yet: no setup has come in."
    for name, words in {
        "first": "quadrant replay FOLDER",
        "changes": "quadrant override set",
        "why": "none to explain",
        "lessons": "quadrant learn",
        "chart": "nothing to draw",
        "capital": "closed trades in two timeframes",
        "posture": "No posture was learned",
        "trust": "quadrant backtest FOLDER",
        "health": "quadrant learn",
    }.items():
        assert words in section(page, name), name
    for period in ("changes", "lessons", "health", "capital"):
        assert 'class="period"' in section(page, period)


def test_trust_has_every_arm_and_profile_of_the_newest_walk_forward(connection, page_of):
    interval = {"value": -0.25, "low": -0.5, "high": 0.125}
    arm = {"arm": "plan_strength", "name": "profile plan: sizes by posture", "setups": 9}
    arm |= {"bought": 8, "stakes": 7.5, "money": 1.25, "gain": interval, "selection": interval}
    arm |= {"at_equal_exposure": {"value": 0.75, "low": -1, "high": 2}}
    share = {"timeframe": "1h", "share": 0.45, "trades": 8, "verdict": "not told from noise"}
    capital = {"profile": "plan", "trades": 8, "money_per_day": 0.0025, "gain": interval}
    result = {"begin": "2024-02-22", "end": "2024-09-06", "arms": [arm]}
    result["allocations"] = [capital | {"shares": [share]}]
    connection.execute(
        "insert into learning.backtests (market, verdict, result) values ('x', 'No better.', %s)",
        (json.dumps(result),),
    )
    told = section(page_of(connection), "trust")
    for words in ("profile plan: sizes by posture", "+1.25", "-0.50 to +0.12", "+0.75 (-1.00 to"):
        assert words in told, words
    for words in (">plan<", "+0.250%", "45.0%", "not told from noise"):
        assert words in told, words


def test_trust_tells_what_came_of_noise(connection, page_of):
    def keep(noise):
        arm = {"arm": "evidence", "setups": 9, "bought": 3, "money": 0.5, "success_rate": 0.4}
        result = {"begin": "2025-01-01", "end": "2025-06-01", "arms": [arm], "noise": noise}
        connection.execute(
            "insert into learning.backtests (market, verdict, result) values ('bars', 'So.', %s)",
            (json.dumps(result),),
        )

    keep(None)
    assert "--null 20" in section(page_of(connection), "trust"), "what to run, in one sentence"
    keep({"histories": 20, "in_force": 0.0125, "ever": 1, "patterns": 60, "gains": []})
    keep(None)
    told = section(page_of(connection), "trust")
    assert "On 20 histories" in told
    assert "<b>1.2%</b> of the time, and ever in 1 of 60 patterns" in told
    assert "--null" not in told
    assert "So." in told, "the newest walk-forward, whichever was tried on noise"


def test_a_posture_is_an_arrow(connection, page_of):
    connection.execute(
        "insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier,"
        " dir_a, dir_e, confidence_score, method, n) values ('pm.uptrend.S1.entry', 'pm_strength',"
        " '{\"bucket\": \"nano\"}', null, 0.5, -0.25, 0.8, 'strength', 40)"
    )
    told = section(page_of(connection), "posture")
    assert 'aria-label="+0.50 at confidence 80%"' in told
    assert "H89.0" in told, "65 + 60 x 0.5 x 0.8"
    assert "H53.0" in told
    assert "where bucket=nano" in told


def test_only_what_is_in_the_lookback_is_drawn_with_since(learned, run_command, tmp_path):
    file = tmp_path / "since.html"
    dsn = learned.info.dsn + f" password={learned.info.password or ''}"
    done = run_command("report", "-o", file, "--since", "2025-11-10", QUADRANT_DSN=dsn)
    assert done.returncode == 0, done.stderr
    assert str(file) in done.stdout
    setups = drawn(file.read_text())["setups"]
    since = "select count(*) from analyst.setups where decided_at >= '2025-11-10 00:00+00'"
    assert len(setups) == one(learned, since) < 60
    done = run_command("report", "-o", file, "--bars", tmp_path / "none", QUADRANT_DSN=dsn)
    assert done.returncode == 2
    assert "is no folder" in done.stderr


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028", "& < >"])
def test_no_text_ends_the_data(text):
    from quadrant.report.page import _json

    written = _json({"a": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"a": text}
