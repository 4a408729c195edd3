"""What the engine, or whatever stands in its place, says about one closed bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, get_type_hints

from pydantic import Field, GetPydanticSchema
from pydantic_core import core_schema

from quadrant.bars import TIMEFRAMES

# What stands in Annotated speaks to a validator and to the JSON schema; making a Snapshot checks
# nothing.
Timeframe = Annotated[
    str, GetPydanticSchema(lambda *_: core_schema.literal_schema(list(TIMEFRAMES)))
]
State = Literal["S0", "S1", "S2", "S3", "S4"]
Moment = Annotated[int, Field(ge=946_684_800_000, lt=7_258_118_400_000)]
"""Epoch ms UTC, of the years 2000 to 2199: seconds and microseconds are not taken for it."""
Price = Annotated[float, Field(ge=1e-18, le=1e18)]
Level = Annotated[float, Field(ge=0, le=1e18)]
Distance = Annotated[float, Field(ge=0, le=1e12)]
Slope = Annotated[float, Field(ge=-1e12, le=1e12)]
Score = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One closed bar with its state, scores and flags; plain values, always finite.

    Prices, EMAs and `atr` are in quote units; halo distances in ATRs, at or above 0; slopes in
    ATRs per bar; scores and `ox` in 0..1 (`ts_score` up to 1.25 with a boost); `bar_ts` (open)
    and `exists_at` (close) in epoch ms UTC; `missing_bars` counts the bars absent right before
    this one. `in_band` is S3 with EMA333 <= close <= EMA144; the DX threshold in force at this
    bar is dx_min + `dx_suppression` - `dx_bonus`. What cannot be known yet (bars before the
    333rd, all in S4) is 0, and a halo distance FAR.
    """

    timeframe: Annotated[Timeframe, Field(description="Length of the bar.")]
    bar_ts: Annotated[
        Moment, Field(description="The bar's open, on the timeframe's grid (epoch ms UTC).")
    ]
    exists_at: Annotated[Moment, Field(description="Its close: bar_ts + timeframe (epoch ms UTC).")]
    open: Annotated[Price, Field(description="Quote units.")]
    high: Annotated[Price, Field(description="Quote units.")]
    low: Annotated[Price, Field(description="Quote units.")]
    close: Annotated[Price, Field(description="Quote units.")]
    volume: Annotated[float, Field(ge=0, description="Base units.")]
    state: Annotated[
        State,
        Field(description="S0 downtrend, S1 primer, S2 defensive, S3 trend, S4 none of them yet."),
    ]
    atr: Annotated[Level, Field(description="ATR 14 (quote units).")]
    ema60: Annotated[Level, Field(description="EMA of the close (quote units).")]
    ema144: Annotated[Level, Field(description="EMA of the close (quote units).")]
    ema333: Annotated[Level, Field(description="EMA of the close (quote units).")]
    ts_score: Annotated[
        float,
        Field(ge=0, le=1.25, description="Trend strength; above 1 with a level's boost."),
    ]
    s1_halo_distance: Annotated[Distance, Field(description="|close - EMA60| (ATRs).")]
    s1_slope: Annotated[
        Slope, Field(description="Larger slope of EMA60 and EMA144 (ATRs per bar).")
    ]
    s2_halo_distance: Annotated[Distance, Field(description="|close - EMA333| (ATRs).")]
    s2_slope: Annotated[
        Slope, Field(description="Larger slope of EMA250 and EMA333 (ATRs per bar).")
    ]
    dx_score: Annotated[Score, Field(description="Deep zone: is this dip one to buy?")]
    edx_score: Annotated[Score, Field(description="Expansion decay: is the trend fading?")]
    dx_suppression: Annotated[Score, Field(description="What a high EDX adds to the DX threshold.")]
    dx_bonus: Annotated[
        Score, Field(description="What being near EMA333 takes off the DX threshold.")
    ]
    ox: Annotated[Score, Field(description="Overextension.")]
    in_band: Annotated[bool, Field(description="S3 with EMA333 <= close <= EMA144.")]
    trim: Annotated[bool, Field(description="The trim flag (S2, S3).")]
    emergency: Annotated[bool, Field(description="The emergency exit (S3).")]
    missing_bars: Annotated[
        int, Field(ge=0, description="Bars absent right before this one; more than 3 are a gap.")
    ]


NUMBERS = frozenset(name for name, kind in get_type_hints(Snapshot).items() if kind is float)
"""The fields a gate can be about: prices, distances, slopes, scores."""

FAR = 1e6
"""A halo distance no gate admits, for bars whose EMA or ATR does not exist yet (ATRs)."""
