"""Changes of pieces and promises together: a pick, a pick undone, a correction."""

from __future__ import annotations

from dataclasses import replace

from db import connection
from warehouse.reply import Freed
from warehouse.stock.ledger import Why, enter, leave, move_whole, picked_unit, split
from warehouse.stock.lines import lines_by_id, save_lines
from warehouse.stock.promises import Reservation, void_on_unit
from warehouse.stock.ship_sets import FREE_TASK, lock_of_tasks
from warehouse.stock.units import Cause, Unit, unit_by_id


def adjust(cause: Cause, unit: Unit, quantity: int) -> list[Freed]:
    """Add pieces to a unit or take them away, against the account ADJUST; answers whose reservations fell.

    A minus first voids what no longer fits, last rank first. The caller has checked that the unit holds enough.
    """
    if quantity > 0:
        enter(cause, "ADJUST", "ADJUST", unit, quantity)
        return []
    freed = void_on_unit(cause, unit, keep=unit.qty + quantity)
    leave(cause, unit_by_id(unit.id), -quantity)
    return freed


def confirm_pick(cause: Cause, reservation: Reservation, unit: Unit, qty: int, ship_location_id: int) -> None:
    """Pieces of a reservation leave their unit for the order's own at the shipping place.

    A full case goes as it is, with its order; pieces are split off. The rest of the reservation, if any, is
    the caller's to void in the same transaction.
    """
    line = lines_by_id([reservation.line_id])[reservation.line_id]
    order_id = connection.value("SELECT order_id FROM order_line WHERE id = ?", line.id)
    why = Why(line.id, reservation.id)
    if unit.kind != "LOOSE" and qty == unit.qty:
        move_whole(
            cause,
            "PICK",
            unit,
            location_id=ship_location_id,
            status=unit.status,
            order_id=order_id,
            why=why,
            unreserve=qty,
        )
    else:
        target = picked_unit(cause, unit, order_id, ship_location_id)
        split(cause, "PICK", unit, qty, target=target, why=why, unreserve=qty)
    _count_picked(cause, reservation, qty, task="'DONE'")
    save_lines(cause.site, [(line, replace(line, reserved=line.reserved - qty, picked=line.picked + qty))])


def reopen_pick(cause: Cause, reservation: Reservation, qty: int) -> None:
    """The counterpart of `confirm_pick` after its move was reversed: the same pieces are promised again."""
    line = lines_by_id([reservation.line_id])[reservation.line_id]
    connection.execute(
        "UPDATE handling_unit SET qty_reserved = qty_reserved + ? WHERE id = ?", qty, reservation.unit_id
    )
    if line.set_id is not None:
        lock_of_tasks("t.reservation_id = ?", reservation.id)
    _count_picked(cause, reservation, -qty, task=FREE_TASK)
    after = replace(line, reserved=line.reserved + qty, picked=line.picked - qty)
    save_lines(cause.site, [(line, after)], reserved=qty)


def _count_picked(cause: Cause, reservation: Reservation, qty: int, *, task: str) -> None:
    """`task` is SQL for the state that its pick task has then."""
    picked = reservation.qty_picked + qty
    state = "PICKED" if picked + reservation.qty_voided == reservation.qty else "OPEN"
    connection.execute("UPDATE reservation SET qty_picked = ?, state = ? WHERE id = ?", picked, state, reservation.id)
    connection.execute(
        f"UPDATE pick_task SET state = {task}, operator_id = ?, at = ? WHERE reservation_id = ?",
        cause.operator_id if qty > 0 else None,
        cause.at,
        reservation.id,
    )
