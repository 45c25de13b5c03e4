"""What of an item is still to come by purchase order, and how far it is spoken for by lines ahead in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 50


@dataclass(frozen=True, slots=True)
class Supply:
    """A line of a purchase order of which `quantity` pieces are still to come."""

    po: str
    line: int
    expected_on: date
    quantity: int

    def as_json(self) -> dict[str, Any]:
        """The supply as the command prints it."""
        return {
            "po": self.po,
            "line": self.line,
            "expected_on": self.expected_on.isoformat(),
            "quantity": self.quantity,
        }


@dataclass(frozen=True, slots=True)
class Coming:
    """The supply ahead of an order line: `first` is the next of all, `reaches` the first that is not all spoken for.

    `ahead` pieces of `reaches` go to lines that are served before, and so do all `spoken_for` pieces that come before it;
    where nothing reaches the line, these are all that is still to come.
    """

    first: Supply | None = None
    reaches: Supply | None = None
    ahead: int = 0
    spoken_for: int = 0


def coming(site: str, item_id: int, pieces_ahead: int) -> Coming:
    """Walk what is still to come by its day, handing it to the lines ahead first, which miss `pieces_ahead`.

    It reads no further than the line of a purchase order at which something is left over.
    """
    first, gone = None, 0
    for supply in _supplies(site, item_id):
        first = first or supply
        if gone + supply.quantity > pieces_ahead:
            return Coming(first, supply, pieces_ahead - gone, gone)
        gone += supply.quantity
    return Coming(first, None, 0, gone)


def _supplies(site: str, item_id: int) -> Iterator[Supply]:
    """Open lines of purchase orders, the earliest day first; what was closed short expects nothing more."""
    day, last = "0001-01-01", 0
    while True:
        found = connection.rows(
            "SELECT p.po, l.line, l.expected_on, l.qty_ordered - l.qty_received, l.id FROM po_line l "
            "JOIN purchase_order p ON p.id = l.po_id WHERE l.site = ? AND l.item_id = ? "
            "AND l.qty_received < l.qty_ordered AND l.closed_at IS NULL AND (l.expected_on, l.id) > (?, ?) "
            f"ORDER BY l.expected_on, l.id LIMIT {CHUNK}",
            site,
            item_id,
            day,
            last,
        )
        for po, line, expected_on, quantity, line_id in found:
            day, last = expected_on, line_id
            yield Supply(po, line, date.fromisoformat(expected_on), quantity)
        if len(found) < CHUNK:
            return
