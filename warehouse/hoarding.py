"""Which orders hold stock that nobody can pick, since when, and what they wait for: the price of shipping complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from db import connection
from db.connection import instant, iso
from db.snapshot import snapshot
from warehouse.told.together import Other

if TYPE_CHECKING:
    from warehouse.site import Site


@dataclass(frozen=True, slots=True)
class Hoard:
    """An order, or a ship set of it, that holds `pieces` since the oldest was promised; `lent` of it are owed to it."""

    order: str
    ship_set: str
    customer: str
    promised_on: str
    pieces: int
    items: tuple[str, ...]
    since: datetime
    lent: int
    waits_for: tuple[Other, ...]

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "order": self.order,
            "ship_set": self.ship_set,
            "customer": self.customer,
            "promised_on": self.promised_on,
            "pieces": self.pieces,
            "items": list(self.items),
            "since": iso(self.since),
            "lent": self.lent,
            "waits_for": [one.as_json() for one in self.waits_for],
        }


def hoards(site: Site, limit: int = 50) -> tuple[Hoard, ...]:
    """Those that hold the most first, in one snapshot; read from the picks that wait, of which there are few."""
    with snapshot():
        found = connection.rows(
            "SELECT s.id, h.order_no, s.name, c.name, MIN(l.promised_on), SUM(r.qty - r.qty_picked - r.qty_voided), "
            "MIN(r.at) FROM pick_task t JOIN reservation r ON r.id = t.reservation_id JOIN order_line l ON l.id = r.line_id "
            "JOIN ship_set s ON s.id = l.set_id JOIN order_header h ON h.id = s.order_id "
            "JOIN customer c ON c.id = h.customer_id WHERE t.site = ? AND t.state = 'WAITING' AND s.n_unsat > 0 "
            f"GROUP BY s.id, h.order_no, s.name, c.name ORDER BY 6 DESC, s.id LIMIT {limit}",
            site.code,
        )
        lines = _lines([row[0] for row in found])
    return tuple(
        Hoard(
            order,
            name,
            customer,
            promised_on,
            int(pieces),
            tuple(dict.fromkeys(sku for _, sku, _, reserved, _, _ in lines[set_id] if reserved)),
            instant(since),
            sum(owed for *_, owed in lines[set_id]),
            tuple(Other(line, sku, missed, bool(held)) for line, sku, missed, _, held, _ in lines[set_id] if missed),
        )
        for set_id, order, name, customer, promised_on, pieces, since in found
    )


def _lines(set_ids: list[int]) -> dict[int, list[tuple[Any, ...]]]:
    found = connection.rows(
        "SELECT l.set_id, l.line, i.sku, l.qty_open, l.qty_reserved, l.held, l.owed FROM order_line l "
        f"JOIN item i ON i.id = l.item_id WHERE l.set_id IN ({connection.marks(set_ids)}) ORDER BY l.set_id, l.line",
        *set_ids,
    )
    return {set_id: [row[1:] for row in some] for set_id, some in groupby(found, key=lambda row: row[0])}
