"""Units that are stopped and let go again: to BLOCKED, from there to QUARANTINE, from there to free stock."""

from __future__ import annotations

from dataclasses import replace

from db import connection
from warehouse.reply import Freed
from warehouse.stock.ledger import Why, move_whole, write_move
from warehouse.stock.lines import lines_by_id, save_lines
from warehouse.stock.promises import Reservation, reservation_by_id, void_on_unit
from warehouse.stock.units import Cause, Unit, unit_by_id


def block(cause: Cause, unit: Unit) -> list[Freed]:
    """Stop a unit: what was promised of it is void, what was picked is taken out of its order; answers whose it was."""
    if unit.order_id is not None:
        return _unpick(cause, unit)
    freed = void_on_unit(cause, unit, keep=0)
    change_status(cause, "BLOCK", unit_by_id(unit.id), "BLOCKED")
    return freed


def change_status(cause: Cause, kind: str, unit: Unit, status: str) -> Unit:
    """All pieces of a unit that nobody picked get another status where they stand."""
    return move_whole(cause, kind, unit, location_id=unit.location_id, status=status, order_id=None)


def _unpick(cause: Cause, unit: Unit) -> list[Freed]:
    """A picked unit leaves its order where it stands, with a move for each reservation whose pieces are in it.

    It is a unit of its own from now on, also where it had collected pieces for the order.
    """
    after = replace(unit, status="BLOCKED", order_id=None)
    connection.execute(
        "UPDATE handling_unit SET status = ?, order_id = NULL, kind = 'CASE' WHERE id = ?", after.status, unit.id
    )
    freed = []
    for reservation_id, qty in picked_into(unit.id):
        reservation = reservation_by_id(reservation_id)
        line = lines_by_id([reservation.line_id])[reservation.line_id]
        why = Why(line.id, reservation.id)
        write_move(cause, "UNPICK", unit.item_id, qty, source=unit, target=after, why=why)
        _void_picked(cause, reservation, qty)
        save_lines(cause.site, [(line, replace(line, picked=line.picked - qty, open=line.open + qty))])
        freed.append(Freed(line.order, line.line, line.sku, qty))
    if sum(lost.quantity for lost in freed) != unit.qty:
        raise LookupError(f"the picks into unit {unit.id} are not what it holds")
    return freed


def picked_into(unit_id: int) -> list[tuple[int, int]]:
    """The reservations whose picked pieces a unit holds, with how many, in the order of their ids."""
    found = connection.rows(
        "SELECT reservation_id, CAST(SUM(pieces) AS BIGINT) FROM ("
        "SELECT reservation_id, qty AS pieces FROM stock_move WHERE to_unit_id = ? AND kind = 'PICK' UNION ALL "
        "SELECT m.reservation_id, -m.qty FROM stock_move m LEFT JOIN stock_move o ON o.id = m.reverses "
        "WHERE m.from_unit_id = ? AND (m.kind = 'UNPICK' OR o.kind = 'PICK')"
        ") picked GROUP BY reservation_id HAVING SUM(pieces) > 0 ORDER BY reservation_id",
        unit_id,
        unit_id,
    )
    return [(row[0], row[1]) for row in found]


def _void_picked(cause: Cause, reservation: Reservation, qty: int) -> None:
    """Picked pieces of a reservation are void: they are no longer promised either, so no unit's counter changes."""
    voided = reservation.qty_voided + qty
    picked = reservation.qty_picked - qty
    done = "PICKED" if picked + voided == reservation.qty else "OPEN"
    state = "VOIDED" if voided == reservation.qty else done
    connection.execute(
        "UPDATE reservation SET qty_picked = ?, qty_voided = ?, state = ? WHERE id = ?",
        picked,
        voided,
        state,
        reservation.id,
    )
    connection.insert_row(
        "reservation_void",
        site=cause.site,
        reservation_id=reservation.id,
        qty=qty,
        scan_id=cause.scan_id,
        reason=cause.reason,
        at=cause.at,
    )
    if state == "VOIDED":
        connection.execute(
            "UPDATE pick_task SET state = 'CANCELLED', at = ? WHERE reservation_id = ?", cause.at, reservation.id
        )
