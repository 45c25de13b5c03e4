"""The next lines of a queue that what is free may be enough for, without a walk past those that need more.

The index by need has for each need its lines in the order of service. So the distinct needs are hopped over, and the
heads of those that fit are merged: a hundred thousand lines that are too large cost nothing.
"""

from __future__ import annotations

from db import connection

MOST = 16  # distinct needs that are merged; where there are more, many lines fit and a walk soon meets them

_OF_ITEM = "site = ? AND item_id = ? AND state = 'W'"
_NEEDS = (
    f"WITH RECURSIVE need(pieces) AS (SELECT MIN(min_need) FROM order_line WHERE {_OF_ITEM} UNION ALL "
    f"SELECT (SELECT MIN(min_need) FROM order_line WHERE {_OF_ITEM} AND min_need > need.pieces) FROM need "
    f"WHERE need.pieces <= ?) SELECT pieces FROM need WHERE pieces <= ? LIMIT {MOST + 1}"
)


def needs(site: str, item_id: int, free: int) -> list[int]:
    """The distinct needs of the waiting lines of an item that are no more than `free`, ascending: at most MOST + 1."""
    return [row[0] for row in connection.rows(_NEEDS, site, item_id, site, item_id, free, free)]


def heads(site: str, item_id: int, fits: list[int], place: tuple[int, int], beyond: str, size: int) -> list[int]:
    """The first `size` lines, by id, whose need is one of `fits`, in the order of service; `beyond` (> or >=) a place."""
    if not fits:
        return []
    of_need = (
        f"SELECT * FROM (SELECT rank_on, id FROM order_line WHERE {_OF_ITEM} AND min_need = ? "
        f"AND (rank_on, id) {beyond} (?, ?) ORDER BY rank_on, id LIMIT {size}) AS of_need"
    )
    found = connection.rows(
        f"{' UNION ALL '.join([of_need] * len(fits))} ORDER BY rank_on, id LIMIT {size}",
        *(param for need in fits for param in (site, item_id, need, *place)),
    )
    return [row[1] for row in found]
