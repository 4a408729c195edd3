"""The scope of every bar of a replay, made from the bars alone and without look-ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from quadrant.bars import TIMEFRAMES, Bars
from quadrant.engine import STATES, Frame, compute
from quadrant.tick import KINDS, Gate
from quadrant.tick.reading import Reading

DAY_MS = 86_400_000
TRAILING_MS = 30 * DAY_MS
LABELS = np.array(["nano", "micro", "mid", "big", "large"])
BUCKET_EDGES = (1e6, 1e7, 1e8, 1e9)
"""Mean dollar volume a day over the trailing 30 days, where a bucket ends."""
VOL_BUCKET_EDGES = (3e6, 3e7, 3e8, 3e9)
"""The same figure, where a vol_bucket ends: half a decade beside the buckets."""
AGE_LABELS = np.array(["new", "young", "grown", "old"])
AGE_EDGES = (7.0, 30.0, 90.0)
"""Days since the first bar, where an age_bucket ends."""
REGIME_TIMEFRAMES = {"macro": "4h", "meso": "1h", "micro": "15m"}
NO_STATE = 4

FLAGS = ("buy", "trim", "emergency")
DRIVERS = ("btc", "alt", "bucket")

Key = tuple[str, str]
Flags = tuple[tuple[str, str], ...]
"""Flags that are up: (driver, flag)."""
Gates = Mapping[str, tuple[Gate, ...]]


@dataclass(frozen=True, slots=True)
class Regime:
    """A driver's engine run: per bar when it exists, its state, and its flags, a bit each."""

    exists_at: npt.NDArray[np.int64]
    state: npt.NDArray[np.int64]
    flags: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ScopeSeries:
    """Scopes of one position: `changed[i]` says that bar i's differs from the bar's before.

    `flags[i]` are the drivers' flags on its own timeframe that bar i may know.
    """

    names: tuple[str, ...]
    columns: tuple[list[str | None], ...]
    fixed: dict[str, str]
    changed: list[bool]
    flags: list[Flags]

    def at(self, index: int) -> dict[str, Any]:
        """The scope of bar `index`; a dimension without value is left out."""
        scope: dict[str, Any] = dict(self.fixed)
        for name, column in zip(self.names, self.columns, strict=True):
            value = column[index]
            if value is not None:
                scope[name] = value
        return scope


def replay_scopes(
    series: Sequence[Bars], chain: str, gates: Gates | None = None
) -> dict[Key, ScopeSeries]:
    """Scopes for every series of a replay: buckets from its own bars, regimes from all of them.

    A driver's buy flag is up where its own bar passes all base `gates` of a kind (none given:
    never).
    """
    by_key = {(bars.symbol, bars.timeframe): bars for bars in series}
    buckets = {key: _bucket(bars, BUCKET_EDGES) for key, bars in by_key.items()}
    regimes = _regimes(by_key, buckets, gates or {})
    return {key: _scope_series(bars, chain, buckets[key], regimes) for key, bars in by_key.items()}


def _daily_volume(bars: Bars) -> npt.NDArray[np.float64]:
    """Mean dollar volume a day over the 30 days that end with each bar."""
    total = np.concatenate(([0.0], np.cumsum(bars.volume * bars.close)))
    bar_ms = TIMEFRAMES[bars.timeframe]
    start = np.searchsorted(bars.ts, bars.ts + bar_ms - TRAILING_MS, side="left")
    days = np.minimum(TRAILING_MS, bars.ts + bar_ms - bars.ts[0]) / DAY_MS
    mean: npt.NDArray[np.float64] = (total[1:] - total[start]) / days
    return mean


def _bucket(bars: Bars, edges: Sequence[float]) -> npt.NDArray[np.int64]:
    return np.searchsorted(np.asarray(edges), _daily_volume(bars), side="right")


def _index(members: Sequence[Bars], weights: Sequence[npt.NDArray[np.bool_]]) -> Bars | None:
    """Equal-weight index of `members`, each counted on the bars where its weight holds."""
    ts = np.unique(np.concatenate([bars.ts for bars in members]))
    ratios = np.full((4, len(members), ts.size), np.nan)
    for row, (bars, counted) in enumerate(zip(members, weights, strict=True)):
        before = bars.close[:-1]
        at = np.searchsorted(ts, bars.ts[1:])
        member = counted[:-1]
        for n, prices in enumerate((bars.open, bars.high, bars.low, bars.close)):
            ratios[n, row, at[member]] = (prices[1:] / before)[member]
    present = ~np.isnan(ratios[3])
    count = present.sum(axis=0)
    if not count.any():
        return None
    means = np.where(count > 0, np.nansum(ratios, axis=1) / np.maximum(count, 1), 1.0)
    close = np.cumprod(means[3]) * 100.0
    before = np.concatenate(([100.0], close[:-1]))
    open_, high, low = (before * means[n] for n in range(3))
    first = members[0]
    return Bars(
        symbol="INDEX",
        timeframe=first.timeframe,
        ts=ts,
        open=open_,
        high=np.maximum.reduce([high, open_, close]),
        low=np.minimum.reduce([low, open_, close]),
        close=close,
        volume=np.ones_like(close),
        source=first.source,
    )


def _regime(bars: Bars, gates: Gates) -> Regime:
    frame = compute(bars)
    up = (_buys(frame, gates), frame.trim, frame.emergency)
    return Regime(
        exists_at=np.asarray(frame.exists_at),
        state=np.asarray(frame.state, dtype=np.int64),
        flags=np.add.reduce([flag.astype(np.int64) << n for n, flag in enumerate(up)]),
    )


def _buys(frame: Frame, gates: Gates) -> npt.NDArray[np.bool_]:
    """Where a driver passes the base gates of a kind; the rungs of a ladder are no signal."""
    readings = {
        kind.state: Reading(kind, gates[kind.pattern_key])
        for kind in KINDS
        if not kind.ladder and kind.pattern_key in gates
    }
    signals = np.zeros(len(frame), dtype=np.bool_)
    asked = np.isin(frame.state, [STATES.index(state) for state in readings]) & ~frame.emergency
    signals[asked] = [readings[bar.state].passes(bar, {}) for bar in frame.snapshots_of(asked)]
    return signals


def _regimes(
    by_key: dict[Key, Bars], buckets: dict[Key, npt.NDArray[np.int64]], gates: Gates
) -> dict[tuple[str, str], Regime]:
    """Engine states of the drivers: (driver, timeframe), a bucket's driver is named after it."""
    regimes: dict[tuple[str, str], Regime] = {}
    for timeframe in REGIME_TIMEFRAMES.values():
        here = {key[0]: bars for key, bars in by_key.items() if key[1] == timeframe}
        leader = next((symbol for symbol in sorted(here) if symbol.startswith("BTC")), None)
        if leader is not None:
            regimes["btc", timeframe] = _regime(here[leader], gates)
        rest = [bars for symbol, bars in here.items() if symbol != leader]
        if rest:
            everywhere = [np.ones(bars.ts.size, dtype=bool) for bars in rest]
            index = _index(rest, everywhere)
            if index is not None:
                regimes["alt", timeframe] = _regime(index, gates)
        members = list(here.values())
        for code, label in enumerate(LABELS):
            inside = [buckets[bars.symbol, timeframe] == code for bars in members]
            if any(mask.any() for mask in inside):
                index = _index(members, inside)
                if index is not None:
                    regimes[str(label), timeframe] = _regime(index, gates)
    return regimes


def _known(
    regime: Regime | None, timeframe: str, exists_at: npt.NDArray[np.int64], own: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The regime's state and flags a position of timeframe `own` may know at each moment.

    At equal moments the shorter timeframe comes first: it does not see the longer bar yet.
    """
    if regime is None:
        return np.full(exists_at.size, NO_STATE), np.zeros(exists_at.size, dtype=np.int64)
    side = "right" if TIMEFRAMES[timeframe] <= TIMEFRAMES[own] else "left"
    at = np.searchsorted(regime.exists_at, exists_at, side=side) - 1  # type: ignore[call-overload]
    newest = np.maximum(at, 0)
    return (
        np.where(at >= 0, regime.state[newest], NO_STATE),
        np.where(at >= 0, regime.flags[newest], 0),
    )


def _scope_series(
    bars: Bars,
    chain: str,
    bucket: npt.NDArray[np.int64],
    regimes: dict[tuple[str, str], Regime],
) -> ScopeSeries:
    exists_at = bars.ts + TIMEFRAMES[bars.timeframe]
    age = np.searchsorted(np.asarray(AGE_EDGES), (exists_at - bars.ts[0]) / DAY_MS, side="right")
    coded: dict[str, tuple[npt.NDArray[np.int64], Sequence[str | None]]] = {
        "bucket": (bucket, LABELS.tolist()),
        "vol_bucket": (_bucket(bars, VOL_BUCKET_EDGES), LABELS.tolist()),
        "age_bucket": (age, AGE_LABELS.tolist()),
    }
    state_labels = ["S0", "S1", "S2", "S3", None]
    flags = np.zeros(exists_at.size, dtype=np.int64)
    for reach, timeframe in REGIME_TIMEFRAMES.items():
        for n, driver in enumerate(DRIVERS):
            known = np.full(exists_at.size, NO_STATE)
            up = np.zeros(exists_at.size, dtype=np.int64)
            names = LABELS.tolist() if driver == "bucket" else [driver]
            for code, name in enumerate(names):
                state, flag = _known(
                    regimes.get((name, timeframe)), timeframe, exists_at, bars.timeframe
                )
                here = bucket == code if driver == "bucket" else np.ones_like(bucket, dtype=bool)
                known, up = np.where(here, state, known), np.where(here, flag, up)
            coded[f"{driver}_{reach}"] = (known, state_labels)
            if timeframe == bars.timeframe:
                flags |= up << (n * len(FLAGS))
    codes = np.stack([code for code, _ in coded.values()])
    changed = np.concatenate(([True], (codes[:, 1:] != codes[:, :-1]).any(axis=0)))
    return ScopeSeries(
        names=tuple(coded),
        columns=tuple(
            [labels[code] for code in column.tolist()] for column, labels in coded.values()
        ),
        fixed={
            "chain": chain,
            "timeframe": bars.timeframe,
            "market_family": "crypto",
        },
        changed=changed.tolist(),
        flags=_flags(flags),
    )


def _flags(codes: npt.NDArray[np.int64]) -> list[Flags]:
    """The flags that are up, out of their bits."""
    names = [(driver, flag) for driver in DRIVERS for flag in FLAGS]
    known = {
        code: tuple(name for n, name in enumerate(names) if code >> n & 1)
        for code in np.unique(codes).tolist()
    }
    return [known[code] for code in codes.tolist()]
