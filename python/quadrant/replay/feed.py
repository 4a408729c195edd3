"""The order in which the bars of many series come to exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from quadrant.bars import TIMEFRAMES
from quadrant.engine import Snapshot
from quadrant.replay.scopes import ScopeSeries
from quadrant.tick import PositionTicker


@dataclass(frozen=True, slots=True)
class Series:
    """One position's bars of a replay: snapshots and scopes by bar, and where to begin and end."""

    ticker: PositionTicker
    timeframe: str
    snapshots: Sequence[Snapshot]
    scopes: ScopeSeries
    begin: int
    end: int


Moment = list[tuple[Series, int]]


def moments(series: Sequence[Series]) -> Iterator[tuple[int, Moment]]:
    """Yields (epoch ms, [(series, bar index), ...]) in the order in which bars exist.

    At equal moments the shorter timeframe comes first; within one, the order of `series`.
    """
    exists_at = [
        np.array([s.exists_at for s in one.snapshots[one.begin : one.end]], dtype=np.int64)
        for one in series
    ]
    owner = np.repeat(np.arange(len(series)), [times.size for times in exists_at])
    index = np.concatenate(
        [np.arange(one.begin, one.end) for one in series] or [np.zeros(0, dtype=np.int64)]
    )
    time = np.concatenate(exists_at or [np.zeros(0, dtype=np.int64)])
    length = np.array([TIMEFRAMES[one.timeframe] for one in series])[owner]
    order = np.lexsort((owner, length, time))
    now: int | None = None
    batch: Moment = []
    for at, who, which in zip(
        time[order].tolist(), owner[order].tolist(), index[order].tolist(), strict=True
    ):
        if at != now:
            if now is not None:
                yield now, batch
            now, batch = at, []
        batch.append((series[who], which))
    if now is not None:
        yield now, batch
