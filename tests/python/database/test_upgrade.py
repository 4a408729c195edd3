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
BEFORE_TEXTS = "0080"
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


# A value is told as 1 and as "1": two lessons, two overrides, codes of their own.
TOLD_TWICE = f"""
    insert into learning.pattern_episode_events (
        attempt_id, pattern_key, scope, decision, outcome, decided_at
    )
    select i::text, '{PATTERN}', (array['{{"bucket": 1}}', '{{"bucket": "1"}}'])[1 + i % 2]::jsonb,
        'skipped', 'failure', now() - interval '1 day'
    from generate_series(1, 80) as i;
    insert into learning.mined_patterns (pattern_key, as_of, configuration, mining, base_floor)
    values ('{PATTERN}', now(), '', 7, 11), ('pm.own.texts', now(), '', 7, 11);
    insert into learning.mining_codes (pattern_key, name, value, place, code, item)
    values ('{PATTERN}', 'bucket', '1', 1, 1, 'a'), ('{PATTERN}', 'bucket', '"1"', 1, 2, 'b'),
        ('pm.own.texts', 'bucket', '"1"', 1, 1, 'a');
    insert into learning.slice_rates (
        pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
        n_policy, weight, n_sampled, n_valued
    )
    select m.pattern_key, 'a', 0, 0, 0, 40, 0, 40::bigint << 32, 0, 0
    from learning.mined_patterns as m;
    insert into learning.lessons (
        module, lesson_type, pattern_key, scope_subset, slice_key, n, verdict
    )
    values ('pm', 'tuning_rates', '{PATTERN}', '{{"bucket": 1}}', 'a', 40, 'hold'),
        ('pm', 'tuning_rates', '{PATTERN}', '{{"bucket": "1"}}', 'b', 39, 'hold'),
        ('pm', 'tuning_rates', 'pm.own.texts', '{{"bucket": "1"}}', 'a', 40, 'hold');
    insert into learning.pm_overrides (
        pattern_key, action_category, scope_subset, multiplier, confidence_score, lesson_id, method
    )
    select '{PATTERN}', 'tuning_halo', l.scope_subset, l.n / 30.0, l.n / 100.0, l.id, 'drift'
    from learning.lessons as l where l.pattern_key = '{PATTERN}';
    insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
    values ('{PATTERN}', 'tuning_halo', '{{"a=b": "c"}}', 1.2);
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
        connection.execute("call learning.run_judge()")
        assert connection.execute(matching, (PATTERN,)).fetchone() == (1,)
        connection.execute("call learning.run_tuning_miner()")
        assert lessons(connection) == {
            "None": (ids["None"], "active", 60, 0.25),
            "micro": (ids["micro"], "active", 50, 0.24),
            "big": (ids["big"], "retired", 40, 0.3),
            "gone": (ids["gone"], "retired", 34, 0.5),
        }


def test_what_was_told_as_1_and_as_text_becomes_one(empty_database: str, tmp_path: Path) -> None:
    for file in SchemaTree.installed().migrations.glob("*.sql"):
        if file.name[:4] <= BEFORE_TEXTS:
            shutil.copy(file, tmp_path)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("create schema quadrant_meta")
        migrations.apply(empty_database, tmp_path, lambda *_: None)
        connection.execute(TOLD_TWICE)
        first = "select min(id) from learning.lessons"
        kept = connection.execute(first).fetchone()
    migrate(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        overrides = (
            "select scope_subset, items, lesson_id, round(multiplier::numeric, 2)::text"
            " from learning.pm_overrides order by id"
        )
        in_force = [
            ({"bucket": "1"}, ["bucket=1"], kept and kept[0], "1.33"),
            ({"a=b": "c"}, ["a\\=b=c"], None, "1.20"),
        ]
        assert rows(overrides) == in_force
        assert rows("select pattern_key, base_floor from learning.mined_patterns order by 1") == [
            ("pm.own.texts", 11),
            (PATTERN, None),
        ]
        assert rows("select pattern_key, value from learning.mining_codes") == [
            ("pm.own.texts", "1")
        ]
        learned = "select id, scope_subset, n from learning.lessons where pattern_key = %s"
        assert connection.execute(learned + " and n = 40", (PATTERN,)).fetchall() == [
            (kept and kept[0], {"bucket": "1"}, 40)
        ]
        connection.execute("call learning.run_tuning_miner()")
        assert connection.execute(learned + " and scope_subset <> '{}'", (PATTERN,)).fetchall() == [
            (kept and kept[0], {"bucket": "1"}, 80)
        ]
        assert rows(overrides) == in_force


def test_gates_and_overrides_out_of_reach_do_not_stop_an_upgrade(
    empty_database: str, tmp_path: Path
) -> None:
    """They stay as they are, and no new ones are taken."""
    for file in SchemaTree.installed().migrations.glob("*.sql"):
        if file.name[:4] < "0100":
            shutil.copy(file, tmp_path)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("create schema quadrant_meta")
        migrations.apply(empty_database, tmp_path, lambda *_: None)
        connection.execute(
            "insert into learning.gates values ('pm.broken.gates.entry', 'surge', 'surge',"
            " 'at_most', 1e-300, '{0,1e300}', 'multiplier', 0, 1e300, 'tuning_surge', 1)"
        )
        connection.execute(
            "insert into learning.pm_overrides"
            " (pattern_key, action_category, scope_subset, multiplier)"
            f" values ('{PATTERN}', 'tuning_s1_halo', '{{\"bucket\": 1}}', 1e300)"
        )
        rows = (
            "select base from learning.gates union all select multiplier from learning.pm_overrides"
        )
        before = connection.execute(rows).fetchall()
    migrate(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        assert connection.execute(rows).fetchall() == before
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(
                "insert into learning.pm_overrides (pattern_key, action_category, multiplier)"
                f" values ('{PATTERN}', 'tuning_halo', 1e300)"
            )
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("update learning.gates set base = 1e300 where gate = 'ts'")


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
            """ || '{"n_min": 20, "min_ratio": 5000, "evidence_q": 5}') where module_id = 'pm'"""
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
                "tuning": {"n_min": 20, "min_ratio": 5000},
            },
        )
        problems = connection.execute(
            "select module_id, code, used from learning.settings_problems order by 1, path"
        ).fetchall()
        assert problems == [
            *(("mine", "QD080", None), ("operations", "QD080", None)),
            *(("pm", "QD080", None), ("pm", "QD082", 2.0)),
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
