"""The check of what is not a master: opening balances and purchase orders; announced cases, sales orders beside it.

Such a row is written once. The same row again changes nothing, another content is refused: these numbers have
moved on since, and the floor's own commands change them. Sales orders do change, within what is not settled yet; of a
purchase order's line only the day may be another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from warehouse.exchange import announcements, rescheduling, sales_orders
from warehouse.exchange.cells import Cell
from warehouse.exchange.differing import by_number, changes, half_stated, in_words, one_partner
from warehouse.exchange.draft import Draft, Opening, PurchaseLine
from warehouse.exchange.on_record import Opened, Order
from warehouse.exchange.reading import Row, Ticker
from warehouse.exchange.tables import ASNS, PURCHASE_ORDERS, SALES_ORDERS, STOCK, TOLERANCES
from warehouse.site import NO_EXPIRY
from warehouse.stock import MAX_PIECES

OfKnown = Callable[[Draft, Row, Mapping[str, Cell]], None]


def check(draft: Draft, rows: Mapping[str, list[Row]], ticker: Ticker) -> None:
    """Check the rows of the four tables."""
    pieces: Counter[str] = Counter()
    for row in ticker.over(rows[STOCK.name]):
        _opening(draft, row, pieces)
    for po, lines in by_number(rows[PURCHASE_ORDERS.name], "po"):
        _purchase_order(draft, po, lines)
        ticker.add(len(lines))
    announcements.check(draft, rows[ASNS.name], ticker)
    sales_orders.check(draft, rows[SALES_ORDERS.name], ticker)


# --- Opening stock ----------------------------------------------------------------------------------------


def _opening(draft: Draft, row: Row, pieces: Counter[str]) -> None:
    item, place = draft.find(row, "sku"), draft.find(row, "location")
    if item is None or place is None:
        return
    if item["lot_control"] and not row["lot"]:
        draft.refuse(row, "lot", f"is empty: {row['sku']} is kept by lot")
    elif item["expiry_control"] and row["expiry"] == NO_EXPIRY:
        draft.refuse(row, "expiry", f"is empty: {row['sku']} is kept by expiry")
    elif place["kind"] == "quarantine":
        reason = f"{row['location']} is a quarantine place, and opening stock is free to be promised: use another"
        draft.refuse(row, "location", reason)
    elif not _opened_before(draft, row):
        pieces[row["sku"]] += row["quantity"]
        if pieces[row["sku"]] > MAX_PIECES:
            draft.refuse(row, "quantity", too_much(row["sku"]))
        columns = ("location", "sku", "quantity", "lot", "expiry", "unit_code")
        draft.plan.openings.append(Opening(row, *(row[column] for column in columns)))
        draft.count(row, "new")


def too_much(sku: str) -> str:
    """Why a quantity cannot be added."""
    return f"makes more than {MAX_PIECES:,} pieces of {sku}, which is more than can be counted"


def _opened_before(draft: Draft, row: Row) -> bool:
    """Whether this key has had its opening balance, or its unit cannot have one: told or counted then."""
    code = row["unit_code"]
    if code:
        before = draft.seen.opened_units.get(code)
        if before is None and code in draft.seen.known_units:
            draft.refuse(row, "unit_code", f"{code} is the code of a unit that did not come by import")
            return True
    else:
        key = (row["location"], row["sku"], row["lot"], row["expiry"])
        quantity = draft.seen.opened_loose.get(key)
        before = None if quantity is None else Opened(key[0], key[1], quantity, key[2], key[3])
    if before is None:
        return False
    differing = changes(
        row,
        {
            "quantity": before.quantity,
            "location": before.location,
            "sku": before.sku,
            "lot": before.lot,
            "expiry": before.expiry,
        },
    )
    if differing:
        draft.refuse(row, differing[0][0], f"already opened; use adjust ({in_words(differing)})")
    else:
        draft.count(row, "unchanged")
    return True


# --- Purchase orders -----------------------------------------------------------------------------------------------


def _purchase_order(draft: Draft, po: str, rows: list[Row]) -> None:
    seen = draft.seen.purchase_orders.get(po)
    for row in _new_lines(draft, seen, rows, "vendor", rescheduling.check):
        vendor, item = draft.find(row, "vendor"), draft.find(row, "sku")
        partner = seen.partner if seen else None
        if vendor is None or item is None or not one_partner(draft, po, partner, rows[0], row, "vendor"):
            continue
        tolerances = {column: row[column] for pair in TOLERANCES for column in pair}
        for column, reason in half_stated(tolerances):
            draft.refuse(row, column, reason)
        draft.plan.purchases.append(
            PurchaseLine(po, row["vendor"], row["line"], row["sku"], row["quantity"], row["expected_on"], tolerances)
        )
        draft.count(row, "new")


def _new_lines(draft: Draft, seen: Order | None, rows: list[Row], partner: str, known: OfKnown) -> list[Row]:
    """The rows that are not on record; those that are go to `known`, with what is on record of them."""
    fresh = []
    for row in rows:
        line = seen.lines.get(row["line"]) if seen else None
        if seen is None or line is None:
            fresh.append(row)
        else:
            known(draft, row, {partner: seen.partner} | line)
    return fresh
