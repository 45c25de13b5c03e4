"""What the database holds of advance ship notices, for the reading that an import relies on."""

from __future__ import annotations

from collections.abc import Iterable

from db import connection
from db.connection import marks
from warehouse.exchange.cells import Cell
from warehouse.exchange.chunks import each


def asns(site: str, numbers: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Ids and vendors of the notices that have these numbers."""
    found = each(
        numbers,
        lambda some: connection.rows(
            "SELECT a.asn, a.id, v.code FROM asn a JOIN vendor v ON v.id = a.vendor_id "
            f"WHERE a.site = ? AND a.asn IN ({marks(some)})",
            site,
            *some,
        ),
    )
    return {row[0]: (row[1], row[2]) for row in found}


_CASE = ("asn", "vendor", "po", "po_line", "sku", "parent_sscc", "quantity", "lot", "expiry", "expected_on")


def cases(site: str, ssccs: Iterable[str]) -> dict[str, dict[str, Cell]]:
    """Announced cases with their values by column name; po and po_line are None where no order was named."""
    found = each(
        ssccs,
        lambda some: connection.rows(
            "SELECT u.sscc, a.asn, v.code, p.po, l.line, i.sku, u.parent_sscc, u.qty, u.lot, u.expiry, u.expected_on "
            "FROM asn_unit u JOIN asn a ON a.id = u.asn_id JOIN vendor v ON v.id = a.vendor_id "
            "JOIN item i ON i.id = u.item_id LEFT JOIN po_line l ON l.id = u.po_line_id "
            f"LEFT JOIN purchase_order p ON p.id = l.po_id WHERE u.site = ? AND u.sscc IN ({marks(some)})",
            site,
            *some,
        ),
    )
    return {row[0]: dict(zip(_CASE, row[1:], strict=True)) for row in found}


def pallets(site: str, ssccs: Iterable[str]) -> frozenset[str]:
    """Those of the codes on which other cases are announced."""
    found = each(
        ssccs,
        lambda some: connection.rows(
            "SELECT DISTINCT parent_sscc FROM asn_unit WHERE site = ? AND parent_sscc <> '' "
            f"AND parent_sscc IN ({marks(some)})",
            site,
            *some,
        ),
    )
    return frozenset(row[0] for row in found)
