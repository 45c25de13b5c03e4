"""What exists before anything moves: items and their barcodes, partners, places, people.

Instances are never made or saved; the classes are there for `insert_many(...).on_conflict(...)` and `select()`.
"""

from __future__ import annotations

import peewee

from db.connection import database


class Master(peewee.Model):
    """A row that an import writes: it belongs to a site and has a key that people know."""

    id = peewee.BigAutoField()
    site = peewee.TextField()

    class Meta:
        database = database
        legacy_table_names = False


class Tolerant(Master):
    """A row that may say how far a delivery may be from its order, in percent or days, and what happens beyond."""

    over_percent = peewee.IntegerField(null=True)
    over_action = peewee.TextField(null=True)
    under_percent = peewee.IntegerField(null=True)
    under_action = peewee.TextField(null=True)
    early_days = peewee.IntegerField(null=True)
    early_action = peewee.TextField(null=True)
    late_days = peewee.IntegerField(null=True)
    late_action = peewee.TextField(null=True)


class Item(Tolerant):
    """An article, in pieces of its base unit; weights are in thousandths of `weight_unit`."""

    sku = peewee.TextField()
    description = peewee.TextField()
    gtin = peewee.TextField()
    base_unit = peewee.TextField()
    case_qty_mode = peewee.TextField()
    nominal_case_qty = peewee.IntegerField(null=True)
    min_case_qty = peewee.IntegerField(null=True)
    max_case_qty = peewee.IntegerField(null=True)
    lot_control = peewee.IntegerField()
    expiry_control = peewee.IntegerField()
    serial_control = peewee.IntegerField()
    shelf_life_days = peewee.IntegerField(null=True)
    min_life_days = peewee.IntegerField(null=True)
    weight_unit = peewee.TextField()
    nominal_piece_weight = peewee.IntegerField(null=True)
    min_case_weight = peewee.IntegerField(null=True)
    max_case_weight = peewee.IntegerField(null=True)
    weight_percent = peewee.IntegerField(null=True)
    same_as_last = peewee.IntegerField()
    storage_class = peewee.TextField()
    on_allocation = peewee.IntegerField()


class ItemBarcode(Master):
    """A barcode that means an item; `quantity` is what a packaging holds, NULL for the item's own GTIN."""

    barcode = peewee.TextField()
    item_id = peewee.BigIntegerField()
    quantity = peewee.IntegerField(null=True)
    taught_by = peewee.BigIntegerField(null=True)
    taught_at = peewee.TextField(null=True)


class Vendor(Tolerant):
    """Who delivers."""

    code = peewee.TextField()
    name = peewee.TextField()


class Customer(Master):
    """Who is served, and how by default."""

    code = peewee.TextField()
    name = peewee.TextField()
    priority = peewee.IntegerField()
    ship_policy = peewee.TextField()
    min_fill_percent = peewee.IntegerField()
    patience_days = peewee.IntegerField(null=True)
    full_cases = peewee.IntegerField(null=True)


class Location(Master):
    """A place; `storage_classes` are words separated by spaces, any where there is none."""

    code = peewee.TextField()
    zone = peewee.TextField()
    kind = peewee.TextField()
    storage_classes = peewee.TextField()


class Operator(Master):
    """A person with a badge; `roles` are words separated by spaces."""

    badge = peewee.TextField()
    name = peewee.TextField()
    roles = peewee.TextField()
