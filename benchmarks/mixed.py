"""Queues as they are on a floor: lines of every policy, some held, some pinned; and one in which only the last fits."""

from __future__ import annotations

from benchmarks.floors import SKU, THIRD_SKU
from db import connection
from db.connection import transaction
from tests.small_floor import SmallFloor
from warehouse import policy

# Which of seventeen lines waits how: no divisor of the days, so that each day has all kinds. A set watches its line of
# this item, or that of another one which has no stock.
OF = 17
_WHOLE, _CASES, _SET_ELSEWHERE, _SET_HERE, _FILL, _HELD = 1, 2, 3, 4, 5, 6
_PINNED_OF = 4_099
TOO_LARGE = 1_000  # pieces, and as many more as there are kinds of need
NEEDS = 50
_REST = "id - id / {0} * {0}"  # both engines divide integers so; the percent sign is a mark to one of them


@transaction
def mix(small: SmallFloor) -> None:
    """Turn the lines of the item that `floors.build` made, alike so far, into all kinds; the counters agree with them."""
    item, other = small.item(SKU), small.item(THIRD_SKU)
    which = f"item_id = {item} AND state = 'W' AND {_REST.format(OF)} ="
    _update("policy = 'line'", f"{which} {_WHOLE}")
    _update("full_cases = 1", f"{which} {_CASES}")
    _update("min_fill_percent = 50, qty_ordered = 4, qty_open = 4, min_need = 2", f"{which} {_FILL}")
    _update(
        f"rank_on = {policy.PINNED}, pinned = 1", f"item_id = {item} AND state = 'W' AND {_REST.format(_PINNED_OF)} = 0"
    )
    _update("state = 'H', held = 1", f"{which} {_HELD}")
    _sets(other, f"{which} {_SET_ELSEWHERE}", "order", f"o.item_id = {other}")
    _sets(other, f"{which} {_SET_HERE}", "set", f"o.item_id = {item}")
    _recount()


def _sets(other: int, which: str, kind: str, watched: str) -> None:
    """The order of each such line becomes a ship set with a second line, of the other item."""
    connection.execute(
        "INSERT INTO order_line (site, order_id, line, item_id, policy, min_fill_percent, priority, promised_on, rank_on, "
        f"qty_ordered, qty_open, min_need, state, waiting_since) SELECT site, order_id, 2, {other}, '{kind}', 0, priority, "
        f"promised_on, rank_on, 1, 1, 1, 'W', waiting_since FROM order_line WHERE {which}"
    )
    connection.execute(
        "INSERT INTO ship_set (site, order_id, n_unsat, watch_id) SELECT site, order_id, 2, "
        f"(SELECT o.id FROM order_line o WHERE o.order_id = order_line.order_id AND {watched}) FROM order_line WHERE {which}"
    )
    _update(
        f"policy = '{kind}', set_id = (SELECT s.id FROM ship_set s WHERE s.order_id = order_line.order_id), min_need = "
        f"CASE WHEN id IN (SELECT s.watch_id FROM ship_set s) THEN qty_open ELSE {policy.NEVER} END",
        f"set_id IS NULL AND order_id IN (SELECT order_id FROM order_line WHERE {which}) "
        "AND order_id IN (SELECT order_id FROM ship_set)",
    )


@transaction
def only_last_fits(small: SmallFloor) -> None:
    """Let all lines of the item ship complete and be too large: by themselves, and in sets that watch something else."""
    item, other = small.item(SKU), small.item(THIRD_SKU)
    which = f"item_id = {item} AND state = 'W'"
    large = f"{TOO_LARGE} + {_REST.format(NEEDS)}"
    _update(f"policy = 'line', qty_ordered = {large}, qty_open = {large}, min_need = {large}", which)
    _sets(other, f"{which} AND {_REST.format(2)} = 1", "order", f"o.item_id = {other}")
    _recount()


def _update(what: str, which: str) -> None:
    connection.execute(f"UPDATE order_line SET {what} WHERE {which}")


def _recount() -> None:
    waiting = "FROM order_line l WHERE l.item_id = item_stock.item_id AND l.state = 'W'"
    connection.execute(
        f"UPDATE item_stock SET waiting_lines = (SELECT COUNT(*) {waiting}), "
        f"waiting_qty = (SELECT COALESCE(SUM(l.qty_open), 0) {waiting})"
    )
