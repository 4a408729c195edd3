"""What the PM tells the tick it did."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

from quadrant.engine.snapshot import Moment
from quadrant.errors import QuadrantError


class ActionError(QuadrantError):
    """An action whose context the tick cannot keep or reckon with."""

    code = "QD014"


@dataclass(frozen=True, slots=True)
class Action:
    """An order of `trade_id`, decided on the bar `signal_bar_ts` (epoch ms, its open).

    It may be reported on that bar or later, with the fill: the decision lands on the signal bar.
    A buy belongs to the window of `episode_type` (None: of whichever kind has one with that bar).
    `context` is kept with the decision (posture, size) and with the order's strand (price, usd),
    which happened at `at_ms` (epoch ms; None: when the bar it was reported on existed).

    `pass` is no order: it tells why a bar that all gates passed was not bought, in `reason`.
    `ladder_arm` counts as blocked by the ladder; any other reason (no_pool, no_budget,
    token_blocked, order_failed) is a policy skip.
    """

    kind: Literal["entry", "add", "trim", "exit", "pass"]
    signal_bar_ts: Moment
    trade_id: str | None = None
    episode_type: str | None = None
    context: dict[str, Any] = field(default_factory=dict)
    at_ms: Moment | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        """Raises ActionError for a context that is no JSON, a price or ATR that is no number."""
        for name in ("price", "atr"):
            value = self.context.get(name, 1.0)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or value <= 0:
                raise ActionError(f"{name} of an action is {value!r}, no number above 0")
        try:
            json.dumps(self.context, allow_nan=False)
        except TypeError as error:
            raise ActionError(f"the context of an action is no JSON: {error}") from error
        except ValueError as error:
            raise ActionError(f"the context of an action: {error}", code="QD005") from error
