"""quadrant up, down, dsn, psql, migrate: the database and how to reach it."""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict

import psycopg
import typer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from quadrant.cli.console import Json, command, err, out, print_json, progress_bar
from quadrant.database import MigrationReport, connect, migrate, queries
from quadrant.server import DATABASE, Cluster, Home, chosen_database, resolve_dsn, server_dsn
from quadrant.server.binaries import wheel


def up(json: Json = False) -> None:
    """Start the embedded server where needed, make the database and bring its schema up to date.

    With QUADRANT_DSN set: check the connection to that database and bring its schema up to date.
    """
    if not os.environ.get("QUADRANT_DSN"):
        with progress_bar("Starting PostgreSQL") as progress:
            progress("", 0, 0)
            Cluster(Home.current()).start()
        create_database(chosen_database() or DATABASE)
    dsn = resolve_dsn()
    report = bring_up_to_date(dsn)
    if json:
        print_json({"dsn": dsn, **asdict(report)})
    else:
        _print_report(report)
        reach = f"Up. Reach it with: {command('psql')}, or\n  {dsn}"
        out.print(reach, soft_wrap=True, highlight=False, markup=False)


def down() -> None:
    """Stop the embedded server; its data stays."""
    home = Home.current()
    stopped = Cluster(home).stop()
    out.print("Stopped." if stopped else f"No server runs in {home.root}.", soft_wrap=True)


def dsn(json: Json = False) -> None:
    """Print how to reach the database."""
    found = resolve_dsn()
    with connect(found):
        pass
    if json:
        own = None if os.environ.get("QUADRANT_DSN") else Cluster(Home.current())
        tcp = own and own.tcp_dsn(chosen_database() or DATABASE)
        print_json({"dsn": found, "tcp": tcp, **conninfo_to_dict(found)})
    else:
        typer.echo(found)


def psql(context: typer.Context) -> None:
    """Open psql on the database; everything after `psql` is passed on to it."""
    program = wheel() / "psql"
    path = str(program) if os.access(program, os.X_OK) else shutil.which("psql") or str(program)
    os.execv(path, [path, "-d", resolve_dsn(), *context.args])


def migrate_command(json: Json = False) -> None:
    """Bring the database's schema to this version: migrations, functions, views and grants."""
    report = bring_up_to_date(resolve_dsn())
    if json:
        print_json(asdict(report))
    else:
        _print_report(report)


def bring_up_to_date(dsn: str) -> MigrationReport:
    """Migrate with a progress bar."""
    with progress_bar("Migrating") as progress:
        return migrate(dsn, progress)


def _print_report(report: MigrationReport) -> None:
    for name in report.migrations:
        out.print(f"applied {name}", highlight=False)
    if report.files:
        out.print(f"deployed {len(report.files)} functions and views", highlight=False)
    for name in report.removed:
        out.print(f"dropped {name}", highlight=False)
    if not report.changed:
        err.print("The schema is up to date.")
    for warning in report.warnings:
        err.print(f"Warning: {warning}", style="yellow", highlight=False, soft_wrap=True)


def create_database(name: str) -> None:
    """Make a database of that name on the server, where it is not there yet."""
    with connect(server_dsn(), autocommit=True) as connection:
        if connection.execute(queries("operations/database_exists"), {"name": name}).fetchone():
            return
        try:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return


def register(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(up)
    app.command()(down)
    app.command()(dsn)
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(context_settings=passed_on, add_help_option=False)(psql)
    app.command("migrate")(migrate_command)
