"""A pallet or a tote as it is: its number, its place, and what stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import stock
from warehouse.messages import refuse, tail
from warehouse.serials import is_plate

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.stock import Unit


@dataclass(frozen=True, slots=True)
class Carrier:
    """A pallet or a tote: where it stands, what it stands on, and how many units are on it, also on carriers on it."""

    id: int
    code: str
    kind: str
    parent_id: int | None
    location_id: int
    place: str
    state: str
    units: int


@dataclass(frozen=True, slots=True)
class Sum:
    """What a carrier holds of an item and lot: pieces, and in how many units; `expiry` as in the tables."""

    item: str
    sku: str
    unit: str
    lot: str
    expiry: str
    quantity: int
    units: int


_CARRIER = (
    "SELECT c.id, c.code, c.kind, c.parent_id, c.location_id, p.code, c.state FROM carrier c "
    "JOIN location p ON p.id = c.location_id "
)
# A carrier and what stands on it, each with how deep it is there.
INSIDE = (
    "WITH RECURSIVE inside (id, depth) AS (SELECT id, 1 FROM carrier WHERE id = ? UNION ALL "
    "SELECT c.id, i.depth + 1 FROM carrier c JOIN inside i ON c.parent_id = i.id) "
)
ABOVE = (
    "WITH RECURSIVE above (id, parent_id) AS (SELECT id, parent_id FROM carrier WHERE id = ? UNION ALL "
    "SELECT c.id, c.parent_id FROM carrier c JOIN above a ON c.id = a.parent_id) SELECT id FROM above"
)


def by_code(site: str, code: str) -> Carrier | None:
    """The carrier that has this number now, or None; broken ones do not count."""
    found = connection.row(f"{_CARRIER} WHERE c.site = ? AND c.code = ? AND c.state <> 'BROKEN'", site, code)
    return _read(found) if found else None


def by_id(carrier_id: int) -> Carrier:
    """The carrier as it is now, which must exist; also a broken one."""
    return _read(connection.one(f"{_CARRIER} WHERE c.id = ?", carrier_id))


def live(carrier_id: int) -> Carrier:
    """The carrier as it is now; refuses one that was broken up."""
    carrier = by_id(carrier_id)
    if carrier.state == "BROKEN":
        refuse("carrier_gone", code=tail(carrier.code))
    return carrier


def _read(row: connection.Row) -> Carrier:
    units = connection.value(
        f"{INSIDE} SELECT COUNT(*) FROM inside i JOIN handling_unit u ON u.carrier_id = i.id", row[0]
    )
    return Carrier(*(*row, int(units)))


def inside(carrier_id: int) -> dict[int, int]:
    """The carrier itself and all that stand on it, by id, with their depth (1 for itself)."""
    return dict(connection.rows(f"{INSIDE} SELECT id, depth FROM inside", carrier_id))


def units_on(carrier_id: int) -> list[Unit]:
    """All units on it, also on carriers on it, in the order of their ids."""
    found = connection.rows(
        f"{INSIDE} SELECT u.id FROM inside i JOIN handling_unit u ON u.carrier_id = i.id ORDER BY u.id", carrier_id
    )
    return stock.units_by_id([row[0] for row in found])


def sums(carrier_id: int, limit: int = 20) -> list[Sum]:
    """What it holds in all, by item and lot, the most pieces first."""
    found = connection.rows(
        f"{INSIDE} SELECT i.description, i.sku, i.base_unit, u.lot, u.expiry, CAST(SUM(u.qty) AS BIGINT), COUNT(*) "
        "FROM inside c JOIN handling_unit u ON u.carrier_id = c.id JOIN item i ON i.id = u.item_id "
        "GROUP BY i.id, i.description, i.sku, i.base_unit, u.lot, u.expiry ORDER BY 6 DESC, i.sku, u.lot LIMIT ?",
        carrier_id,
        limit,
    )
    return [Sum(*row) for row in found]


def may_open(code: Code) -> bool:
    """Whether a scanned code has the form of a carrier's number: a plate of ours, or an SSCC alone.

    An SSCC whose label names an item is taken for a case.
    """
    return bool(code.sscc and not code.item_codes) or (code.kind == "text" and is_plate(code.text))
