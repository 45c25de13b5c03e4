"""A case that is in was counted wrong: its right count, lot and day are asked for, and it is captured anew.

The new count meets the same doubts as any other. While nothing is saved, Esc goes back to where the person was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse import inbound, items, stock, things
from warehouse.flows import correct_save, keyed, problem_parked
from warehouse.flows.problem_steps import (
    Aside,
    CorrectCount,
    CorrectExpiry,
    CorrectLot,
    CorrectNone,
    CorrectScan,
    Counting,
)
from warehouse.flows.receiving_case import next_question
from warehouse.flows.receiving_labels import refuse_other_label
from warehouse.flows.receiving_save import DELIVERY_WIDE
from warehouse.flows.receiving_steps import HowMany
from warehouse.flows.steps import Key, Scan
from warehouse.inbound import OPENED, Case, Correction, Delivery, correcting
from warehouse.inbound.receipts import receipt_by_id
from warehouse.messages import refuse, refuse_key, reply, tail
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Input
    from warehouse.inbound.correcting import Counted
    from warehouse.items import Item
    from warehouse.reply import Reply

# What need not be asked again where the count stays: it was answered when the case came in.
_COUNT = ("count", "over", "weight")


def begin(step: Aside) -> Reply:
    """Correct the case that is meant, or ask which."""
    if step.unit_id:
        return ask(step, step.unit_id)
    return reply(CorrectScan(step.at, step.parked), "correct_scan")


def answer(step: Aside, given: Input, context: Context) -> Reply:
    """One input on the way to a corrected case."""
    match step, given:
        case CorrectScan(), Scan():
            unit = stock.known_unit(context.site.code, given.code.identity or given.text)
            if unit is None:
                things.refuse_unexpected(context.site.code, given.code, step)
            return ask(step, unit.id)
        case CorrectCount(), Key("ENTER" | "DONE"):
            return _as_counted(step, context)
        case CorrectCount(), Scan():
            return _count(step, keyed.count(step, given, least=0), context)
        case CorrectLot(), (Scan() | Key("ENTER" | "DONE")):
            return _lot(step, given, context)
        case CorrectExpiry(), (Scan() | Key("ENTER" | "DONE")):
            return _expiry(step, given, context)
        case CorrectNone(), Key("ENTER" | "DONE"):
            return correct_save.take_out(step, context)
        case _, Key(name):
            refuse_key(name, step)
        case _, Scan():
            things.refuse_unexpected(context.site.code, given.code, step)
    raise AssertionError((step, given))


# --- What is right --------------------------------------------------------------------------------------


def ask(step: Aside, unit_id: int, *, opened: bool = False) -> Reply:
    """Show how a case was counted, and ask for the right count."""
    was = _counted(unit_id)
    item = items.by_id(was.unit.item_id)
    asking = CorrectCount(step.at, step.parked, unit_id, opened=opened)
    words = {"qty": was.unit.qty, "unit": item.unit, "item": item.description, "code": tail(was.unit.code)}
    return reply(asking, "correct_count", **words)


def _counted(unit_id: int) -> Counted:
    was = correcting.counted(unit_id)
    if was is None:
        refuse("correct_foreign", code=tail(stock.unit_by_id(unit_id).code))
    return was


def _as_counted(step: CorrectCount, context: Context) -> Reply:
    """ENTER: the count is right; where pieces of it are gone, nobody can tell, and a count is asked for."""
    was = _counted(step.unit_id)
    if not correcting.used(was.unit):
        return _count(step, was.quantity, context)
    unit = correcting.ask_count(context, step.unit_id)
    to = problem_parked.parked(step)
    return replace(reply(to, "count_asked", code=tail(unit.code), next=to.next), unit=unit.code)


def _count(step: CorrectCount, quantity: int, context: Context) -> Reply:
    was = _counted(step.unit_id)
    correcting.refuse_if_used(was.unit)
    item = items.by_id(was.unit.item_id)
    if not quantity:
        words = {"code": tail(was.unit.code), "qty": was.quantity, "unit": item.unit}
        return reply(CorrectNone(step.at, step.parked, step.unit_id), "correct_none", **words)
    if item.lot_control:
        asking = CorrectLot(step.at, step.parked, step.unit_id, opened=step.opened, quantity=quantity)
        return reply(asking, "correct_lot", got=was.unit.lot)
    return _ask_expiry(step, quantity, was.unit.lot, item, context)


def _lot(step: CorrectLot, given: Scan | Key, context: Context) -> Reply:
    was = _counted(step.unit_id)
    item = items.by_id(was.unit.item_id)
    if not isinstance(given, Scan):
        return _ask_expiry(step, step.quantity, was.unit.lot, item, context)
    _refuse_other_label(step, was, "", given, context)
    if given.source != "TYPED" and not given.code.lot:
        things.refuse_known(context.site.code, given.code, step)
    lot = keyed.lot(given)
    if given.code.expiry and item.expiry_control:
        return _finish(step, lot, given.code.expiry.isoformat(), context)
    return _ask_expiry(step, step.quantity, lot, item, context)


def _ask_expiry(step: CorrectCount | CorrectLot, quantity: int, lot: str, item: Item, context: Context) -> Reply:
    asking = CorrectExpiry(step.at, step.parked, step.unit_id, opened=step.opened, quantity=quantity, lot=lot)
    if not item.expiry_control:
        return _finish(asking, lot, "", context)
    return reply(asking, "correct_expiry", date=stock.unit_by_id(step.unit_id).expiry)


def _expiry(step: CorrectExpiry, given: Scan | Key, context: Context) -> Reply:
    if not isinstance(given, Scan):
        return _finish(step, step.lot, "", context)
    _refuse_other_label(step, _counted(step.unit_id), step.lot, given, context)
    return _finish(step, step.lot, keyed.expiry(given), context)


def _refuse_other_label(step: Aside, was: Counted, lot: str, scan: Scan, context: Context) -> None:
    """A label of another case, another item or another lot says nothing about this one, whatever is wrong with it."""
    told = replace(_case(was, step), lot=lot, expiry="")
    refuse_other_label(HowMany(step.at, told), scan, context)


def _finish(step: Counting, lot: str, expiry: str, context: Context) -> Reply:
    """All is known: judged as every count is, it is saved or questioned."""
    was = _counted(step.unit_id)
    correcting.refuse_if_used(was.unit)
    case = _case(was, step)
    before = case
    case = replace(case, lot=lot, expiry=expiry or case.expiry)
    same = step.quantity == was.quantity
    if not same:
        serials = case.serials if step.quantity > was.quantity else ()
        case = replace(case, quantity=step.quantity, source="KEYED", serials=serials)
    if case == before and not (step.opened and was.seal != OPENED):
        to = problem_parked.parked(step)
        return reply(to, "correct_same", code=tail(was.unit.code), next=to.next)
    if step.opened:
        case = replace(case, seal=OPENED)
    at = _delivery(was, context)
    return next_question(HowMany(at, case, asked=_COUNT if same else ()), case, context)


def _case(was: Counted, step: Aside) -> Case:
    """The case as it was counted, in hand again."""
    unit = was.unit
    announced = inbound.announced_by_id(was.asn_unit_id) if was.asn_unit_id is not None else None
    return Case(
        items.by_id(unit.item_id),
        unit.code,
        was.quantity,
        was.source,
        lot=unit.lot,
        expiry="" if unit.expiry == NO_EXPIRY else unit.expiry,
        packaging=was.packaging,
        asn_unit_id=was.asn_unit_id,
        po_line_id=unit.po_line_id,
        announced=announced.quantity if announced else None,
        weight=was.weight,
        weight_source=was.weight_source,
        serials=was.serials,
        problem=correcting.reason_of(unit),
        seal=was.seal,
        corrects=Correction(unit.id, was.quantity, step.parked),
    )


def _delivery(was: Counted, context: Context) -> Delivery:
    """The delivery that the case came with; that it is too early or too late was answered then."""
    from warehouse.flows import closing

    found = closing.delivery_of(receipt_by_id(was.receipt_id), context)
    return replace(found, vendor_id=was.vendor_id or found.vendor_id, agreed=DELIVERY_WIDE)
