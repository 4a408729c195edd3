"""Which actions go with which bars, and which bars can be one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from quadrant.tick.actions import Action
from quadrant.tick.model import Position, PositionBar
from quadrant.tick.rules import MessageError


def by_position(
    batch: Sequence[PositionBar], actions: Sequence[Action] | Mapping[Position, Sequence[Action]]
) -> Mapping[Position, Sequence[Action]]:
    """The actions of each position. Raises MessageError where one belongs to no bar."""
    positions = {one.position for one in batch}
    if not isinstance(actions, Mapping):
        if actions and len(positions) != 1:
            raise MessageError(
                "a list of actions was given with bars of several positions",
                hint="Give a mapping: {position: [Action(...)]}.",
            )
        return dict.fromkeys(positions, actions)
    for position, of_position in actions.items():
        if of_position and position not in positions:
            raise MessageError(
                f"actions were given for {position.symbol} {position.timeframe}, but no bar",
                hint="An action goes with a bar of its position.",
            )
    return actions


def spread(
    batch: Sequence[PositionBar], actions: Mapping[Position, Sequence[Action]]
) -> list[list[Action]]:
    """The actions that go with each bar: its first bar not before the signal's, else its last."""
    told: list[list[Action]] = [[] for _ in batch]
    for position, of_position in actions.items():
        places = (
            [n for n, one in enumerate(batch) if one.position == position] if of_position else []
        )
        for action in of_position:
            try:
                place = next(n for n in places if batch[n].snapshot.bar_ts >= action.signal_bar_ts)
            except (StopIteration, AttributeError, TypeError):
                place = places[-1]  # a rule that comes after refuses it
            told[place].append(action)
    return told


def rounds(
    batch: Sequence[PositionBar], actions: Sequence[Sequence[Action]]
) -> Iterator[list[tuple[PositionBar, Sequence[Action]]]]:
    """The bars with their actions in order, cut wherever a position comes again."""
    together: dict[Position, tuple[PositionBar, Sequence[Action]]] = {}
    for one, of_bar in zip(batch, actions, strict=True):
        if one.position in together:
            yield list(together.values())
            together = {}
        together[one.position] = (one, of_bar)
    if together:
        yield list(together.values())
