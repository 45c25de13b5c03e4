"""A dock for the tests of receiving in full: Ana receives, Kim counts too, Ida is the lead."""

from __future__ import annotations

from small_floor import SITE, SmallFloor, gtin

from db import connection
from warehouse import site, verify

GOWN, MEDIUM, MASK, SERUM = gtin(1), gtin(2), gtin(3), gtin(4)


def healthy(small: SmallFloor) -> bool:
    """Whether every counter is what its rows say."""
    found = verify.verify(site.load())
    assert found.violations == ()
    return found.ok


def received(po: str, line: int = 1) -> int:
    """What an order line has received."""
    return int(
        connection.one(
            "SELECT l.qty_received FROM po_line l JOIN purchase_order p ON p.id = l.po_id WHERE p.po = ? AND l.line = ?",
            po,
            line,
        )[0]
    )


def captures() -> list[tuple]:
    """Quantity, source, status, doubt, learns of every capture, in the order they were made."""
    return connection.rows("SELECT qty, source, status, doubt, learns FROM capture ORDER BY id")


def differences() -> list[tuple]:
    """Code, pieces and disposition of every difference that was written down."""
    return connection.rows("SELECT code, qty, disposition FROM discrepancy ORDER BY id")


def history(small: SmallFloor, *counts: int, sku: str = "GOWN-L", packaging: str = "") -> None:
    """Cases that this vendor has delivered before, one receipt for each ten."""
    vendor = connection.one("SELECT id FROM vendor WHERE code = 'ACME'")[0]
    person = connection.one("SELECT id FROM operator WHERE badge = '1001'")[0]
    item = small.item(sku)
    for place, count in enumerate(counts):
        if place % 10 == 0:
            receipt = connection.insert(
                "receipt",
                site=SITE,
                code=f"RC-H{place}",
                opened_on="2026-05-01",
                opened_by=person,
                opened_at=small.cause().at,
                state="CLOSED",
                closed_at=small.cause().at,
            )
        unit = connection.insert(
            "handling_unit",
            site=SITE,
            code=f"H{place}",
            kind="CASE",
            item_id=item,
            status="VOIDED",
            location_id=small.place("DOCK-1"),
            qty=0,
            received_at=small.cause().at,
        )
        connection.insert_row(
            "capture",
            site=SITE,
            at=small.cause().at,
            receipt_id=receipt,
            unit_id=unit,
            item_id=item,
            vendor_id=vendor,
            packaging=packaging or "0" + GOWN,
            qty=count,
            source="LABEL",
            status="AVAILABLE",
            scan_id=f"h-{place}",
            operator_id=person,
        )
