"""Orders, deliveries, people and cards that were looked up, and what nobody knows, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from warehouse.barcodes.symbologies import symbology_name
from warehouse.barcodes.text import unescaped
from warehouse.flows.steps import Fact, Step, Table
from warehouse.flows.whats_this_lists import Words, about, at, lines
from warehouse.lookup import KINDS
from warehouse.messages import clip, key_name, tail

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.flows.steps import Context
    from warehouse.lookup import (
        AsnSeen,
        CardSeen,
        OrderSeen,
        PersonSeen,
        PurchaseSeen,
        ReceiptSeen,
        Unknown,
        VendorSeen,
    )

# --- Documents ------------------------------------------------------------------------------------------


def order(seen: OrderSeen, context: Context) -> Words:
    waiting = sum(1 for one in seen.lines if one.waiting)
    facts = (
        Fact("ORDER", seen.order),
        Fact("FOR", seen.customer),
        Fact("ENTERED", at(seen.entered_at, context)),
        Fact("LINES", f"{seen.count}, {waiting} waiting"),
    )
    rows = tuple(
        (str(one.line), one.item, str(one.ordered), str(one.picked), str(one.waiting), one.state) for one in seen.lines
    )
    table = Table(("LINE", "ITEM", "QTY", "PICKED", "WAITING", "STATE"), rows, narrow=(0, 1, 2, 5), numbers=(2, 3, 4))
    return Words(
        (f"Order {clip(seen.order, 12)} for {seen.customer}", f"{lines(seen.count)}, {waiting} waiting."),
        facts,
        (table,),
    )


def purchase(seen: PurchaseSeen) -> Words:
    counts = f"received {seen.received}"
    if seen.open is not None:
        counts = f"{seen.open} to come; {seen.received} of {seen.ordered} received"
    facts = (
        Fact("PO", seen.po),
        Fact("VENDOR", seen.vendor),
        Fact("DUE", seen.expected_on),
        Fact("PIECES", counts),
    )
    rows = tuple(
        (
            str(one.line),
            one.item,
            *(() if one.ordered is None else (str(one.ordered),)),
            str(one.received),
            *(() if one.open is None else ("closed" if one.closed else str(one.open),)),
        )
        for one in seen.lines
    )
    blind = seen.open is None
    heads = ("LINE", "ITEM", "RECEIVED") if blind else ("LINE", "ITEM", "ORDERED", "RECEIVED", "OPEN")
    table = Table(heads, rows, narrow=(0, 1, 2) if blind else (1, 3, 4), numbers=(2,) if blind else (2, 3, 4))
    being = about(("being received", ", ".join(seen.receipts)))
    return Words(
        (f"Purchase order {clip(seen.po, 12)}, {seen.vendor}", f"{counts[0].upper()}{counts[1:]}"),
        facts,
        (table, being),
    )


def asn(seen: AsnSeen) -> Words:
    over = "more than " if seen.more else ""
    cases = f"{seen.came} came" if seen.cases is None else f"{seen.came} of {over}{seen.cases} came"
    facts = (
        Fact("ASN", seen.asn),
        Fact("VENDOR", seen.vendor),
        Fact("CASES", cases + (f", {over}{seen.pieces} pieces announced" if seen.pieces is not None else "")),
        *((Fact("DUE", seen.expected_on),) if seen.expected_on else ()),
    )
    rows = tuple(
        (tail(one.sscc), one.item, str(one.qty), one.lot or "-", tail(one.parent) or "-") for one in seen.awaited
    )
    table = Table(("STILL TO COME", "ITEM", "QTY", "LOT", "PALLET"), rows, narrow=(0, 1, 2), numbers=(2,))
    return Words((f"ASN {clip(seen.asn, 12)}, {seen.vendor}", f"Cases: {cases}."), facts, (table,))


def receipt(seen: ReceiptSeen, context: Context) -> Words:
    how = {"PO": "", "ASN": ", by ASN", "BLIND": ", blind", "UNORDERED": ", without order"}.get(seen.mode, "")
    closed = f", closed by {seen.closed_by}" if seen.closed_by else ""
    facts = (
        Fact("RECEIPT", f"{seen.code}  {seen.vendor}"),
        Fact(
            "COUNTS",
            f"{seen.cases} cases, {seen.pieces} pieces"
            + (f", {seen.differences} differences" if seen.differences else ""),
        ),
        Fact("STATUS", f"{seen.state.lower()}{how}; begun {at(seen.opened_at, context)} by {seen.opened_by}{closed}"),
        Fact("ORDERS", ", ".join(seen.orders) or "none"),
    )
    rows = tuple(
        (tail(one.code), one.item, str(one.quantity), one.lot or "-", at(one.at, context), one.by) for one in seen.last
    )
    table = Table(("LAST CASES", "ITEM", "QTY", "LOT", "AT", "BY"), rows, narrow=(0, 1, 2), numbers=(2,))
    return Words(
        (f"Receipt {seen.code}, {seen.state.lower()}", f"{seen.cases} cases, {seen.pieces} pieces."), facts, (table,)
    )


def vendor(seen: VendorSeen) -> Words:
    rows = tuple((po, day, "-" if still is None else str(still)) for po, day, still in seen.orders)
    table = Table(("NEWEST ORDER", "DUE", "TO COME"), rows, narrow=(0, 1, 2), numbers=(2,))
    facts = (Fact("VENDOR", f"{seen.name} ({seen.code})"),)
    return Words((f"Vendor {seen.name}", f"Code {seen.code}"), facts, (table,))


# --- People, cards, and what nobody knows ---------------------------------------------------------------


def person(seen: PersonSeen, context: Context) -> Words:
    step = Step.registry.get(seen.step)
    job = seen.step.partition(".")[0].replace("_", " ") if step else ""
    where = f"at {seen.station}, {job}" if seen.station else "signed on nowhere"
    since = f" since {at(seen.at, context)}" if seen.station else ""
    facts = (Fact("BADGE", seen.name), Fact("ROLES", seen.roles or "none"), Fact("NOW", where + since))
    return Words((f"{clip(seen.name, 20)}'s badge", f"{where[0].upper()}{where[1:]}"), facts)


def card(seen: CardSeen) -> Words:
    if not seen.key:
        return Words(("The sheet that tests a keyboard.", ""), (Fact("CARD", "tests letters"),))
    facts = (Fact("CARD", f"{seen.label} ({seen.code})"), Fact("PRESSES", key_name(seen.key)))
    return Words((f"Card {seen.label}", f"It presses {key_name(seen.key)}."), facts)


def unknown(seen: Unknown, code: Code) -> Words:
    own = code.unit_code or next(iter(code.item_codes), code.text)
    length = len(unescaped(code.raw)) - len(code.symbology or "")
    symbol = symbology_name(code.symbology) or code.symbology or "no AIM id sent"
    facts = [
        Fact("READ AS", f"{_READ_AS.get(code.kind, code.kind)}, {symbol}, {length} characters"),
        Fact("RAW", code.raw),
    ]
    if seen.item:
        facts.insert(1, Fact("LABEL", f"{seen.item.item} ({seen.item.sku})"))
    what = f"its label says {seen.item.item}" if seen.item else f"{length} characters, {symbol}"
    return Words(
        (f"Nobody knows {clip(own, 22)}.", f"{what[0].upper()}{what[1:]}"), tuple(facts), (_fields(code), _TRIED)
    )


_TRIED = Table(("TRIED AS",), tuple((", ".join(KINDS[at : at + 4]),) for at in range(0, len(KINDS), 4)))
_READ_AS = {
    "sscc": "SSCC",
    "gtin": "GTIN",
    "gs1": "GS1 label",
    "hibc": "HIBC",
    "iso15434": "ISO 15434",
    "text": "text",
}


def _fields(code: Code) -> Table:
    """What is in it, field by field, as it would be read at a job."""
    named: tuple[tuple[str, Any], ...] = (
        ("SSCC", code.sscc),
        ("GTIN", code.gtin or code.content_gtin),
        ("part", code.part),
        ("plate", code.plate),
        ("lot", code.lot),
        ("expiry", code.expiry),
        ("quantity", code.quantity),
        ("serial", code.serial),
        ("text", code.text if code.kind == "text" else None),
    )
    return about(*((name, str(value)) for name, value in named if value is not None), head="READ AS")
