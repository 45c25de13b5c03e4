"""What the database holds of the things that the files name: read before the check, and again under the locks.

Two readings that are equal mean that nothing the check relied on has changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from db import connection
from db.connection import chunks, marks
from db.models import masters
from warehouse import policy
from warehouse.exchange import announced_before, approvals
from warehouse.exchange.cells import Cell
from warehouse.exchange.chunks import each
from warehouse.exchange.tables import CUSTOMERS, ITEMS, LOCATIONS, MASTERS, OPERATORS, TOLERANCES, VENDORS, Table

T = TypeVar("T")
LooseKey = tuple[str, str, str, str]  # location, sku, lot, expiry

MODELS: Mapping[str, type[masters.Master]] = {
    ITEMS.name: masters.Item,
    VENDORS.name: masters.Vendor,
    CUSTOMERS.name: masters.Customer,
    LOCATIONS.name: masters.Location,
    OPERATORS.name: masters.Operator,
}

_KNOWN = "status <> 'VOIDED'"
_LIVE = "status NOT IN ('VOIDED','CONSUMED','ISSUED')"


@dataclass(frozen=True, slots=True)
class Named:
    """The keys of which the database is asked.

    `ssccs` are those of announced cases and pallets, `kinds` and `weight_units` what the files say of places and items.
    """

    masters: Mapping[str, frozenset[str]]
    barcodes: frozenset[str] = frozenset()
    approvals: frozenset[approvals.Key] = frozenset()
    unit_codes: frozenset[str] = frozenset()
    loose: frozenset[LooseKey] = frozenset()
    purchase_orders: frozenset[str] = frozenset()
    sales_orders: frozenset[str] = frozenset()
    asns: frozenset[str] = frozenset()
    ssccs: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    weight_units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode's item and quantity; it is the item's own GTIN when that says the same digits."""

    sku: str
    own_gtin: str
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """The opening balance that a unit once had."""

    location: str
    sku: str
    quantity: int
    lot: str
    expiry: str


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase or sales order: the vendor or customer it is with, and each line's values by column name."""

    id: int
    partner: str
    lines: dict[int, dict[str, Cell]]


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What was found; masters by table and key, each with its columns and its id.

    `asns` are ids and vendors by number, `announced` cases and `pallets` by their SSCC. `occupied` are places whose
    kind is to change although something stands there, `weighed` items whose weight unit is, with cases that have one.
    """

    masters: Mapping[str, Mapping[str, dict[str, Any]]]
    barcodes: Mapping[str, Barcode]
    approvals: Mapping[approvals.Key, bool]
    known_units: frozenset[str]
    opened_units: Mapping[str, Opened]
    opened_loose: Mapping[LooseKey, int]
    purchase_orders: Mapping[str, Order]
    sales_orders: Mapping[str, Order]
    asns: Mapping[str, tuple[int, str]]
    announced: Mapping[str, dict[str, Cell]]
    pallets: frozenset[str]
    occupied: frozenset[str]
    weighed: frozenset[str]

    def only(self, named: Named) -> OnRecord:
        """What a reading of fewer keys would have found."""
        return OnRecord(
            {table: _some(found, named.masters.get(table, ())) for table, found in self.masters.items()},
            _some(self.barcodes, named.barcodes),
            _some(self.approvals, named.approvals),
            self.known_units & named.unit_codes,
            _some(self.opened_units, named.unit_codes),
            _some(self.opened_loose, named.loose),
            _some(self.purchase_orders, named.purchase_orders),
            _some(self.sales_orders, named.sales_orders),
            _some(self.asns, named.asns),
            _some(self.announced, named.ssccs),
            self.pallets & named.ssccs,
            self.occupied & named.kinds.keys(),
            self.weighed & named.weight_units.keys(),
        )


K = TypeVar("K")


def _some(found: Mapping[K, T], keys: Iterable[K]) -> dict[K, T]:
    return {key: found[key] for key in keys if key in found}


def read(site: str, named: Named) -> OnRecord:
    """Ask the database; inside the write transaction and under its locks, or in autocommit before it."""
    found = {table.name: masters_by_key(site, table, named.masters.get(table.name, ())) for table in MASTERS}
    return OnRecord(
        found,
        _barcodes(site, named.barcodes),
        approvals.on_record(site, named.approvals),
        _known_units(site, named.unit_codes),
        _opened_units(site, named.unit_codes),
        _opened_loose(site, named.loose),
        _orders(site, named.purchase_orders, _PURCHASE_ORDERS, ("sku", "quantity", "expected_on", *_TOLERANCES)),
        _orders(site, named.sales_orders, _SALES_ORDERS, _SALES_COLUMNS),
        announced_before.asns(site, named.asns),
        announced_before.cases(site, named.ssccs),
        announced_before.pallets(site, named.ssccs),
        _occupied(site, named.kinds, found[LOCATIONS.name]),
        _weighed(site, named.weight_units, found[ITEMS.name]),
    )


def masters_by_key(site: str, table: Table, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The rows of a master table that have these keys."""
    model = MODELS[table.name]
    key = getattr(model, table.key[0])
    found: dict[str, dict[str, Any]] = {}
    for some in chunks(keys):
        rows: Iterable[Any] = model.select().where((model.site == site) & key.in_(some)).dicts()
        found.update((row[key.name], row) for row in rows)
    return found


def _barcodes(site: str, keys: Iterable[str]) -> dict[str, Barcode]:
    found = each(
        keys,
        lambda some: connection.rows(
            "SELECT b.barcode, i.sku, i.gtin, b.quantity FROM item_barcode b JOIN item i ON i.id = b.item_id "
            f"WHERE b.site = ? AND b.barcode IN ({marks(some)})",
            site,
            *some,
        ),
    )
    return {row[0]: Barcode(*row[1:]) for row in found}


def _known_units(site: str, keys: Iterable[str]) -> frozenset[str]:
    """Codes that name a unit, used up or not; only a voided capture gives its code back."""
    found = each(
        keys,
        lambda some: connection.rows(
            f"SELECT code FROM handling_unit WHERE site = ? AND code IN ({marks(some)}) AND {_KNOWN}", site, *some
        ),
    )
    return frozenset(row[0] for row in found)


_OPENING = (
    "FROM stock_move m JOIN handling_unit u ON u.id = m.to_unit_id JOIN location p ON p.id = m.to_location_id "
    "JOIN item i ON i.id = m.item_id WHERE m.site = ? AND m.kind = 'OPENING'"
)


def _opened_units(site: str, codes: Iterable[str]) -> dict[str, Opened]:
    """Opening balances by unit, of units long used up as well: an opening happens once, ever."""
    found = each(
        codes,
        lambda some: connection.rows(
            f"SELECT u.code, p.code, i.sku, m.qty, u.lot, u.expiry {_OPENING} "
            f"AND u.site = m.site AND u.code IN ({marks(some)}) AND u.{_KNOWN}",
            site,
            *some,
        ),
    )
    return {row[0]: Opened(*row[1:]) for row in found}


def _opened_loose(site: str, keys: frozenset[LooseKey]) -> dict[LooseKey, int]:
    """Opening balances of loose stock. Nothing but the ledger knows them for ever, so all of them are read."""
    if not keys:
        return {}
    found = connection.rows(f"SELECT p.code, i.sku, u.lot, u.expiry, m.qty {_OPENING} AND u.kind = 'LOOSE'", site)
    return {(row[0], row[1], row[2], row[3]): row[4] for row in found if tuple(row[:4]) in keys}


_TOLERANCES = tuple(column for pair in TOLERANCES for column in pair)
_PURCHASE_ORDERS = (
    "SELECT h.po, h.id, v.code, l.line, i.sku, l.qty_ordered, l.expected_on, "
    f"{', '.join(f'l.{column}' for column in _TOLERANCES)} FROM purchase_order h "
    "JOIN vendor v ON v.id = h.vendor_id JOIN po_line l ON l.po_id = h.id JOIN item i ON i.id = l.item_id "
    "WHERE h.site = ? AND h.po IN "
)
_SALES_ORDERS = (
    "SELECT h.order_no, h.id, c.code, l.line, i.sku, l.qty_ordered, l.promised_on, l.priority, l.policy, "
    "COALESCE(s.name, ''), l.min_fill_percent, l.full_cases, "
    f"CASE WHEN s.id IS NULL THEN NULL ELSE COALESCE(s.patience_days, {policy.NEVER_CLAIMS}) END, COALESCE(s.claiming, 0), "
    "l.qty_cancelled + l.qty_picked + l.qty_shipped "
    "FROM order_header h JOIN customer c ON c.id = h.customer_id JOIN order_line l ON l.order_id = h.id "
    "JOIN item i ON i.id = l.item_id LEFT JOIN ship_set s ON s.id = l.set_id WHERE h.site = ? AND h.order_no IN "
)


FIXED = "fixed"  # pieces that are picked, shipped or cancelled: no change of the quantity goes below them
CLAIMING = "claiming"  # whether its ship set holds already what it gets
_SALES_COLUMNS = (
    "sku",
    "quantity",
    "promised_on",
    "priority",
    "ship_policy",
    "ship_set",
    "min_fill_percent",
    "full_cases",
    "patience_days",
    CLAIMING,
    FIXED,
)


def _orders(site: str, keys: Iterable[str], text: str, columns: tuple[str, ...]) -> dict[str, Order]:
    orders: dict[str, Order] = {}
    for number, order_id, partner, line, *values in each(
        keys, lambda some: connection.rows(f"{text} ({marks(some)})", site, *some)
    ):
        order = orders.setdefault(number, Order(order_id, partner, {}))
        order.lines[line] = dict(zip(columns, values, strict=True))
    return orders


def _weighed(site: str, units: Mapping[str, str], items: Mapping[str, dict[str, Any]]) -> frozenset[str]:
    """Items of which the weight unit is to change although cases were weighed in it."""
    changing = [sku for sku, item in items.items() if item["weight_unit"] not in ("", units.get(sku))]
    found = each(
        [sku for sku in changing if sku in units],
        lambda some: connection.rows(
            f"SELECT i.sku FROM item i WHERE i.site = ? AND i.sku IN ({marks(some)}) AND EXISTS "
            "(SELECT 1 FROM handling_unit u WHERE u.site = i.site AND u.item_id = i.id AND u.weight IS NOT NULL)",
            site,
            *some,
        ),
    )
    return frozenset(row[0] for row in found)


def _occupied(site: str, kinds: Mapping[str, str], places: Mapping[str, dict[str, Any]]) -> frozenset[str]:
    """Places of which the kind is to change although something stands there."""
    changing = [code for code, place in places.items() if kinds.get(code, place["kind"]) != place["kind"]]
    found = each(
        changing,
        lambda some: connection.rows(
            f"SELECT p.code FROM location p WHERE p.site = ? AND p.code IN ({marks(some)}) AND EXISTS "
            f"(SELECT 1 FROM handling_unit u WHERE u.site = p.site AND u.location_id = p.id AND u.{_LIVE})",
            site,
            *some,
        ),
    )
    return frozenset(row[0] for row in found)
