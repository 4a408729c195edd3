"""Bring in the episodes of another system from CSV or JSON lines."""

from quadrant.importer.loader import ImportReport, import_file
from quadrant.importer.units import RoiUnit, ScoreScale

__all__ = ["ImportReport", "RoiUnit", "ScoreScale", "import_file"]
