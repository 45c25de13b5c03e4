"""The only writer of quantities: units and the ledger, reservations and the counters they add up to.

Every function here runs inside the caller's transaction, after `locked()` on the item's row. A change of
pieces is a row in stock_move with both its sides, written once and never edited; a correction is a further
row that names the original. The counters of item_stock, order lines and units change in the same breath, and
the CHECKs of the tables stop anything that would promise a piece twice.
"""

from warehouse.stock.changes import adjust, confirm_pick, reopen_pick
from warehouse.stock.ledger import Why, loose_unit, move_whole, new_part, open_balance, picked_unit, receive, split
from warehouse.stock.lines import LINE_COLUMNS, LINE_TABLES, Line, ahead, enter_lines, lines_by_id, save_lines
from warehouse.stock.lots import lot_stopped
from warehouse.stock.promises import (
    Grant,
    Reservation,
    reservation_by_id,
    reservations_of,
    reservations_on,
    reserve,
    void,
    void_on_unit,
)
from warehouse.stock.reversing import Move, moves_of, reverse, standing_moves
from warehouse.stock.stopping import block, change_status, picked_into
from warehouse.stock.totals import Totals, count, totals
from warehouse.stock.units import (
    MAX_PIECES,
    OWN,
    POOL_STATUS,
    Cause,
    Unit,
    code_taken,
    free_plate,
    known_unit,
    live_unit,
    unit_by_id,
    units_at,
    units_by_id,
)

__all__ = [
    "LINE_COLUMNS",
    "LINE_TABLES",
    "MAX_PIECES",
    "OWN",
    "POOL_STATUS",
    "Cause",
    "Grant",
    "Line",
    "Move",
    "Reservation",
    "Totals",
    "Unit",
    "Why",
    "adjust",
    "ahead",
    "block",
    "change_status",
    "code_taken",
    "confirm_pick",
    "count",
    "enter_lines",
    "free_plate",
    "known_unit",
    "lines_by_id",
    "live_unit",
    "loose_unit",
    "lot_stopped",
    "move_whole",
    "moves_of",
    "new_part",
    "open_balance",
    "picked_into",
    "picked_unit",
    "receive",
    "reopen_pick",
    "reservation_by_id",
    "reservations_of",
    "reservations_on",
    "reserve",
    "reverse",
    "save_lines",
    "split",
    "standing_moves",
    "totals",
    "unit_by_id",
    "units_at",
    "units_by_id",
    "void",
    "void_on_unit",
]
