"""A paper PM, decision maker and executor: enough to close the loop on recorded bars."""

from quadrant.paper.costs import Costs
from quadrant.paper.decisions import open_positions
from quadrant.paper.manager import PaperManager

__all__ = ["Costs", "PaperManager", "open_positions"]
