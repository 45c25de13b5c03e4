"""The check of what is not a master: opening balances, purchase orders, announced cases, sales orders.

Such a row is written once. The same row again changes nothing, another content is refused: these numbers have
moved on since, and the floor's own commands change them. Sales orders do change, within what is not settled yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from warehouse import policy
from warehouse.exchange import announcements
from warehouse.exchange.cells import Cell
from warehouse.exchange.differing import Change, by_number, changes, half_stated, in_words, one_partner, refuse_changes
from warehouse.exchange.draft import ChangedLine, Draft, Opening, PurchaseLine, SalesLine
from warehouse.exchange.on_record import FIXED, Opened, Order
from warehouse.exchange.reading import Row, Ticker
from warehouse.exchange.tables import ASNS, PURCHASE_ORDERS, SALES_ORDERS, STOCK, TOLERANCES
from warehouse.site import NO_EXPIRY
from warehouse.stock import MAX_PIECES


def check(draft: Draft, rows: Mapping[str, list[Row]], ticker: Ticker) -> None:
    """Check the rows of the four tables."""
    pieces: Counter[str] = Counter()
    for row in ticker.over(rows[STOCK.name]):
        _opening(draft, row, pieces)
    for po, lines in by_number(rows[PURCHASE_ORDERS.name], "po"):
        _purchase_order(draft, po, lines)
        ticker.add(len(lines))
    announcements.check(draft, rows[ASNS.name], ticker)
    for order, lines in by_number(rows[SALES_ORDERS.name], "order"):
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


# --- Orders -----------------------------------------------------------------------------------------------


def _purchase_order(draft: Draft, po: str, rows: list[Row]) -> None:
    seen = draft.seen.purchase_orders.get(po)
    for row in _new_lines(draft, seen, rows, "vendor"):
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


def _sales_order(draft: Draft, order: str, rows: list[Row]) -> None:
    seen = draft.seen.sales_orders.get(order)
    fresh: list[tuple[Row, SalesLine]] = []
    for row in _new_or_changed(draft, order, seen, rows):
        customer, item = draft.find(row, "customer"), draft.find(row, "sku")
        partner = seen.partner if seen else None
        if customer is None or item is None or not one_partner(draft, order, partner, rows[0], row, "customer"):
            continue
        fresh.append((row, _sales_line(draft, row, customer)))
    if seen is None:
        _one_policy(draft, fresh)
    else:
        _may_grow(draft, seen, fresh)
    for row, line in fresh:
        draft.plan.sales.append(line)
        draft.count(row, "new")


def _sales_line(draft: Draft, row: Row, customer: dict[str, Any]) -> SalesLine:
    days = _first(row["patience_days"], customer["patience_days"], draft.patience_days)
    return SalesLine(
        order=row["order"],
        customer=row["customer"],
        line=row["line"],
        sku=row["sku"],
        quantity=row["quantity"],
        promised_on=row["promised_on"] or draft.today,
        priority=row["priority"] or customer["priority"],
        policy=row["ship_policy"] or customer["ship_policy"],
        fill_percent=_first(row["min_fill_percent"], customer["min_fill_percent"]),
        full_cases=bool(_first(row["full_cases"], customer["full_cases"], 0)),
        ship_set=row["ship_set"],
        patience_days=None if days >= policy.NEVER_CLAIMS else days,
    )


def _first(*stated: Any) -> Any:
    """The first that is stated."""
    return next(one for one in stated if one is not None)


# What a file may change of a line that is on record; which goods for whom, and what leaves together, it may not.
CHANGEABLE = ("quantity", "promised_on", "priority", "min_fill_percent", "full_cases", "ship_policy")


def _new_or_changed(draft: Draft, order: str, seen: Order | None, rows: list[Row]) -> list[Row]:
    """The rows that are not on record; those that are, and say something else, go to the plan as changes."""
    fresh = []
    for row in rows:
        line = seen.lines.get(row["line"]) if seen else None
        if seen is None or line is None:
            fresh.append(row)
            continue
        on_record = {"customer": seen.partner} | {name: value for name, value in line.items() if name != FIXED}
        differing = changes(row, on_record)
        if not row["ship_set"]:
            differing = [one for one in differing if one[0] != "ship_set"]
        if not differing:
            draft.count(row, "unchanged")
        elif (fault := _unchangeable(row, differing, line)) is not None:
            draft.refuse(row, *fault)
        else:
            values = {column: after for column, _, after in differing}
            draft.plan.changed.append(ChangedLine(order, row["line"], row["sku"], values))
            draft.count(row, "updated")
    return fresh


def _unchangeable(row: Row, differing: list[Change], line: dict[str, Cell]) -> tuple[str, str] | None:
    """The column that may not change, or not so, and why; None where all may."""
    for column, before, after in differing:
        if column not in CHANGEABLE:
            return column, f"changed; refused: {in_words(differing)}"
        if column == "ship_policy" and {before, after} & set(policy.TOGETHER):
            reason = "what leaves together is settled at entry: cancel the order, and enter it under a new number"
            return column, f"{before} -> {after}: {reason}"
        if column == "quantity" and int(after or 0) < int(line[FIXED] or 0):
            reason = f"of line {row['line']} {line[FIXED]} are picked, shipped or cancelled already"
            return column, f"{before} -> {after}: {reason}"
    return None


def _new_lines(draft: Draft, seen: Order | None, rows: list[Row], partner: str) -> list[Row]:
    """The rows that are not on record; those that are must say the same, where they say something."""
    fresh = []
    for row in rows:
        line = seen.lines.get(row["line"]) if seen else None
        if seen is None or line is None:
            fresh.append(row)
        else:
            refuse_changes(draft, row, {partner: seen.partner} | line)
    return fresh


def _one_policy(draft: Draft, fresh: list[tuple[Row, SalesLine]]) -> None:
    """Complete orders are complete as a whole: the policy `order` is on all lines or on none. Sets have names."""
    for row, line in fresh:
        _named_set(draft, row, line)
        first = fresh[0]
        if (line.policy == "order") != (first[1].policy == "order"):
            reason = f"{line.policy} does not go with {first[1].policy} in line {first[0].line}: order is for all lines"
            draft.refuse(row, "ship_policy", reason)


def _named_set(draft: Draft, row: Row, line: SalesLine) -> None:
    if line.policy == "set" and not line.ship_set:
        draft.refuse(row, "ship_set", "is empty: the policy set needs the name of the lines that leave together")
    elif line.policy != "set" and line.ship_set:
        draft.refuse(row, "ship_set", f"does not go with {line.policy}: a ship set has the policy set")


def _may_grow(draft: Draft, seen: Order, fresh: list[tuple[Row, SalesLine]]) -> None:
    """Lines may join an order that is on record, unless it ships complete; its sets stay as they are."""
    complete = any(line["ship_policy"] == "order" for line in seen.lines.values())
    sets = {line["ship_set"] for line in seen.lines.values()}
    for row, line in fresh:
        _named_set(draft, row, line)
        if line.policy == "set" and line.ship_set in sets:
            draft.refuse(row, "ship_set", f"{line.ship_set} is there already: no line can be added to a ship set")
        if complete:
            draft.refuse(row, "order", f"{line.order} ships complete: no line can be added to it")
        elif line.policy == "order":
            reason = f"order does not go with the lines of {line.order} on record: use partial or line"
            draft.refuse(row, "ship_policy", reason)
