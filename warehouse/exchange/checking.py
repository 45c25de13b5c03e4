"""The check: duplicates, masters, barcodes, then stock and orders, against the database and one another.

Nothing is written here. Whatever is wrong is collected; the caller learns all of it at once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from warehouse.exchange import cells, documents
from warehouse.exchange.cells import Cell
from warehouse.exchange.differing import half_stated
from warehouse.exchange.draft import REFERENCES, Draft, NewBarcode, Plan, weight_unit
from warehouse.exchange.on_record import Barcode, OnRecord
from warehouse.exchange.reading import Fault, Files, ImportFaults, Row, Ticker
from warehouse.exchange.tables import BARCODES, ITEMS, LOCATIONS, MASTERS, TABLES, VENDORS, Table

WEIGHTS = ("nominal_piece_weight", "min_case_weight", "max_case_weight")
ASCENDING = (
    ("min_case_qty", "nominal_case_qty", "max_case_qty"),
    ("min_case_weight", "max_case_weight"),
    ("min_life_days", "shelf_life_days"),
)


def check(files: Files, seen: OnRecord, today: str, patience_days: int, ticker: Ticker) -> Plan:
    """What the files mean for the database as it was seen; `patience_days` is the site's.

    Raises ImportFaults with everything that is wrong, what reading found included.
    """
    draft = Draft(files, seen, today, list(files.faults), patience_days)
    sound = {table.name: _unique(draft, table) for table in TABLES}
    for table in MASTERS:
        for row in ticker.over(sound[table.name]):
            _master(draft, table, row)
    claims = _own_gtins(draft, sound[ITEMS.name])
    for row in ticker.over(sound[BARCODES.name]):
        _barcode(draft, row, claims)
    _drop_former_gtins(draft, sound[ITEMS.name])
    documents.check(draft, sound, ticker)
    _references_of_faulty(draft)
    ticker.end()
    if draft.faults:
        raise ImportFaults(tuple(sorted(draft.faults, key=_place)))
    return draft.plan


def _place(fault: Fault) -> tuple[str, int]:
    return fault.file, fault.line


def _unique(draft: Draft, table: Table) -> list[Row]:
    """The rows that can be worked on; a key that was there before is a fault and names its first row."""
    first: dict[tuple[Cell, ...], Row] = {}
    for row in draft.files.of(table):
        key = row.key
        if key is not None and (earlier := first.setdefault(key, row)) is not row:
            draft.refuse(row, _key_column(row), f"is there already {where(earlier, row)}: a key may come once")
    draft.mentioned[table.name] = {key[0] for key in first}
    return [row for row in draft.files.of(table) if row.sound and first.get(row.key or ()) is row]


def _references_of_faulty(draft: Draft) -> None:
    """A row with a cell that cannot be read is checked no further, but what it refers to is still to be known."""
    for table in TABLES:
        for row in draft.files.of(table):
            if not row.sound and table not in MASTERS:
                for column in (name for name in REFERENCES if name in row.cells):
                    draft.find(row, column)


def _key_column(row: Row) -> str:
    if row.table.key == ("unit_code",) and not row["unit_code"]:
        return "location"
    return row.table.key[-1]


def where(earlier: Row, row: Row) -> str:
    """Where another row stands, seen from this one."""
    return f"in line {earlier.line}" if earlier.file == row.file else f"in {earlier.file}, line {earlier.line}"


# --- Masters ----------------------------------------------------------------------------------------------


def _master(draft: Draft, table: Table, row: Row) -> None:
    """Insert or update; a column that the file lacks keeps what is on record."""
    key = row[table.key[0]]
    stored = draft.seen.masters[table.name].get(key)
    after = {column.name: stored[column.name] if stored else column.empty for column in table.columns}
    after.update(row.cells)
    for column, reason in half_stated(after) if table in (ITEMS, VENDORS) else ():
        draft.refuse(row, column, reason)
    draft.after[table.name][key] = after
    if table is ITEMS:
        after["weight_unit"] = weight_unit(after)
        _item(draft, row, after, stored)
    if table is LOCATIONS and key in draft.seen.occupied and stored:
        reason = f"holds stock: it stays {stored['kind']} until it is empty"
        draft.refuse(row, "kind", reason)
    if stored and all(stored[name] == value for name, value in after.items()):
        draft.count(row, "unchanged")
        return
    draft.plan.masters[table.name].append(after)
    draft.count(row, "updated" if stored else "new")


def _item(draft: Draft, row: Row, item: dict[str, Any], stored: dict[str, Any] | None) -> None:
    """What is stated of cases, weights and shelf life goes together."""
    for names in ASCENDING:
        stated = [(name, item[name]) for name in names if item[name] is not None]
        for (lower, least), (upper, most) in pairwise(stated):
            if least > most:
                draft.refuse(row, upper, f"{upper} {_shown(upper, most)} is below {lower} {_shown(lower, least)}")
    if not item["weight_unit"]:
        for name in WEIGHTS:
            if item[name] is not None:
                draft.refuse(row, name, "needs a weight_unit: kg or lb")
    if stored and item["weight_unit"] != stored["weight_unit"] and item["sku"] in draft.seen.weighed:
        reason = f"cases of {item['sku']} were weighed in {stored['weight_unit']}: it stays their unit"
        draft.refuse(row, "weight_unit", reason)


def _shown(column: str, value: int) -> str:
    return cells.in_thousandths(value) if column in WEIGHTS else str(value)


# --- Barcodes ---------------------------------------------------------------------------------------------


def _own_gtins(draft: Draft, rows: list[Row]) -> dict[str, Row]:
    """An item's own GTIN is a barcode of the item without a quantity; answers which row has which."""
    claims: dict[str, Row] = {}
    for row in rows:
        sku, gtin = row["sku"], draft.after[ITEMS.name][row["sku"]]["gtin"]
        if not gtin:
            continue
        if (other := claims.setdefault(gtin, row)) is not row:
            draft.refuse(row, "gtin", f"{gtin} is the GTIN of {other['sku']} already ({where(other, row)})")
            continue
        held = draft.seen.barcodes.get(gtin)
        if held and held.sku != sku and not _freed(draft, gtin, held):
            draft.refuse(row, "gtin", f"{gtin} is a barcode of {held.sku} already")
        if gtin != _former_gtin(draft, sku):
            draft.plan.barcodes.append(NewBarcode(gtin, sku, None))
    return claims


def _former_gtin(draft: Draft, sku: str) -> str:
    stored = draft.seen.masters[ITEMS.name].get(sku)
    return stored["gtin"] if stored else ""


def _freed(draft: Draft, barcode: str, held: Barcode) -> bool:
    """Whether it was the own GTIN of an item that gives it up in this call."""
    if held.own_gtin != barcode or held.sku not in draft.mentioned[ITEMS.name]:
        return False
    owner = draft.after[ITEMS.name].get(held.sku)
    return owner is None or owner["gtin"] != barcode


def _barcode(draft: Draft, row: Row, claims: dict[str, Row]) -> None:
    """A packaging barcode: new, or with another quantity, or for another item than before."""
    item, barcode = draft.find(row, "sku"), row["barcode"]
    held = draft.seen.barcodes.get(barcode)
    owner = claims[barcode]["sku"] if barcode in claims else None
    if owner is None and held and held.own_gtin == barcode and not _freed(draft, barcode, held):
        owner = held.sku
    if owner is not None:
        reason = f"{barcode} is the GTIN of item {owner} itself: only codes of its packagings belong here"
        draft.refuse(row, "barcode", reason)
    elif item is None:
        return
    elif held and (held.sku, held.quantity) == (row["sku"], row["quantity"]):
        draft.count(row, "unchanged")
    else:
        draft.plan.barcodes.append(NewBarcode(barcode, row["sku"], row["quantity"]))
        draft.count(row, "updated" if held and held.own_gtin != barcode else "new")


def _drop_former_gtins(draft: Draft, rows: list[Row]) -> None:
    """What was an item's own GTIN and no longer is; dropped before others get it, so they may."""
    for row in rows:
        former = _former_gtin(draft, row["sku"])
        if former and former != draft.after[ITEMS.name][row["sku"]]["gtin"]:
            draft.plan.dropped.append((former, row["sku"]))
