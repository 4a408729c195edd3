"""The simulation against plain loops, the design's worked examples, and pruning."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import GRID, candidate, judged_by, market

from quadrant.judging import Events, Grid, GridResult, Lever, Settings, full_grid, simulate

LOOSE = candidate(ts=-0.1)


def slice_of(groups: list[tuple[int, bool, bool, bool]], days: int = 30) -> Events:
    """Events by (how many, won, admitted by base, admitted by the candidates that loosen ts)."""
    rows = [(won, base, loose) for n, won, base, loose in groups for _ in range(n)]
    order = np.random.default_rng(0).permutation(len(rows))
    admitted = np.zeros((len(rows), 1 + len(GRID.steps)), dtype=bool)
    for i, row in enumerate(order):
        _, base, loose = rows[row]
        admitted[i] = base
        admitted[i, 1 + LOOSE] = loose
    return Events(
        day=np.sort(np.arange(len(rows)) % days),
        won=np.array([rows[row][0] for row in order]),
        roi=np.full(len(rows), np.nan),
        admitted=admitted,
    )


@pytest.mark.parametrize(
    ("caught", "added", "dodges", "misses", "qualifies"),
    [
        (5, 1, 89, 8, True),  # dodge rate .918
        (6, 2, 89, 8, True),  # 3.0 is enough there too
        (5, 2, 89, 8, False),  # 2.5 is not
        (6, 2, 40, 20, True),  # below .90: 3.0
        (5, 2, 40, 20, True),  # 2.5 is enough below .90
        (4, 3, 89, 8, False),
        (4, 3, 40, 20, False),
        (2, 0, 40, 20, False),  # two events are too few
        (3, 0, 40, 20, True),
    ],
)
def test_counts_qualify_as_the_design_says(
    caught: int, added: int, dodges: int, misses: int, qualifies: bool
) -> None:
    events = slice_of(
        [
            (caught, True, False, True),
            (added, False, False, True),
            (misses - caught, True, False, False),
            (dodges - added, False, False, False),
            (5, False, True, True),
            (2, True, True, True),
        ]
    )
    result = simulate(events, GRID, judged_by(value_mode="count", min_days=1), seed=1)
    assert result.misses_caught[LOOSE] == caught
    assert result.failures_added[LOOSE] == added
    assert result.dodge_rate == pytest.approx(dodges / (dodges + misses))
    assert result.ratio[LOOSE] == caught / max(added, 1)
    assert result.qualifies[LOOSE] == qualifies
    assert (result.chosen is not None) == qualifies
    assert bool(result.reason) != qualifies


def test_a_win_that_is_worth_four_losses_counts_four_times() -> None:
    groups = [(3, True, False, True), (6, False, False, True), (40, False, False, False)]
    plain = slice_of([*groups, (20, True, False, False)])
    roi = np.where(plain.won, 0.10 * math.atanh(0.8), 0.10 * math.atanh(-0.2))
    valued = Events(plain.day, plain.won, roi, plain.admitted)
    result = simulate(valued, GRID, judged_by(min_days=1), seed=1)
    assert result.value_mode == "value"
    assert result.benefit[LOOSE] == pytest.approx(2.4)
    assert result.cost[LOOSE] == pytest.approx(1.2)
    assert result.qualifies[LOOSE]
    by_counts = simulate(valued, GRID, judged_by(value_mode="count", min_days=1), seed=1)
    assert by_counts.value_mode == "count"
    assert by_counts.ratio[LOOSE] == pytest.approx(0.5)
    assert not by_counts.qualifies[LOOSE]


def test_values_are_used_unless_more_than_half_of_the_events_lack_one() -> None:
    events = market(1, n=100)
    roi = events.roi.copy()
    roi[:50] = np.nan
    half = simulate(Events(events.day, events.won, roi, events.admitted), GRID, judged_by(), 1)
    assert (half.value_mode, half.n_events) == ("value", 50)
    roi[50] = np.nan
    less = simulate(Events(events.day, events.won, roi, events.admitted), GRID, judged_by(), 1)
    assert (less.value_mode, less.n_events) == ("count", 100)


def test_the_newest_events_can_speak_against_a_candidate() -> None:
    n = 100
    won = np.ones(n, dtype=bool)
    won[-30:] = False  # the newest 30 % are all losers
    admitted = np.zeros((n, 1 + len(GRID.steps)), dtype=bool)
    admitted[:, 1 + LOOSE] = True
    admitted[70:95, 1 + LOOSE] = False
    day = np.arange(n)
    events = Events(day, won, np.full(n, np.nan), admitted)
    result = simulate(events, GRID, judged_by(), seed=1)
    assert result.ratio[LOOSE] == 70 / 5
    assert not result.qualifies[LOOSE]
    assert "newest" in result.reason
    admitted[95, 1 + LOOSE] = False  # four changes there are too few to say
    result = simulate(Events(day, won, events.roi, admitted), GRID, judged_by(), seed=1)
    assert result.qualifies[LOOSE]


def test_flips_on_four_days_are_out_and_on_five_are_in() -> None:
    groups = [(20, True, False, True), (30, False, False, False)]
    few = simulate(slice_of(groups, days=4), GRID, judged_by(), seed=1)
    assert few.chosen is None
    assert few.p.min() == 1
    assert "days" in few.reason
    enough = slice_of(groups, days=5)
    assert simulate(enough, GRID, judged_by(), seed=1).qualifies[LOOSE]


def test_nothing_to_judge() -> None:
    none = np.zeros(0)
    empty = Events(
        none.astype(int), none.astype(bool), none, np.zeros((0, 1 + len(GRID.steps)), dtype=bool)
    )
    result = simulate(empty, GRID, judged_by(), seed=1)
    assert (result.n_events, result.tested, result.chosen) == (0, 0, None)
    assert result.dodge_rate is None
    assert result.reason


def test_a_tie_of_z_goes_to_the_higher_ratio_however_large_the_move() -> None:
    """Nine wins on nine days, and two wins with a loss on each of nine days: z is 3 for both."""
    day = np.repeat(np.arange(9), 4)
    won = np.tile([True, True, False, True], 9)
    admitted = np.zeros((36, 1 + len(GRID.steps)), dtype=bool)
    near, far = candidate(ts=-0.05), candidate(ts=-0.1)
    admitted[:, 1 + near] = np.tile([True, True, True, False], 9)
    admitted[:, 1 + far] = np.tile([False, False, False, True], 9)
    events = Events(day, won, np.full(36, np.nan), admitted)
    result = simulate(events, GRID, judged_by(value_mode="count", min_ratio=1.0), seed=1)
    assert result.z[near] == pytest.approx(result.z[far])
    assert (result.ratio[near], result.ratio[far]) == (2, 9)
    assert GRID.move[near] < GRID.move[far]
    assert result.chosen == far


def test_ties_go_to_the_smallest_move_and_the_fewest_levers() -> None:
    events = slice_of([(9, True, False, False), (20, False, False, False)])
    gain = events.won[:, None]
    for same in (
        candidate(ts=-0.05),
        candidate(ts=-0.1),
        candidate(halo=0.2),
        candidate(ts=-0.05, halo=0.1),
    ):
        events.admitted[:, 1 + same] = gain[:, 0]
    result = simulate(events, GRID, judged_by(min_days=1), seed=1)
    assert result.chosen == candidate(ts=-0.05)


SMALL = full_grid(
    (
        Lever("ts", "ts_score", False, 0.6, (-0.1, 0.0, 0.1)),
        Lever("halo", "halo_distance", True, 1.0, (-0.2, 0.0, 0.2)),
    )
)


@st.composite
def slices(draw: st.DrawFn) -> Events:
    n = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    roi = np.round(rng.normal(0, 0.1, n), 3)
    roi[rng.random(n) < draw(st.sampled_from([0.0, 0.2, 0.8]))] = np.nan
    return Events(
        day=np.sort(rng.integers(0, draw(st.integers(1, 12)), n)),
        won=rng.random(n) < draw(st.floats(0.1, 0.9)),
        roi=roi,
        admitted=rng.random((n, 1 + len(SMALL.steps))) < draw(st.floats(0.05, 0.95)),
    )


def by_loops(events: Events, grid: Grid, judged: Settings) -> list[dict[str, float]]:
    """What design 40 says, one candidate and one event at a time."""
    n = len(events.won)
    missing = sum(math.isnan(r) for r in events.roi)
    if judged.value_mode == "value" and 2 * missing <= n:
        part = [i for i in range(n) if not math.isnan(events.roi[i])]
        v = {i: math.tanh(events.roi[i] / 0.10) for i in part}
    else:
        part = list(range(n))
        v = {i: 1.0 if events.won[i] else -1.0 for i in part}
    counting = not (judged.value_mode == "value" and 2 * missing <= n)
    refused = [i for i in part if not events.admitted[i, 0]]
    dodge = sum(v[i] <= 0 for i in refused) / len(refused) if refused else None
    mean = sum(v.values()) / len(v)
    newest = set(part[len(part) - math.ceil(len(part) * 0.3 - 1e-9) :])
    answers = []
    for c in range(len(grid.steps)):
        tally = dict.fromkeys(("caught", "added", "avoided", "lost"), 0)
        benefit = cost = recent_net = 0.0
        recent = 0
        days: dict[int, float] = {}
        flips: dict[int, int] = {}
        for i in part:
            flip = int(events.admitted[i, 1 + c]) - int(events.admitted[i, 0])
            if not flip:
                continue
            wins = v[i] > 0
            name = ("caught" if wins else "added") if flip > 0 else ("lost" if wins else "avoided")
            tally[name] += 1
            if flip * v[i] > 0:
                benefit += abs(v[i])
            else:
                cost += abs(v[i])
            if i in newest:
                recent += 1
                recent_net += flip * v[i]
            day = int(events.day[i])
            days[day] = days.get(day, 0.0) + flip * v[i]
            flips[i] = flip

        square = sum(s**2 for s in days.values())
        z = sum(days.values()) / math.sqrt(square) if square > 1e-18 else 0.0
        if grid.tightens[c]:
            # Dealt out at random among all n events, the sum of flip x value has this variance.
            net, changed = sum(flips.values()), len(flips)
            variance = (
                sum((x - mean) ** 2 for x in v.values())
                / max(len(v) - 1, 1)
                * (changed - net**2 / len(v))
            )
            against = sum(f * (v[i] - mean) for i, f in flips.items())
            z = min(z, against / math.sqrt(variance) if variance > 1e-18 else 0.0)

        if counting:
            ratio = benefit / max(cost, 1)
        else:
            ratio = benefit / cost if cost else (math.inf if benefit else 0.0)
        need = judged.min_ratio
        if dodge is not None and dodge >= 0.9 and tally["caught"] + tally["added"]:
            need = max(3.0, need)
        testable = len(days) >= judged.min_days
        answers.append(
            tally
            | {
                "benefit": benefit,
                "cost": cost,
                "ratio": ratio,
                "z": z if testable else math.nan,
                "qualifies": testable
                and ratio >= need - 1e-9
                and tally["caught"] + tally["avoided"] >= 3
                and (recent < 5 or recent_net >= -1e-9),
            }
        )
    return answers


@given(
    slices(),
    st.sampled_from(["value", "count"]),
    st.sampled_from([1, 3, 5]),
    st.sampled_from([0.5, 2.0]),
)
@settings(max_examples=150, deadline=None)
def test_every_figure_equals_the_plain_loop(
    events: Events, mode: str, min_days: int, min_ratio: float
) -> None:
    judged = judged_by(
        value_mode="count" if mode == "count" else "value",
        min_days=min_days,
        min_ratio=min_ratio,
        draws=20,
        max_draws=20,
    )
    result = simulate(events, SMALL, judged, seed=3)
    if result.n_events == 0:
        assert result.tested == 0
        return
    loop = by_loops(events, SMALL, judged)
    for name, array in {
        "caught": result.misses_caught,
        "added": result.failures_added,
        "avoided": result.failures_avoided,
        "lost": result.wins_lost,
    }.items():
        assert array.tolist() == [row[name] for row in loop]
    assert np.allclose(result.benefit, [row["benefit"] for row in loop])
    assert np.allclose(result.cost, [row["cost"] for row in loop], atol=1e-9)
    assert np.allclose(result.ratio, [row["ratio"] for row in loop])
    touched = np.array(
        [row["caught"] + row["added"] + row["avoided"] + row["lost"] for row in loop]
    )
    # A candidate that changes nothing has no z: it is not tested.
    expected_z = np.where(touched > 0, [row["z"] for row in loop], np.nan)
    assert np.allclose(result.z, expected_z, equal_nan=True, atol=1e-6)
    assert result.qualifies.tolist() == [bool(row["qualifies"]) for row in loop]
    if result.chosen is not None:
        able = [row for row in loop if row["qualifies"]]
        assert loop[result.chosen]["z"] == pytest.approx(max(r["z"] for r in able), abs=1e-6)


def test_an_override_needs_a_lever_that_moved_and_a_grid_of_124() -> None:
    assert len(GRID.steps) == 124
    assert not np.any(GRID.n_levers == 0)
    assert GRID.move[candidate(ts=-0.05, halo=0.2)] == pytest.approx(1.5)
    assert GRID.tightens[candidate(ts=-0.05, slope=0.01)]
    assert not GRID.tightens[candidate(ts=-0.05, halo=0.1, slope=-0.02)]
    assert GRID.tightens[candidate(halo=-0.1)]


def same(one: GridResult, other: GridResult, leave_out: frozenset[str]) -> None:
    for field in fields(GridResult):
        if field.name in leave_out:
            continue
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            assert np.allclose(a, b, equal_nan=True), field.name
        else:
            assert a == b, field.name


@pytest.mark.parametrize("seed", range(30))
def test_pruning_never_changes_the_answer(seed: int) -> None:
    events = market(seed, n=60, days=20, planted=0.3 if seed % 2 else 0.0)
    judged = judged_by(min_ratio=1.0)
    pruned = simulate(events, GRID, judged, seed)
    whole = simulate(events, GRID, judged, seed, prune=False)
    same(pruned, whole, frozenset({"tested", "skipped"}))
    assert pruned.skipped > whole.skipped
    assert pruned.tested + pruned.skipped == 124
