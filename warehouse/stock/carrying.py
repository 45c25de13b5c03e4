"""What stands on which pallet or tote: each change is a row of carrier_move, and unit or carrier points at what is true.

A unit whose pieces leave it, or that goes somewhere by itself, leaves its carrier in the same breath; a reversal of
that puts it back, as long as the carrier is still there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.stock.units import Cause, Unit


def board(cause: Cause, units: Sequence[Unit], carrier_id: int | None) -> None:
    """These units stand on this carrier from now on, or with None on none; those that stand so already are left alone."""
    change([(cause, unit.id, unit.carrier_id, carrier_id) for unit in units if unit.carrier_id != carrier_id])


def change(rows: Sequence[tuple[Cause, int, int | None, int | None]]) -> None:
    """Units by id, each with the carrier that it leaves and the one that it is put on."""
    connection.many(
        "INSERT INTO carrier_move (site, at, unit_id, from_carrier_id, to_carrier_id, scan_id, operator_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (cause.site, cause.at, unit_id, before, after, cause.scan_id, cause.operator_id)
            for cause, unit_id, before, after in rows
        ],
    )
    connection.many(
        "UPDATE handling_unit SET carrier_id = ? WHERE id = ?", [(after, unit_id) for _, unit_id, _, after in rows]
    )


def step_off(cause: Cause, unit: Unit) -> None:
    """A unit leaves its carrier, if it is on one."""
    if unit.carrier_id is not None:
        board(cause, [unit], None)


def step_back(cause: Cause, move_id: int, unit: Unit) -> None:
    """What left its carrier by this move is put back on it, if the carrier still stands where the unit is now."""
    if unit.carrier_id is not None:
        return
    carrier_id = connection.value(
        "SELECT c.id FROM stock_move m JOIN carrier_move b ON b.scan_id = m.scan_id AND b.unit_id = ? "
        "JOIN carrier c ON c.id = b.from_carrier_id WHERE m.id = ? AND b.to_carrier_id IS NULL "
        "AND c.state <> 'BROKEN' AND c.location_id = ? ORDER BY b.id DESC LIMIT 1",
        unit.id,
        move_id,
        unit.location_id,
    )
    if carrier_id is not None:
        board(cause, [unit], carrier_id)
