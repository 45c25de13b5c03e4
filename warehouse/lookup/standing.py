"""Units as they are listed: on a pallet, at a place, of a lot. However many there are, a bounded number is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from db import connection
from warehouse.stock.units import LIVE

ROWS: Final = 20  # rows of a list that are read and shown
CAP: Final = 1000  # what is counted at most: beyond it is "more than"


@dataclass(frozen=True, slots=True)
class Counted:
    """Units and their pieces; with `more`, there may be more than these, and they were not counted."""

    units: int
    pieces: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit in a list. `order` is whose picked pieces they are, `carrier` what it stands on; '' for none."""

    code: str
    kind: str
    item: str
    unit: str
    qty: int
    lot: str
    expiry: str
    status: str
    place: str
    reserved: int
    order: str
    carrier: str


_STANDING = (
    "SELECT u.code, u.kind, i.description, i.base_unit, u.qty, u.lot, u.expiry, u.status, p.code, u.qty_reserved, "
    "COALESCE(h.order_no, ''), COALESCE(c.code, '') FROM handling_unit u JOIN item i ON i.id = u.item_id "
    "JOIN location p ON p.id = u.location_id LEFT JOIN order_header h ON h.id = u.order_id "
    "LEFT JOIN carrier c ON c.id = u.carrier_id "
)


def standing(where: str, *params: object, order: str = "u.id") -> tuple[Standing, ...]:
    """The first live units of which a condition on `u` holds.

    An index has to answer the condition in that order: of what is found, the first `CAP` are looked at.
    """
    found = connection.rows(
        f"{_STANDING} WHERE u.id IN ({_first(where, order)}) AND u.{LIVE} ORDER BY {order} LIMIT {ROWS}", *params
    )
    return tuple(Standing(*row) for row in found)


def counted(where: str, *params: object, order: str = "") -> Counted:
    """How many live units and pieces there are, counted among the first `CAP`."""
    seen, units, pieces = connection.one(
        f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN u.{LIVE} THEN 1 ELSE 0 END), 0), "
        f"COALESCE(SUM(CASE WHEN u.{LIVE} THEN u.qty ELSE 0 END), 0) FROM handling_unit u "
        f"WHERE u.id IN ({_first(where, order)})",
        *params,
    )
    return Counted(int(units), int(pieces), int(seen) == CAP)


def _first(where: str, order: str) -> str:
    in_order = f" ORDER BY {order}" if order else ""
    return f"SELECT u.id FROM handling_unit u WHERE {where}{in_order} LIMIT {CAP}"
