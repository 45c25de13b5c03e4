"""What a barcode is: an item, and how many of it a fixed packaging holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse.barcodes.hibc import link_of
from warehouse.flows.steps import part

if TYPE_CHECKING:
    from warehouse.barcodes import Code


@part
@dataclass(frozen=True)
class Item:
    """An item as receiving and picking need it; quantities are pieces of `unit`.

    Weights are in thousandths of `weight_unit` (kg or lb; '' where cases are not weighed), shelf life is in days.
    """

    id: int
    sku: str
    description: str
    unit: str
    mode: str
    min_case: int | None
    max_case: int | None
    lot_control: int
    expiry_control: int
    nominal_case: int | None = None
    serial_control: int = 0
    shelf_life_days: int | None = None
    min_life_days: int | None = None
    weight_unit: str = ""
    piece_weight: int | None = None
    min_weight: int | None = None
    max_weight: int | None = None
    weight_percent: int | None = None
    same_as_last: int = 1
    storage_class: str = ""

    @property
    def weighed(self) -> bool:
        """Whether each case has a weight besides its pieces (catch weight)."""
        return self.mode == "catch_weight"


COLUMNS = (
    "i.id, i.sku, i.description, i.base_unit, i.case_qty_mode, i.min_case_qty, i.max_case_qty, "
    "i.lot_control, i.expiry_control, i.nominal_case_qty, i.serial_control, i.shelf_life_days, i.min_life_days, "
    "i.weight_unit, i.nominal_piece_weight, i.min_case_weight, i.max_case_weight, i.weight_percent, i.same_as_last, "
    "i.storage_class"
)


def by_barcode(site: str, barcode: str) -> tuple[Item, int | None] | None:
    """The item that carries this barcode, and the quantity of that packaging where it is stated.

    `barcode` is a GTIN of 14 digits or another code as it was imported; a typed SKU finds its item too.
    """
    found = connection.row(
        f"SELECT b.quantity, {COLUMNS} FROM item_barcode b JOIN item i ON i.id = b.item_id "
        "WHERE b.site = ? AND b.barcode = ?",
        site,
        barcode,
    )
    if found:
        return Item(*found[1:]), found[0]
    found = connection.row(f"SELECT {COLUMNS} FROM item i WHERE i.site = ? AND i.sku = ?", site, barcode)
    return (Item(*found), None) if found else None


def by_code(site: str, code: Code) -> tuple[Item, int | None] | None:
    """The item that a scanned code names, by the first of its names that is known here; else by its text, as digits
    that look like a GTIN may be an SKU.
    """
    for barcode in (*code.item_codes, code.text):
        found = by_barcode(site, barcode)
        if found:
            return found
    return None


def hibc_links(item_id: int) -> set[str]:
    """The link characters of this item's HIBC, by which a secondary symbol says whose it is; none where it has none."""
    found = connection.rows("SELECT barcode FROM item_barcode WHERE item_id = ?", item_id)
    return {link_of(row[0]) for row in found} - {""}


def by_id(item_id: int) -> Item:
    """The item with this id, which must exist."""
    return Item(*connection.one(f"SELECT {COLUMNS} FROM item i WHERE i.id = ?", item_id))


def fixed_quantity(item: Item, packaging: int | None) -> int | None:
    """What a packaging barcode may say about a case: its quantity, where every case of the item is alike."""
    return packaging if item.mode == "fixed" else None
