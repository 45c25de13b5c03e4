"""An item's totals: the open pool, what of it is promised, and the queue. The row is also the item's lock."""

from __future__ import annotations

from typing import NamedTuple

from db import connection


class Totals(NamedTuple):
    """An item's queue (lines and pieces) and its free pieces."""

    waiting_lines: int
    waiting_qty: int
    free: int


_TOTALS = "waiting_lines, waiting_qty, usable - reserved"


def totals(site: str, item_id: int) -> Totals:
    """The totals as they are now; under the item's lock, as they stay."""
    return Totals(*connection.one(f"SELECT {_TOTALS} FROM item_stock WHERE site = ? AND item_id = ?", site, item_id))


_COUNT = (
    "UPDATE item_stock SET usable = usable + ?, reserved = reserved + ?, waiting_lines = waiting_lines + ?, "
    "waiting_qty = waiting_qty + ?, version = version + 1 WHERE site = ? AND item_id = ?"
)


def count(site: str, item_id: int, *, usable: int = 0, reserved: int = 0, lines: int = 0, pieces: int = 0) -> None:
    """Change the item's totals: the open pool, what of it is promised, and the queue."""
    if usable or reserved or lines or pieces:
        connection.execute(_COUNT, usable, reserved, lines, pieces, site, item_id)
