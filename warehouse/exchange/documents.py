"""The check of what is not a master: opening balances, purchase orders, sales orders.

Such a row is written once. The same row again changes nothing, another content is refused: these numbers have
moved on since, and the floor's own commands change them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from warehouse.exchange.cells import Cell
from warehouse.exchange.draft import Draft, Opening, PurchaseLine, SalesLine
from warehouse.exchange.on_record import Opened, Order
from warehouse.exchange.reading import Row, Ticker
from warehouse.exchange.tables import PURCHASE_ORDERS, SALES_ORDERS, STOCK
from warehouse.site import NO_EXPIRY
from warehouse.stock import MAX_PIECES


def check(draft: Draft, rows: Mapping[str, list[Row]], ticker: Ticker) -> None:
    """Check the rows of the three tables."""
    pieces: Counter[str] = Counter()
    for row in ticker.over(rows[STOCK.name]):
        _opening(draft, row, pieces)
    for po, lines in _by_order(rows[PURCHASE_ORDERS.name], "po"):
        _purchase_order(draft, po, lines)
        ticker.add(len(lines))
    for order, lines in _by_order(rows[SALES_ORDERS.name], "order"):
        _sales_order(draft, order, lines)
        ticker.add(len(lines))


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
    changes = _changes(
        row,
        {
            "quantity": before.quantity,
            "location": before.location,
            "sku": before.sku,
            "lot": before.lot,
            "expiry": before.expiry,
        },
    )
    if changes:
        draft.refuse(row, changes[0][0], f"already opened; use adjust ({_words(changes)})")
    else:
        draft.count(row, "unchanged")
    return True


# --- Orders -----------------------------------------------------------------------------------------------


def _by_order(rows: Iterable[Row], column: str) -> list[tuple[str, list[Row]]]:
    """The rows of each order, orders in the sequence in which they first appear."""
    place: dict[str, int] = {}
    for row in rows:
        place.setdefault(row[column], len(place))
    together = sorted(rows, key=lambda row: place[row[column]])
    return [(number, list(lines)) for number, lines in groupby(together, key=lambda row: str(row[column]))]


def _purchase_order(draft: Draft, po: str, rows: list[Row]) -> None:
    seen = draft.seen.purchase_orders.get(po)
    for row in _new_lines(draft, seen, rows, "vendor"):
        vendor, item = draft.find(row, "vendor"), draft.find(row, "sku")
        if vendor is None or item is None or not _one_partner(draft, seen, rows[0], row, "vendor"):
            continue
        columns = ("po", "vendor", "line", "sku", "quantity", "expected_on")
        draft.plan.purchases.append(PurchaseLine(*(row[column] for column in columns)))
        draft.count(row, "new")


def _sales_order(draft: Draft, order: str, rows: list[Row]) -> None:
    seen = draft.seen.sales_orders.get(order)
    fresh: list[tuple[Row, SalesLine]] = []
    for row in _new_lines(draft, seen, rows, "customer"):
        customer, item = draft.find(row, "customer"), draft.find(row, "sku")
        if customer is None or item is None or not _one_partner(draft, seen, rows[0], row, "customer"):
            continue
        fresh.append((row, _sales_line(row, customer, draft.today)))
    if seen is None:
        _one_policy(draft, fresh)
    else:
        _may_grow(draft, seen, fresh)
    for row, line in fresh:
        draft.plan.sales.append(line)
        draft.count(row, "new")


def _sales_line(row: Row, customer: dict[str, Any], today: str) -> SalesLine:
    return SalesLine(
        order=row["order"],
        customer=row["customer"],
        line=row["line"],
        sku=row["sku"],
        quantity=row["quantity"],
        promised_on=row["promised_on"] or today,
        priority=row["priority"] or customer["priority"],
        policy=row["ship_policy"] or customer["ship_policy"],
        fill_percent=customer["min_fill_percent"],
    )


def _new_lines(draft: Draft, seen: Order | None, rows: list[Row], partner: str) -> list[Row]:
    """The rows that are not on record; those that are must say the same, where they say something."""
    fresh = []
    for row in rows:
        line = seen.lines.get(row["line"]) if seen else None
        if seen is None or line is None:
            fresh.append(row)
        elif changes := _changes(row, {partner: seen.partner} | line):
            draft.refuse(row, changes[0][0], f"changed; refused: {_words(changes)}")
        else:
            draft.count(row, "unchanged")
    return fresh


def _one_partner(draft: Draft, seen: Order | None, first: Row, row: Row, partner: str) -> bool:
    """All lines of an order are with one vendor or customer."""
    expected = seen.partner if seen else first[partner]
    if row[partner] == expected:
        return True
    number = row[row.table.key[0]]
    source = "on record" if seen else f"by line {first.line}"
    draft.refuse(row, partner, f"{row[partner]} differs: {number} is with {expected} {source}")
    return False


def _one_policy(draft: Draft, fresh: list[tuple[Row, SalesLine]]) -> None:
    """Complete orders are complete as a whole: the policy `order` is on all lines or on none."""
    for row, line in fresh:
        first = fresh[0]
        if (line.policy == "order") != (first[1].policy == "order"):
            reason = f"{line.policy} does not go with {first[1].policy} in line {first[0].line}: order is for all lines"
            draft.refuse(row, "ship_policy", reason)


def _may_grow(draft: Draft, seen: Order, fresh: list[tuple[Row, SalesLine]]) -> None:
    """Lines may join an order that is on record, unless it ships complete."""
    complete = any(line["ship_policy"] == "order" for line in seen.lines.values())
    for row, line in fresh:
        if complete:
            draft.refuse(row, "order", f"{line.order} ships complete: no line can be added to it")
        elif line.policy == "order":
            reason = f"order does not go with the lines of {line.order} on record: use partial or line"
            draft.refuse(row, "ship_policy", reason)


# --- What differs -----------------------------------------------------------------------------------------


def _changes(row: Row, on_record: Mapping[str, Cell]) -> list[tuple[str, Cell, Cell]]:
    """Column, value on record, value in the row, where they differ; an empty cell says nothing about an order."""
    return [
        (column, before, row[column])
        for column, before in on_record.items()
        if row[column] is not None and row[column] != before
    ]


def _words(changes: Iterable[tuple[str, Cell, Cell]]) -> str:
    show: Callable[[Cell], str] = lambda value: "none" if value in ("", NO_EXPIRY) else str(value)  # noqa: E731
    return ", ".join(f"{column} {show(before)} -> {show(after)}" for column, before, after in changes)
