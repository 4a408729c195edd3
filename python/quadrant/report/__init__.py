"""The report: one HTML file that tells what was learned, from the views for people alone."""

from quadrant.report.candles import charts
from quadrant.report.page import render
from quadrant.report.reading import Facts, read

__all__ = ["Facts", "charts", "read", "render"]
