"""Quadrant: the database that learns which gates a trading bot should use."""
