"""Connections, named queries and the schema's upkeep."""

from quadrant.database.connection import connect, explain, raised_by_us
from quadrant.database.migrate import MigrationReport, check_schema, migrate, rollback
from quadrant.database.queries import queries
from quadrant.database.tree import SchemaTree

__all__ = [
    "MigrationReport",
    "SchemaTree",
    "check_schema",
    "connect",
    "explain",
    "migrate",
    "queries",
    "raised_by_us",
    "rollback",
]
