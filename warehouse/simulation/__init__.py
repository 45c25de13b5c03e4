"""What-if: a year of orders and receipts served anew under other policies. Pure: nothing here reads a table.

Who gets what is decided by the functions that decide it on the floor, `warehouse.planning.plan` and
`warehouse.policy`; only the stock and the orders are kept in memory, and a day is as fine as time is.
"""

from warehouse.simulation.comparison import Comparison, compare
from warehouse.simulation.figures import Figures
from warehouse.simulation.generating import SUPPLY, generated
from warehouse.simulation.policies import KINDS, MOST_PATIENCE, NEVER_CLAIMS, PATIENCE, Policy, policies
from warehouse.simulation.replay import run
from warehouse.simulation.year import Delivery, Order, OrderedLine, Year

__all__ = [
    "KINDS",
    "MOST_PATIENCE",
    "NEVER_CLAIMS",
    "PATIENCE",
    "SUPPLY",
    "Comparison",
    "Delivery",
    "Figures",
    "Order",
    "OrderedLine",
    "Policy",
    "Year",
    "compare",
    "generated",
    "policies",
    "run",
]
