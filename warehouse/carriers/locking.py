"""The locks of what is done with carriers: the items on them first, then the carriers themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection
from warehouse import stock
from warehouse.carriers.looking import ABOVE, INSIDE, inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from warehouse.flows.steps import Context


def lock(context: Context, carrier_ids: Iterable[int], unit_ids: Sequence[int] = ()) -> None:
    """Lock the items on these carriers and of these units, then the carriers with all on and under them.

    What stands on them is only believed after this; when it changed meanwhile, the transaction runs again.
    """
    wanted = sorted(set(carrier_ids))
    before = _family(wanted), _items(wanted, unit_ids)
    connection.locked(context.site.code, before[1])
    lock_rows(before[0])
    if (_family(wanted), _items(wanted, unit_ids)) != before:
        raise connection.Conflict("what stands on a carrier has changed")


def lock_rows(carrier_ids: Iterable[int]) -> None:
    ids = sorted(set(carrier_ids))
    ending = "" if connection.dialect() == "sqlite" else " FOR UPDATE"
    connection.rows(f"SELECT id FROM carrier WHERE id IN ({connection.marks(ids)}) ORDER BY id{ending}", *ids)


def _family(carrier_ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for carrier_id in carrier_ids:
        found |= inside(carrier_id).keys() | {row[0] for row in connection.rows(ABOVE, carrier_id)}
    return found


def _items(carrier_ids: Iterable[int], unit_ids: Sequence[int]) -> set[int]:
    found = {unit.item_id for unit in stock.units_by_id(unit_ids)}
    for carrier_id in carrier_ids:
        rows = connection.rows(
            f"{INSIDE} SELECT DISTINCT u.item_id FROM inside i JOIN handling_unit u ON u.carrier_id = i.id", carrier_id
        )
        found |= {row[0] for row in rows}
    return found
