"""A database that learned with an earlier version goes on with this one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from quadrant.database import SchemaTree, migrate, migrations
from quadrant.database.errors import WrongEncoding

PATTERN = "pm.uptrend.S1.entry"
BEFORE_TYPED_LESSONS = "0066"
LEARNED = f"""
    insert into learning.pattern_episode_events (
        attempt_id, pattern_key, scope, decision, outcome, blocked_by, decided_at
    )
    select i::text, '{PATTERN}', jsonb_build_object('bucket', case when i <= 50 then 'micro'
            else 'big' end, 'bucket_rank_position', 1.0),
        'skipped', case when i % 4 = 0 then 'success' else 'failure' end, '{{ts}}',
        now() - interval '1 day'
    from generate_series(1, 60) as i;
    insert into learning.mined_patterns (pattern_key, as_of, configuration, mining, base_floor)
    values ('{PATTERN}', now(), '', 7, 11);
    insert into learning.learning_lessons (
        module, lesson_type, pattern_key, scope_subset, n, stats, latent_factor_id, status
    )
    select 'pm', 'tuning_rates', '{PATTERN}', l.scope::jsonb, l.n,
        jsonb_build_object('mr', l.mr, 'n_misses', 7, 'verdict', 'hold'),
        '{PATTERN} ' || l.scope::jsonb::text, l.status
    from (values
        ('{{}}', 60, 0.25, 'active'), ('{{"bucket": "micro"}}', 50, 0.24, 'active'),
        ('{{"bucket": "big"}}', 40, 0.3, 'active'), ('{{"bucket": "gone"}}', 34, 0.5, 'retired')
    ) as l (scope, n, mr, status);
    insert into learning.pm_overrides (
        pattern_key, action_category, scope_subset, multiplier, method, lesson_id
    )
    select '{PATTERN}', 'tuning_halo', '{{"bucket_rank_position": 1.0}}', 1.1, 'drift', l.id
    from learning.learning_lessons as l where l.scope_subset = '{{}}';
"""


def lessons(connection: psycopg.Connection[Any]) -> dict[str, tuple[Any, ...]]:
    return {
        str(row[0]): row[1:]
        for row in connection.execute(
            "select scope_subset ->> 'bucket', id, status, n, (stats ->> 'mr')::float8"
            " from learning.learning_lessons"
        )
    }


def test_what_was_learned_before_typed_lessons_is_kept(empty_database: str, tmp_path: Path) -> None:
    """Lessons keep their ids, retired ones their figures, and no override goes by the way."""
    for file in SchemaTree.installed().migrations.glob("*.sql"):
        if file.name[:4] <= BEFORE_TYPED_LESSONS:
            shutil.copy(file, tmp_path)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("create schema quadrant_meta")
        migrations.apply(empty_database, tmp_path, lambda *_: None)
        connection.execute(LEARNED)
        ids = dict(
            connection.execute(
                "select coalesce(scope_subset ->> 'bucket', 'None'), id"
                " from learning.learning_lessons"
            ).fetchall()
        )
    migrate(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        assert {name: row[0] for name, row in lessons(connection).items()} == ids
        matching = (
            "select count(*) from pm.effective_overrides(%s, '{\"bucket_rank_position\": 1}')"
        )
        connection.execute("call learning.run_materializer()")
        assert connection.execute(matching, (PATTERN,)).fetchone() == (1,)
        connection.execute("call learning.run_tuning_miner()")
        assert lessons(connection) == {
            "None": (ids["None"], "active", 60, 0.25),
            "micro": (ids["micro"], "active", 50, 0.24),
            "big": (ids["big"], "retired", 40, 0.3),
            "gone": (ids["gone"], "retired", 34, 0.5),
        }


def test_settings_of_before_the_registry_are_kept_and_judged(
    empty_database: str, tmp_path: Path
) -> None:
    """Defaults that nobody changed go; what was set stays; what is not valid is told."""
    for file in SchemaTree.installed().migrations.glob("*.sql"):
        if file.name[:4] < "0090":
            shutil.copy(file, tmp_path)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("create schema quadrant_meta")
        migrations.apply(empty_database, tmp_path, lambda *_: None)
        connection.execute(
            "update learning.learning_configs set config_data = config_data"
            """ || '{"note": 1}' """
            """ || jsonb_build_object('tuning', config_data -> 'tuning' """
            """ || '{"n_min": 20, "evidence_q": 5}') where module_id = 'pm'"""
        )
        connection.execute(
            "insert into learning.learning_configs (module_id) values ('mine');"
            """ update learning.learning_configs set config_data = '{"retention_days": 7}'"""
            " where module_id = 'operations'"
        )
    migrate(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        pm = connection.execute(
            "select config_data from learning.learning_configs where module_id = 'pm'"
        ).fetchone()
        assert pm == (
            {
                **{"feature_flags": {}, "patterns": {}, "note": 1},
                "tuning": {"n_min": 20, "evidence_q": 5},
            },
        )
        problems = connection.execute(
            "select module_id, code, used from learning.settings_problems order by 1, path"
        ).fetchall()
        assert problems == [
            *(("mine", "QD080", None), ("operations", "QD080", None)),
            *(("pm", "QD080", None), ("pm", "QD082", 0.1)),
        ]
        health = "select status from analyst.health where check_name = 'settings'"
        assert connection.execute(health).fetchone() == ("warn",)
        assert connection.execute("select learning.setting(null, 'n_min')").fetchone() == (20,)


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
