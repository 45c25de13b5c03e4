"""A unit that is in already is put on hold: it leaves every promise at once, and what is wrong is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import discrepancies, label_jobs, release, stock
from warehouse.messages import refuse, tail

if TYPE_CHECKING:
    from warehouse.flows.steps import Context
    from warehouse.inbound.case import Case
    from warehouse.reply import Freed, Released
    from warehouse.stock import Unit


@dataclass(frozen=True, slots=True)
class Held:
    """The unit that went on hold, whose promises fell, who got other stock, and whether its label comes."""

    unit: Unit
    freed: tuple[Freed, ...]
    released: tuple[Released, ...]
    labelled: bool


def hold(context: Context, unit_id: int, mark: Case) -> Held:
    """Put a unit on hold where it stands, for the reason of the mark; its orders get what else is free.

    Refuses a unit that somebody has picked, of which nothing is left, or that is on hold or stopped already. Only a
    lead lets it go again (`warehouse.blocks`).
    """
    unit = lock(context, unit_id)
    refuse_unless_free(unit)
    cause = context.cause(mark.problem)
    freed = stock.void_on_unit(cause, unit, keep=0)
    held = stock.change_status(cause, "QUARANTINE", stock.unit_by_id(unit.id), "QUARANTINE")
    discrepancies.record(
        context,
        mark.problem,
        qty=unit.qty,
        receipt_id=unit.receipt_id,
        line_id=unit.po_line_id,
        unit_id=unit.id,
        item_id=unit.item_id,
        photo=mark.photo,
        note=mark.note,
    )
    labelled = bool(context.printer)
    if labelled:
        label_jobs.ask(context, unit.id, kind="HOLD")
    trigger = release.Trigger("hold", unit.id, unit.receipt_id)
    released = release.release(cause, unit.item_id, trigger, context.today.isoformat())
    return Held(held, tuple(freed), released, labelled)


def lock(context: Context, unit_id: int) -> Unit:
    """Lock a unit's item; answers the unit as it is then."""
    connection.locked(context.site.code, [stock.unit_by_id(unit_id).item_id])
    return stock.unit_by_id(unit_id)


def refuse_unless_free(unit: Unit) -> None:
    """STOP, if nothing of the unit can be put on hold here."""
    if unit.order_id is not None:
        order = connection.value("SELECT order_no FROM order_header WHERE id = ?", unit.order_id)
        refuse("hold_picked", code=tail(unit.code), order=order)
    if not unit.qty or unit.kind == "LOOSE":
        refuse("hold_nothing", code=tail(unit.code))
    if unit.status not in stock.POOL_STATUS:
        refuse("hold_before", code=tail(unit.code), status=unit.status)
