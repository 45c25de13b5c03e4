"""Handling units, as they are found: by code, by id, by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import connection
from warehouse import serials

POOL_STATUS = frozenset({"RECEIVED", "IN_STAGE", "AVAILABLE"})
OWN = "OWN"
MAX_PIECES = 2_000_000_000  # of one item: the counters hold no more, and "never enough" is above it


@dataclass(frozen=True, slots=True)
class Cause:
    """Who does it, when and by which scan: written into every row that the scan leaves behind."""

    site: str
    at: str
    scan_id: str
    operator_id: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A handling unit: one item, lot, expiry, owner, status and place, and its pieces."""

    id: int
    code: str
    kind: str
    item_id: int
    lot: str
    expiry: str
    owner: str
    status: str
    location_id: int
    order_id: int | None
    qty: int
    qty_reserved: int
    receipt_id: int | None
    po_line_id: int | None
    received_at: str
    carrier_id: int | None = None

    @property
    def in_pool(self) -> bool:
        """Whether its pieces count as usable: promised or promisable to anyone."""
        return self.status in POOL_STATUS and self.owner == OWN and self.order_id is None


UNIT = (
    "SELECT id, code, kind, item_id, lot, expiry, owner, status, location_id, order_id, qty, qty_reserved, "
    "receipt_id, po_line_id, received_at, carrier_id FROM handling_unit "
)
LIVE = "status NOT IN ('VOIDED','CONSUMED','ISSUED')"


def live_unit(site: str, code: str) -> Unit | None:
    """The unit that carries this code now, or None; voided and used-up units do not count."""
    found = connection.row(f"{UNIT} WHERE site = ? AND code = ? AND {LIVE}", site, code)
    return Unit(*found) if found else None


def known_unit(site: str, code: str) -> Unit | None:
    """The unit that ever carried this code, live or used up; a voided capture frees its code.

    An SSCC names one logistic unit: what was received and picked empty is not received again.
    """
    found = connection.row(f"{UNIT} WHERE site = ? AND code = ? AND status <> 'VOIDED'", site, code)
    return Unit(*found) if found else None


def unit_by_id(unit_id: int) -> Unit:
    """The unit as it is now; inside a transaction and after the item's lock, as it stays."""
    return Unit(*connection.one(f"{UNIT} WHERE id = ?", unit_id))


def units_by_id(unit_ids: Sequence[int]) -> list[Unit]:
    """These units as they are now, in the order of their ids."""
    found = connection.rows(f"{UNIT} WHERE id IN ({connection.marks(unit_ids)}) ORDER BY id", *unit_ids)
    return [Unit(*row) for row in found]


def units_at(site: str, location_id: int, item_id: int) -> list[Unit]:
    """The live units of an item at a place that nobody picked for an order, oldest first."""
    found = connection.rows(
        f"{UNIT} WHERE site = ? AND location_id = ? AND item_id = ? AND {LIVE} AND order_id IS NULL ORDER BY id",
        site,
        location_id,
        item_id,
    )
    return [Unit(*row) for row in found]


def code_taken(site: str, code: str) -> bool:
    """Whether a unit or a carrier has this code, or had it: a new one needs another."""
    return bool(
        connection.rows(
            "SELECT 1 FROM handling_unit WHERE site = ? AND code = ? AND status <> 'VOIDED' "
            "UNION ALL SELECT 1 FROM carrier WHERE site = ? AND code = ?",
            site,
            code,
            site,
            code,
        )
    )


def free_plate(site: str) -> str:
    """A licence plate of ours that nothing carries: imported units may have taken some of the numbers."""
    while code_taken(site, plate := serials.plate(serials.draw(site, "unit"))):
        continue
    return plate
