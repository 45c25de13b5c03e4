"""The check of announced cases (advance ship notices): each SSCC once, its order line right, nothing that came already.

An announcement changes no stock. Like an order it is written once: the same row again changes nothing, another
content is refused, because cases of it may have been received by it since.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from warehouse.exchange.cells import Cell, quoted
from warehouse.exchange.differing import by_number, one_partner, refuse_changes
from warehouse.exchange.draft import AnnouncedCase, Draft
from warehouse.exchange.reading import Row, Ticker
from warehouse.exchange.tables import PURCHASE_ORDERS

_COLUMNS = ("asn", "vendor", "po", "po_line", "sku", "sscc", "parent_sscc", "quantity", "lot", "expiry", "expected_on")


@dataclass(slots=True)
class _Known:
    """What the call itself says: order lines that can be read or not, units it opens, codes of cases and pallets."""

    lines: dict[tuple[Cell, ...], tuple[str, str]]
    unread: set[tuple[Cell, ...] | None]
    opened: set[str]
    cases: dict[str, Row] = field(default_factory=dict)
    pallets: dict[str, Row] = field(default_factory=dict)


def check(draft: Draft, rows: list[Row], ticker: Ticker) -> None:
    """Check the rows; purchase orders and opening stock of the same call have been checked."""
    known = _Known(
        {(line.po, line.line): (line.vendor, line.sku) for line in draft.plan.purchases},
        {row.key for row in draft.files.of(PURCHASE_ORDERS)},
        {opening.unit_code for opening in draft.plan.openings},
    )
    for row in rows:
        known.cases.setdefault(row["sscc"], row)
        known.pallets.setdefault(row["parent_sscc"], row)
    for asn, some in by_number(rows, "asn"):
        on_record = draft.seen.asns.get(asn)
        for row in ticker.over(some):
            before = draft.seen.announced.get(row["sscc"])
            if before is not None:
                refuse_changes(draft, row, before)
            elif (
                _can_be_announced(draft, row, known)
                and one_partner(draft, asn, on_record[1] if on_record else None, some[0], row, "vendor")
                and _ordered(draft, row, known)
            ):
                draft.plan.announced.append(AnnouncedCase(*(row[column] for column in _COLUMNS)))
                draft.count(row, "new")


def _can_be_announced(draft: Draft, row: Row, known: _Known) -> bool:
    """Its item and vendor are known, and its code is that of a case that has not come and of no pallet."""
    if draft.find(row, "vendor") is None or draft.find(row, "sku") is None:
        return False
    sscc, parent = row["sscc"], row["parent_sscc"]
    if sscc in draft.seen.known_units:
        draft.refuse(row, "sscc", f"{sscc} is the code of a unit that is here already")
    elif sscc in known.opened:
        draft.refuse(row, "sscc", f"{sscc} is the code of a unit that stock.csv opens")
    elif sscc in draft.seen.pallets or sscc in known.pallets:
        draft.refuse(row, "sscc", f"{sscc} is announced as a pallet: a case needs an SSCC of its own")
    elif parent and (parent in draft.seen.announced or parent in known.cases):
        draft.refuse(row, "parent_sscc", f"{parent} is announced as a case: a pallet needs an SSCC of its own")
    else:
        return True
    return False


def _ordered(draft: Draft, row: Row, known: _Known) -> bool:
    """Whether the order line that it names, if it names one, is there, with this vendor, of this item."""
    po, line = row["po"], row["po_line"]
    if po is None and line is None:
        return True
    if po is None or line is None:
        missing, stated = ("po", "po_line") if po is None else ("po_line", "po")
        draft.refuse(row, missing, f"is empty: {stated} needs it")
        return False
    vendor, sku = _order_line(draft, po, line, known)
    if vendor is None:
        if (po, line) not in known.unread and PURCHASE_ORDERS.name not in draft.files.broken:
            what = f"line {line} of {quoted(po)} is not known"
            draft.refuse(row, "po_line", f"{what}: import it first, or in the same call, with {PURCHASE_ORDERS.file}")
    elif vendor != row["vendor"]:
        draft.refuse(row, "po", f"{po} is with {vendor}, not with {row['vendor']}")
    elif sku != row["sku"]:
        draft.refuse(row, "po_line", f"line {line} of {po} is of {sku}, not of {row['sku']}")
    else:
        return True
    return False


def _order_line(draft: Draft, po: str, line: int, known: _Known) -> tuple[str | None, str]:
    """The vendor and the item of an order line, on record or in this call; no vendor where there is no such line."""
    order = draft.seen.purchase_orders.get(po)
    if order and line in order.lines:
        return order.partner, str(order.lines[line]["sku"])
    return known.lines.get((po, line), (None, ""))
