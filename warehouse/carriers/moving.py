"""Units and carriers are put on carriers and taken off, carriers move with all on them, and are broken up.

Each unit that is touched gets a row in the ledger, also where only what it stands on changes: F4 takes back what it
finds there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection
from warehouse import stock
from warehouse.carriers.locking import lock
from warehouse.carriers.looking import ABOVE, Carrier, inside, live, units_on
from warehouse.messages import refuse, tail
from warehouse.stock import carrying

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.flows.steps import Context
    from warehouse.stock import Cause, Unit

DEPTH = 4  # carriers on carriers, the lowest one counted


def berth(carrier_id: int) -> int:
    """The place at which a case that is received onto it stands; it does not move before the transaction ends.

    Refuses a carrier that is full or broken up. The caller has locked the item.
    """
    ending = "" if connection.dialect() == "sqlite" else " FOR UPDATE"
    place, state, code = connection.one(
        f"SELECT location_id, state, code FROM carrier WHERE id = ?{ending}", carrier_id
    )
    if state != "OPEN":
        refuse("carrier_full" if state == "CLOSED" else "carrier_gone", code=tail(code))
    return int(place)


def received(cause: Cause, unit_id: int, carrier_id: int) -> None:
    """A case that came in with its `carrier_id` set already: the row that tells so."""
    connection.insert_row(
        "carrier_move",
        site=cause.site,
        at=cause.at,
        unit_id=unit_id,
        to_carrier_id=carrier_id,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
    )


def put_unit(context: Context, unit_id: int, carrier_id: int) -> int:
    """Put a unit on a carrier: it stands where that stands; answers the rows in the ledger."""
    lock(context, [carrier_id], [unit_id])
    onto, unit = _open(carrier_id), stock.unit_by_id(unit_id)
    if unit.carrier_id == carrier_id:
        refuse("carrier_on_it", code=tail(unit.code))
    moves = _move_units(context.cause(), [unit], onto.location_id)
    carrying.board(context.cause(), [unit], carrier_id)
    return moves


def put_carrier(context: Context, carrier_id: int, onto_id: int) -> int:
    """Put a carrier, with all on it, on another one; refuses a circle and more than `DEPTH` of them."""
    lock(context, [carrier_id, onto_id])
    onto, carrier = _open(onto_id), live(carrier_id)
    within = inside(carrier_id)
    if onto_id in within:
        refuse("carrier_in_itself", code=tail(carrier.code))
    if carrier.parent_id == onto_id:
        refuse("carrier_on_it", code=tail(carrier.code))
    if len(connection.rows(ABOVE, onto_id)) + max(within.values()) > DEPTH:
        refuse("carrier_deep", n=DEPTH)
    return _relocate(context, carrier, onto.location_id, onto_id)


def take_off(context: Context, unit_id: int) -> int:
    """Take a unit off its carrier; it stands at the place of that. Answers the rows in the ledger."""
    lock(context, [], [unit_id])  # a carrier moves under the locks of all that stands on it
    unit = stock.unit_by_id(unit_id)
    if unit.carrier_id is None:
        refuse("carrier_none", code=tail(unit.code))
    moves = _move_units(context.cause(), [unit], unit.location_id)
    carrying.board(context.cause(), [unit], None)
    return moves


def move(context: Context, carrier_id: int, location_id: int) -> int:
    """A carrier goes to a place with all on it, off the one that it stood on; answers the rows in the ledger."""
    lock(context, [carrier_id])
    return _relocate(context, live(carrier_id), location_id, None)


def break_up(context: Context, carrier_id: int) -> int:
    """All that stands on it stands at its place by itself; answers the rows in the ledger.

    Its number is free again, unless it is an SSCC.
    """
    lock(context, [carrier_id])
    broken = live(carrier_id)
    cause = context.cause("BREAK")
    units = units_on(carrier_id)
    moves = _move_units(cause, units, broken.location_id)
    carrying.board(cause, [unit for unit in units if unit.carrier_id == carrier_id], None)
    for (child_id,) in connection.rows("SELECT id FROM carrier WHERE parent_id = ? ORDER BY id", carrier_id):
        stand_on(cause, child_id, carrier_id, None)
    stand_on(cause, carrier_id, broken.parent_id, None)
    connection.execute("UPDATE carrier SET state = 'BROKEN' WHERE id = ?", carrier_id)
    return moves


def _open(carrier_id: int) -> Carrier:
    carrier = live(carrier_id)
    if carrier.state == "CLOSED":
        refuse("carrier_full", code=tail(carrier.code))
    return carrier


def _relocate(context: Context, carrier: Carrier, location_id: int, onto_id: int | None) -> int:
    """The row of carrier_move is written also where it stood on none before: it tells that the carrier went."""
    moves = _move_units(context.cause(), units_on(carrier.id), location_id)
    ids = sorted(inside(carrier.id))
    connection.execute(f"UPDATE carrier SET location_id = ? WHERE id IN ({connection.marks(ids)})", location_id, *ids)
    stand_on(context.cause(), carrier.id, carrier.parent_id, onto_id)
    return moves


def _move_units(cause: Cause, units: Sequence[Unit], location_id: int) -> int:
    with connection.at_once():
        for unit in units:
            stock.move_whole(
                cause,
                "MOVE",
                unit,
                location_id=location_id,
                status=unit.status,
                order_id=unit.order_id,
                carried=True,
            )
    return len(units)


def stand_on(cause: Cause, carrier_id: int, before: int | None, after: int | None) -> None:
    """A carrier stands on another one from now on, or with None on none; the row that tells so."""
    connection.insert_row(
        "carrier_move",
        site=cause.site,
        at=cause.at,
        carrier_id=carrier_id,
        from_carrier_id=before,
        to_carrier_id=after,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
    )
    connection.execute("UPDATE carrier SET parent_id = ? WHERE id = ?", after, carrier_id)
