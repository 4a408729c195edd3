"""A paper PM and executor: enough of a portfolio manager to close the loop on recorded bars."""

from quadrant.paper.costs import Costs
from quadrant.paper.manager import PaperManager

__all__ = ["Costs", "PaperManager"]
