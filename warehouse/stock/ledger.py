"""Pieces enter, move, leave and come back: each a row of stock_move with both its sides, written once.

A correction is a further row that names the original. Which unit holds the pieces and the item's open pool
change in the same breath.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from db import connection
from warehouse.site import NO_EXPIRY
from warehouse.stock import carrying
from warehouse.stock.lots import lot_stopped
from warehouse.stock.totals import count
from warehouse.stock.units import OWN, POOL_STATUS, UNIT, Cause, Unit, free_plate, unit_by_id


def receive(
    cause: Cause,
    *,
    code: str,
    item_id: int,
    qty: int,
    lot: str,
    expiry: str,
    status: str,
    location_id: int,
    receipt_id: int,
    po_line_id: int | None,
    source: str,
    carrier_id: int | None = None,
    weight: int | None = None,
    seal: str = "SEALED",
) -> tuple[int, int]:
    """A counted case enters: a unit of its own and one move from the vendor.

    `qty` is what was counted in this case (pieces of the base unit); no factor is ever applied to it. When
    another terminal gives the same code to a unit at this moment, the transaction runs again and finds it.
    Answers the unit's id and how many pieces join the open pool: the caller counts them, in one statement with what is
    promised of them (`release.release`).
    """
    unit_id = connection.insert(
        "handling_unit",
        unless="(site, code) WHERE status <> 'VOIDED'",
        site=cause.site,
        code=code,
        kind="CASE",
        item_id=item_id,
        lot=lot,
        expiry=expiry,
        status=status,
        location_id=location_id,
        qty=qty,
        qty_source=source,
        receipt_id=receipt_id,
        po_line_id=po_line_id,
        received_at=cause.at,
        carrier_id=carrier_id,
        weight=weight,
        seal=seal,
    )
    connection.insert_row(
        "stock_move",
        site=cause.site,
        at=cause.at,
        kind="RECEIPT",
        item_id=item_id,
        qty=qty,
        from_account="VENDOR",
        to_account="UNIT",
        to_unit_id=unit_id,
        to_location_id=location_id,
        to_status=status,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
        receipt_id=receipt_id,
        po_line_id=po_line_id,
        reason=cause.reason,
    )
    return unit_id, qty if status in POOL_STATUS else 0


def open_balance(
    cause: Cause, *, code: str | None, item_id: int, location_id: int, qty: int, lot: str, expiry: str
) -> int:
    """The opening balance of one unit (with `code`) or of the loose stock of one place; answers the unit's id.

    Stock of a stopped lot is blocked at once.
    """
    status = "AVAILABLE" if lot_stopped(cause.site, item_id, lot) is None else "BLOCKED"
    unit = _unit_for(cause, code, item_id, location_id, lot, expiry, status)
    enter(cause, "OPENING", "OPENING", unit, qty)
    return unit.id


def loose_unit(
    cause: Cause,
    item_id: int,
    location_id: int,
    lot: str = "",
    expiry: str = NO_EXPIRY,
    status: str = "AVAILABLE",
) -> Unit:
    """The loose stock of an item at a place, made (still empty) where there is none."""
    return _unit_for(cause, None, item_id, location_id, lot, expiry, status)


def _unit_for(
    cause: Cause,
    code: str | None,
    item_id: int,
    location_id: int,
    lot: str,
    expiry: str,
    status: str = "AVAILABLE",
) -> Unit:
    """The unit that pieces go into: a new one with this code, or the one loose row of the place.

    A used-up loose row is taken again rather than joined by a twin, so that an undo finds its own row.
    The row stays CONSUMED and empty until `enter` or a move puts pieces in.
    """
    if code is None:
        found = connection.row(
            f"{UNIT} WHERE site = ? AND location_id = ? AND item_id = ? AND lot = ? AND expiry = ? AND owner = ? "
            "AND kind = 'LOOSE' AND status IN (?, 'CONSUMED') ORDER BY CASE status WHEN 'CONSUMED' THEN 1 ELSE 0 END, "
            "id LIMIT 1",
            cause.site,
            location_id,
            item_id,
            lot,
            expiry,
            OWN,
            status,
        )
        if found:
            return replace(Unit(*found), status=status)
    unit_id = connection.insert(
        "handling_unit",
        site=cause.site,
        code=code or free_plate(cause.site),
        kind="LOOSE" if code is None else "CASE",
        item_id=item_id,
        lot=lot,
        expiry=expiry,
        status="CONSUMED",
        location_id=location_id,
        qty=0,
        received_at=cause.at,
    )
    return replace(unit_by_id(unit_id), status=status)


def enter(cause: Cause, kind: str, account: str, unit: Unit, qty: int) -> None:
    connection.execute("UPDATE handling_unit SET qty = qty + ?, status = ? WHERE id = ?", qty, unit.status, unit.id)
    write_move(cause, kind, unit.item_id, qty, source=None, target=unit, account=account)
    count(cause.site, unit.item_id, usable=qty if unit.in_pool else 0)


def leave(cause: Cause, unit: Unit, qty: int) -> None:
    take(cause, unit, qty, emptied="CONSUMED")
    write_move(cause, "ADJUST", unit.item_id, qty, source=unit, target=None, account="ADJUST")
    count(cause.site, unit.item_id, usable=-qty if unit.in_pool else 0)


# --- Pieces move --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Why:
    """What a move was for, where it was for a reservation."""

    order_line_id: int | None = None
    reservation_id: int | None = None


def move_whole(
    cause: Cause,
    kind: str,
    unit: Unit,
    *,
    location_id: int,
    status: str,
    order_id: int | None,
    why: Why | None = None,
    unreserve: int = 0,
    carried: bool = False,
) -> Unit:
    """All pieces of a unit change place, status or order as they stand; loose stock is poured into its new row.

    `unreserve` is how many of its reserved pieces stop being reserved in the same statement. A unit that goes
    elsewhere leaves its carrier, unless it is `carried` with it.
    """
    if unit.kind == "LOOSE":
        target = _unit_for(cause, None, unit.item_id, location_id, unit.lot, unit.expiry, status)
        return _pour(cause, kind, unit, unit.qty, target, why, unreserve)
    if not carried and (location_id, order_id) != (unit.location_id, unit.order_id):
        carrying.step_off(cause, unit)
        unit = replace(unit, carrier_id=None)
    after = replace(unit, location_id=location_id, status=status, order_id=order_id)
    connection.execute(
        "UPDATE handling_unit SET location_id = ?, status = ?, order_id = ?, qty_reserved = qty_reserved - ? WHERE id = ?",
        location_id,
        status,
        order_id,
        unreserve,
        unit.id,
    )
    write_move(cause, kind, unit.item_id, unit.qty, source=unit, target=after, why=why)
    count(
        cause.site,
        unit.item_id,
        usable=unit.qty * (after.in_pool - unit.in_pool),
        reserved=-unreserve if unit.in_pool else 0,
    )
    return replace(after, qty_reserved=unit.qty_reserved - unreserve)


def split(
    cause: Cause, kind: str, unit: Unit, qty: int, *, target: Unit, why: Why | None = None, unreserve: int = 0
) -> Unit:
    """Some pieces leave a unit for another one (new or existing); answers the target."""
    return _pour(cause, kind, unit, qty, target, why, unreserve)


def new_part(
    cause: Cause, unit: Unit, *, kind: str, location_id: int, status: str, order_id: int | None = None
) -> Unit:
    """An empty unit with a plate of its own for pieces split off `unit`: same item, lot, expiry and owner."""
    unit_id = connection.insert(
        "handling_unit",
        site=cause.site,
        code=free_plate(cause.site),
        kind=kind,
        item_id=unit.item_id,
        lot=unit.lot,
        expiry=unit.expiry,
        owner=unit.owner,
        status="CONSUMED",
        location_id=location_id,
        order_id=order_id,
        qty=0,
        origin_id=unit.id,
        receipt_id=unit.receipt_id,
        received_at=unit.received_at,
    )
    return replace(unit_by_id(unit_id), status=status)


def picked_unit(cause: Cause, unit: Unit, order_id: int, location_id: int) -> Unit:
    """The unit that collects pieces of this item and lot picked for an order at the shipping place."""
    found = connection.row(
        f"{UNIT} WHERE order_id = ? AND item_id = ? AND lot = ? AND expiry = ? AND owner = ? AND location_id = ? "
        f"AND kind = 'PICKED' AND (status = 'AVAILABLE' OR status = 'CONSUMED') "
        "ORDER BY CASE status WHEN 'CONSUMED' THEN 1 ELSE 0 END, id DESC LIMIT 1",
        order_id,
        unit.item_id,
        unit.lot,
        unit.expiry,
        unit.owner,
        location_id,
    )
    if found:
        return replace(Unit(*found), status="AVAILABLE")
    return new_part(cause, unit, kind="PICKED", location_id=location_id, status="AVAILABLE", order_id=order_id)


def _pour(cause: Cause, kind: str, unit: Unit, qty: int, target: Unit, why: Why | None, unreserve: int) -> Unit:
    take(cause, unit, qty, emptied="CONSUMED", unreserve=unreserve)
    connection.execute("UPDATE handling_unit SET qty = qty + ?, status = ? WHERE id = ?", qty, target.status, target.id)
    write_move(cause, kind, unit.item_id, qty, source=unit, target=target, why=why)
    count(
        cause.site,
        unit.item_id,
        usable=qty * (target.in_pool - unit.in_pool),
        reserved=-unreserve if unit.in_pool else 0,
    )
    return unit_by_id(target.id)


def take(cause: Cause, unit: Unit, qty: int, *, emptied: str, unreserve: int = 0) -> None:
    if qty == unit.qty:
        carrying.step_off(cause, unit)
    connection.execute(
        "UPDATE handling_unit SET qty = qty - ?, qty_reserved = qty_reserved - ?, "
        "status = CASE WHEN qty = ? THEN ? ELSE status END WHERE id = ?",
        qty,
        unreserve,
        qty,
        emptied,
        unit.id,
    )


def write_move(
    cause: Cause,
    kind: str,
    item_id: int,
    qty: int,
    *,
    source: Unit | None,
    target: Unit | None,
    account: str = "",
    why: Why | None = None,
) -> None:
    connection.insert_row(
        "stock_move",
        site=cause.site,
        at=cause.at,
        kind=kind,
        item_id=item_id,
        qty=qty,
        from_account="UNIT" if source else account,
        from_unit_id=source.id if source else None,
        from_location_id=source.location_id if source else None,
        from_status=source.status if source else "",
        from_order_id=source.order_id if source else None,
        to_account="UNIT" if target else account,
        to_unit_id=target.id if target else None,
        to_location_id=target.location_id if target else None,
        to_status=target.status if target else "",
        to_order_id=target.order_id if target else None,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
        order_line_id=why.order_line_id if why else None,
        reservation_id=why.reservation_id if why else None,
        reason=cause.reason,
    )
