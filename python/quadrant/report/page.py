"""The page: rows into HTML. It formats; what is told is decided in the views."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any

from quadrant.later import Later
from quadrant.report.reading import MOST_DOTS, MOST_SETUPS, MOST_STORIES, Facts, Row

_NONE = "\u2013"
jinja2: Any = Later("jinja2")

SCRIPTS = (
    *("vendor/d3.min.js", "vendor/plot.umd.min.js", "vendor/lightweight-charts.js"),
    "report.js",
)


@dataclass(frozen=True)
class Live:
    """What a page that is served has beside the facts.

    `change`: which moment it shows; `scripts`: their addresses; `lost`: why the database cannot be
    asked, empty where it can.
    """

    change: str
    scripts: list[str]
    read_at: datetime
    lost: str
    switches: list[Row]
    allow_changes: bool


def render(
    facts: Facts, charts: list[Row], since: datetime | None = None, live: Live | None = None
) -> str:
    """The whole page: a file, or as it is served. The same facts give the same text."""
    scripts = [] if live else [text(name) for name in SCRIPTS]
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    stories = {row["id"]: row["story"] for row in facts["stories"]}
    shown = [row | {"story": stories.get(row["id"])} for row in facts["changes"][:MOST_STORIES]]
    return str(
        environment()
        .get_template("report.html.j2")
        .render(
            facts,
            h=facts["headline"][0],
            summary=facts["summary"][0],
            shown=shown,
            charts=charts,
            since=since,
            most_dots=MOST_DOTS,
            most_setups=MOST_SETUPS,
            css=text("report.css"),
            live=live,
            scripts=scripts,
            hashes=hashes,
            data=_data(facts, shown, charts),
            version=version("quadrant"),
        )
    )


def _data(facts: Facts, shown: list[Row], charts: list[Row]) -> str:
    """What the pictures are drawn from, as JSON that cannot end its script tag."""
    gates = _by(facts["gates"], "pattern_key")
    asked = {key for row in shown for key in row["scope_subset"]}
    patterns, positions, scopes = _Places(), _Places(), _Places()

    def setup(row: Row) -> list[Any]:
        seen, scope = row["at_decision"] or {}, row["scope"]
        return [
            patterns[row["pattern_key"]],
            positions[row["symbol"], row["timeframe"]],
            scopes[json.dumps({key: scope[key] for key in sorted(asked & scope.keys())})],
            row["t"],
            row["t"] - row["opened"],
            int(row["decision"] == "acted"),
            {"success": 1, "failure": 0}.get(row["outcome"]),
            _short(row["roi"]),
            [_short(seen.get(g["gate"]), 4) for g in gates.get(row["pattern_key"], [])],
            "" if row["decision"] == "acted" else " ".join(row["blocked_by"] or ()),
        ]

    setups = [setup(row) for row in facts["setups"]]
    grids, sides = _by(facts["grids"], "lesson_id"), _by(facts["sides"], "solution_id")
    paths = _by(facts["evidence"], "solution_id")
    data = {
        "gates": {
            key: [{k: g[k] for k in ("gate", "direction", "base", "steps")} for g in of_pattern]
            for key, of_pattern in gates.items()
        },
        "setups": setups,
        "patterns": list(patterns),
        "positions": list(positions),
        "scopes": [json.loads(scope) for scope in scopes],
        "dots": [
            [
                *(r["setup"], r["symbol"], r["timeframe"], r["t"], r["outcome"]),
                *(_short(r["roi"]), r["changed"]),
            ]
            for r in facts["dots"]
        ],
        "changes": [
            {
                "id": row["id"],
                "pattern": row["pattern_key"],
                "scope": row["scope_subset"],
                "gates": row["gates"] or [],
                "thresholds": _thresholds(row["story"]),
                "grid": [
                    [
                        *(g["steps"], _short(g["z"], 2), _short(g["money_z"], 2), g["changed"]),
                        *(g["misses_caught"], g["failures_added"], g["failures_avoided"]),
                        *(g["wins_lost"], _short(g["benefit"]), _short(g["cost"])),
                    ]
                    for g in grids.get(row["lesson_id"], [])
                ],
                "sides": [
                    [
                        *(s["side"], s["outcome"], _short(s["value"]), s["symbol"]),
                        *(s["timeframe"], s["t"], s["decision"]),
                    ]
                    for s in sides.get(row["id"], [])
                ],
                "ofSides": next((s["of_all"] for s in sides.get(row["id"], [])), 0),
                "path": [
                    [
                        *(p["look_day"].isoformat(), _short(p["evidence"], 3)),
                        *(_short(p["z"], 2), p["changed"], p["status"]),
                    ]
                    for p in paths.get(row["id"], [])
                ],
            }
            for row in shown
        ],
        "charts": charts,
        "states": _grouped(facts["states"], ("t", "state")),
        "sales": _grouped(facts["sales"], ("t", "action")),
        "allocation": [
            [p["t"], p["timeframe"], _short(p["share"], 5)] for p in facts["allocation_path"]
        ],
        "runs": [[r["t"], r["job"], r["status"], _short(r["seconds"], 3)] for r in facts["runs"]],
    }
    return _json(data)


class _Places(dict[Any, int]):
    """Numbers values in the order in which they are first asked for."""

    def __missing__(self, value: Any) -> int:
        return self.setdefault(value, len(self))


def _json(data: Any) -> str:
    """JSON in which no text can end or begin a tag, or a line for old parsers."""
    written = json.dumps(data, separators=(",", ":"), default=float, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written


def _thresholds(story: Row | None) -> dict[str, list[float]]:
    """test -> [needed to come into force, needed to stay]."""
    tests = story["tests"] if story else []
    return {test["test"]: [test["needed"], test["to_stay"]] for test in tests}


def _by(rows: list[Row], key: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def _grouped(rows: list[Row], keys: tuple[str, ...]) -> dict[str, list[list[Any]]]:
    """`symbol timeframe` -> the values of the keys, row by row."""
    found: dict[str, list[list[Any]]] = {}
    for row in rows:
        at = f"{row['symbol']} {row['timeframe']}"
        found.setdefault(at, []).append([row[key] for key in keys])
    return found


def _short(value: Any, digits: int = 4) -> float | None:
    return None if value is None else round(float(value), digits)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def text(name: str) -> str:
    """A file of this package."""
    return resources.files("quadrant").joinpath("report", name).read_text(encoding="utf-8")


@cache
def environment() -> Any:
    """The templates, with the words for numbers and times."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(text),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters.update(
        n=lambda v: _NONE if v is None else f"{v:,}",
        num=lambda v, digits=1: _NONE if v is None else f"{v:,.{digits}f}",
        g=lambda v: _NONE if v is None else f"{v:g}",
        pct=lambda v, digits=0: _NONE if v is None else f"{v:.{digits}%}",
        signed=lambda v, digits=1: _NONE if v is None else f"{v:+.{digits}%}",
        day=_day,
        moment=lambda v: _NONE if v is None else f"{v.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        arrows=lambda v: v.replace(" -> ", "\u00a0→\u00a0"),
        stamp=lambda t: time.strftime("%Y-%m-%d %H:%M", time.gmtime(t)),
    )
    return made


def _day(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return _NONE if value is None else f"{value:%Y-%m-%d}"
