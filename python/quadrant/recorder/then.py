"""Gates as they were: what was in force at each bar of a backtest, from the overrides' history."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any

from quadrant.client import Gate

_Times = list[float]
_Answers = list[Mapping[str, Gate]]


class GatesThen:
    """Answers for any scope and moment; `read` hands over the rows of pm.gates_over_time.

    A scope is read once, when it is first asked for: what changes afterwards is not seen.
    """

    def __init__(
        self, base: Mapping[str, Gate], read: Callable[[Mapping[str, Any]], list[tuple[Any, ...]]]
    ) -> None:
        self._base = base
        self._read = read
        self._of_scopes: dict[str, tuple[_Times, _Answers]] = {}

    def gates(self, scope: Mapping[str, Any], at_ms: float) -> Mapping[str, Gate]:
        """Every gate as it was in force for a scope at a moment (epoch ms)."""
        key = json.dumps(scope, sort_keys=True, default=str)
        if key not in self._of_scopes:
            self._of_scopes[key] = self._changes(scope)
        times, answers = self._of_scopes[key]
        return answers[bisect_right(times, at_ms)]

    def _changes(self, scope: Mapping[str, Any]) -> tuple[_Times, _Answers]:
        """Moments of change, and the answers before, between and after them."""
        since: dict[float, dict[str, Gate]] = {}
        for at, name, base, value, override_id in self._read(scope):
            since.setdefault(at, dict(self._base))[name] = Gate(value, base, override_id)
        return list(since), [self._base, *since.values()]
