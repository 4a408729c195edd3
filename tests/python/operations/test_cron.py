"""Schedules against croniter, and when `quadrant serve` runs them; pg_cron: tests/flow."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from amounts import amount
from croniter import CroniterBadDateError, croniter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from quadrant.jobs import trigger_of

MONTHS = [name.lower() for name in calendar.month_abbr[1:]]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


def fields(low: int, high: int, names: list[str]) -> st.SearchStrategy[str]:
    """Fields of a cron expression: lists of values, ranges and steps, sometimes by name."""

    def written(value: int, by_name: bool) -> str:
        return names[value - low] if by_name and value - low < len(names) else str(value)

    numbers = st.integers(low, high)
    values = st.builds(written, numbers, st.booleans())
    ranges = st.builds(
        lambda ends, step: f"{min(ends)}-{max(ends)}" + (f"/{step}" if step else ""),
        # croniter takes a range of one value for all of them.
        st.tuples(numbers, numbers).filter(lambda ends: ends[0] != ends[1]),
        st.integers(0, high),
    )
    stars = st.builds(lambda step: f"*/{step}", st.integers(1, high))
    lists = st.lists(st.one_of(values, ranges, stars), min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), lists)


expressions = st.tuples(
    fields(0, 59, []), fields(0, 23, []), fields(1, 31, []), fields(1, 12, MONTHS),
    fields(0, 7, WEEKDAYS),
).map(" ".join)  # fmt: skip
moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def croniter_says(cron: str, at: datetime) -> datetime | None:
    """The latest time at or before `at`: croniter looks for earlier ones than it is given."""
    just_after = at.replace(microsecond=0) + timedelta(seconds=1)
    # That a field begins with * decides how days are taken: cron's rule, croniter's "cron bug".
    every = croniter(cron, just_after, implement_cron_bug=True, max_years_between_matches=50)
    try:
        return every.get_prev(datetime)
    except CroniterBadDateError:
        return None


@settings(
    max_examples=amount(40, 400),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # nothing is written
)
@given(cron=expressions, at=moments)
def test_a_schedule_was_due_when_croniter_says(
    connection: psycopg.Connection[Any], cron: str, at: datetime
) -> None:
    # croniter takes a field of all values for *, which is another thing for days.
    for field, values in zip(cron.split(), croniter.expand(cron)[0], strict=True):
        assume(field.startswith("*") or values != ["*"])
    found = connection.execute("select learning.cron_previous(%s, %s)", (cron, at)).fetchone()
    assert found == (croniter_says(cron, at),)


@settings(
    max_examples=amount(40, 400),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # nothing is written
)
@given(cron=expressions, at=moments)
def test_quadrant_serve_runs_it_when_it_is_due_and_not_in_between(
    connection: psycopg.Connection[Any], cron: str, at: datetime
) -> None:
    with connection.cursor(row_factory=dict_row) as cursor:
        (row,) = cursor.execute("select (learning.cron(%s)).*", (cron,)).fetchall()
    due = trigger_of(row).get_next_fire_time(None, at)
    just_before = (due or at + timedelta(days=366 * 41)) - timedelta(microseconds=1)
    (before, itself) = connection.execute(
        "select learning.cron_previous(%(cron)s, %(before)s), learning.cron_previous(%(cron)s,"
        " %(due)s)",
        {"cron": cron, "before": just_before, "due": due},
    ).fetchone() or (None, None)
    assert itself == due
    assert before is None or before < at
