"""What an import will write, while it is being checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse.exchange.approvals import Approval
from warehouse.exchange.cells import Cell, quoted
from warehouse.exchange.on_record import Named, OnRecord
from warehouse.exchange.reading import Fault, Files, Row
from warehouse.exchange.tables import (
    ASNS,
    BARCODES,
    CUSTOMERS,
    ITEMS,
    LOCATIONS,
    MASTERS,
    PURCHASE_ORDERS,
    SALES_ORDERS,
    STOCK,
    SUBSTITUTES,
    TABLES,
    VENDORS,
    Table,
)

REFERENCES = {"sku": ITEMS, "substitute": ITEMS, "vendor": VENDORS, "customer": CUSTOMERS, "location": LOCATIONS}


@dataclass(frozen=True, slots=True)
class NewBarcode:
    """A barcode to insert or update; without a quantity it is the item's own GTIN."""

    barcode: str
    sku: str
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening balance to write: of one unit, or loose where `unit_code` is empty."""

    row: Row
    location: str
    sku: str
    quantity: int
    lot: str
    expiry: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """A purchase order line to write."""

    po: str
    vendor: str
    line: int
    sku: str
    quantity: int
    expected_on: str
    tolerances: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class NewDate:
    """A purchase order line on record that is now expected on another day."""

    po: str
    line: int
    sku: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AnnouncedCase:
    """A case of an advance ship notice to write; without an order line `po` and `po_line` are None."""

    asn: str
    vendor: str
    po: str | None
    po_line: int | None
    sku: str
    sscc: str
    parent_sscc: str
    quantity: int
    lot: str
    expiry: str
    expected_on: str


@dataclass(frozen=True, slots=True)
class SalesLine:
    """A sales order line to write; what its row left open is filled in."""

    order: str
    customer: str
    line: int
    sku: str
    quantity: int
    promised_on: str
    priority: int
    policy: str
    fill_percent: int
    full_cases: bool
    ship_set: str
    patience_days: int | None


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A sales order line on record that changes: the columns that do, as the file has them."""

    order: str
    line: int
    sku: str
    values: dict[str, Cell]


@dataclass(slots=True)
class Plan:
    """Everything that will be written, and how many rows of each table are new, updated or unchanged."""

    masters: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {table.name: [] for table in MASTERS})
    barcodes: list[NewBarcode] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)  # former own GTINs, with their items
    approvals: list[Approval] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    purchases: list[PurchaseLine] = field(default_factory=list)
    rescheduled: list[NewDate] = field(default_factory=list)
    announced: list[AnnouncedCase] = field(default_factory=list)
    sales: list[SalesLine] = field(default_factory=list)
    changed: list[ChangedLine] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def touched(self) -> set[str]:
        """Items of which supply or demand will change."""
        changed = {line.sku for line in self.changed}
        return {opening.sku for opening in self.openings} | {line.sku for line in self.sales} | changed

    @property
    def moved(self) -> set[str]:
        """Items of which a delivery comes on another day."""
        return {date.sku for date in self.rescheduled}

    def named(self) -> Named:
        """The keys on which writing this depends."""
        changed = {table.name: {row[table.key[0]] for row in self.masters[table.name]} for table in MASTERS}
        changed[ITEMS.name] |= self.touched | self.moved
        changed[ITEMS.name] |= {line.sku for line in self.purchases} | {new.sku for new in self.barcodes}
        changed[ITEMS.name] |= {sku for _, sku in self.dropped} | {case.sku for case in self.announced}
        changed[VENDORS.name] |= {line.vendor for line in self.purchases} | {case.vendor for case in self.announced}
        changed[CUSTOMERS.name] |= {line.customer for line in self.sales}
        changed[ITEMS.name] |= {sku for new in self.approvals for sku in (new.sku, new.substitute)}
        changed[CUSTOMERS.name] |= {new.customer for new in self.approvals if new.customer}
        changed[LOCATIONS.name] |= {opening.location for opening in self.openings}
        return Named(
            {table: frozenset(keys) for table, keys in changed.items()},
            barcodes=frozenset(new.barcode for new in self.barcodes),
            approvals=frozenset(new.key for new in self.approvals),
            unit_codes=frozenset(opening.unit_code for opening in self.openings if opening.unit_code)
            | frozenset(case.sscc for case in self.announced),
            loose=frozenset(
                (opening.location, opening.sku, opening.lot, opening.expiry)
                for opening in self.openings
                if not opening.unit_code
            ),
            purchase_orders=frozenset(line.po for line in self.purchases)
            | frozenset(date.po for date in self.rescheduled)
            | frozenset(case.po for case in self.announced if case.po),
            asns=frozenset(case.asn for case in self.announced),
            ssccs=frozenset(code for case in self.announced for code in (case.sscc, case.parent_sscc) if code),
            sales_orders=frozenset(line.order for line in self.sales) | frozenset(line.order for line in self.changed),
            kinds={row["code"]: row["kind"] for row in self.masters[LOCATIONS.name]},
            weight_units={row["sku"]: row["weight_unit"] for row in self.masters[ITEMS.name]},
        )


@dataclass(slots=True)
class Draft:
    """A check in progress: the files, what is on record, what will be written, and what is wrong.

    `after` holds the masters as they will be; `mentioned` their keys in the files, faulty rows included, so
    that one wrong row is not followed by a fault for each row that refers to it.
    """

    files: Files
    seen: OnRecord
    today: str
    faults: list[Fault]
    patience_days: int  # of orders that say nothing, nor their customers
    plan: Plan = field(default_factory=Plan)
    after: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {table.name: {} for table in MASTERS})
    mentioned: dict[str, set[Cell]] = field(default_factory=dict)

    def refuse(self, row: Row, column: str, reason: str) -> None:
        """Something is wrong with a row."""
        self.faults.append(row.fault(column, reason))

    def count(self, row: Row, outcome: str) -> None:
        """A row is `new`, `updated` or `unchanged`."""
        self.plan.counts[row.table.name, outcome] += 1

    def find(self, row: Row, column: str) -> dict[str, Any] | None:
        """The master that a row refers to, as it will be; None, with its fault told, when there is none."""
        table, key = REFERENCES[column], row[column]
        if found := self.after[table.name].get(key):
            return found
        if key in self.mentioned[table.name]:
            return None
        if found := self.seen.masters[table.name].get(key):
            return found
        if table.name not in self.files.broken:
            reason = f"{quoted(key)} is not known: import it first, or in the same call, with {table.file}"
            self.refuse(row, column, reason)
        return None


def weight_unit(item: Mapping[str, Any]) -> str:
    """The unit in which an item's cases are weighed: catch weight is in kg where nothing else is said."""
    return item["weight_unit"] or ("kg" if item.get("case_qty_mode") == "catch_weight" else "")


def named_in(files: Files) -> Named:
    """Every key that the files mention."""
    keys: dict[str, set[str]] = {table.name: set() for table in MASTERS}
    for table in TABLES:
        for row in files.of(table):
            for column, master in REFERENCES.items():
                _add(keys[master.name], row, column)
            if table in MASTERS:
                _add(keys[table.name], row, table.key[0])
    return Named(
        {table: frozenset(found) for table, found in keys.items()},
        barcodes=_all(files, BARCODES, "barcode") | _all(files, ITEMS, "gtin"),
        approvals=frozenset(
            (row["sku"], row["substitute"], row["customer"]) for row in files.of(SUBSTITUTES) if row.sound
        ),
        unit_codes=_all(files, STOCK, "unit_code") | _all(files, ASNS, "sscc"),
        loose=frozenset(
            (row["location"], row["sku"], row["lot"], row["expiry"])
            for row in files.of(STOCK)
            if row.sound and not row["unit_code"]
        ),
        purchase_orders=_all(files, PURCHASE_ORDERS, "po") | _all(files, ASNS, "po"),
        asns=_all(files, ASNS, "asn"),
        ssccs=_all(files, ASNS, "sscc") | _all(files, ASNS, "parent_sscc"),
        sales_orders=_all(files, SALES_ORDERS, "order"),
        kinds={row["code"]: row["kind"] for row in files.of(LOCATIONS) if row.sound},
        weight_units={row["sku"]: weight_unit(row.cells) for row in files.of(ITEMS) if "weight_unit" in row.cells},
    )


def _add(keys: set[str], row: Row, column: str) -> None:
    if isinstance(key := row.cells.get(column), str):
        keys.add(key)


def _all(files: Files, table: Table, column: str) -> frozenset[str]:
    return frozenset(row[column] for row in files.of(table) if row.cells.get(column))
