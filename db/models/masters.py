"""What exists before anything moves: items and their barcodes, partners, places, people.

Instances are never made or saved; the classes are there for `insert_many(...).on_conflict(...)` and `select()`.
"""

from __future__ import annotations

import peewee

from db.connection import database


class Master(peewee.Model):
    """A row that an import inserts or updates: it belongs to a site and has a key that people know."""

    id = peewee.BigAutoField()
    site = peewee.TextField()

    class Meta:
        database = database
        legacy_table_names = False


class Item(Master):
    """An article, in pieces of its base unit."""

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


class ItemBarcode(Master):
    """A barcode that means an item; `quantity` is what a packaging holds, NULL for the item's own GTIN."""

    barcode = peewee.TextField()
    item_id = peewee.BigIntegerField()
    quantity = peewee.IntegerField(null=True)


class Vendor(Master):
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


class Location(Master):
    """A place."""

    code = peewee.TextField()
    zone = peewee.TextField()
    kind = peewee.TextField()


class Operator(Master):
    """A person with a badge; `roles` are words separated by spaces."""

    badge = peewee.TextField()
    name = peewee.TextField()
    roles = peewee.TextField()
