"""What is ordered from vendors."""

from __future__ import annotations

import peewee

from db.connection import database


class PurchaseOrder(peewee.Model):
    """A purchase order: its number and its vendor."""

    id = peewee.BigAutoField()
    site = peewee.TextField()
    po = peewee.TextField()
    vendor_id = peewee.BigIntegerField()

    class Meta:
        database = database
        legacy_table_names = False


class PoLine(peewee.Model):
    """A line of a purchase order, in pieces."""

    id = peewee.BigAutoField()
    site = peewee.TextField()
    po_id = peewee.BigIntegerField()
    line = peewee.IntegerField()
    item_id = peewee.BigIntegerField()
    qty_ordered = peewee.IntegerField()
    qty_received = peewee.IntegerField(default=0)
    expected_on = peewee.TextField()

    class Meta:
        database = database
        legacy_table_names = False
