"""Scopes as people write them."""

from __future__ import annotations

import pytest

from quadrant.scope import MalformedScope, read_scope, write_scope


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("", {}),
        ("bucket=nano", {"bucket": "nano"}),
        (" bucket = nano , timeframe=15m,", {"bucket": "nano", "timeframe": "15m"}),
        ("note=two words,x=a=b", {"note": "two words", "x": "a=b"}),
    ],
)
def test_it_is_read_and_written_again(text: str, scope: dict[str, str]) -> None:
    assert read_scope(text) == scope == read_scope(write_scope(scope))


@pytest.mark.parametrize(
    "text",
    [
        "nano",
        "=nano",
        "bucket=nano,bucket=big",
        "bucket=nano timeframe=15m",
        "bucket=nano and timeframe=15m",
    ],
)
def test_what_would_match_nothing_is_refused(text: str) -> None:
    with pytest.raises(MalformedScope):
        read_scope(text)
