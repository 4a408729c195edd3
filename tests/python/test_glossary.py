"""One word per thing: what docs/glossary.md retired is written nowhere any more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("sql", "python", "docs", "migrations")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".sql", ".py", ".md"} and "egg-info" not in str(path)
)
# They say which words are retired.
ABOUT_WORDS = {"docs/glossary.md"}

# Retired word -> what to write instead, and where the word may stay: names that the plan gave, and
# names that users call. A place is the start of a path.
RETIRED: dict[str, tuple[str, tuple[str, ...]]] = {
    r"\bimport_(text|time|roi|finite|flag|object|scope|fields|problems|reason)\b": (
        "read_*, known_fields, problems_of, reason_of",
        (),
    ),
    r"\b(checked|store)_episodes?\b": ("checked_window, store_windows", ()),
    r"\bv_episodes?\b": ("v_window", ()),
    r"\bevents?_(weight|statement)\b|\b(slice|many)_events\b|\bn_events\b|\bevent_id\b": (
        "experiment_weight, experiments_statement, n_experiments, experiment_id",
        (),
    ),
    # Log lines are the plan's.
    r"\bmaterializer\b(?! (?:starting|finished|step failed))": ("judge", ()),
    r"\blatent.factor": (
        "is_copy, copy_of",
        ("sql/views/mining/learning_lessons.sql", "docs/mining.md", "docs/schema.sql"),
    ),
    r"\bevidence_stamp\b": ("counted_stamp", ()),
    # Of lessons, runs and requests; trades and windows are closed, and a bar is.
    r"\bclosed (lesson|tuning|ladder|run|request)|\b[ltd]\.closed\b|\bnull as closed\b": (
        "not is_copy; ended",
        (),
    ),
    r"\bepisode type\b|\btype of opportunity\b": ("kind", ()),
    r"\btuner\b|\banalysis\b": ("mining, judging", ()),
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_is_gone(word: str) -> None:
    instead, where = RETIRED[word]
    found = [
        f"{named(path)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}; write: {instead}"
        for path in FILES
        if named(path) not in ABOUT_WORDS and not named(path).startswith(where or ("\0",))
        for text in [path.read_text()]
        for match in re.finditer(word, text, re.IGNORECASE)
    ]
    assert found == []
    assert FILES


def test_a_place_where_a_retired_word_may_stay_has_it() -> None:
    """A list of exceptions that only grows hides the next one."""
    idle = [
        (word, place)
        for word, (_, places) in RETIRED.items()
        for place in places
        if not any(
            re.search(word, path.read_text(), re.IGNORECASE)
            for path in FILES
            if named(path).startswith(place)
        )
    ]
    assert idle == []
