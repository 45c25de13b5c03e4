"""An item's totals: the open pool, what of it is promised, and the queue. The row is also the item's lock."""

from __future__ import annotations

from db import connection


def count(site: str, item_id: int, *, usable: int = 0, reserved: int = 0, lines: int = 0, pieces: int = 0) -> None:
    """Change the item's totals: the open pool, what of it is promised, and the queue."""
    if usable or reserved or lines or pieces:
        connection.execute(
            "UPDATE item_stock SET usable = usable + ?, reserved = reserved + ?, waiting_lines = waiting_lines + ?, "
            "waiting_qty = waiting_qty + ?, version = version + 1 WHERE site = ? AND item_id = ?",
            usable,
            reserved,
            lines,
            pieces,
            site,
            item_id,
        )
