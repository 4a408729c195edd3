"""Quadrant: the database that learns which gates a trading bot should use."""

__version__ = "0.1.0"
