"""Pallets and totes: opened by a number of their own, filled, moved as one, closed, broken up.

A carrier holds no pieces; units and other carriers stand on it, and all of them stand where it stands. Each function
that changes something runs in the caller's transaction and locks for itself: the items on it first, ascending, then
the carriers, ascending.
"""

from warehouse.carriers.locking import lock
from warehouse.carriers.looking import Carrier, Sum, by_code, by_id, inside, may_open, sums, units_on
from warehouse.carriers.moving import DEPTH, berth, break_up, move, put_carrier, put_unit, received, take_off
from warehouse.carriers.opening import close, open_new
from warehouse.carriers.taking_back import take_back

__all__ = [
    "DEPTH",
    "Carrier",
    "Sum",
    "berth",
    "break_up",
    "by_code",
    "by_id",
    "close",
    "inside",
    "lock",
    "may_open",
    "move",
    "open_new",
    "put_carrier",
    "put_unit",
    "received",
    "sums",
    "take_back",
    "take_off",
    "units_on",
]
