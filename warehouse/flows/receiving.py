"""The receiver: choose a purchase order, scan a case, say how many are in it, and hear whom it releases.

A case is known by its SSCC or licence plate, or gets a plate of ours; what was counted is its quantity. Each
question that the label left open is one step; the case is saved at the last answer, and the orders that waited
for it are released in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from db import connection
from warehouse import doubts, inbound, items, messages, stock, things
from warehouse.barcodes import gs1
from warehouse.flows import keyed
from warehouse.flows.receiving_steps import (
    ChooseOrder,
    Confirm,
    HowMany,
    InHand,
    KeyExpiry,
    KeyLot,
    ScanCase,
    ScanItem,
)
from warehouse.flows.steps import Context, Input, Key, Scan, Step, Tick
from warehouse.inbound import Case
from warehouse.messages import refuse, refuse_key, reply, tail
from warehouse.serials import is_plate
from warehouse.site import operator_name

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.items import Item
    from warehouse.reply import Reply


def answer(step: Step, given: Input, context: Context) -> Reply:
    """One input, one reply; refuses by raising RefusedError."""
    if not context.who.may("receiver"):
        refuse("no_right", person=context.who.name)
    match step, given:
        case _, Tick():
            return reply(step, "help", next="")
        case ChooseOrder(), Scan():
            return _choose(given, context)
        case ChooseOrder(), Key(name) if name.isdigit():
            return _choose_line(int(name), context)
        case ScanCase(), Key("ESC" | "DONE" | "F8"):
            order = inbound.purchase_order_by_id(step.po_id)
            return reply(ChooseOrder(), "receiving_left", po=order.po)
        case ScanCase(), Scan():
            return _scan_case(step, given, context)
        case InHand(), Key("ESC"):
            return reply(ScanCase(step.po_id, step.seen), "dropped")
        case ScanItem(), Scan():
            return _scan_item(step, given, context)
        case KeyLot(), Scan():
            return _next_question(step, _with_lot(step, given, context), context)
        case KeyExpiry(), Scan():
            _refuse_other_label(step, given, context)
            dated = replace(_with_label(step.case, given.code), expiry=keyed.expiry(given))
            return _next_question(step, dated, context)
        case ((HowMany() | Confirm()), Scan()):
            counted = replace(step.case, quantity=keyed.count(step, given, least=1), source="KEYED")
            return _next_question(step, counted, context)
        case Confirm(), Key("ENTER" | "DONE"):
            return _next_question(step, step.case, context, asked=(*step.asked, step.doubt))
        case _, Key(name):
            refuse_key(name, step)
    raise AssertionError((step, given))


# --- Choosing a purchase order --------------------------------------------------------------------------


def _choose(scan: Scan, context: Context) -> Reply:
    order = inbound.purchase_order(context.site.code, scan.text)
    if order is None:
        things.refuse_unexpected(context.site.code, scan.code, ChooseOrder())
    return open_order(order, context)


def _choose_line(number: int, context: Context) -> Reply:
    orders = inbound.due(context.site.code, context.today, limit=9)
    if not 1 <= number <= len(orders):
        refuse("no_such_menu", n=number)
    return open_order(orders[number - 1], context)


def open_order(order: inbound.PurchaseOrder, context: Context) -> Reply:
    """Start receiving on a purchase order; the home screen comes here too."""
    if context.dock is None:
        refuse("no_dock")
    if not order.open:
        return reply(ScanCase(order.id), "po_done", po=order.po)
    return reply(ScanCase(order.id), "po_chosen", po=order.po, vendor=order.vendor, left=order.open)


# --- A case ---------------------------------------------------------------------------------------------


def _scan_case(step: ScanCase, scan: Scan, context: Context) -> Reply:
    code = scan.code
    site = context.site.code
    plate = code.identity or (code.text if code.kind == "text" and is_plate(code.text) else "")
    known = stock.known_unit(site, plate or code.text)
    if known is not None:
        return _already_in(step, known, context)
    if not plate and (not code.item_codes or code.kind == "gtin"):  # a number of eight digits may look like one
        other = inbound.purchase_order(site, code.text)
        if other is not None:
            return open_order(other, context)
    case = _with_label(Case(code=plate), code)
    if plate and not code.item_codes:
        return reply(ScanItem(step.po_id, case, step.seen), "scan_item", code=tail(plate))
    found = items.by_code(site, code)
    if found is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    return _with_item(step, case, *found, scan, context)


def _scan_item(step: ScanItem, scan: Scan, context: Context) -> Reply:
    code = scan.code
    if code.unit_code and (code.unit_code != step.case.code or not code.item_codes):
        refuse("known_thing", thing=f"case {tail(code.unit_code)}", next=step.next)
    found = items.by_code(context.site.code, code)
    if found is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    _refuse_other_lot(step.case, code, found[0])
    return _with_item(step, _with_label(step.case, code), *found, scan, context)


def _with_label(case: Case, code: Code) -> Case:
    """The case with the lot and expiry of one of its labels.

    Where its count differs from what the packaging usually holds, the case is counted.
    """
    differs = case.source == "PACKAGING" and code.quantity not in (None, case.quantity)
    return replace(
        case,
        lot=code.lot or case.lot,
        expiry=code.expiry.isoformat() if code.expiry else case.expiry,
        suspect=code.suspect or case.suspect,
        quantity=None if differs else case.quantity,
        source="" if differs else case.source,
    )


def _with_item(
    step: ScanCase | ScanItem, case: Case, item: Item, packaging: int | None, scan: Scan, context: Context
) -> Reply:
    case = replace(case, item=item)
    if scan.code.quantity is not None:
        case = replace(case, quantity=scan.code.quantity, source="LABEL")
    elif items.fixed_quantity(item, packaging):
        case = replace(case, quantity=packaging, source="PACKAGING")
    return _next_question(step, case, context)


def _next_question(step: ScanCase | InHand, case: Case, context: Context, asked: tuple[str, ...] = ()) -> Reply:
    """Ask for the first thing that is missing, then for the first doubt, else save.

    The item is locked before anything is judged: another terminal may take what is open on the order, or,
    while questions were answered, this very case.
    """
    item = case.item
    assert item is not None
    pieces = inbound.lock(context, item)
    line = inbound.line_for(step.po_id, item.id)
    if line is None:
        refuse("not_on_order", item=item.description, po=inbound.purchase_order_by_id(step.po_id).po)
    if item.lot_control and not case.lot:
        return reply(KeyLot(step.po_id, case, step.seen), "which_lot", item=item.description)
    if item.expiry_control and not case.expiry:
        return reply(KeyExpiry(step.po_id, case, step.seen), "which_expiry", item=item.description)
    if case.quantity is None:
        return reply(
            HowMany(step.po_id, case, step.seen),
            "how_many",
            item=item.description,
            code=tail(case.code) or "",
            unit=item.unit,
        )
    known = stock.known_unit(context.site.code, case.code) if case.code and not isinstance(step, ScanCase) else None
    if known is not None:
        return _already_in(ScanCase(step.po_id, step.seen), known, context)
    if pieces + case.quantity > stock.MAX_PIECES:
        refuse("too_many")
    doubt = doubts.first(case, line.item_open, context.today, step.seen, asked)
    if doubt is not None:
        words = doubt.words
        if doubt.since:
            words = {**words, "time": context.site.clock(connection.instant(doubt.since))}
        return reply(Confirm(step.po_id, case, step.seen, doubt.name, asked), doubt.name, **words)
    return _save(step, case, line, context)


def _save(step: ScanCase | InHand, case: Case, line: inbound.PoLine, context: Context) -> Reply:
    item = case.item
    assert item is not None
    done = inbound.capture(context, line, step.po_id, case)
    words = {"qty": case.quantity, "unit": item.unit, "item": item.description, "code": tail(done.code)}
    if done.status == "QUARANTINE":
        answered = reply(ScanCase(step.po_id), "saved_quarantine", **words, date=case.expiry)
    else:
        first, second = _after_saving(case, done)
        answered = reply(ScanCase(step.po_id), "saved", **words, gains=first, list=second)
    labels = (done.code,) if done.labelled else ()
    return replace(answered, unit=done.code, released=done.released, moves=1, labels=labels)


def _after_saving(case: Case, done: inbound.Captured) -> tuple[str, str]:
    """Two lines under the count: whom it releases, then lot, expiry and what is left."""
    left = f"{done.open_after} still to come" if done.open_after else "line complete"
    details = messages.joined((f"LOT {messages.clip(case.lot, 10)}" if case.lot else "", left))
    if done.released:
        return ">> Releases " + messages.names(done.released, 24), details
    return "Nobody waits for it.", details


def _already_in(step: ScanCase, unit: stock.Unit, context: Context) -> Reply:
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


# --- Lot and expiry -------------------------------------------------------------------------------------


def _with_lot(step: KeyLot, scan: Scan, context: Context) -> Case:
    """A barcode with the lot often has the expiry too: what the label says is not asked for again.

    Lots are free text, so a scan that is known to be something else is not taken for one; keyed, it is.
    """
    _refuse_other_label(step, scan, context)
    plain = scan.source != "TYPED" and not scan.code.lot
    if plain:
        things.refuse_known(context.site.code, scan.code, step)
    case = replace(_with_label(step.case, scan.code), lot=keyed.lot(scan))
    if plain and scan.code.symbology is None and gs1.says_lot_or_date(scan.text):
        return replace(case, suspect=scan.text)
    return case


def _refuse_other_label(step: KeyLot | KeyExpiry, scan: Scan, context: Context) -> None:
    """A label that names another case, another item or another lot says nothing about the case in hand."""
    item, code = step.case.item, scan.code
    assert item is not None
    if code.unit_code and step.case.code and code.unit_code != step.case.code:
        refuse("other_label", other=f"case {tail(code.unit_code)}", item=item.description)
    _refuse_other_lot(step.case, code, item)
    if code.link and code.link not in (items.hibc_links(item.id) or code.link):
        refuse("other_label", other="another item", item=item.description)
    if not code.item_codes or (scan.source == "TYPED" and code.kind == "gtin"):
        return  # typed digits may be a lot that looks like a GTIN
    found = items.by_code(context.site.code, code)
    if found is None or found[0].id != item.id:
        refuse("other_label", other=found[0].description if found else code.item_codes[0], item=item.description)


def _refuse_other_lot(case: Case, code: Code, item: Item) -> None:
    """Two labels of one case do not tell two lots or two days of expiry."""
    if case.lot and code.lot and case.lot != code.lot:
        refuse("other_label", other=f"lot {messages.clip(code.lot, 14)}", item=item.description)
    if case.expiry and code.expiry and case.expiry != code.expiry.isoformat():
        refuse("other_label", other=f"expiry {code.expiry}", item=item.description)
