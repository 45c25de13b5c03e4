"""Goods that are stopped, by a lead: they leave every promise and pick at once, and come back only by way of hold.

BLOCKED goes to QUARANTINE (unblock) and from there to free stock (accept, by another lead than the one who received
the goods or put them on hold). A stopped lot stops what of it arrives later as well.
"""

from warehouse.blocks.acting import Done, Seen, as_json, do, look
from warehouse.blocks.choosing import Act, Chosen, Hit, Kept
from warehouse.blocks.commands import accept, block, unblock
from warehouse.blocks.picks import stopped_pick
from warehouse.blocks.targets import CannotError, Target, item_of, units_of
from warehouse.stock import lot_stopped as stopped_lot

__all__ = [
    "Act",
    "CannotError",
    "Chosen",
    "Done",
    "Hit",
    "Kept",
    "Seen",
    "Target",
    "accept",
    "as_json",
    "block",
    "do",
    "item_of",
    "look",
    "stopped_lot",
    "stopped_pick",
    "unblock",
    "units_of",
]
