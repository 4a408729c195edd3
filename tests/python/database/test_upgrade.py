"""A database that learned with an earlier version goes on with this one.

tests/python/database/dumps/ holds a dump per version, made by `make upgrade-dump` and compressed by
gzip. Until the first release there is that of the present version alone, made anew when migrations
change; from then on each release adds one, and none is changed.
"""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from quadrant.database import check_schema, migrate
from quadrant.database.errors import WrongEncoding
from quadrant.server.binaries import wheel

PATTERN = "pm.uptrend.S1.entry"
DUMPS = Path(__file__).parent / "dumps"
PRESENT = DUMPS / f"{version('quadrant')}.sql.gz"

# 60 windows of which every fourth was missed; buckets micro (50) and big (10); all on one chain, so
# that its slice is a copy. Two gates set by hand, and a setting. The clock is set: the dump does
# not grow old.
LEARN = f"""
    select learning.set_clock('2026-01-15 12:00+00');
    insert into learning.pattern_episode_events (
        window_id, attempt_id, pattern_key, scope, decision, outcome, blocked_by, decided_at, roi
    )
    select 'w' || i, i::text, '{PATTERN}', jsonb_build_object(
            'chain', 'solana', 'bucket', case when i <= 50 then 'micro' else 'big' end
        ),
        'skipped', case when i % 4 = 0 then 'success' else 'failure' end, '{{ts}}',
        learning.clock() - interval '1 day', case when i % 4 = 0 then 0.1 else -0.05 end
    from generate_series(1, 60) as i;
    insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
    values ('{PATTERN}', 'tuning_halo', '{{"bucket": "micro"}}', 1.1),
        ('{PATTERN}', 'tuning_ts_min', '{{"bucket_rank_position": 1}}', 0.9);
    select learning.set_setting('n_min', '20', null, null);
    call learning.run_tuning_miner(true);
    call learning.run_aggregator(true);
"""
MORE = f"""
    select learning.set_clock('2026-01-15 18:00+00');
    insert into learning.pattern_episode_events (
        window_id, attempt_id, pattern_key, scope, decision, outcome, blocked_by, decided_at
    )
    select 'x' || i, 'x' || i, '{PATTERN}', '{{"chain": "solana", "bucket": "micro"}}', 'skipped',
        'success', '{{ts}}', learning.clock()
    from generate_series(1, 40) as i;
    call learning.run_tuning_miner(true);
"""
LESSONS = (
    "select coalesce(scope_subset::text, ''), id, n, is_copy, status, (stats ->> 'mr')::float8"
    " from learning.learning_lessons order by 1"
)
OVERRIDES = (
    "select id, scope_subset, items, multiplier, status from learning.pm_overrides order by 1"
)
IN_FORCE = (
    f"select action_category, multiplier from pm.effective_overrides('{PATTERN}',"
    ' \'{"bucket": "micro", "bucket_rank_position": 1}\') order by 1'
)


def tool(name: str, programs: Path | None, *arguments: str, given: str | None = None) -> str:
    """What a program of the server under test prints."""
    command = [(programs or wheel()) / name, *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return done.stdout


def schema_of(dsn: str, programs: Path | None) -> str:
    """The schema as pg_dump tells it, without its random and version lines."""
    schemas = [f"--schema={name}" for name in ("learning", "pm", "analyst")]
    text = tool("pg_dump", programs, "-s", *schemas, "-d", dsn)
    return re.sub(r"^(--.*|\\(un)?restrict .*|)\n", "", text, flags=re.MULTILINE)


def test_the_dump_of_this_version_is_there(database: str, programs: Path | None) -> None:
    """With QUADRANT_WRITE it is made here: `make upgrade-dump`."""
    if os.environ.get("QUADRANT_WRITE"):
        with psycopg.connect(database, autocommit=True) as connection:
            for statement in LEARN.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
        text = tool("pg_dump", programs, "-d", database)
        text = re.sub(r"^\\(un)?restrict .*\n", "", text, flags=re.MULTILINE)
        text = re.sub(r"\tuid \d+\t\S+\t", "\tuid 0\there\t", text)
        with psycopg.connect(database) as connection:  # other servers have another superuser
            text = text.replace(f" OWNER TO {connection.info.user};", " OWNER TO CURRENT_USER;")
        DUMPS.mkdir(exist_ok=True)
        PRESENT.write_bytes(gzip.compress(text.encode(), mtime=0))
    assert PRESENT.exists(), "run: make upgrade-dump"


@pytest.mark.parametrize("dump", sorted(DUMPS.glob("*.sql.gz")), ids=lambda path: path.name)
def test_what_was_learned_is_kept_and_learning_goes_on(
    dump: Path,
    empty_database: str,
    new_database: Callable[[], AbstractContextManager[str]],
    programs: Path | None,
) -> None:
    """Lessons and overrides keep their ids and figures; the schema is that of a new database."""
    text = gzip.decompress(dump.read_bytes()).decode()
    tool("psql", programs, "-q", "-v", "ON_ERROR_STOP=1", "-d", empty_database, given=text)
    with psycopg.connect(empty_database, autocommit=True) as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

        lessons, overrides = rows(LESSONS), rows(OVERRIDES)
        assert {row[0]: row[2:4] for row in lessons} == {
            "{}": (60, False),
            '{"chain": "solana"}': (60, True),
            '{"bucket": "micro"}': (50, False),
            '{"chain": "solana", "bucket": "micro"}': (50, True),
        }
        migrate(empty_database)
        check_schema(connection)
        with new_database() as fresh:
            assert schema_of(empty_database, programs) == schema_of(fresh, programs), (
                "the migrations lead elsewhere from this dump; of one that is not released: "
                "make upgrade-dump"
            )
        assert rows(LESSONS) == lessons
        assert rows(OVERRIDES) == overrides
        assert len(rows(IN_FORCE)) == 2
        assert rows("select learning.setting(null, 'n_min')") == [(20,)]

        for statement in MORE.split(";\n"):
            if statement.strip():
                connection.execute(statement)  # type: ignore[arg-type]
        grown = {row[0]: row for row in rows(LESSONS)}
        assert {name: row[2] for name, row in grown.items()} == {
            name: n + 40 for name, _, n, *_ in lessons
        }
        assert [grown[name][1] for name, *_ in lessons] == [row[1] for row in lessons]
        assert rows(OVERRIDES) == overrides


def test_a_database_that_cannot_hold_every_character_is_refused(server_dsn: str) -> None:
    name = "quadrant_latin"
    with psycopg.connect(server_dsn, autocommit=True) as admin:
        identifier = sql.Identifier(name)
        admin.execute(
            sql.SQL(
                "create database {} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'"
                " template template0"
            ).format(identifier)
        )
        try:
            with pytest.raises(WrongEncoding):
                migrate(make_conninfo(**{**conninfo_to_dict(server_dsn), "dbname": name}))
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(identifier))
