"""A small tree of migrations/ and sql/ that a test may change, and how to deploy it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quadrant.database import MigrationReport, SchemaTree, migrate

FILES = {
    "migrations/0001.start.sql": """
        create schema app;
        create table app.thing (id bigint primary key, price double precision);
        insert into app.thing values (1, 10), (2, 20);
    """,
    "migrations/0001.start.rollback.sql": "drop table app.thing; drop schema app;",
    "sql/functions/price_of.sql": """
        -- The price of a thing.
        create or replace function app.price_of(p_id bigint) returns double precision
        language sql stable
        as $$ select t.price from app.thing as t where t.id = p_id $$;
        comment on function app.price_of(bigint) is 'Its price.';
    """,
    "sql/views/a_priced.sql": """
        create or replace view app.a_priced as
        select t.id, app.price_of(t.id) as price from app.thing as t;
    """,
    "sql/views/z_total.sql": """
        create materialized view app.z_total as
        select 1 as only_row, sum(p.price) as total from app.a_priced as p;
        create unique index z_total_has_one_row on app.z_total (only_row);
    """,
    "sql/functions/last_total.sql": """
        create or replace function app.last_total() returns setof app.z_total
        language sql stable
        as $$ select t.* from app.z_total as t $$;
    """,
    "sql/grants.sql": """
        grant usage on schema app to public;
        grant select on app.a_priced to public;
    """,
}


@dataclass(frozen=True)
class Project:
    """A tree on disk and the database it is deployed to."""

    root: Path
    dsn: str

    @property
    def tree(self) -> SchemaTree:
        return SchemaTree(self.root / "migrations", self.root / "sql")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new))

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def migrate(self) -> MigrationReport:
        return migrate(self.dsn, tree=self.tree)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def project(tmp_path: Path, empty_database: str) -> Project:
    """The small tree, deployed."""
    made = Project(tmp_path, empty_database)
    for path, text in FILES.items():
        made.write(path, text)
    made.migrate()
    return made
