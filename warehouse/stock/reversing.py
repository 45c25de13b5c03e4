"""Moves are reversed: the opposite is written, naming the original, and the pieces are back where they were."""

from __future__ import annotations

from dataclasses import dataclass, replace

from db import connection
from warehouse.stock import carrying
from warehouse.stock.ledger import take
from warehouse.stock.totals import count
from warehouse.stock.units import Cause, unit_by_id


@dataclass(frozen=True, slots=True)
class Move:
    """A row of the ledger, as far as a reversal needs it."""

    id: int
    kind: str
    item_id: int
    qty: int
    from_account: str
    from_unit_id: int | None
    from_location_id: int | None
    from_status: str
    from_order_id: int | None
    to_account: str
    to_unit_id: int | None
    to_location_id: int | None
    to_status: str
    to_order_id: int | None
    po_line_id: int | None
    order_line_id: int | None
    reservation_id: int | None


_MOVE = (
    "SELECT m.id, m.kind, m.item_id, m.qty, m.from_account, m.from_unit_id, m.from_location_id, m.from_status, "
    "m.from_order_id, m.to_account, m.to_unit_id, m.to_location_id, m.to_status, m.to_order_id, m.po_line_id, "
    "m.order_line_id, m.reservation_id FROM stock_move m "
)


def moves_of(scan_id: str) -> list[Move]:
    """The moves that a scan wrote, in the order it wrote them."""
    return [Move(*row) for row in connection.rows(f"{_MOVE} WHERE m.scan_id = ? ORDER BY m.id", scan_id)]


def standing_moves(unit_id: int) -> list[Move]:
    """What moved a unit or a part of it and was not taken back, in the order of the ledger."""
    found = connection.rows(
        f"{_MOVE} WHERE (m.from_unit_id = ? OR m.to_unit_id = ?) AND m.reverses IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses = m.id) ORDER BY m.id",
        unit_id,
        unit_id,
    )
    return [Move(*row) for row in found]


def reverse(cause: Cause, move: Move) -> None:
    """Write the opposite of a move, naming it, and put the pieces back where they were.

    A unit that came from outside and is empty again is VOIDED: its code may be captured anew. The caller has
    checked that the pieces are still where the move put them. A move can be reversed once (UNIQUE). What left its
    carrier by the move is on it again; only of a MOVE, which may be one of a whole pallet, the carriers are left to
    the caller.
    """
    source = unit_by_id(move.from_unit_id) if move.from_unit_id else None
    target = unit_by_id(move.to_unit_id) if move.to_unit_id else None
    usable = 0
    if source and target and source.id == target.id:
        if move.kind != "MOVE" and move.from_location_id != move.to_location_id:
            carrying.step_off(cause, source)
        connection.execute(
            "UPDATE handling_unit SET location_id = ?, status = ?, order_id = ? WHERE id = ?",
            move.from_location_id,
            move.from_status,
            move.from_order_id,
            source.id,
        )
        before = replace(
            source,
            status=move.from_status,
            order_id=move.from_order_id,
        )
        usable = move.qty * (before.in_pool - target.in_pool)
    else:
        if target:
            take(cause, target, move.qty, emptied="CONSUMED" if source else "VOIDED")
            usable -= move.qty * target.in_pool
        if source:
            back = replace(source, status=move.from_status)
            connection.execute(
                "UPDATE handling_unit SET qty = qty + ?, status = ? WHERE id = ?",
                move.qty,
                back.status,
                back.id,
            )
            usable += move.qty * back.in_pool
    if source and move.kind != "MOVE":
        carrying.step_back(cause, move.id, unit_by_id(source.id))
    connection.insert_row(
        "stock_move",
        site=cause.site,
        at=cause.at,
        kind="UNDO",
        item_id=move.item_id,
        qty=move.qty,
        from_account=move.to_account,
        from_unit_id=move.to_unit_id,
        from_location_id=move.to_location_id,
        from_status=move.to_status,
        from_order_id=move.to_order_id,
        to_account=move.from_account,
        to_unit_id=move.from_unit_id,
        to_location_id=move.from_location_id,
        to_status=move.from_status,
        to_order_id=move.from_order_id,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
        po_line_id=move.po_line_id,
        order_line_id=move.order_line_id,
        reservation_id=move.reservation_id,
        reason=cause.reason,
        reverses=move.id,
    )
    count(cause.site, move.item_id, usable=usable)
