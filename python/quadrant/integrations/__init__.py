"""Adapters for bot frameworks; each imports its framework, which Quadrant does not install."""
