"""The kinds of opportunity a ticker watches and the rules of their outcomes, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from quadrant.engine import NUMBERS, Snapshot
from quadrant.gate import Gate
from quadrant.tick.gates import UnknownValue

OPENING_SLACK = 0.05
"""ATRs a window opens beyond the widest halo of the grid."""


class Event(StrEnum):
    """What a bar can mean to an attempt."""

    ATTEMPT_BEGAN = "attempt began"
    ENTERED_S2 = "entered S2"
    REACHED_S3 = "reached S3"
    RETURNED_TO_S0 = "returned to S0"
    EMERGENCY = "emergency exit"
    TRIM_IN_S2 = "trim flag in S2"
    TRIM = "trim flag"


EVENTS: tuple[tuple[Event, Callable[[str, Snapshot], bool]], ...] = (
    (Event.ATTEMPT_BEGAN, lambda before, bar: (before, bar.state) == ("S0", "S1")),
    (Event.ENTERED_S2, lambda before, bar: (before, bar.state) == ("S1", "S2")),
    (Event.REACHED_S3, lambda before, bar: before != bar.state == "S3"),
    (Event.RETURNED_TO_S0, lambda before, bar: before != bar.state == "S0"),
    (Event.EMERGENCY, lambda _, bar: bar.emergency),
    (Event.TRIM_IN_S2, lambda _, bar: bar.trim and bar.state == "S2"),
    (Event.TRIM, lambda _, bar: bar.trim),
)
"""Event -> does it happen, given the state before and the bar; in order of precedence."""

EXIT_EVENTS = frozenset({Event.EMERGENCY, Event.RETURNED_TO_S0})
"""The exit rule: virtual trades close at the open after one of these."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """On `event` windows without a verdict get `verdict`; `above_reference`: only those whose
    reference bar closed below the event's bar."""

    event: Event
    verdict: str
    above_reference: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of opportunity.

    Its windows live in `state`, within reach of the anchor gate, or, without one, in the band
    EMA333..EMA144. A bar is tested at every gate registered for the pattern but the one named by
    `ladder`, the distance between buys. A gate's value is the snapshot's field of that name, or the
    one that `signals` names for it. `told` are further fields kept with every bar, `adjustments`
    what a bar adds to a gate's threshold. A window ends with the visit, unless `spans_visits`: then
    it is the whole episode and ends with its outcome.
    `opportunity_key` names the factor that says whether some bar passed all base gates;
    `entry_paths` says that windows tell how the attempt came to them (breakout, retest).
    """

    episode_type: str
    tag: str
    pattern_key: str
    state: str
    begins_on: frozenset[Event]
    outcomes: tuple[Outcome, ...]
    ends_on: frozenset[Event]
    signals: Mapping[str, str] = field(default_factory=dict)
    anchor_gate: str | None = None
    adjustments: Mapping[str, Callable[[Snapshot], float]] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    spans_visits: bool = False
    ladder: str | None = None
    opportunity_key: str | None = None
    entry_paths: bool = False

    def signal(self, gate: Gate) -> str:
        """The field of a snapshot that holds a gate's value. Raises UnknownValue."""
        name = self.signals.get(gate.value_key, gate.value_key)
        if name not in NUMBERS:
            raise UnknownValue(
                f"the gate {gate.name} of {self.pattern_key} is about {gate.value_key}, "
                "and a bar has no such number",
                hint=f"value_key is one of {', '.join(sorted(NUMBERS | self.signals.keys()))}.",
            )
        return name


S1_ENTRY = Kind(
    episode_type="s1_entry",
    tag="s1",
    pattern_key="pm.uptrend.S1.entry",
    state="S1",
    signals={"halo_distance": "s1_halo_distance", "slope": "s1_slope"},
    anchor_gate="halo",
    begins_on=frozenset({Event.ATTEMPT_BEGAN}),
    outcomes=(
        Outcome(Event.REACHED_S3, "success"),
        Outcome(Event.TRIM_IN_S2, "success", above_reference=True),
        Outcome(Event.RETURNED_TO_S0, "failure"),
    ),
    ends_on=frozenset({Event.REACHED_S3, Event.RETURNED_TO_S0}),
    entry_paths=True,
)

S2_ENTRY = Kind(
    episode_type="s2_entry",
    tag="s2",
    pattern_key="pm.uptrend.S2.entry",
    state="S2",
    signals={"halo_distance": "s2_halo_distance", "slope": "s2_slope"},
    anchor_gate="halo",
    begins_on=frozenset({Event.ENTERED_S2}),
    outcomes=(
        Outcome(Event.REACHED_S3, "success"),
        Outcome(Event.RETURNED_TO_S0, "failure"),
    ),
    ends_on=frozenset({Event.REACHED_S3, Event.RETURNED_TO_S0}),
    opportunity_key="s2_opportunity_existed",
)

S3_OUTCOMES = (
    Outcome(Event.EMERGENCY, "failure"),
    Outcome(Event.TRIM, "success"),
    Outcome(Event.RETURNED_TO_S0, "failure"),
)


def dx_adjustment(bar: Snapshot) -> float:
    """What a bar adds to the DX threshold: suppression by a high EDX, less the band bonus."""
    return bar.dx_suppression - bar.dx_bonus


S3_RETEST = Kind(
    episode_type="s3_retest",
    tag="s3",
    pattern_key="pm.uptrend.S3.retest",
    state="S3",
    signals={"slope": "s2_slope"},
    begins_on=frozenset({Event.REACHED_S3}),
    outcomes=S3_OUTCOMES,
    ends_on=frozenset({Event.RETURNED_TO_S0}),
    adjustments={"dx": dx_adjustment},
    told=("edx_score", "dx_suppression"),
)

S3_DX = Kind(
    episode_type="s3_dx",
    tag="dx",
    pattern_key="pm.uptrend.S3.dx",
    state="S3",
    begins_on=frozenset(),
    outcomes=S3_OUTCOMES,
    ends_on=frozenset({Event.EMERGENCY, Event.TRIM, Event.RETURNED_TO_S0}),
    adjustments={"dx": dx_adjustment},
    told=("edx_score", "dx_suppression", "close", "atr"),
    spans_visits=True,
    ladder="dx_atr_mult",
)

KINDS = (S1_ENTRY, S2_ENTRY, S3_RETEST, S3_DX)
