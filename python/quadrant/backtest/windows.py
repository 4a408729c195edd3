"""Every window a market's bars hold, as the tick would record it with nobody but base buying."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from quadrant.bars import TIMEFRAMES, Bars
from quadrant.engine import STATES, Frame, compute
from quadrant.judging import Buys, Grid
from quadrant.judging.buys import NO_BUY
from quadrant.replay.scopes import replay_scopes
from quadrant.tick import Gate, PositionTicker
from quadrant.tick.writes import Writes

Show = Callable[[str, int, int], None]


Mark = tuple[int, float, float, float]
"""What a window would have come to while it waited: when (epoch ms), entry, price then, ROI."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a window; times in epoch ms, when it was known. None: not known by the end.

    `reached_s3`: the state was S3 at some bar from the buy of base gates to the sale.
    """

    outcome: str | None = None
    outcome_ms: int | None = None
    entry_price: float | None = None
    exit_price: float | None = None
    roi: float | None = None
    roi_ms: int | None = None
    marks: tuple[Mark, ...] = ()
    reached_s3: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """One finalised window: times in epoch ms; `acted` says whether base gates buy in it."""

    window_id: str
    episode_id: str
    attempt_id: str
    episode_type: str
    pattern_key: str
    timeframe: str
    scope: Mapping[str, Any]
    opened_ms: int
    decided_ms: int
    closed_ms: int
    acted: bool
    blocked_by: tuple[str, ...]
    samples: Sequence[Mapping[str, Any]]
    result: Result

    def row(self) -> dict[str, Any]:
        """As `Buys.under` takes it."""
        result = self.result
        return {
            "samples": self.samples,
            "won": result.outcome == "success",
            "entry_price": result.entry_price,
            "exit_price": result.exit_price,
            "roi": result.roi,
        }


def capture(
    bars: Sequence[Bars],
    chain: str,
    gates: Mapping[str, tuple[Gate, ...]],
    grids: Mapping[str, Grid],
    show: Show = lambda _what, _done, _total: None,
) -> list[Window]:
    """The closed windows of all series, oldest first: those with a grid.

    `gates` are the registered ones, `grids` those of the patterns that can be judged.
    """
    scopes = replay_scopes(bars, chain)
    windows: list[Window] = []
    for position, one in enumerate(bars):
        show(f"windows of {one.symbol} {one.timeframe}", position, len(bars))
        writes = Writes()
        key = f"{chain}:{one.symbol}:{one.timeframe}"
        ticker = PositionTicker(position, key, one.timeframe, gates=gates, writes=writes)
        of_bars = scopes[one.symbol, one.timeframe]
        frame = compute(one)
        for index, snapshot in enumerate(frame.snapshots()):
            if of_bars.changed[index]:
                ticker.subject.scope = of_bars.at(index)
            ticker.process(snapshot)
        windows += closed_windows(writes, frame, grids)
    return sorted(windows, key=lambda window: (window.opened_ms, window.window_id))


def closed_windows(writes: Writes, frame: Frame, grids: Mapping[str, Grid]) -> list[Window]:
    """Those of one series that closed, in no order; `frame` are its bars."""
    closed = [
        row for row in writes.windows.values() if "closed_ms" in row and row["pattern_key"] in grids
    ]
    marks: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in writes.marks:
        marks[mark["window_id"]].append(
            (mark["marked_ms"], mark["entry_price"], mark["exit_price"], mark["roi"])
        )
    in_s3 = np.append(0, np.cumsum(frame.state == STATES.index("S3")))
    windows: list[Window] = []
    for pattern_key, grid in grids.items():
        rows = [row for row in closed if row["pattern_key"] == pattern_key]
        samples = [{"samples": row["factors"]["samples"], "won": False} for row in rows]
        # Of a ladder its first buy, which no arm has a say in.
        tested = [place for place, lever in enumerate(grid.levers) if not lever.is_arms]
        levers = [grid.levers[place] for place in tested]
        first = Buys.under(samples, levers, grid.thresholds()[:1, tested]).sample[:, 0]
        for row, sample in zip(rows, first.tolist(), strict=True):
            acted = sample != NO_BUY
            decided_ms = row["decided_ms"]
            if acted:
                decided_ms = row["factors"]["samples"][sample]["ts"] + TIMEFRAMES[frame.timeframe]
            result = writes.results.get(row["window_id"], {})
            held = np.searchsorted(
                frame.exists_at, (decided_ms, result.get("roi_ms", decided_ms) + 1)
            )
            windows.append(
                Window(
                    window_id=row["window_id"],
                    episode_id=row["episode_id"],
                    attempt_id=row["attempt_id"],
                    episode_type=row["episode_type"],
                    pattern_key=pattern_key,
                    timeframe=frame.timeframe,
                    scope=row["scope"],
                    opened_ms=row["opened_ms"],
                    decided_ms=decided_ms,
                    closed_ms=row["closed_ms"],
                    acted=acted,
                    blocked_by=() if acted else tuple(row["blocked_by"]),
                    samples=row["factors"]["samples"],
                    result=Result(
                        outcome=result.get("outcome"),
                        outcome_ms=result.get("outcome_ms"),
                        entry_price=result.get("entry_price"),
                        exit_price=result.get("exit_price"),
                        roi=result.get("roi"),
                        roi_ms=result.get("roi_ms"),
                        marks=tuple(marks[row["window_id"]]),
                        reached_s3=acted and bool(in_s3[held[1]] > in_s3[held[0]]),
                    ),
                )
            )
    return windows
