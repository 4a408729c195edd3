"""Merging changes gives what a rebuild gives: over sequences of changes, and beside writers."""

from __future__ import annotations

import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from amounts import LONG, amount
from brute_force import COUNTS, MINE, SLICES, key, slices
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PATTERNS = ("pm.uptrend.S1.entry", "pm.uptrend.S2.entry")
DIMS = (
    *("chain", "bucket", "timeframe", "curator", "mcap_bucket", "vol_bucket", "age_bucket"),
    "mcap_vol_ratio_bucket",
)
START = datetime(2026, 3, 1, tzinfo=UTC)
VALUES = st.sampled_from(["a", "b", 7, 7.0, "7", True, "true", "ключ 'é' \"{}\"", "", "0"])


def some_events(seed: int, number: int) -> list[dict[str, Any]]:
    """Experiments of few values, so that many share a slice."""
    chance = Random(seed)
    return [
        {
            "pattern": chance.choice(PATTERNS),
            "attempt": chance.randrange(number),
            "scope": {dim: chance.choice("ab") for dim in DIMS[:5] if chance.random() < 0.8},
            "decision": chance.choice(["acted", "skipped", "skipped"]),
            "outcome": chance.choice(["success", "failure", "failure", None]),
            "policy": chance.random() < 0.2,
            "samples": chance.random() < 0.8,
            "roi": chance.choice([None, 0.01]),
            "day": chance.randint(-12, 2),
        }
        for _ in range(number)
    ]


scopes = st.dictionaries(st.sampled_from([*DIMS, "unmined"]), VALUES, max_size=len(DIMS))
events = st.fixed_dictionaries(
    {
        "pattern": st.sampled_from(PATTERNS),
        "attempt": st.integers(0, 12),
        "scope": scopes,
        "decision": st.sampled_from(["acted", "skipped", None]),
        "outcome": st.sampled_from(["success", "failure", "neutral", None]),
        "policy": st.booleans(),
        "samples": st.booleans(),
        "roi": st.none() | st.integers(-99, 99).map(lambda cents: cents / 100),
        "day": st.integers(-12, 2),
    }
)
changes = st.one_of(
    st.tuples(st.just("arrive"), st.lists(events, min_size=1, max_size=3)),
    st.tuples(st.just("arrive"), st.builds(some_events, st.integers(0, 9999), st.integers(1, 8))),
    st.tuples(st.just("late outcome"), st.tuples(st.integers(0, 99), st.booleans())),
    st.tuples(st.just("correct"), st.tuples(st.integers(0, 99), events)),
    st.tuples(st.just("delete"), st.integers(0, 99)),
    st.tuples(
        st.just("leave"),
        st.tuples(st.permutations(DIMS[:3]), st.sampled_from("ab"), st.integers(1, 30)),
    ),
    st.tuples(st.just("time"), st.sampled_from([1, 2, 4, -3])),
    st.tuples(st.just("dimension"), st.tuples(st.sampled_from(DIMS), st.booleans())),
    st.tuples(st.just("n_min"), st.sampled_from([1, 9, 15, 21])),
    st.tuples(st.just("max_dims"), st.sampled_from([None, 0, 2])),
    st.tuples(st.just("lookback_days"), st.sampled_from([5, 10])),
)


class World:
    """The database and a copy of it in Python, changed alike."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.events: dict[int, dict[str, Any]] = {}
        self.dims = set(DIMS)
        self.now = 0
        self.tuning: dict[str, Any] = {"n_min": 15, "max_dims": None, "lookback_days": 10}
        self.set_tuning()

    def set_tuning(self) -> None:
        self.connection.execute(
            "update learning.learning_configs set config_data = jsonb_set(config_data,"
            " '{tuning}', config_data -> 'tuning' || %s) where module_id = 'pm'",
            (json.dumps(self.tuning),),
        )

    def put(self, number: int | None, event: dict[str, Any]) -> None:
        """Insert an event, or make event `number` this one."""
        columns = {
            "pattern_key": event["pattern"],
            "attempt_id": f"{event['attempt']}",
            "scope": json.dumps(event["scope"]),
            "decision": event["decision"],
            "outcome": event["outcome"],
            "decided_at": START + timedelta(days=event["day"]) if event["decision"] else None,
            "blocked_by": ["policy"] if event["policy"] else ["ts"],
            "factors": json.dumps(
                {"samples": [{"of": event["samples"]}]} if event["samples"] else {}
            ),
            "roi": event["roi"],
        }
        names = ", ".join(columns)
        places = ", ".join(["%s"] * len(columns))
        table = "learning.pattern_episode_events"
        if number is None:
            statement = f"insert into {table} ({names}) values ({places}) returning id"
            row = self.connection.execute(statement, [*columns.values()]).fetchone()
            assert row is not None
            number = row[0]
        else:
            self.connection.execute(
                f"update {table} set ({names}) = row({places}) where id = %s",
                [*columns.values(), number],
            )
        self.events[number] = event

    def change(self, what: str, how: Any) -> None:
        numbers = list(self.events)
        if what == "arrive":
            for event in how:
                self.put(None, valid(event))
        elif what == "late outcome" and numbers:
            number = numbers[how[0] % len(numbers)]
            outcome = "success" if how[1] else "failure"
            self.put(number, valid({**self.events[number], "outcome": outcome}))
        elif what == "correct" and numbers:
            self.put(numbers[how[0] % len(numbers)], valid(how[1]))
        elif what == "delete" and numbers:
            number = numbers[how % len(numbers)]
            self.connection.execute(
                "delete from learning.pattern_episode_events where id = %s", (number,)
            )
            del self.events[number]
        elif what == "leave":
            # Where one dimension has the value and another one has not: slices shrink unevenly.
            (dim, other, _), value, most = how
            inside = [
                number
                for number in numbers
                if self.events[number]["scope"].get(dim) == value
                and self.events[number]["scope"].get(other) != value
            ][:most]
            self.connection.execute(
                "delete from learning.pattern_episode_events where id = any (%s)", (inside,)
            )
            for number in inside:
                del self.events[number]
        elif what == "time":
            self.now += how
        elif what == "dimension":
            self.connection.execute("select learning.enable_dimension(%s, %s)", how)
            self.dims = self.dims | {how[0]} if how[1] else self.dims - {how[0]}
        elif what in self.tuning:
            self.tuning[what] = how
            self.set_tuning()

    def mine(self) -> None:
        self.connection.execute(MINE, (self.as_of,))

    @property
    def as_of(self) -> datetime:
        return START + timedelta(days=self.now)

    def wanted(self, pattern: str) -> dict[str, list[int]]:
        return slices(
            [event for event in self.events.values() if event["pattern"] == pattern],
            [dim for dim in DIMS if dim in self.dims],
            self.tuning["n_min"],
            self.tuning["max_dims"],
            (self.now - self.tuning["lookback_days"], self.now),
        )

    def mined(self, pattern: str) -> dict[str, list[int]]:
        rows = self.connection.execute(
            f"select scope_subset, {COUNTS} from {SLICES} where pattern_key = %s and n >= %s",
            (pattern, self.tuning["n_min"]),
        )
        return {key(row[0]): list(row[1:]) for row in rows}

    def lessons(self, pattern: str) -> dict[str, Any]:
        rows = self.connection.execute(
            "select l.scope_subset, l.n, l.stats, l.latent_factor_id, t.verdict"
            " from learning.learning_lessons as l join learning.lessons as t on t.id = l.id"
            " where l.pattern_key = %s and l.lesson_type = 'tuning_rates' and l.status = 'active'",
            (pattern,),
        )
        return {key(row[0]): row[1:] for row in rows}

    def rebuilt(self, pattern: str) -> dict[str, Any]:
        """The lessons as they would be had nothing been mined before."""
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(
                "truncate learning.slice_rates, learning.mined_patterns,"
                " learning.mining_contributions"
            )
            self.connection.execute("delete from learning.lessons")
            self.connection.execute(
                "select learning.mine_pattern(%s, %s, null)", (pattern, self.as_of)
            )
            return self.lessons(pattern)


def valid(event: dict[str, Any]) -> dict[str, Any]:
    """An undecided window has no outcome but neutral."""
    if event["decision"] is None and event["outcome"] != "neutral":
        return {**event, "outcome": None}
    return event


@given(
    seed=st.integers(0, 9999),
    steps=st.lists(st.lists(changes, min_size=1, max_size=3), min_size=2, max_size=6),
)
@settings(
    max_examples=amount(12, 40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_sequence_of_changes_counts_as_the_twin_does(
    connection: psycopg.Connection[Any], seed: int, steps: list[list[tuple[str, Any]]]
) -> None:
    """Arrivals, late outcomes, corrections, expiries, a clock set back, settings, dimensions."""
    connection.execute("set synchronous_commit = off")
    with connection.transaction(force_rollback=True):
        world = World(connection)
        world.change("arrive", some_events(seed, 120))
        world.mine()
        for step in steps:
            for what, how in step:
                world.change(what, how)
            world.mine()
            for pattern in PATTERNS:
                wanted = world.wanted(pattern)
                assert world.mined(pattern) == wanted
                lessons = world.lessons(pattern)
                assert lessons.keys() == wanted.keys()
                assert lessons == world.rebuilt(pattern)


def test_lessons_follow_their_parent(connection: psycopg.Connection[Any]) -> None:
    """The largest parent shrinks below another one, then to the slice, which stays as it is."""
    world = World(connection)
    parts = [({"chain": "a", "bucket": "a"}, 20), ({"chain": "a"}, 30), ({"bucket": "a"}, 25)]
    scopes = [scope for scope, n in parts for _ in range(n)]
    for number, scope in enumerate(scopes):
        world.put(None, valid({**some_events(number, 1)[0], "pattern": PATTERNS[0], "day": 0,
            "attempt": number, "scope": scope, "decision": "skipped", "policy": False,
            "outcome": "success" if number % 3 else "failure"}))  # fmt: skip
    world.mine()
    for gone in (10, 20):
        world.change("leave", (("chain", "bucket", ""), "a", gone))
        world.mine()
        assert len(world.lessons(PATTERNS[0])) == 4
        assert world.lessons(PATTERNS[0]) == world.rebuilt(PATTERNS[0])


@given(
    before=st.builds(some_events, st.integers(0, 9999), st.integers(0, 60)),
    after=st.builds(some_events, st.integers(0, 9999), st.integers(5, 25)),
    merge=st.sampled_from(["merge_few_changes", "roll_up_changes"]),
)
@settings(
    max_examples=amount(12, 40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_slice_is_stored_or_known_to_be_missing(
    connection: psycopg.Connection[Any],
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    merge: str,
) -> None:
    """After changes without a rebuild: what is stored is exact, and nothing is missed unnoticed."""
    n_min, floor, pattern = 7, 3, PATTERNS[0]
    with connection.transaction(force_rollback=True):
        world = World(connection)
        world.tuning["n_min"] = n_min
        world.set_tuning()
        for event in before:
            world.put(None, valid({**event, "pattern": pattern}))
        connection.execute(
            "insert into learning.mining_contributions"
            " select * from learning.counted_experiments(%s, %s, %s, null, 1)",
            (pattern, START - timedelta(days=10), START),
        )
        connection.execute("truncate learning.mining_dirty")
        connection.execute("select learning.rebuild_slices(%s, %s, 1, false)", (pattern, floor))
        for event in after:
            world.put(None, valid({**event, "pattern": pattern}))
        connection.execute(
            "with changes as materialized (select * from learning.take_up_changes"
            f"(%(pattern)s, %(from)s, %(until)s, %(until)s, 2)) select learning.{merge}("
            "%(pattern)s, c.gone, c.came, 2) from changes as c",
            {
                "pattern": pattern,
                "from": START - timedelta(days=10),
                "until": START,
            },
        )
        row = connection.execute(
            "select learning.has_new_slices(%s, 1, %s, %s)", (pattern, floor, n_min)
        ).fetchone()
        assert row is not None
        wanted, stored = world.wanted(pattern), world.mined(pattern)
        assert {name: wanted.get(name) for name in stored} == stored
        assert row[0] or stored == wanted


def test_only_what_counts_elsewhere_is_new(connection: psycopg.Connection[Any]) -> None:
    """A virtual result adds no experiment; another scope and an arrival do."""
    world = World(connection)
    event = valid({**some_events(1, 1)[0], "pattern": PATTERNS[0], "day": 0, "roi": None,
        "scope": {"chain": "a"}, "decision": "skipped", "outcome": "failure"})  # fmt: skip
    for number in range(12):
        world.put(None, {**event, "attempt": number})
    world.mine()
    first = next(iter(world.events))
    news = []
    for change in ({"roi": 0.5}, {"scope": {"chain": "b"}}):
        world.put(first, {**world.events[first], **change})
        world.mine()
        news.append(connection.execute("select n_new from learning.mined_patterns").fetchone())
    world.put(None, {**event, "attempt": 99})
    world.mine()
    news.append(connection.execute("select n_new from learning.mined_patterns").fetchone())
    assert news == [(0,), (1,), (2,)]


@pytest.mark.parametrize("change", [{"roi": None}, {"outcome": "success"}, {"samples": "others"}])
def test_what_did_not_change_keeps_its_mining(
    connection: psycopg.Connection[Any], change: dict[str, Any]
) -> None:
    """Only the slices of a changed experiment are touched, by a rebuild too."""
    world = World(connection)
    chance = Random(3)
    for number in range(60):
        scope = {"bucket": chance.choice("ab"), "timeframe": chance.choice("cd")}
        world.put(None, {
            "pattern": PATTERNS[0], "attempt": number, "scope": scope, "decision": "skipped",
            "outcome": "failure", "policy": False, "samples": True, "roi": 0.0, "day": 0,
        })  # fmt: skip
    world.mine()
    world.mine()
    minings = f"select scope_subset, mining from {SLICES}"
    before = {key(row[0]): row[1] for row in connection.execute(minings)}
    number, event = next(
        (n, e) for n, e in world.events.items() if e["scope"] == {"bucket": "a", "timeframe": "c"}
    )
    world.put(number, {**event, **change})
    world.put(None, {**event, "attempt": 99, "decision": None, "outcome": None})
    world.tuning["n_min"] = 8
    world.set_tuning()
    world.mine()
    after = {key(row[0]): row[1] for row in connection.execute(minings)}
    touched = {
        key(scope)
        for scope in ({}, {"bucket": "a"}, {"timeframe": "c"}, {"bucket": "a", "timeframe": "c"})
    }
    assert {name for name in after if after[name] != before.get(name)} == touched


def test_writers_that_commit_late_lose_nothing(database: str) -> None:
    """Three writers insert, correct and delete, and commit when they like; a miner runs beside."""
    stop = time.monotonic() + 6
    errors: list[BaseException] = []

    def write(seed: int) -> None:
        chance = Random(seed)
        try:
            with psycopg.connect(database) as connection:
                while time.monotonic() < stop:
                    connection.execute(
                        "insert into learning.pattern_episode_events (pattern_key, attempt_id,"
                        " scope, decision, outcome, decided_at)"
                        " select %s, (random() * 200)::integer::text, jsonb_build_object("
                        " 'bucket', (random() * 3)::integer, 'chain', (random() * 3)::integer),"
                        " 'skipped', (array['success', 'failure', null])[1 + floor(random() * 3)],"
                        " %s from generate_series(1, 5)",
                        (PATTERNS[0], START),
                    )
                    connection.execute(
                        "update learning.pattern_episode_events set outcome = 'success',"
                        " scope = scope || jsonb_build_object('bucket', (random() * 3)::integer)"
                        " where id in (select id from learning.pattern_episode_events"
                        " order by random() limit 2 for update skip locked)"
                    )
                    connection.execute(
                        "delete from learning.pattern_episode_events where id in (select id from"
                        " learning.pattern_episode_events order by random() limit 1"
                        " for update skip locked)"
                    )
                    time.sleep(chance.random() / 10)
                    connection.commit()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(3)]
    counted = f"select scope_subset, {COUNTS} from {SLICES} where n >= 33 order by 1"
    with psycopg.connect(database, autocommit=True) as miner:
        for thread in threads:
            thread.start()
        minings = 0
        while any(thread.is_alive() for thread in threads):
            miner.execute(MINE, (START,))
            minings += 1
        for thread in threads:
            thread.join()
        assert not errors
        miner.execute(MINE, (START,))
        incremental = miner.execute(counted).fetchall()
        miner.execute(
            "truncate learning.slice_rates, learning.mined_patterns, learning.mining_contributions"
        )
        miner.execute("select learning.mine_pattern(%s, %s, null)", (PATTERNS[0], START))
        rebuilt = miner.execute(counted).fetchall()
    assert minings > 10
    assert len(rebuilt) > 10
    assert incremental == rebuilt


@pytest.mark.slow
@pytest.mark.parametrize("number", [amount(390, 3_900), amount(1_700, 17_000)])
def test_many_events_are_cut_into_statements(
    connection: psycopg.Connection[Any], number: int
) -> None:
    """Eight dimensions: all leads at once, single and double ones, against the server's CUBE."""
    if not LONG:  # the same ways, gone at a tenth of the events
        row = connection.execute(
            "select pg_get_functiondef('learning.mining_limits'::regproc)"
        ).fetchone()
        assert row is not None
        limits, changed = re.subn(r"^( +)(400|1600)0,", r"\1\2,", row[0], flags=re.MULTILINE)
        assert changed == 2, "single_leads, leads_of_two"
        connection.execute(limits)
    connection.execute("select setseed(0.3)")
    connection.execute(
        "insert into learning.pattern_episode_events (pattern_key, attempt_id, scope, decision,"
        " outcome, decided_at, blocked_by, factors, roi)"
        # Attempts of four, three, two and one window.
        " select %s, (i / 10 * 10 + case when i %% 10 < 4 then 0 when i %% 10 < 7 then 4"
        " when i %% 10 < 9 then 7 else 9 end)::text,"
        " jsonb_build_object('chain', 'solana') || (select"
        " jsonb_object_agg(d, floor(power(random(), 2) * (2 + o)))"
        " from unnest(%s::text[]) with ordinality as u (d, o) where i > 0 and o > 1)"
        " - case when random() < 0.1 then 'bucket' else '' end,"
        " case when random() < 0.3 then 'acted' else 'skipped' end,"
        " case when random() < 0.4 then 'success' else 'failure' end, %s,"
        " case when random() < 0.1 then '{policy}' else '{ts}' end::text[],"
        " case when random() < 0.9 then '{\"samples\": [1]}' else '{}' end::jsonb,"
        " case when random() < 0.8 then 0.01 end from generate_series(1, %s) as i",
        (PATTERNS[0], list(DIMS), START, number),
    )
    connection.execute("analyze learning.pattern_episode_events")
    for chain in ("solana", "base"):  # first a dimension with one value, then with two
        connection.execute(
            "update learning.pattern_episode_events"
            " set scope = scope || jsonb_build_object('chain', %s::text) where id %% 3 = 0",
            (chain,),
        )
        connection.execute(MINE, (START,))
        # Once more, with statistics: plans may differ.
        connection.execute("analyze learning.mining_contributions")
        connection.execute("update learning.mined_patterns set base_floor = null")
        connection.execute("select learning.mine_pattern(%s, %s, null)", (PATTERNS[0], START))
        cube = connection.execute(
            f"""
            with cube as (
                select jsonb_strip_nulls(jsonb_build_object({
                ", ".join(f"'{dim}', v{i}" for i, dim in enumerate(DIMS))
            })) as scope,
                    count(*) filter (where q = 'acted success') as acted_success,
                    count(*) filter (where q = 'acted failure') as acted_failure,
                    count(*) filter (where q = 'skipped success') as skipped_success,
                    count(*) filter (where q = 'skipped failure') as skipped_failure,
                    count(*) filter (where q = 'policy') as n_policy,
                    sum(w) filter (where q <> 'policy') as weight,
                    count(*) filter (where has_samples) as n_sampled, count(roi) as n_valued,
                    coalesce(sum(w) filter (where q like '%success'), 0) as success_weight,
                    count(*) filter (where q <> 'policy') as n
                from (
                    select has_samples, roi, case when decision = 'skipped'
                            and blocked_by = '{{policy}}' then 'policy'
                            else decision || ' ' || outcome end as q,
                        round(4294967296.0 / count(*) over (partition by attempt_id)) as w, {
                ", ".join(f"scope ->> '{dim}' as v{i}" for i, dim in enumerate(DIMS))
            }
                    from learning.pattern_episode_events
                ) as e
                group by cube ({", ".join(f"v{i}" for i in range(len(DIMS)))})
                -- A missing value is no condition.
                having {
                " and ".join(f"(grouping(v{i}) = 1 or v{i} is not null)" for i in range(len(DIMS)))
            }
            )
            select count(*), count(slices.n), count(*) filter (
                where ({", ".join(f"slices.{name}" for name in COUNTS.split(", "))})
                    = ({", ".join(f"c.{name}" for name in COUNTS.split(", "))})
            ), (select count(*) from learning.slice_rates where n >= 33)
            from cube as c
            left join {SLICES} on slices.scope_subset = c.scope
            where c.n >= 33
            """
        ).fetchone()
        assert cube is not None
        assert cube[0] > amount(20, 1_000)
        assert len(set(cube)) == 1, cube


@pytest.mark.parametrize(("number", "most"), [(10, None), (10, 6), (27, 3)])
def test_changes_of_many_dimensions_are_merged(
    connection: psycopg.Connection[Any], number: int, most: int | None
) -> None:
    """Where the cube of changes is pruned, and where it is shallow: as a rebuild has it."""
    names = [
        row[0]
        for row in connection.execute(
            "update learning.scope_dimensions as d set enabled = o.place <= %s from (select name,"
            " row_number() over (order by ordinal) as place from learning.scope_dimensions) as o"
            " where o.name = d.name returning d.name, d.enabled",
            (number,),
        )
        if row[1]
    ]
    assert len(names) == number
    world = World(connection)
    world.tuning |= {"n_min": 60, "max_dims": most}
    world.set_tuning()
    chance = Random(number)

    def some(attempt: int) -> dict[str, Any]:
        scope = {name: chance.choice("aaaab") for name in names if chance.random() < 0.98}
        return {**some_events(attempt, 1)[0], "pattern": PATTERNS[0], "attempt": attempt,
                "scope": scope, "decision": "skipped", "outcome": "failure", "day": 0}  # fmt: skip

    for attempt in range(400):
        world.put(None, some(attempt))
    world.mine()
    for event in list(world.events)[:10]:
        world.put(event, {**some(event), "outcome": "success"})
    for attempt in range(400, 408):
        world.put(None, some(attempt))
    world.mine()
    assert connection.execute(
        "select mining, base_mining from learning.mined_patterns"
    ).fetchone() == (2, 1)
    merged, lessons = world.mined(PATTERNS[0]), world.lessons(PATTERNS[0])
    assert len(merged) > 500
    connection.execute("update learning.mined_patterns set base_floor = null")
    connection.execute("select learning.mine_pattern(%s, %s, null)", (PATTERNS[0], world.as_of))
    assert merged == world.mined(PATTERNS[0])
    assert lessons == world.lessons(PATTERNS[0])
