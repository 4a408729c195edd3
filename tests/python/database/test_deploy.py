"""Deploying sql/: what runs, in which order, and what is refused."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from quadrant.database.errors import (
    BadFile,
    BodyCheckFailed,
    DeployFailed,
    DeployStuck,
    ForeignDependant,
)

if TYPE_CHECKING:
    from tests.python.database.conftest import Project

EVERYTHING = {
    "functions/price_of.sql",
    "functions/last_total.sql",
    "views/a_priced.sql",
    "views/z_total.sql",
}


def test_the_first_deployment_orders_the_files_by_what_they_need(project: Project) -> None:
    assert project.query("select * from app.last_total()") == [(1, 30.0)]
    assert {path for (path,) in project.query("select path from quadrant_meta.deployed_files")} == (
        EVERYTHING
    )


def test_an_unchanged_tree_deploys_nothing(project: Project) -> None:
    before = project.query("select path, deployed_at, xmin from quadrant_meta.deployed_files")
    definitions = "select oid, xmin from pg_proc where pronamespace = 'app'::regnamespace"
    functions = project.query(definitions)
    assert not project.migrate().changed
    assert project.query("select path, deployed_at, xmin from quadrant_meta.deployed_files") == (
        before
    )
    assert project.query(definitions) == functions


def test_a_changed_function_alone_is_deployed(project: Project) -> None:
    project.replace("sql/functions/price_of.sql", "select t.price from", "select t.price * 2 from")
    assert project.migrate().files == ("functions/price_of.sql",)
    assert project.query("select app.price_of(1)") == [(20.0,)]


def test_a_changed_return_type_brings_its_dependants_along(project: Project) -> None:
    project.replace("sql/functions/price_of.sql", "returns double precision", "returns numeric")
    project.replace("sql/functions/price_of.sql", "t.price from", "t.price::numeric from")
    assert set(project.migrate().files) == EVERYTHING
    assert project.query("select pg_typeof(price)::text from app.a_priced limit 1") == [
        ("numeric",)
    ]
    assert project.query("select * from app.last_total()") == [(1, 30)]


def test_changed_arguments_replace_the_old_overload(project: Project) -> None:
    for path in ("sql/functions/price_of.sql", "sql/views/a_priced.sql"):
        project.write(path, (project.root / path).read_text())
    project.replace("sql/functions/price_of.sql", "p_id bigint", "p_id bigint, p_factor int")
    project.replace("sql/functions/price_of.sql", "(bigint) is", "(bigint, int) is")
    project.replace("sql/views/a_priced.sql", "price_of(t.id)", "price_of(t.id, 1)")
    project.migrate()
    found = project.query("select pronargs from pg_proc where proname = 'price_of'")
    assert found == [(2,)]


def test_a_changed_view_column_is_deployed_with_what_reads_it(project: Project) -> None:
    project.replace("sql/views/a_priced.sql", "select t.id, app", "select t.id + 1 as id2, app")
    assert "views/z_total.sql" in project.migrate().files
    assert project.query("select min(id2) from app.a_priced") == [(2,)]


def test_a_materialized_view_is_made_again_with_its_index(project: Project) -> None:
    project.replace("sql/views/z_total.sql", "sum(p.price)", "sum(p.price) * 2")
    project.migrate()
    assert project.query("select total from app.z_total") == [(60.0,)]
    project.query("refresh materialized view concurrently app.z_total")


def test_a_view_becomes_a_materialized_view_and_a_function_a_procedure(project: Project) -> None:
    project.replace("sql/views/a_priced.sql", "create or replace view", "create materialized view")
    project.write(
        "sql/functions/last_total.sql",
        "create or replace procedure app.last_total() language sql as $$ select 1 $$;",
    )
    project.migrate()
    assert project.query("select relkind from pg_class where relname = 'a_priced'") == [("m",)]
    assert project.query("select prokind from pg_proc where proname = 'last_total'") == [("p",)]


def test_a_missing_object_is_restored(project: Project) -> None:
    project.query("drop view app.a_priced cascade")
    assert {"views/a_priced.sql", "views/z_total.sql"} <= set(project.migrate().files)
    assert project.query("select total from app.z_total") == [(30.0,)]


def test_a_removed_file_drops_its_object(project: Project) -> None:
    project.remove("sql/functions/last_total.sql")
    assert project.migrate().removed == ("app.last_total",)
    assert project.query("select 1 from pg_proc where proname = 'last_total'") == []


def test_a_file_that_moved_keeps_its_object(project: Project) -> None:
    text = (project.root / "sql/functions/price_of.sql").read_text()
    project.remove("sql/functions/price_of.sql")
    project.write("sql/functions/prices/price_of.sql", text)
    assert project.migrate().removed == ()
    assert project.query("select app.price_of(1)") == [(10.0,)]


def test_files_that_wait_for_each_other_are_named(project: Project) -> None:
    project.write("sql/views/one.sql", "create view app.one as select * from app.two;")
    project.write("sql/views/two.sql", "create view app.two as select * from app.one;")
    with pytest.raises(DeployStuck, match=r"views/one\.sql.*app\.two.*views/two\.sql"):
        project.migrate()
    assert project.query("select to_regclass('app.one')") == [(None,)]


def test_a_broken_file_changes_nothing(project: Project) -> None:
    project.replace("sql/functions/price_of.sql", "t.price from", "t.price + 1 from")
    project.write("sql/views/zz.sql", "create view app.zz as selec 1;")
    with pytest.raises(DeployFailed, match=r"views/zz\.sql: syntax error"):
        project.migrate()
    assert project.query("select app.price_of(1)") == [(10.0,)]


def test_a_body_is_checked_whatever_its_order(project: Project) -> None:
    project.write(
        "sql/functions/bad_body.sql",
        "create function app.bad_body() returns int language sql as $$ select app.nowhere() $$;",
    )
    with pytest.raises(BodyCheckFailed, match=r"functions/bad_body\.sql.*app\.nowhere"):
        project.migrate()


def test_somebody_elses_view_stops_a_drop_by_its_name(project: Project) -> None:
    project.query("create view public.theirs as select app.price_of(1) as price")
    project.replace("sql/functions/price_of.sql", "returns double precision", "returns numeric")
    with pytest.raises(ForeignDependant, match=r"price_of.*view theirs"):
        project.migrate()
    assert project.query("select price from public.theirs") == [(10.0,)]


def test_a_column_default_stops_a_drop_too(project: Project) -> None:
    project.query("alter table app.thing add cost float default app.price_of(1)")
    project.replace("sql/functions/price_of.sql", "returns double precision", "returns numeric")
    with pytest.raises(ForeignDependant, match="default value for column cost"):
        project.migrate()


def test_grants_come_back_with_a_dropped_object(project: Project) -> None:
    project.replace("sql/views/a_priced.sql", "select t.id, app", "select t.id + 1 as id2, app")
    project.migrate()
    assert project.query("select has_table_privilege('public', 'app.a_priced', 'select')") == [
        (True,)
    ]


def test_a_migration_has_every_body_checked_again(project: Project) -> None:
    project.write("migrations/0002.rename.sql", "alter table app.thing rename price to amount;")
    with pytest.raises(BodyCheckFailed, match=r"price_of\.sql.*t\.price"):
        project.migrate()


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("sql/views/other.sql", "create view app.another as select 1;", "makes app.another"),
        ("sql/views/nothing.sql", "-- create view app.nothing\nselect 1;", "makes no function"),
        ("sql/again/price_of.sql", "create function app.price_of()", "both make app.price_of"),
    ],
)
def test_a_file_is_named_after_its_one_object(
    project: Project, path: str, text: str, message: str
) -> None:
    project.write(path, text)
    with pytest.raises(BadFile, match=message):
        project.migrate()


def test_objects_belong_to_the_owner_of_their_schema(project: Project) -> None:
    role = f"owner_{uuid.uuid4().hex[:8]}"
    project.query(f"create role {role}")
    project.write("migrations/0002.more.sql", f"create schema more authorization {role};")
    project.write("sql/views/mine.sql", "create view more.mine as select 1 as one;")
    project.migrate()
    try:
        owner = "select relowner::regrole::text from pg_class where relname = 'mine'"
        assert project.query(owner) == [(role,)]
    finally:
        project.query(f"drop owned by {role} cascade")
        project.query(f"drop role {role}")


TRIGGER = """
    -- Prices are never below zero.
    create or replace function app.keep_price() returns trigger
    language plpgsql volatile
    as $$ begin new.price := greatest(new.price, 0); return new; end $$;
    comment on function app.keep_price() is 'Trigger: no price below zero.';
    create or replace trigger keep_new_price
        before insert on app.thing for each row execute function app.keep_price();
    create or replace trigger keep_price
        before update of price on app.thing
        for each row when (app.price_of(old.id) is not null)
        execute function app.keep_price();
"""
TRIGGERS = "select tgname::text from pg_trigger where tgrelid = 'app.thing'::regclass order by 1"


@pytest.fixture
def guarded(project: Project) -> Project:
    """The small tree with a trigger function and two triggers."""
    project.write("sql/triggers/keep_price.sql", TRIGGER)
    project.migrate()
    return project


def test_a_trigger_is_deployed_with_its_function(guarded: Project) -> None:
    assert guarded.query(TRIGGERS) == [("keep_new_price",), ("keep_price",)]
    guarded.query("insert into app.thing values (3, -1)")
    guarded.query("update app.thing set price = -1 where id = 1")
    assert guarded.query("select min(price), count(*) from app.thing") == [(0.0, 3)]
    assert not guarded.migrate().changed


def test_a_trigger_that_its_file_makes_no_more_is_dropped(guarded: Project) -> None:
    text = (guarded.root / "sql/triggers/keep_price.sql").read_text()
    guarded.write(
        "sql/triggers/keep_price.sql", text.partition("create or replace trigger keep_p")[0]
    )
    assert guarded.migrate().removed == ()
    assert guarded.query(TRIGGERS) == [("keep_new_price",)]


def test_a_removed_file_drops_its_triggers(guarded: Project) -> None:
    guarded.remove("sql/triggers/keep_price.sql")
    assert guarded.migrate().removed == ("app.keep_price",)
    assert guarded.query(TRIGGERS) == []


def test_a_trigger_that_went_or_is_not_ours_to_keep_is_put_right(guarded: Project) -> None:
    guarded.query("drop trigger keep_price on app.thing")
    guarded.query(
        "create trigger by_hand before insert on app.thing"
        " for each row execute function app.keep_price()"
    )
    assert guarded.migrate().files == ("triggers/keep_price.sql",)
    assert guarded.query(TRIGGERS) == [("keep_new_price",), ("keep_price",)]


def test_what_a_trigger_calls_is_made_again_with_it(guarded: Project) -> None:
    """Its condition hangs on a function: a drop of that takes the trigger along."""
    guarded.replace("sql/functions/price_of.sql", "returns double precision", "returns numeric")
    guarded.replace("sql/functions/price_of.sql", "select t.price", "select t.price::numeric")
    files = guarded.migrate().files
    assert {"functions/price_of.sql", "triggers/keep_price.sql"} <= set(files)
    assert guarded.query(TRIGGERS) == [("keep_new_price",), ("keep_price",)]


def test_somebody_elses_trigger_stops_a_drop(guarded: Project) -> None:
    guarded.query("create table public.theirs (price double precision)")
    guarded.query(
        "create trigger theirs before insert on public.theirs"
        " for each row execute function app.keep_price()"
    )
    guarded.remove("sql/triggers/keep_price.sql")
    with pytest.raises(ForeignDependant, match=r"keep_price.*trigger theirs"):
        guarded.migrate()
    assert len(guarded.query(TRIGGERS)) == 2
