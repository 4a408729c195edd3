"""The embedded PostgreSQL server, and how the database is found."""

from quadrant.server.cluster import Cluster
from quadrant.server.dsn import DATABASE, chosen_database, resolve_dsn, server_dsn
from quadrant.server.home import Home

__all__ = ["DATABASE", "Cluster", "Home", "chosen_database", "resolve_dsn", "server_dsn"]
