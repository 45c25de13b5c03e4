"""The files that can be imported: their columns, their keys, and the order in which they are taken.

The columns of the masters are named as in the database. docs/import.md says the same for people; a test
compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from warehouse.exchange import cells
from warehouse.exchange.cells import Cell, Reader
from warehouse.site import NO_EXPIRY


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how a cell is read; unless it is required it may be missing, and its cells empty."""

    name: str
    read: Reader
    required: bool = True
    empty: Cell = None


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of file, known by its name; `key` says which rows are one and the same thing."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """The name that the file must have."""
        return f"{self.name}.csv"


def _optional(name: str, read: Reader, empty: Cell = None) -> Column:
    return Column(name, read, required=False, empty=empty)


_SKU = Column("sku", cells.code)
_POLICY = cells.one_of("partial", "line", "order")
_LINE_POLICY = cells.one_of("partial", "line", "order", "set")
_PERCENT = cells.number(0, 100)
_PRIORITY = cells.number(1, 5)
_DAYS = cells.number(0, 3650)
_WHAT_THEN = cells.one_of("NONE", "WARN", "REJECT")

TOLERANCES: Final = (
    ("over_percent", "over_action"),
    ("under_percent", "under_action"),
    ("early_days", "early_action"),
    ("late_days", "late_action"),
)
"""How far a delivery may be from its order, and what happens beyond: both of a pair are stated, or neither."""

_TOLERANCES = (
    _optional("over_percent", cells.number(0, 1000)),
    _optional("over_action", _WHAT_THEN),
    _optional("under_percent", cells.number(0, 100)),
    _optional("under_action", _WHAT_THEN),
    _optional("early_days", _DAYS),
    _optional("early_action", _WHAT_THEN),
    _optional("late_days", _DAYS),
    _optional("late_action", _WHAT_THEN),
)

ITEMS = Table(
    "items",
    ("sku",),
    (
        _SKU,
        Column("description", cells.name),
        _optional("gtin", cells.gtin, ""),
        Column("base_unit", cells.label),
        Column("case_qty_mode", cells.one_of("fixed", "variable", "catch_weight")),
        _optional("nominal_case_qty", cells.whole),
        _optional("min_case_qty", cells.whole),
        _optional("max_case_qty", cells.whole),
        Column("lot_control", cells.yes_no),
        Column("expiry_control", cells.yes_no),
        _optional("serial_control", cells.yes_no, 0),
        _optional("shelf_life_days", cells.number(1, 36_500)),
        _optional("min_life_days", cells.number(0, 36_500)),
        _optional("weight_unit", cells.one_of("kg", "lb"), ""),
        _optional("nominal_piece_weight", cells.weight),
        _optional("min_case_weight", cells.weight),
        _optional("max_case_weight", cells.weight),
        _optional("weight_percent", cells.number(0, 100)),
        _optional("same_as_last", cells.yes_no, 1),
        _optional("storage_class", cells.word, ""),
        _optional("on_allocation", cells.yes_no, 0),
        *_TOLERANCES,
    ),
)
BARCODES = Table("barcodes", ("barcode",), (_SKU, Column("barcode", cells.barcode), Column("quantity", cells.whole)))
VENDORS = Table("vendors", ("code",), (Column("code", cells.code), Column("name", cells.name), *_TOLERANCES))
CUSTOMERS = Table(
    "customers",
    ("code",),
    (
        Column("code", cells.code),
        Column("name", cells.name),
        Column("priority", _PRIORITY),
        Column("ship_policy", _POLICY),
        _optional("min_fill_percent", _PERCENT, 0),
        _optional("patience_days", cells.days_or_never),
        _optional("full_cases", cells.yes_no),
    ),
)
LOCATIONS = Table(
    "locations",
    ("code",),
    (
        Column("code", cells.code),
        _optional("zone", cells.label, ""),
        Column("kind", cells.one_of("dock", "storage", "staging", "stage", "quarantine", "ship")),
        _optional("storage_classes", cells.words, ""),
    ),
)
OPERATORS = Table(
    "operators",
    ("badge",),
    (Column("badge", cells.code), Column("name", cells.name), _optional("roles", cells.roles, "")),
)
STOCK = Table(
    "stock",
    ("unit_code",),  # else location, sku, lot and expiry: see `key_of`
    (
        Column("location", cells.code),
        _SKU,
        Column("quantity", cells.whole),
        _optional("lot", cells.code, ""),
        _optional("expiry", cells.expiry, NO_EXPIRY),
        _optional("unit_code", cells.unit_code, ""),
    ),
)
PURCHASE_ORDERS = Table(
    "purchase_orders",
    ("po", "line"),
    (
        Column("po", cells.code),
        Column("vendor", cells.code),
        Column("line", cells.whole),
        _SKU,
        Column("quantity", cells.whole),
        Column("expected_on", cells.day),
        *_TOLERANCES,
    ),
)
ASNS = Table(
    "asns",
    ("sscc",),
    (
        Column("asn", cells.code),
        Column("vendor", cells.code),
        _optional("po", cells.code),
        _optional("po_line", cells.whole),
        _SKU,
        Column("sscc", cells.sscc),
        _optional("parent_sscc", cells.sscc, ""),
        Column("quantity", cells.whole),
        _optional("lot", cells.code, ""),
        _optional("expiry", cells.expiry, NO_EXPIRY),
        Column("expected_on", cells.day),
    ),
)
SALES_ORDERS = Table(
    "sales_orders",
    ("order", "line"),
    (
        Column("order", cells.code),
        Column("customer", cells.code),
        Column("line", cells.whole),
        _SKU,
        Column("quantity", cells.whole),
        _optional("promised_on", cells.day),
        _optional("priority", _PRIORITY),
        _optional("ship_policy", _LINE_POLICY),
        _optional("ship_set", cells.code, ""),
        _optional("min_fill_percent", _PERCENT),
        _optional("patience_days", cells.days_or_never),
        _optional("full_cases", cells.yes_no),
    ),
)

MASTERS: Final = (ITEMS, VENDORS, CUSTOMERS, LOCATIONS, OPERATORS)
"""Tables whose rows are inserted, or updated where their key is known. Barcodes hang on items."""

TABLES: Final = (
    ITEMS,
    BARCODES,
    VENDORS,
    CUSTOMERS,
    LOCATIONS,
    OPERATORS,
    STOCK,
    PURCHASE_ORDERS,
    ASNS,
    SALES_ORDERS,
)
"""Every table, in the order in which they are taken."""

BY_FILE: Final = {table.file: table for table in TABLES}
KNOWN_FILES: Final = ", ".join(BY_FILE)
