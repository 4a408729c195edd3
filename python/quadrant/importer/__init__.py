"""Bring in episodes and trades of another system: files, or another PostgreSQL."""

from quadrant.importer.database import read_database, read_only
from quadrant.importer.kinds import Kind
from quadrant.importer.loader import ImportReport, import_rows
from quadrant.importer.reader import read_file
from quadrant.importer.units import RoiUnit, ScoreScale, Units

__all__ = [
    "ImportReport",
    "Kind",
    "RoiUnit",
    "ScoreScale",
    "Units",
    "import_rows",
    "read_database",
    "read_file",
    "read_only",
]
