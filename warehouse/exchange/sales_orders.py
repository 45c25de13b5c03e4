"""The check of sales orders: new ones, lines that join one, and what a file says differently of those on record.

A line changes within what is not settled yet: its goods, its customer and what it leaves with stay as they are. An
empty cell says nothing, so that a file that was written for the entry is the same file tomorrow.
"""

from __future__ import annotations

from typing import Any

from warehouse import policy
from warehouse.exchange.cells import Cell
from warehouse.exchange.differing import Change, by_number, changes, in_days, in_words, one_partner
from warehouse.exchange.draft import ChangedLine, Draft, SalesLine
from warehouse.exchange.on_record import CLAIMING, FIXED, Order
from warehouse.exchange.reading import Row, Ticker

# What a file may change of a line that is on record; which goods for whom, and what leaves together, it may not.
CHANGEABLE = ("quantity", "promised_on", "priority", "min_fill_percent", "full_cases", "ship_policy", "patience_days")


def check(draft: Draft, rows: list[Row], ticker: Ticker) -> None:
    """Check the rows, order by order."""
    for order, lines in by_number(rows, "order"):
        _order(draft, order, lines)
        ticker.add(len(lines))


def _order(draft: Draft, order: str, rows: list[Row]) -> None:
    seen = draft.seen.sales_orders.get(order)
    rows = _of_one_patience(draft, order, rows)
    patience = next((row["patience_days"] for row in rows if row["patience_days"] is not None), None)
    fresh: list[tuple[Row, SalesLine]] = []
    for row in _new_or_changed(draft, order, seen, rows):
        customer, item = draft.find(row, "customer"), draft.find(row, "sku")
        partner = seen.partner if seen else None
        if customer is None or item is None or not one_partner(draft, order, partner, rows[0], row, "customer"):
            continue
        fresh.append((row, _line(draft, row, customer, patience)))
    if seen is None:
        _one_policy(draft, fresh)
    else:
        _may_grow(draft, seen, fresh)
    for row, line in fresh:
        draft.plan.sales.append(line)
        draft.count(row, "new")


def _of_one_patience(draft: Draft, order: str, rows: list[Row]) -> list[Row]:
    """The rows without those that say another patience than the first that says one: an order has one."""
    first = next((row for row in rows if row["patience_days"] is not None), None)
    sound = []
    for row in rows:
        if first is None or row["patience_days"] in (None, first["patience_days"]):
            sound.append(row)
        else:
            days, before = in_days(row["patience_days"]), in_days(first["patience_days"])
            draft.refuse(row, "patience_days", f"{days} differs: {order} has {before} by line {first.line}")
    return sound


def _line(draft: Draft, row: Row, customer: dict[str, Any], patience: Cell) -> SalesLine:
    days = _first(patience, customer["patience_days"], draft.patience_days)
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


# --- What is on record ------------------------------------------------------------------------------------


def _new_or_changed(draft: Draft, order: str, seen: Order | None, rows: list[Row]) -> list[Row]:
    """The rows that are not on record; those that are, and say something else, go to the plan as changes."""
    fresh = []
    for row in rows:
        line = seen.lines.get(row["line"]) if seen else None
        if seen is None or line is None:
            fresh.append(row)
            continue
        differing = _differing(row, seen.partner, line)
        if not differing:
            draft.count(row, "unchanged")
        elif (fault := _unchangeable(row, differing, line)) is not None:
            draft.refuse(row, *fault)
        else:
            values = {column: after for column, _, after in differing}
            draft.plan.changed.append(ChangedLine(order, row["line"], row["sku"], values))
            draft.count(row, "updated")
    return fresh


def _differing(row: Row, partner: str, line: dict[str, Cell]) -> list[Change]:
    """What a row says differently; no ship set says nothing, and patience is that of lines that leave together."""
    silent = set() if row["ship_set"] else {"ship_set"}
    if line["patience_days"] is None:
        silent.add("patience_days")
    on_record = {"customer": partner} | {name: value for name, value in line.items() if name not in (FIXED, CLAIMING)}
    return [one for one in changes(row, on_record) if one[0] not in silent]


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
        if column == "patience_days" and line[CLAIMING]:
            reason = "its patience is over, and it holds what it gets"
            return column, f"{in_days(before)} -> {in_days(after)}: {reason}"
    return None


# --- What goes together -----------------------------------------------------------------------------------


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
