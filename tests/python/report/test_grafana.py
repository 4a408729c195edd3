"""Every panel of the Grafana dashboard runs as an analyst; no data source is wired in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hand_market import Connection
from pages import DOCS

BOARD = json.loads((DOCS / "grafana" / "quadrant.json").read_text())
PANELS = {panel["title"]: panel for panel in BOARD["panels"]}
EVER = ("2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z")
LONG_AGO = ("2000-01-01T00:00:00Z", "2000-01-02T00:00:00Z")


def as_grafana_sends_it(query: str, begin: str, end: str) -> bytes:
    """The query with its macros replaced by what Grafana makes of them."""

    def replaced(found: re.Match[str]) -> str:
        macros = {
            "timeFilter": f"{found[2]} BETWEEN '{begin}' AND '{end}'",
            "timeFrom": f"'{begin}'",
            "timeTo": f"'{end}'",
        }
        return macros[found[1]]

    sent = re.sub(r"\$__(\w+)\(([^)]*)\)", replaced, query)
    assert "$" not in sent
    return sent.encode()


def sql_of(title: str) -> str:
    (target,) = PANELS[title]["targets"]
    return str(target["rawSql"])


def everywhere(name: str, within: Any) -> Iterator[Any]:
    """Every value under this name, at any depth."""
    if isinstance(within, dict):
        yield from (value for key, value in within.items() if key == name)
    if isinstance(within, dict | list):
        for part in within.values() if isinstance(within, dict) else within:
            yield from everywhere(name, part)


@pytest.fixture
def with_a_failed_run(analyst: Connection) -> Connection:
    analyst.execute("reset role")
    analyst.execute(
        "insert into learning.learning_runs (job, status, finished_at)"
        " values ('mine', 'failed', learning.clock())"
    )
    analyst.execute("set local role quadrant_analyst")
    return analyst


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_shows_something_to_an_analyst(with_a_failed_run: Connection, title: str) -> None:
    query = sql_of(title)
    read = re.findall(r"\b(?:from|join) ([\w.]+)", query)
    assert [name for name in read if not name.startswith("analyst.")] == []
    cursor = with_a_failed_run.execute(as_grafana_sends_it(query, *EVER))
    assert cursor.fetchall() != []
    columns = {column.name: column.type_display for column in cursor.description or ()}
    if PANELS[title]["targets"][0]["format"] == "time_series":
        assert columns == {"time": "timestamptz", "metric": "text", "value": "float8"}
    named = [by["matcher"]["options"] for by in PANELS[title]["fieldConfig"]["overrides"]]
    assert set(named) <= set(columns), "a column is dressed that is not there"


@pytest.mark.parametrize("title", [t for t in PANELS if "$__" in sql_of(t)])
def test_a_panel_keeps_to_the_time_range(with_a_failed_run: Connection, title: str) -> None:
    sent = as_grafana_sends_it(sql_of(title), *LONG_AGO)
    assert with_a_failed_run.execute(sent).fetchall() == []


def test_a_panel_without_the_time_range_says_so() -> None:
    for title, panel in PANELS.items():
        assert ("$__timeFilter" in sql_of(title)) != ("As of now" in panel["description"]), title


def test_the_data_source_is_chosen_on_the_page() -> None:
    (variable,) = BOARD["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")
    assert variable["query"] == "postgres"
    used = list(everywhere("datasource", BOARD["panels"]))
    assert len(used) == 2 * len(PANELS), "a panel and its query each"
    assert {source["uid"] for source in used} == {"${datasource}"}


def test_panels_are_each_their_own_and_do_not_overlap() -> None:
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(PANELS) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


def test_what_was_asked_for_is_there() -> None:
    titles = " ".join(PANELS).lower()
    asked = ("health", "runs", "evidence", "allocation", "pending", "rejects", "in force")
    assert [word for word in asked if word not in titles] == []
