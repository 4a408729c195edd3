"""The same cube by other means. Each reads the experiments from PostgreSQL, timed with the rest."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from itertools import combinations

import duckdb
import pandas as pd
import polars as pl
import psycopg

N_MIN = 33
MEASURES = ("acted_success", "acted_failure", "skipped_success", "skipped_failure", "policy",
            "weight", "success_weight", "sampled", "valued")  # fmt: skip
N = "acted_success + acted_failure + skipped_success + skipped_failure"


def read(dsn: str, dims: list[str]) -> io.BytesIO:
    """The experiments as CSV: their dimensions, then the measures of each."""
    columns = ", ".join(f"e.scope ->> '{dim}'" for dim in dims)
    buffer = io.BytesIO()
    with (
        psycopg.connect(dsn) as connection,
        connection.cursor().copy(
            f"""
        copy (
            select {columns}, (q = 'acted_success')::integer, (q = 'acted_failure')::integer,
                (q = 'skipped_success')::integer, (q = 'skipped_failure')::integer,
                (q = 'policy')::integer, case when q <> 'policy' then w else 0 end,
                case when q like '%success' then w else 0 end, e.has_samples::integer,
                (e.roi is not null)::integer
            from learning.pattern_episode_events as e
            join (
                select attempt_id, round(4294967296.0 / count(*))::bigint as w
                from learning.pattern_episode_events group by attempt_id
            ) as a using (attempt_id)
            cross join lateral (select case when e.decision = 'skipped'
                and e.blocked_by = '{{policy}}' then 'policy'
                else e.decision || '_' || e.outcome end as q) as q
            where e.outcome in ('success', 'failure')
        ) to stdout csv
        """
        ) as copy,
    ):
        for block in copy:
            buffer.write(block)
    buffer.seek(0)
    return buffer


def _duckdb(dsn: str, dims: list[str]) -> duckdb.DuckDBPyConnection:
    frame = pl.read_csv(
        read(dsn, dims), has_header=False, new_columns=[*dims, *MEASURES],
        schema_overrides=[*[pl.String] * len(dims), *[pl.Int64] * len(MEASURES)],
    )  # fmt: skip
    connection = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
    connection.register("frame", frame.to_arrow())
    connection.execute("create table events as select row_number() over () as event, * from frame")
    return connection


def _sums(prefix: str = "") -> str:
    return ", ".join(f"sum({prefix}{name})::bigint as {name}" for name in MEASURES)


def duckdb_cube(dsn: str, dims: list[str], depth: int) -> int:
    """GROUP BY CUBE, which knows no depth."""
    if depth < len(dims):
        raise SystemExit("no limit of depth")
    connection = _duckdb(dsn, dims)
    columns = ", ".join(dims)
    connection.execute(
        f"create table slices as select {columns}, {_sums()} from events group by cube({columns})"
        f" having sum({N}) >= {N_MIN}"
    )
    return _count(connection)


def duckdb_dim_sets(dsn: str, dims: list[str], depth: int) -> int:
    """One GROUP BY per set of dimensions, over the distinct cells."""
    connection = _duckdb(dsn, dims)
    columns = ", ".join(dims)
    connection.execute(
        f"create table cells as select {columns}, {_sums()} from events group by all"
    )
    connection.execute(f"create table slices as select * from cells where false")  # noqa: F541
    for size in range(min(depth, len(dims)) + 1):
        for chosen in combinations(dims, size):
            names = "".join(f"{name}, " for name in chosen)
            connection.execute(
                f"insert into slices by name select {names}{_sums()} from cells"
                f" {'group by ' + ', '.join(chosen) if chosen else ''}"
                f" having sum({N}) >= {N_MIN}"
            )
    return _count(connection)


def duckdb_levels(dsn: str, dims: list[str], depth: int) -> int:
    """Level by level: the experiments of each frequent slice joined with further conditions."""
    connection = _duckdb(dsn, dims)
    values = ", ".join(f"({i}, {name})" for i, name in enumerate(dims))
    connection.execute(
        "create table items as select e.event, i.dim, dense_rank() over (order by i.dim, i.value)"
        f" as item from events as e, lateral (values {values}) as i (dim, value)"
    )
    connection.execute(
        "create table members as select 0::bigint as slice, event, -1 as last from events"
    )
    connection.execute(f"create table slices as select {_sums()} from events")
    first = 0
    for _ in range(min(depth, len(dims))):
        joined = "members as m join items as i on i.event = m.event and i.dim > m.last"
        connection.execute(
            f"create or replace table found as select {first} + row_number() over () as id, *"
            f" from (select m.slice, i.item, any_value(i.dim) as dim, {_sums('e.')} from {joined}"
            f" join events as e on e.event = m.event group by 1, 2 having sum({N}) >= {N_MIN})"
        )
        connection.execute(
            "insert into slices by name select * exclude (id, slice, item, dim) from found"
        )
        connection.execute(
            "create or replace table members as select f.id as slice, m.event, f.dim as last"
            f" from {joined} join found as f on f.slice = m.slice and f.item = i.item"
        )
        row = connection.execute("select max(id) from found").fetchone()
        if row is None or row[0] is None:
            break
        first = row[0]
    return _count(connection)


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("select count(*) from slices").fetchone()
    assert row is not None
    return int(row[0])


def polars_dim_sets(dsn: str, dims: list[str], depth: int) -> int:
    """One group_by per set of dimensions, over the distinct cells."""
    frame = pl.read_csv(
        read(dsn, dims), has_header=False, new_columns=[*dims, *MEASURES],
        schema_overrides=[*[pl.String] * len(dims), *[pl.Int64] * len(MEASURES)],
    ).with_columns(pl.col(dims).cast(pl.Categorical))  # fmt: skip
    sums = [pl.col(name).sum() for name in MEASURES]
    cells = frame.group_by(dims).agg(sums)
    enough = pl.sum_horizontal(N.split(" + ")) >= N_MIN
    found = cells.select(sums).height
    for size in range(1, min(depth, len(dims)) + 1):
        for chosen in combinations(dims, size):
            found += cells.group_by(chosen).agg(sums).filter(enough).height
    return found


def pandas_recursion(dsn: str, dims: list[str], depth: int) -> int:
    """Bottom-up: group the experiments of a slice by each further dimension, and go on below."""
    frame = pd.read_csv(read(dsn, dims), header=None, names=[*dims, *MEASURES])

    def below(part: pd.DataFrame, first: int, left: int) -> int:
        sums = part[list(MEASURES)].sum()
        if sums.iloc[:4].sum() < N_MIN:
            return 0
        if left == 0:
            return 1
        return 1 + sum(
            below(group, i + 1, left - 1)
            for i in range(first, len(dims))
            for _, group in part.groupby(dims[i], sort=False)
            if len(group) >= N_MIN
        )

    return below(frame, 0, depth)


PEERS: dict[str, Callable[[str, list[str], int], int]] = {
    "DuckDB, CUBE": duckdb_cube,
    "DuckDB, GROUP BY per dim set over cells": duckdb_dim_sets,
    "DuckDB, level by level": duckdb_levels,
    "Polars, group_by per dim set over cells": polars_dim_sets,
    "pandas, recursion": pandas_recursion,
}
