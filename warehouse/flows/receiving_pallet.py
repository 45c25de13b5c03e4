"""One scan of an announced pallet receives all its cases as announced; each can still be corrected afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse import carriers, doubts, inbound, items, stock
from warehouse.flows import receiving_known as known_
from warehouse.flows.receiving_save import gains, save
from warehouse.flows.receiving_steps import AddOrder, ScanCase
from warehouse.messages import refuse, reply, tail

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.flows.steps import Context
    from warehouse.inbound import AsnUnit
    from warehouse.reply import Reply


def receive_pallet(step: ScanCase, sscc: str, code: Code, context: Context) -> Reply:
    """Save every announced case of this pallet that has not come yet, in one transaction.

    In blind receiving nothing is taken as announced, and where the pallet's own label says something else it is not
    either: its cases are scanned one by one.
    """
    units = inbound.announced_on(context.site.code, sscc)
    if step.at.blind:
        refuse("pallet_blind", code=tail(sscc))
    _refuse_other_content(units, code, context)
    waiting = [unit for unit in units if not unit.came]
    other = next((unit for unit in units if unit.po_id is not None and unit.po_id not in step.at.po_ids), None)
    if other is not None and other.po_id is not None and step.at.mode != "UNORDERED":
        order = inbound.purchase_order_by_id(other.po_id)
        return reply(AddOrder(step.at, order.id), "case_of_other", code=tail(sscc), po=order.po)
    if not waiting:
        return reply(step, "pallet_in", code=tail(sscc), n=len(units))
    if context.dock is None:
        refuse("no_dock")
    inbound.lock_all(context, {unit.item_id for unit in waiting})
    # Another terminal may have taken some of them before the lock.
    waiting = [unit for unit in inbound.announced_on(context.site.code, sscc) if not unit.came]
    if not waiting:
        return reply(step, "pallet_in", code=tail(sscc), n=len(units))
    carrier = carriers.by_code(context.site.code, sscc) or carriers.open_new(
        context, sscc, step.at.place_id or context.dock.id
    )
    on_it = replace(step, at=replace(step.at, carrier_id=carrier.id, place_id=carrier.location_id))
    saved = [_save(on_it, unit, sscc, context) for unit in waiting]
    agreed = tuple(dict.fromkeys(one for answered in saved for one in _agreed(answered)))
    released = tuple(one for answered in saved for one in answered.released)
    pieces = sum(unit.quantity for unit in waiting)
    answered = reply(
        ScanCase(replace(step.at, agreed=agreed)), "saved_pallet", n=len(saved), qty=pieces,
        code=tail(sscc), gains=gains(released),
    )  # fmt: skip
    labels = tuple(code for one in saved for code in one.labels)
    return replace(answered, unit=sscc, released=released, moves=sum(one.moves for one in saved), labels=labels)


def _refuse_other_content(units: list[AsnUnit], code: Code, context: Context) -> None:
    """The label of a pallet may say what is on it: item, lot, and how many pieces or cases (GS1 AI 02, 10, 37)."""
    if not code.item_codes:
        return
    found = items.by_code(context.site.code, code)
    same = found is not None and {unit.item_id for unit in units} == {found[0].id}
    lots = {unit.lot for unit in units} - {""}
    told = (None, len(units), sum(unit.quantity for unit in units))
    if not same or (code.lot and lots - {code.lot}) or code.quantity not in told:
        refuse("pallet_by_case", code=tail(units[0].parent_sscc), want=tail(units[0].sscc))


def _agreed(saved: Reply) -> tuple[str, ...]:
    assert isinstance(saved.step, ScanCase)
    return saved.step.at.agreed


def _save(step: ScanCase, unit: AsnUnit, sscc: str, context: Context) -> Reply:
    from warehouse.flows.receiving_case import case_of

    item = items.by_id(unit.item_id)
    case = case_of(unit, item)
    missing = (item.lot_control and not case.lot) or (item.expiry_control and not case.expiry) or item.serial_control
    if missing or (item.weighed and item.weight_unit):
        refuse("pallet_by_case", code=tail(sscc), want=tail(unit.sscc))
    if stock.known_unit(context.site.code, unit.sscc) is not None:
        refuse("pallet_by_case", code=tail(sscc), want=tail(unit.sscc))
    line = inbound.line_for(step.at.po_ids, item.id, unit.po_line_id) if step.at.po_ids else None
    known = known_.read(context, step.at, line, case)
    doubt = doubts.first(case, known)
    asked: tuple[str, ...] = ()
    if doubt is not None and (doubt.about, doubt.ask) == ("day", "KEEP"):
        asked = ("day",)
        doubt = doubts.first(case, known, asked)
    if doubt is not None or doubts.status_of(case, known)[0] != "AVAILABLE":  # a case on hold is told by itself
        refuse("pallet_by_case", code=tail(sscc), want=tail(unit.sscc))
    return save(step, case, known, asked, context)
