"""Teaching a barcode: scan what nobody knows, say which item it is, and a lead agrees. Never silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import barcodes, items, site, teaching, things
from warehouse.flows import keyed, problem_parked
from warehouse.flows.problem_steps import Aside, TeachCode, TeachItem, TeachQuantity, TeachSure
from warehouse.flows.steps import Key, Scan
from warehouse.messages import refuse, refuse_key, reply

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Input
    from warehouse.reply import Reply


def answer(step: Aside, given: Input, context: Context) -> Reply:
    """One input on the way to a barcode that is known."""
    match step, given:
        case TeachCode(), Scan():
            return _code(step, given, context)
        case TeachItem(), Scan():
            return _item(step, given, context)
        case TeachQuantity(), (Scan() | Key("ENTER" | "DONE")):
            pieces = keyed.count(step, given, least=1) if isinstance(given, Scan) else 0
            return _sure(step, step.barcode, step.item_id, pieces)
        case TeachSure(), (Scan() | Key("ENTER" | "DONE")):
            return _agreed(step, given, context)
        case _, Key(name):
            refuse_key(name, step)
    raise AssertionError((step, given))


def _code(step: TeachCode, scan: Scan, context: Context) -> Reply:
    barcode = teaching.barcode_of(context.site.code, scan.code, step)
    return reply(TeachItem(step.at, step.parked, step.unit_id, barcode=barcode), "teach_item", got=barcode)


def _item(step: TeachItem, scan: Scan, context: Context) -> Reply:
    found = items.by_code(context.site.code, scan.code) if not scan.code.unit_code else None
    if found is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    item = found[0]
    if item.mode == "fixed":
        asking = TeachQuantity(step.at, step.parked, step.unit_id, barcode=step.barcode, item_id=item.id)
        return reply(asking, "teach_quantity", item=item.description, unit=item.unit)
    return _sure(step, step.barcode, item.id, 0)


def _sure(step: Aside, barcode: str, item_id: int, pieces: int) -> Reply:
    item = items.by_id(item_id)
    asking = TeachSure(step.at, step.parked, step.unit_id, barcode=barcode, item_id=item_id, pieces=pieces)
    return reply(asking, "teach_sure", got=barcode, item=item.description)


def _agreed(step: TeachSure, given: Scan | Key, context: Context) -> Reply:
    """A lead's badge, or ENTER by a lead; then it is judged once more, as somebody may have taught it meanwhile."""
    person = site.operator(context.site.code, given.text) if isinstance(given, Scan) else context.who
    if person is None:
        refuse("teach_badge", got=given.text if isinstance(given, Scan) else "")
    if "lead" not in person.roles:
        refuse("no_lead", person=person.name)
    code = barcodes.read(step.barcode)
    assert isinstance(code, barcodes.Code)
    if items.by_barcode(context.site.code, step.barcode):
        things.refuse_unexpected(context.site.code, code, step)
    teaching.teach(context, step.barcode, step.item_id, step.pieces, person.id)
    to = problem_parked.parked(step)
    item = items.by_id(step.item_id)
    return reply(to, "taught", got=step.barcode, item=item.description, next=to.next)
