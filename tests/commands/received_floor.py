"""A floor with receipts: one that is closed with every kind of difference, one that is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from small_floor import SITE, Hand, SmallFloor, gtin, sscc

from db import connection
from db.connection import transaction
from warehouse import discrepancies, inbound, items, site
from warehouse.flows.steps import Context
from warehouse.site import NO_EXPIRY

GOWN, MASK, SERUM = gtin(1), gtin(3), gtin(4)
EVIL = "=cmd|' /C calc'!A0 \u202e\u4e2d\u6587"  # as a note or a photo's name: a formula, a turned reading direction


def received_floor() -> SmallFloor:
    """RC-0001, closed: of 100 gowns 99, masks none of 30, 50 SERUM of which a case came otherwise; RC-0002 is open.

    Case 1: announced 40, counted 38. Case 2: another lot than announced. Case 3: undone. Case 4: 24 gowns, corrected
    to 22, damaged. Case 5: 39 gowns, questioned. Case 6 was announced and did not come.
    """
    small = SmallFloor("America/Chicago")
    small.now = datetime.now(UTC)
    day = small.site.today(small.now)
    connection.execute("UPDATE item SET nominal_case_qty = 24")
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 30), ("SERUM", 10), expected_on=day)
    small.purchase_order("PO-2", ("GOWN-M", 40), expected_on=day)
    _announce(small, (sscc(1), "GOWN-L", 40, ""), (sscc(2), "SERUM", 10, "L7"), (sscc(6), "MASK", 30, ""))
    ana = small.hand("1001")
    ana.scan("PO-1")
    _count(small, ana)
    ana.all("!F8", "!F8", "!ENTER")
    assert connection.value("SELECT state FROM receipt") == "CLOSED", ana.step
    ana.all("PO-2", f"]C100{sscc(9)}020{gtin(2)}3740")
    return small


def _announce(small: SmallFloor, *cases: tuple[str, str, int, str]) -> None:
    vendor = connection.one("SELECT id FROM vendor WHERE code = 'ACME'")[0]
    asn_id = connection.insert("asn", site=SITE, asn="ASN-1", vendor_id=vendor)
    for code, sku, pieces, lot in cases:
        item_id = small.item(sku)
        connection.insert_row(
            "asn_unit",
            site=SITE,
            asn_id=asn_id,
            po_line_id=connection.one("SELECT id FROM po_line WHERE item_id = ?", item_id)[0],
            item_id=item_id,
            sscc=code,
            qty=pieces,
            lot=lot,
            expiry=NO_EXPIRY,
            expected_on=small.today,
        )


def _count(small: SmallFloor, ana: Hand) -> None:
    """Each case as a label with everything would bring it; the flow's own questions are no matter here."""
    delivery = ana.session.step.at  # type: ignore[attr-defined]
    _capture(small, ana, delivery, sscc(1), "GOWN-L", 38, asn=sscc(1))
    _capture(small, ana, delivery, sscc(2), "SERUM", 10, asn=sscc(2), lot="L8", expiry="2099-01-31")
    undone = _capture(small, ana, delivery, sscc(3), "GOWN-L", 24)
    _back(small, ana, undone)
    wrong = _capture(small, ana, delivery, sscc(4), "GOWN-L", 24)
    right = _corrected(small, ana, delivery, wrong, sscc(4), 22)
    _capture(small, ana, delivery, sscc(5), "GOWN-L", 39, doubt=1)
    _damaged(small, ana, right)


def _context(small: SmallFloor, ana: Hand) -> Context:
    cause = small.cause()
    person = ana.session.operator
    return Context(small.site, "DOCK-1", site.first_location(SITE, "dock"), person, small.now, 0.0, cause.scan_id)


@transaction
def _capture(small, ana, delivery, code, sku, qty, *, asn="", **more) -> int:
    return _write(_context(small, ana), delivery, code, sku, qty, asn=asn, **more)


def _write(context, delivery, code, sku, qty, *, asn="", **more) -> int:
    found = connection.value("SELECT id FROM asn_unit WHERE sscc = ?", asn) if asn else None
    item_id = connection.one("SELECT id FROM item WHERE sku = ?", sku)[0]
    item = items.by_id(item_id)
    inbound.lock(context, item)
    line = inbound.line_for(delivery.po_ids, item_id)
    case = inbound.Case(item=item, code=code, quantity=qty, source="LABEL", asn_unit_id=found, **more)
    return inbound.capture(context, delivery, line, case).unit_id


@transaction
def _back(small: SmallFloor, ana: Hand, unit_id: int) -> None:
    _take_back(_context(small, ana), unit_id)


def _take_back(context: Context, unit_id: int) -> None:
    """As undo does it: the moves are reversed, then the capture."""
    from warehouse import stock

    scan = connection.one("SELECT scan_id FROM stock_move WHERE to_unit_id = ? AND kind = 'RECEIPT'", unit_id)[0]
    moves = stock.moves_of(scan)
    connection.locked(SITE, [move.item_id for move in moves])
    for move in moves:
        stock.reverse(context.cause("UNDO"), move)
    inbound.take_back(context, unit_id)


@transaction
def _corrected(small, ana, delivery, unit_id, code, qty) -> int:
    context = _context(small, ana)
    _take_back(context, unit_id)
    return _write(replace(context), delivery, code, "GOWN-L", qty)


@transaction
def _damaged(small: SmallFloor, ana: Hand, unit_id: int) -> None:
    item_id = small.item("GOWN-L")
    receipt_id = connection.one("SELECT receipt_id FROM capture WHERE unit_id = ?", unit_id)[0]
    discrepancies.record(
        _context(small, ana),
        "AF",
        qty=22,
        receipt_id=receipt_id,
        unit_id=unit_id,
        item_id=item_id,
        photo="dock/4711.jpg",
        note=EVIL,
    )
