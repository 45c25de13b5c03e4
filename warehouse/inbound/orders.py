"""Purchase orders: what was ordered of a vendor, what came of it, and which line a case counts for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import tolerances

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """A purchase order by its number, with what is still to come (pieces over all lines)."""

    id: int
    po: str
    vendor: str
    open: int
    ordered: int
    received: int
    expected_on: str


# A line that was closed short expects nothing more, whatever is missing on it.
_STILL = "CASE WHEN closed_at IS NULL THEN qty_ordered ELSE 0 END"
_ORDER = (
    "SELECT p.id, p.po, v.name, (SELECT SUM(CASE WHEN i.ordered > i.received THEN i.ordered - i.received ELSE 0 END) "
    f"FROM (SELECT SUM({_STILL}) AS ordered, SUM(qty_received) AS received FROM po_line WHERE po_id = p.id "
    "GROUP BY item_id) i), SUM(l.qty_ordered), SUM(l.qty_received), MIN(l.expected_on) FROM purchase_order p "
    "JOIN vendor v ON v.id = p.vendor_id JOIN po_line l ON l.po_id = p.id "
)
_GROUP = " GROUP BY p.id, p.po, v.name"
_EXPECTS = "qty_received < qty_ordered AND closed_at IS NULL"
_BY_DAY = " ORDER BY CASE WHEN MIN(l.expected_on) <= ? THEN 0 ELSE 1 END, MIN(l.expected_on), p.po LIMIT ?"


def purchase_order(site: str, po: str) -> PurchaseOrder | None:
    """The purchase order with this number, or None."""
    found = connection.row(f"{_ORDER} WHERE p.site = ? AND p.po = ? {_GROUP}", site, po)
    return PurchaseOrder(*found) if found else None


def purchase_order_by_id(po_id: int) -> PurchaseOrder:
    """The purchase order with this id, which must exist."""
    return PurchaseOrder(*connection.one(f"{_ORDER} WHERE p.id = ? {_GROUP}", po_id))


def vendor_of(po_id: int) -> int:
    """The vendor of a purchase order."""
    return int(connection.one("SELECT vendor_id FROM purchase_order WHERE id = ?", po_id)[0])


def due(site: str, today: date, limit: int = 20) -> list[PurchaseOrder]:
    """Purchase orders with something open, those due today or late first, then what comes next."""
    found = connection.rows(
        f"{_ORDER} WHERE p.site = ? AND p.id IN (SELECT po_id FROM po_line WHERE site = ? AND {_EXPECTS}) "
        f"{_GROUP} {_BY_DAY}",
        site,
        site,
        today.isoformat(),
        limit,
    )
    return [PurchaseOrder(*row) for row in found]


def orders_for_item(site: str, item_id: int, today: date, limit: int = 9) -> list[PurchaseOrder]:
    """Purchase orders that still expect this item, those due today or late first."""
    found = connection.rows(
        f"{_ORDER} WHERE p.site = ? AND p.id IN (SELECT po_id FROM po_line WHERE site = ? AND item_id = ? AND {_EXPECTS}) "
        f"{_GROUP} {_BY_DAY}",
        site,
        site,
        item_id,
        today.isoformat(),
        limit,
    )
    return [PurchaseOrder(*row) for row in found]


@dataclass(frozen=True, slots=True)
class PoLine:
    """A line of a purchase order (pieces). `closed` says that nothing more of it is expected, whatever is missing.

    `item_ordered` and `item_open` are over all lines of the item on the orders of the delivery; of the open pieces
    those that came too many are taken off, so it may be negative. `limits` are the cells of its tolerances.
    """

    id: int
    line: int
    po_id: int
    po: str
    vendor_id: int
    item_id: int
    description: str
    ordered: int
    received: int
    closed: bool
    expected_on: str
    item_ordered: int
    item_open: int
    limits: connection.Row = ()

    @property
    def open(self) -> int:
        """What is still to come on this line."""
        return 0 if self.closed else max(0, self.ordered - self.received)


_LINE = (
    "SELECT l.id, l.line, l.po_id, p.po, p.vendor_id, l.item_id, i.description, l.qty_ordered, l.qty_received, "
    f"l.closed_at IS NOT NULL, l.expected_on, {tolerances.COLUMNS} FROM po_line l "
    "JOIN purchase_order p ON p.id = l.po_id JOIN item i ON i.id = l.item_id JOIN vendor v ON v.id = p.vendor_id "
)
_OPEN_FIRST = "CASE WHEN l.qty_received < l.qty_ordered AND l.closed_at IS NULL THEN 0 ELSE 1 END"


def lines(po_ids: Sequence[int], limit: int = 20) -> list[PoLine]:
    """The lines of purchase orders, those with something open first."""
    found = connection.rows(
        f"{_LINE} WHERE l.po_id IN ({connection.marks(po_ids)}) ORDER BY {_OPEN_FIRST}, p.po, l.line LIMIT ?",
        *po_ids,
        limit,
    )
    return [_alone(row) for row in found]


def line_by_id(line_id: int) -> PoLine:
    """The line with this id, which must exist; its item totals are its own."""
    return _alone(connection.one(f"{_LINE} WHERE l.id = ?", line_id))


def _alone(row: connection.Row) -> PoLine:
    line_id, number, po_id, po, vendor_id, item_id, words, ordered, received, closed, expected_on, *limits = row
    still = ordered - received
    return PoLine(
        line_id,
        number,
        po_id,
        po,
        vendor_id,
        item_id,
        words,
        ordered,
        received,
        bool(closed),
        expected_on,
        ordered,
        still,
        tuple(limits),
    )


def line_for(po_ids: Sequence[int], item_id: int, named: int | None = None) -> PoLine | None:
    """The line that a case of this item counts for: the one that its ASN names, else the first with something open.

    Of several orders the one that is due first goes first; where nothing is open, the last line.
    """
    found = connection.rows(
        f"{_LINE} WHERE l.po_id IN ({connection.marks(po_ids)}) AND l.item_id = ? ORDER BY {_OPEN_FIRST}, "
        "l.expected_on, l.po_id, l.line",
        *po_ids,
        item_id,
    )
    if not found:
        return None
    all_lines = [_alone(row) for row in found]
    if len(all_lines) == 1:
        return all_lines[0]
    ordered = sum(line.ordered for line in all_lines)
    still = sum(
        line.ordered - line.received for line in all_lines
    )  # late pieces of a closed line are no more than ordered
    first = next((line for line in all_lines if line.id == named), None)
    if first is None:
        first = all_lines[0] if all_lines[0].open else all_lines[-1]
    return replace(first, item_ordered=ordered, item_open=still)
