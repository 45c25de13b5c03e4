"""Deliveries for the tests of receipts: orders, what was announced of them, rules of the site."""

from __future__ import annotations

from datetime import date

from small_floor import SITE, START, TODAY, Hand, SmallFloor, gtin

from db import connection
from db.connection import iso
from warehouse import floor
from warehouse.flows.steps import View
from warehouse.site import NO_EXPIRY

GOWN, MEDIUM, MASK, SERUM = gtin(1), gtin(2), gtin(3), gtin(4)


def rule(name: str, value: str) -> None:
    """Set a rule of the site."""
    connection.execute("DELETE FROM site_rule WHERE name = ?", name)
    connection.insert_row("site_rule", site=SITE, name=name, value=value, set_at=iso(START))


def announce(
    small: SmallFloor,
    asn: str,
    *cases: tuple[str, str, int],
    po: str = "PO-1",
    lot: str = "",
    expiry: str = NO_EXPIRY,
    on: date = TODAY,
) -> None:
    """An ASN with cases (SSCC, SKU, pieces), each of the order's first line of the item."""
    vendor = connection.one("SELECT id FROM vendor WHERE code = 'ACME'")[0]
    asn_id = connection.insert("asn", site=SITE, asn=asn, vendor_id=vendor)
    for code, sku, pieces in cases:
        line = connection.value(
            "SELECT l.id FROM po_line l JOIN purchase_order p ON p.id = l.po_id WHERE p.po = ? AND l.item_id = ? "
            "ORDER BY l.line LIMIT 1",
            po,
            small.item(sku),
        )
        connection.insert_row(
            "asn_unit",
            site=SITE,
            asn_id=asn_id,
            po_line_id=line,
            item_id=small.item(sku),
            sscc=code,
            qty=pieces,
            lot=lot,
            expiry=expiry,
            expected_on=on.isoformat(),
        )


def receipt(code: str = "RC-0001") -> dict[str, object]:
    """A receipt's row."""
    names = ("id", "mode", "state", "cases", "pieces", "closed_by", "closed_at")
    return dict(zip(names, connection.one(f"SELECT {', '.join(names)} FROM receipt WHERE code = ?", code), strict=True))


def newest() -> str:
    """The number of the receipt that was opened last."""
    return str(connection.value("SELECT code FROM receipt ORDER BY id DESC LIMIT 1"))


def written() -> list[tuple[str, int, str]]:
    """The differences that were written down: code, pieces, disposition."""
    return [tuple(row) for row in connection.rows("SELECT code, qty, disposition FROM discrepancy ORDER BY id")]


def shown(hand: Hand) -> View:
    """What the person's screen shows."""
    return floor.look(hand.session)


def quantities() -> list[tuple[object, ...]]:
    """Everything that counts pieces: no closing may change any of it."""
    return [
        tuple(connection.rows(text))
        for text in (
            "SELECT id, qty, qty_reserved, status FROM handling_unit ORDER BY id",
            "SELECT id, qty_ordered, qty_received FROM po_line ORDER BY id",
            "SELECT id, qty FROM stock_move ORDER BY id",
            "SELECT id, qty FROM capture ORDER BY id",
            "SELECT item_id, usable, reserved, waiting_qty FROM item_stock ORDER BY item_id",
            "SELECT id, cases, pieces FROM receipt ORDER BY id",
        )
    ]
