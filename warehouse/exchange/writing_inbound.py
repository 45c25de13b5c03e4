"""The part of an import's write that is about goods on their way in: purchase orders and announced cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from db import connection
from db.connection import chunks
from db.models.inbound import Asn, AsnUnit, PoLine, PurchaseOrder
from warehouse.exchange import rescheduling
from warehouse.exchange.chunks import each
from warehouse.exchange.draft import AnnouncedCase, Plan, PurchaseLine
from warehouse.exchange.on_record import OnRecord
from warehouse.exchange.reading import Ticker
from warehouse.exchange.tables import ITEMS, VENDORS
from warehouse.stock import Cause

Ids = Mapping[str, Mapping[str, int]]


def write(*, cause: Cause, plan: Plan, seen: OnRecord, ids: Ids, ticker: Ticker) -> None:
    """Write the purchase lines, new days of old ones, and the announced cases of a plan.

    `ids` are those of the masters by table and key.
    """
    rescheduling.write(plan.rescheduled, seen, ticker)
    orders = _orders(cause.site, plan.purchases, seen, ids)
    for batch in chunks(plan.purchases):
        PoLine.insert_many([_line(cause.site, line, orders, ids) for line in batch]).execute()
        ticker.add(len(batch))
    notices = _notices(cause.site, plan.announced, seen, ids)
    lines = _line_ids(cause.site, plan.announced)
    for cases in chunks(plan.announced):
        AsnUnit.insert_many([_case(cause.site, case, notices, lines, ids) for case in cases]).execute()
        ticker.add(len(cases))


# --- Purchase orders --------------------------------------------------------------------------------------


def _orders(site: str, lines: Sequence[PurchaseLine], seen: OnRecord, ids: Ids) -> dict[str, int]:
    """The ids of the purchase orders by number, the new ones made."""
    known = {po: order.id for po, order in seen.purchase_orders.items()}
    vendors = {line.po: ids[VENDORS.name][line.vendor] for line in lines if line.po not in known}
    for some in chunks(vendors.items()):
        rows = [{"site": site, "po": po, "vendor_id": vendor} for po, vendor in some]
        made = PurchaseOrder.insert_many(rows).returning(PurchaseOrder.po, PurchaseOrder.id).tuples().execute()
        known.update(dict(made))
    return known


def _line(site: str, line: PurchaseLine, orders: Mapping[str, int], ids: Ids) -> dict[str, object]:
    return {
        **line.tolerances,
        "site": site,
        "po_id": orders[line.po],
        "line": line.line,
        "item_id": ids[ITEMS.name][line.sku],
        "qty_ordered": line.quantity,
        "qty_received": 0,
        "expected_on": line.expected_on,
    }


# --- Announced cases --------------------------------------------------------------------------------------


def _notices(site: str, cases: Sequence[AnnouncedCase], seen: OnRecord, ids: Ids) -> dict[str, int]:
    """The ids of the notices by number, the new ones made."""
    known = {asn: found for asn, (found, _) in seen.asns.items()}
    vendors = {case.asn: ids[VENDORS.name][case.vendor] for case in cases if case.asn not in known}
    for some in chunks(vendors.items()):
        rows = [{"site": site, "asn": asn, "vendor_id": vendor} for asn, vendor in some]
        known.update(dict(Asn.insert_many(rows).returning(Asn.asn, Asn.id).tuples().execute()))
    return known


def _line_ids(site: str, cases: Iterable[AnnouncedCase]) -> dict[tuple[str, int], int]:
    """The ids of the lines of the purchase orders that the cases name, those of this call included."""
    found = each(
        dict.fromkeys(case.po for case in cases if case.po is not None),
        lambda some: connection.rows(
            "SELECT p.po, l.line, l.id FROM purchase_order p JOIN po_line l ON l.po_id = p.id "
            f"WHERE p.site = ? AND p.po IN ({connection.marks(some)})",
            site,
            *some,
        ),
    )
    return {(po, line): line_id for po, line, line_id in found}


def _case(
    site: str, case: AnnouncedCase, notices: Mapping[str, int], lines: Mapping[tuple[str, int], int], ids: Ids
) -> dict[str, object]:
    line_id = None
    if case.po is not None and case.po_line is not None:
        line_id = lines[case.po, case.po_line]
    return {
        "site": site,
        "asn_id": notices[case.asn],
        "po_line_id": line_id,
        "item_id": ids[ITEMS.name][case.sku],
        "sscc": case.sscc,
        "parent_sscc": case.parent_sscc,
        "qty": case.quantity,
        "lot": case.lot,
        "expiry": case.expiry,
        "expected_on": case.expected_on,
    }
