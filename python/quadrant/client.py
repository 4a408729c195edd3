"""Gates in force inside a bot's own process: answers in microseconds, with or without a database.

Which override wins is decided by the database: pm.gate_index() hands the overrides over in order of
preference with the value each gives. What is done here is to find the first that is contained in a
scope. Needs psycopg, nothing else of Quadrant.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from typing import Any, LiteralString

import psycopg

Scope = Mapping[str, Any]
Override = tuple[Mapping[str, str], float, int]  # scope_subset, value, id

_LOG = logging.getLogger(__name__)
# Seconds: between attempts to connect (doubled from the first to the last), and between two looks
# whether a silent database is still there.
_FIRST_WAIT, _LAST_WAIT, _HEARTBEAT = 0.2, 10.0, 10.0


class NoGates(LookupError):
    """The pattern has no gates that are known: never read, and no base given."""


@dataclass(frozen=True)
class Gate:
    """A threshold in force, in the gate's unit; `override_id` is None for base."""

    value: float
    base: float
    override_id: int | None = None


@dataclass(frozen=True)
class State:
    """What answers rest on: `source` is "database", "last known" or "base".

    `fresh`: as the database has it now; else `since` says since when not (UTC), `error` why.
    """

    fresh: bool
    source: str
    since: datetime | None = None
    error: str = ""


def _text(value: Any) -> str:
    """A scope value as the database compares it (learning.scope_value): 1, 1.0 and "1" are one."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        number = format(Decimal(str(value)), "f")
        number = number.rstrip("0").rstrip(".") if "." in number else number
        return "0" if number == "-0" else number
    return str(value)


class _Lever:
    """The overrides of a gate as bits in order of preference, the most preferred lowest.

    Per key of scopes and value of it: the overrides that ask for that value or do not ask for the
    key. A scope's are the AND over keys; the lowest bit wins. With {a=1}, {b=2}, {} in this order,
    a=1 has 111, another a 110, b=2 111, another b 101: of {a=3, b=2} 110 are left, and {b=2} wins.
    """

    def __init__(self, base: float, overrides: Iterable[Override]) -> None:
        self._base = Gate(base, base)
        self._gates: list[Gate] = []
        asking: dict[str, dict[str, int]] = {}
        for place, (subset, value, override_id) in enumerate(overrides):
            self._gates.append(Gate(value, base, override_id))
            for key, text in subset.items():
                of_key = asking.setdefault(key, {})
                of_key[text] = of_key.get(text, 0) | 1 << place
        self._all = (1 << len(self._gates)) - 1
        self._keys: list[tuple[str, int, dict[str, int]]] = []
        for key, of_key in asking.items():
            silent = self._all & ~sum(of_key.values())
            self._keys.append((key, silent, {t: silent | bits for t, bits in of_key.items()}))

    def in_force(self, scope: Mapping[str, str]) -> Gate:
        left = self._all
        for key, silent, of_key in self._keys:
            text = scope.get(key)
            left &= silent if text is None else of_key.get(text, silent)
        return self._gates[(left & -left).bit_length() - 1] if left else self._base


class GateIndex:
    """The gates of every pattern in any scope, as they were when they were read."""

    def __init__(self, rows: Iterable[tuple[str, str, float, Iterable[Override]]]) -> None:
        self._patterns: dict[str, dict[str, _Lever]] = {}
        for pattern_key, gate, base, overrides in rows:
            self._patterns.setdefault(pattern_key, {})[gate] = _Lever(base, overrides)

    @classmethod
    def read(cls, connection: psycopg.Connection[Any]) -> GateIndex:
        """As the database has them now."""
        return cls(connection.execute(_query("gate_index")))

    def gates(self, pattern_key: str, scope: Scope) -> dict[str, Gate]:
        """Every gate of a pattern (its canonical key) in a scope; None in a scope is no value.

        Raises NoGates for a pattern that is not known.
        """
        levers = self._patterns.get(pattern_key)
        if levers is None:
            raise NoGates(f"no gates are known of {pattern_key}")
        texts = {key: _text(value) for key, value in scope.items() if value is not None}
        return {gate: lever.in_force(texts) for gate, lever in levers.items()}


class GateClient:
    """Gates in force for any scope, kept up to date by a thread of its own.

    `base` {pattern: {gate: value}} is what answers rest on until the database was first reached,
    which the constructor waits for, `wait` seconds at most. With the database gone answers rest on
    what was last known. Any thread may ask. A DSN of PostgreSQL itself, not of a pooler in
    transaction mode, which loses notifications.
    """

    def __init__(
        self, dsn: str, base: Mapping[str, Mapping[str, float]] | None = None, wait: float = 5.0
    ) -> None:
        self._dsn = dsn
        self._index = GateIndex(
            (pattern, gate, value, ())
            for pattern, gates in (base or {}).items()
            for gate, value in gates.items()
        )
        self._state = State(False, "base", datetime.now(UTC), "not connected yet")
        self._closing = threading.Event()
        self._tried = threading.Event()
        self._thread = threading.Thread(target=self._run, name="quadrant gates", daemon=True)
        self._thread.start()
        self._tried.wait(wait)

    @property
    def state(self) -> State:
        """What answers rest on now."""
        return self._state

    def gates(self, pattern_key: str, scope: Scope) -> dict[str, Gate]:
        """Every gate of a pattern in a scope, as `state` says; see GateIndex.gates."""
        return self._index.gates(pattern_key, scope)

    def close(self) -> None:
        """Ends the thread; answers stay what they are."""
        self._closing.set()
        self._thread.join()

    def __enter__(self) -> GateClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        pause = _FIRST_WAIT
        while not self._closing.is_set():
            try:
                with psycopg.connect(
                    self._dsn, autocommit=True, connect_timeout=10, client_encoding="utf8"
                ) as connection:
                    connection.execute(_query("listen"))
                    self._load(connection)
                    pause = _FIRST_WAIT
                    self._follow(connection)
            except psycopg.Error as e:
                was = self._state
                if was.fresh:
                    was = State(False, "last known", datetime.now(UTC))
                    _LOG.warning("gates are the last known: %s", e)
                self._state = replace(was, error=str(e))
                self._tried.set()
            self._closing.wait(pause)
            pause = min(2 * pause, _LAST_WAIT)

    def _load(self, connection: psycopg.Connection[Any]) -> None:
        self._index = GateIndex.read(connection)
        self._state = State(True, "database")
        self._tried.set()

    def _follow(self, connection: psycopg.Connection[Any]) -> None:
        """Loads again after every change, until we close or the connection is lost."""
        looked = 0.0
        while not self._closing.is_set():
            told = list(connection.notifies(timeout=0.2, stop_after=1))
            looked += 0.2
            if told:
                self._load(connection)
            elif looked >= _HEARTBEAT:
                looked = 0.0
                connection.execute(_query("alive"))


def _query(name: str) -> LiteralString:
    return resources.files("quadrant").joinpath("sql", "client", f"{name}.sql").read_text("utf-8")
