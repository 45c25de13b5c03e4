"""A case in the loop: what was scanned, what is still to be asked, and its saving with all that follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from db import connection
from warehouse import doubts, inbound, items, stock, things
from warehouse.flows import receiving_known as known_
from warehouse.flows import scan_again
from warehouse.flows.receiving_choose import name_of, offer_order
from warehouse.flows.receiving_labels import refuse_other_lot, with_label, with_weight
from warehouse.flows.receiving_onto import PALLET, open_pallet, put_on, refuse_place
from warehouse.flows.receiving_pallet import receive_pallet
from warehouse.flows.receiving_save import save
from warehouse.flows.receiving_steps import (
    AddOrder,
    Confirm,
    HowMany,
    InHand,
    KeyExpiry,
    KeyLot,
    KeyWeight,
    NeedsLead,
    OverLimit,
    ScanCase,
    ScanItem,
    ScanSerials,
    SecondBadge,
)
from warehouse.inbound import AsnUnit, Case
from warehouse.messages import refuse, reply, tail
from warehouse.serials import is_plate
from warehouse.site import NO_EXPIRY, operator_name

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Scan
    from warehouse.items import Item
    from warehouse.reply import Reply

MAX_SERIAL = 20  # GS1 AI (21)


def scan_case(step: ScanCase, scan: Scan, context: Context, mark: Case | None = None) -> Reply:
    """Whatever is scanned in the loop: a case, a pallet, a place, one more order.

    With a `mark` it is a case that something is wrong with, and nothing else.
    """
    code, site = scan.code, context.site.code
    plate = code.identity or (code.text if code.kind == "text" and is_plate(code.text) else "")
    named = inbound.named_by(site, plate or code.text, code.unit_code)
    if named.unit_id is not None:
        return already_in(step, stock.unit_by_id(named.unit_id), context)
    if named.advice_id is not None:
        return _announced(step, inbound.announced_by_id(named.advice_id), scan, context, mark)
    if mark is None and code.unit_code and named.pallet:
        return receive_pallet(step, code.unit_code, code, context)
    pallet = bool(plate and code.item_codes) and named.carrier_id is not None
    if pallet and mark is not None:
        refuse("known_thing", thing=f"pallet {tail(plate)}", next=step.next)
    if mark is None and (pallet or not code.item_codes or code.kind == "gtin"):  # eight digits may look like one
        other = put_on(step, scan, plate, context) or _other_order(step, scan, context)
        if other is not None:
            return other
    case = with_label(Case(code=plate).marked(mark), code)
    if plate and not code.item_codes:
        asking = ScanItem(step.at, case, step.seen, pending=scan_again.asked(scan, PALLET, context))
        return reply(asking, "scan_item", code=tail(plate))
    found = items.by_code(site, code)
    if found is None:
        things.refuse_unexpected(site, code, step)
    return _with_item(step, case, *found, scan, context)


def _other_order(step: ScanCase, scan: Scan, context: Context) -> Reply | None:
    order = inbound.purchase_order(context.site.code, scan.text)
    return offer_order(step, order) if order is not None else None


def _announced(step: ScanCase, unit: AsnUnit, scan: Scan, context: Context, mark: Case | None) -> Reply:
    """A case that the vendor has announced: complete at once, with what its label says going before the advice."""
    if unit.po_id is not None and unit.po_id not in step.at.po_ids and step.at.mode != "UNORDERED":
        order = inbound.purchase_order_by_id(unit.po_id)
        if mark is not None:
            refuse("problem_of_other", code=tail(unit.sscc), po=order.po)
        return reply(AddOrder(step.at, order.id), "case_of_other", code=tail(unit.sscc), po=order.po)
    item = items.by_id(unit.item_id)
    found = items.by_code(context.site.code, scan.code) if scan.code.item_codes else None
    if found is not None and found[0].id != item.id:
        refuse("other_label", other=found[0].description, item=item.description)
    case = case_of(unit, item)
    if step.at.blind:  # nothing of what was announced is told: it is counted, and compared then
        case = replace(case, quantity=None, source="", lot="", expiry="")
    said = with_label(case, scan.code)
    if scan.code.quantity is not None:
        said = replace(said, quantity=scan.code.quantity, source="LABEL")
    return next_question(step, with_weight(said.marked(mark), scan.code), context)


def case_of(unit: AsnUnit, item: Item) -> Case:
    """An announced case as its advice has it."""
    return Case(
        item,
        unit.sscc,
        unit.quantity,
        "ASN",
        lot=unit.lot,
        expiry="" if unit.expiry == NO_EXPIRY else unit.expiry,
        asn_unit_id=unit.id,
        po_line_id=unit.po_line_id,
        announced=unit.quantity,
    )


def scan_item(step: ScanItem, scan: Scan, context: Context) -> Reply:
    """The second label of a case whose first named only the case."""
    code = scan.code
    marked = step.case.problem or step.case.noted or step.case.seal == inbound.OPENED
    if step.case.code in (code.unit_code, code.text) and not code.item_codes and not marked:
        return open_pallet(step, scan, context)
    if code.unit_code and (code.unit_code != step.case.code or not code.item_codes):
        refuse("known_thing", thing=f"case {tail(code.unit_code)}", next=step.next)
    found = items.by_code(context.site.code, code)
    if found is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    refuse_other_lot(step.case, code, found[0])
    return _with_item(step, with_label(step.case, code), *found, scan, context)


def _with_item(
    step: ScanCase | ScanItem, case: Case, item: Item, packaging: int | None, scan: Scan, context: Context
) -> Reply:
    quantity, source, serials = case.quantity, case.source, case.serials
    if case.seal == inbound.OPENED:
        pass  # what it held when it was closed says nothing
    elif scan.code.quantity is not None:
        quantity, source = scan.code.quantity, "LABEL"
    elif items.fixed_quantity(item, packaging):
        quantity, source = packaging, "PACKAGING"
    if item.serial_control and scan.code.serial and quantity in (None, 1):
        quantity, source, serials = 1, source or "LABEL", (scan.code.serial,)
    by = next(iter(scan.code.item_codes), scan.text)
    known = replace(case, item=item, packaging=by, quantity=quantity, source=source, serials=serials)
    return next_question(step, with_weight(known, scan.code), context)


def scan_serial(step: ScanSerials, scan: Scan, context: Context) -> Reply:
    """One more piece of the case."""
    case, item, code = step.case, step.case.item, scan.code
    assert item is not None
    serial = code.serial or (code.text.strip(" ") if code.kind in ("text", "gtin") else "")
    if not serial or len(serial) > MAX_SERIAL:
        refuse("bad_serial", got=scan.text)
    if serial in case.serials:
        refuse("serial_twice", got=serial, n=len(case.serials))
    if connection.row(
        "SELECT 1 FROM unit_serial WHERE site = ? AND item_id = ? AND serial = ? AND state = 'IN' AND unit_id <> ?",
        context.site.code,
        item.id,
        serial,
        case.corrects.unit_id if case.corrects else 0,
    ):
        refuse("serial_known", got=serial)
    return next_question(step, replace(case, serials=(*case.serials, serial)), context)


def next_question(step: ScanCase | InHand, case: Case, context: Context, asked: tuple[str, ...] | None = None) -> Reply:
    """Ask for the first thing that is missing, then for the first doubt, else save.

    The item is locked before anything is judged: another terminal may take what is open on the order, or,
    while questions were answered, this very case.
    """
    if asked is None:
        asked = step.asked if isinstance(step, InHand) else ()
    item, at, seen = case.item, step.at, step.seen
    assert item is not None
    if case.quantity is not None and len(case.serials) > case.quantity:
        case = replace(case, serials=())  # counted anew, and less: nobody knows which of them are there
    if case.refused:
        from warehouse.flows import sent_back

        came = stock.known_unit(context.site.code, case.code) if case.code and case.corrects is None else None
        if came is not None:
            return already_in(ScanCase(step.at, step.seen), came, context)
        return sent_back.case_in_hand(step, case, context)
    locked = inbound.lock(context, item)
    line = known_.line_of(at, case)
    if line is None and at.po_ids and not case.problem and case.corrects is None:
        refuse("not_on_order", item=item.description, po=name_of(at))
    if isinstance(step, ScanCase | ScanItem):
        refuse_place(at, item, context)
    case = known_.with_expiry_of_lot(case, context)
    if item.lot_control and not case.lot:
        return reply(KeyLot(at, case, seen, asked), "which_lot", item=item.description)
    if item.expiry_control and not case.expiry:
        return reply(KeyExpiry(at, case, seen, asked), "which_expiry", item=item.description)
    if case.quantity is None:
        words = {"item": item.description, "code": tail(case.code) or "", "unit": item.unit}
        return reply(HowMany(at, case, seen, asked), "how_many", **words)
    known = stock.known_unit(context.site.code, case.code) if case.code and not isinstance(step, ScanCase) else None
    if known is not None and (case.corrects is None or known.id != case.corrects.unit_id):
        return already_in(ScanCase(at, seen), known, context)
    if locked.usable + case.quantity * case.alike > stock.MAX_PIECES:
        refuse("too_many")
    facts = known_.read(context, at, line, case, seen)
    doubt = doubts.first(case, facts, asked)
    if doubt is not None:
        return _ask(step, case, doubt, asked, context)
    if item.serial_control and len(case.serials) < case.quantity:
        asking = ScanSerials(at, case, seen, asked)
        return reply(asking, "which_serial", item=item.description, qty=len(case.serials), need=case.quantity)
    if item.weighed and item.weight_unit and case.weight is None:
        return reply(KeyWeight(at, case, seen, asked), "which_weight", item=item.description, code=tail(case.code))
    return save(step, case, facts, asked, context, locked.totals)


def _ask(step: ScanCase | InHand, case: Case, doubt: doubts.Doubt, asked: tuple[str, ...], context: Context) -> Reply:
    at, seen = step.at, step.seen
    words = dict(doubt.words)
    if doubt.since:
        words["time"] = context.site.clock(connection.instant(doubt.since))
    case = replace(case, doubt=max(case.doubt, doubt.level))
    if doubt.ask == "SECOND":
        return reply(SecondBadge(at, case, seen, asked, doubt=doubt.about), doubt.name, **words)
    if doubt.ask == "OVER":
        return reply(OverLimit(at, case, seen, asked, fits=doubt.fits), doubt.name, **words)
    if doubt.ask == "LEAD":
        return reply(NeedsLead(at, case, seen, asked, doubt=doubt.about), doubt.name, **words)
    return reply(Confirm(at, case, seen, asked, doubt=doubt.about, fits=doubt.fits), doubt.name, **words)


def already_in(step: ScanCase, unit: stock.Unit, context: Context) -> Reply:
    """The same case again adds nothing: say when, who, how many."""
    came = connection.row(
        "SELECT at, operator_id, qty FROM stock_move WHERE to_unit_id = ? ORDER BY id LIMIT 1", unit.id
    )
    at, operator_id, quantity = came or (unit.received_at, None, unit.qty)
    words = {
        "code": tail(unit.code),
        "qty": quantity,
        "unit": items.by_id(unit.item_id).unit,
        "time": _when(connection.instant(at), context),
        "person": operator_name(operator_id),
    }
    if unit.order_id is not None:
        order = connection.value("SELECT order_no FROM order_header WHERE id = ?", unit.order_id)
        return reply(step, "case_picked", **words, order=order)
    return reply(step, "case_emptied" if unit.status == "CONSUMED" else "case_known", **words)


def _when(moment: datetime, context: Context) -> str:
    """The clock for something of today, else the day."""
    local = context.site.local(moment)
    return f"{local:%H:%M}" if local.date() == context.today else f"{local:%d %b}"
