"""The scope of every bar of a replay, made from the bars alone and without look-ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from quadrant.bars import TIMEFRAMES, Bars
from quadrant.engine import compute

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

Key = tuple[str, str]
States = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class ScopeSeries:
    """Scopes of one position: `changed[i]` says that bar i's differs from the bar's before."""

    names: tuple[str, ...]
    columns: tuple[list[str | None], ...]
    fixed: dict[str, str]
    changed: list[bool]

    def at(self, index: int) -> dict[str, Any]:
        """The scope of bar `index`; a dimension without value is left out."""
        scope: dict[str, Any] = dict(self.fixed)
        for name, column in zip(self.names, self.columns, strict=True):
            value = column[index]
            if value is not None:
                scope[name] = value
        return scope


def replay_scopes(series: Sequence[Bars], chain: str) -> dict[Key, ScopeSeries]:
    """Scopes for every series of a replay: buckets from its own bars, regimes from all of them."""
    by_key = {(bars.symbol, bars.timeframe): bars for bars in series}
    buckets = {key: _bucket(bars, BUCKET_EDGES) for key, bars in by_key.items()}
    regimes = _regimes(by_key, buckets)
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


def _states(bars: Bars) -> States:
    frame = compute(bars)
    return np.asarray(frame.exists_at), np.asarray(frame.state, dtype=np.int64)


def _regimes(
    by_key: dict[Key, Bars], buckets: dict[Key, npt.NDArray[np.int64]]
) -> dict[tuple[str, str], States]:
    """Engine states of the drivers: (driver, timeframe), a bucket's driver is named after it."""
    regimes: dict[tuple[str, str], States] = {}
    for timeframe in REGIME_TIMEFRAMES.values():
        here = {key[0]: bars for key, bars in by_key.items() if key[1] == timeframe}
        leader = next((symbol for symbol in sorted(here) if symbol.startswith("BTC")), None)
        if leader is not None:
            regimes["btc", timeframe] = _states(here[leader])
        rest = [bars for symbol, bars in here.items() if symbol != leader]
        if rest:
            everywhere = [np.ones(bars.ts.size, dtype=bool) for bars in rest]
            index = _index(rest, everywhere)
            if index is not None:
                regimes["alt", timeframe] = _states(index)
        members = list(here.values())
        for code, label in enumerate(LABELS):
            inside = [buckets[bars.symbol, timeframe] == code for bars in members]
            if any(mask.any() for mask in inside):
                index = _index(members, inside)
                if index is not None:
                    regimes[str(label), timeframe] = _states(index)
    return regimes


def _known(
    regime: States | None, timeframe: str, exists_at: npt.NDArray[np.int64], own: str
) -> npt.NDArray[np.int64]:
    """The regime's state a position of timeframe `own` may know at each moment.

    At equal moments the shorter timeframe comes first: it does not see the longer bar yet.
    """
    if regime is None:
        return np.full(exists_at.size, NO_STATE)
    side = "right" if TIMEFRAMES[timeframe] <= TIMEFRAMES[own] else "left"
    at = np.searchsorted(regime[0], exists_at, side=side) - 1  # type: ignore[call-overload]
    return np.where(at >= 0, regime[1][np.maximum(at, 0)], NO_STATE)


def _scope_series(
    bars: Bars,
    chain: str,
    bucket: npt.NDArray[np.int64],
    regimes: dict[tuple[str, str], States],
) -> ScopeSeries:
    exists_at = bars.ts + TIMEFRAMES[bars.timeframe]
    age = np.searchsorted(np.asarray(AGE_EDGES), (exists_at - bars.ts[0]) / DAY_MS, side="right")
    coded: dict[str, tuple[npt.NDArray[np.int64], Sequence[str | None]]] = {
        "bucket": (bucket, LABELS.tolist()),
        "vol_bucket": (_bucket(bars, VOL_BUCKET_EDGES), LABELS.tolist()),
        "age_bucket": (age, AGE_LABELS.tolist()),
    }
    state_labels = ["S0", "S1", "S2", "S3", None]
    for reach, timeframe in REGIME_TIMEFRAMES.items():
        for driver in ("btc", "alt"):
            known = _known(regimes.get((driver, timeframe)), timeframe, exists_at, bars.timeframe)
            coded[f"{driver}_{reach}"] = (known, state_labels)
        of_bucket = np.full(exists_at.size, NO_STATE)
        for code, label in enumerate(LABELS):
            known = _known(
                regimes.get((str(label), timeframe)), timeframe, exists_at, bars.timeframe
            )
            of_bucket = np.where(bucket == code, known, of_bucket)
        coded[f"bucket_{reach}"] = (of_bucket, state_labels)
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
    )
