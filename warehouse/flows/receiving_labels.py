"""What the labels of a case say, one after the other; a label of something else says nothing about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse import items, messages, things, weights
from warehouse.barcodes import gs1
from warehouse.flows import keyed
from warehouse.inbound import Case
from warehouse.messages import refuse, tail

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.flows.receiving_steps import InHand, KeyExpiry, KeyLot
    from warehouse.flows.steps import Context, Scan
    from warehouse.items import Item


def with_label(case: Case, code: Code) -> Case:
    """The case with the lot, expiry and serial number of one of its labels.

    Where its count differs from what the packaging usually holds, the case is counted.
    """
    differs = case.source == "PACKAGING" and code.quantity not in (None, case.quantity)
    if not (differs or code.lot or code.expiry or code.suspect):
        return case
    return replace(
        case,
        lot=code.lot or case.lot,
        expiry=code.expiry.isoformat() if code.expiry else case.expiry,
        suspect=code.suspect or case.suspect,
        quantity=None if differs else case.quantity,
        source="" if differs else case.source,
    )


def with_weight(case: Case, code: Code) -> Case:
    """The case with the net weight of its label (AI 310n, 320n), where the item is weighed."""
    if case.item is None or not case.item.weighed or not case.item.weight_unit:
        return case
    found = weights.of_label(code.ais)
    if found is None:
        return case
    unit: weights.Unit = "lb" if case.item.weight_unit == "lb" else "kg"
    return replace(case, weight=found.in_unit(unit).amount, weight_source="LABEL")


def with_lot(step: KeyLot, scan: Scan, context: Context) -> Case:
    """A barcode with the lot often has the expiry too: what the label says is not asked for again.

    Lots are free text, so a scan that is known to be something else is not taken for one; keyed, it is.
    """
    refuse_other_label(step, scan, context)
    plain = scan.source != "TYPED" and not scan.code.lot
    if plain:
        things.refuse_known(context.site.code, scan.code, step)
    case = replace(with_label(step.case, scan.code), lot=keyed.lot(scan))
    if plain and scan.code.symbology is None and gs1.says_lot_or_date(scan.text):
        return replace(case, suspect=scan.text)
    return case


def with_other_label(step: KeyExpiry, scan: Scan, context: Context) -> Case:
    """What another label of the same case says besides its expiry."""
    refuse_other_label(step, scan, context)
    return with_label(step.case, scan.code)


def refuse_other_label(step: InHand, scan: Scan, context: Context) -> None:
    """A label that names another case, another item or another lot says nothing about the case in hand."""
    item, code = step.case.item, scan.code
    assert item is not None
    if code.unit_code and step.case.code and code.unit_code != step.case.code:
        refuse("other_label", other=f"case {tail(code.unit_code)}", item=item.description)
    refuse_other_lot(step.case, code, item)
    if code.link and code.link not in (items.hibc_links(item.id) or code.link):
        refuse("other_label", other="another item", item=item.description)
    if not code.item_codes or (scan.source == "TYPED" and code.kind == "gtin"):
        return  # typed digits may be a lot that looks like a GTIN
    found = items.by_code(context.site.code, code)
    if found is None or found[0].id != item.id:
        refuse("other_label", other=found[0].description if found else code.item_codes[0], item=item.description)


def refuse_other_lot(case: Case, code: Code, item: Item) -> None:
    """Two labels of one case do not tell two lots or two days of expiry."""
    if case.lot and code.lot and case.lot != code.lot:
        refuse("other_label", other=f"lot {messages.clip(code.lot, 14)}", item=item.description)
    if case.expiry and code.expiry and case.expiry != code.expiry.isoformat():
        refuse("other_label", other=f"expiry {code.expiry}", item=item.description)
