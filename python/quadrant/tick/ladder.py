"""What a window of the DX ladder keeps: its buys, and how far price went below the first one."""

from __future__ import annotations

from typing import Any

from quadrant.engine import Snapshot
from quadrant.tick.actions import Action


def begun(arm: float) -> dict[str, Any]:
    """Of a window that opens: no buy yet; `arm` is the distance in force (ATRs)."""
    return {
        "dx_count": 0,
        "dx_signals": [],
        "depth_atrs": 0.0,
        "dx_atr_mult_used": arm,
        "pool_basis": None,
    }


def sink(extra: dict[str, Any], bar: Snapshot) -> None:
    """Notes how deep the bar closes, in ATRs: below EMA144, and below the first buy."""
    if bar.atr <= 0:
        return
    extra["depth_atrs"] = max(extra["depth_atrs"], (bar.ema144 - bar.close) / bar.atr)
    if "fill_price" in extra:
        below = (extra["fill_price"] - bar.close) / extra["fill_atr"]
        extra["fill_depth_atrs"] = max(extra["fill_depth_atrs"], below)


def climb(extra: dict[str, Any], action: Action, bar: Snapshot) -> None:
    """A buy. How far price goes below the first one, in that one's ATRs, says how many a ladder
    with other arms would have made."""
    if action.signal_bar_ts in extra["dx_signals"]:
        return
    extra["dx_signals"].append(action.signal_bar_ts)
    extra["dx_count"] += 1
    extra["pool_basis"] = action.context.get("pool_basis")
    atr = action.context.get("atr", bar.atr)
    if "fill_price" not in extra and atr > 0:
        extra |= {
            "fill_price": action.context.get("price", bar.close),
            "fill_atr": atr,
            "fill_depth_atrs": 0.0,
        }
