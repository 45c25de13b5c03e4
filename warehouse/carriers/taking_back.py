"""A scan that moved units and carriers is taken back: each stands on what it stood on before.

The ledger's rows are reversed first, by the caller: the units are at the place that they came from by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import stock
from warehouse.carriers.locking import lock_rows
from warehouse.carriers.looking import by_code, by_id, inside, units_on
from warehouse.carriers.moving import stand_on
from warehouse.messages import refuse, tail
from warehouse.stock import carrying

if TYPE_CHECKING:
    from warehouse.carriers.looking import Carrier
    from warehouse.flows.steps import Context
    from warehouse.stock import Move


@dataclass(frozen=True, slots=True)
class _Boarding:
    """A row of carrier_move."""

    unit_id: int | None
    carrier_id: int | None
    before: int | None
    after: int | None


def take_back(context: Context, scan_id: str, moves: list[Move]) -> None:
    """Undo what a scan did to carriers, last things first; `moves` are the scan's rows in the ledger.

    Refuses when a carrier has moved, was filled or was broken up since.
    """
    rows = [
        _Boarding(*row)
        for row in connection.rows(
            "SELECT unit_id, carrier_id, from_carrier_id, to_carrier_id FROM carrier_move WHERE scan_id = ? "
            "ORDER BY id DESC",
            scan_id,
        )
    ]
    named = {one for row in rows for one in (row.carrier_id, row.before, row.after) if one is not None}
    lock_rows({one for carrier_id in named for one in inside(carrier_id)})
    for row in rows:
        if row.carrier_id is not None:
            _carrier_back(context, row, row.carrier_id, moves)
        elif row.unit_id is not None:
            _unit_back(context, row, row.unit_id, moves[0].from_location_id)


def _carrier_back(context: Context, row: _Boarding, carrier_id: int, moves: list[Move]) -> None:
    carrier, origin = by_id(carrier_id), moves[0].from_location_id
    if carrier.parent_id != row.after:
        _refuse(carrier, "it stands on something else now.")
    if carrier.state == "BROKEN":
        if by_code(context.site.code, carrier.code) is not None or stock.live_unit(context.site.code, carrier.code):
            _refuse(carrier, "its number is in use again.")
        connection.execute("UPDATE carrier SET state = 'OPEN' WHERE id = ?", carrier_id)
    if carrier.location_id not in (origin, moves[0].to_location_id):
        _refuse(carrier, "it was moved since.")
    if {unit.id for unit in units_on(carrier_id)} - {move.to_unit_id for move in moves}:
        _refuse(carrier, "more was put on it since.")
    ids = sorted(inside(carrier_id))
    connection.execute(f"UPDATE carrier SET location_id = ? WHERE id IN ({connection.marks(ids)})", origin, *ids)
    _check_stands(row.before, origin)
    stand_on(context.cause("UNDO"), carrier_id, row.after, row.before)


def _unit_back(context: Context, row: _Boarding, unit_id: int, origin: int | None) -> None:
    unit = stock.unit_by_id(unit_id)
    if unit.carrier_id != row.after:
        refuse("undo_used", code=tail(unit.code), why="it stands on something else now.")
    _check_stands(row.before, origin)
    carrying.board(context.cause("UNDO"), [unit], row.before)


def _check_stands(carrier_id: int | None, origin: int | None) -> None:
    """What it is put back on is where the pieces are again."""
    if carrier_id is None:
        return
    carrier = by_id(carrier_id)
    if carrier.state == "BROKEN":
        _refuse(carrier, "it was broken up since.")
    if carrier.location_id != origin:
        _refuse(carrier, "it was moved since.")


def _refuse(carrier: Carrier, why: str) -> None:
    refuse("undo_used", code=tail(carrier.code), why=why)
