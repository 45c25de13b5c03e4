"""What is ordered from vendors, and what they have announced."""

from __future__ import annotations

import peewee

from db.connection import database
from db.models.masters import Tolerant


class PurchaseOrder(peewee.Model):
    """A purchase order: its number and its vendor."""

    id = peewee.BigAutoField()
    site = peewee.TextField()
    po = peewee.TextField()
    vendor_id = peewee.BigIntegerField()

    class Meta:
        database = database
        legacy_table_names = False


class PoLine(Tolerant):
    """A line of a purchase order, in pieces."""

    po_id = peewee.BigIntegerField()
    line = peewee.IntegerField()
    item_id = peewee.BigIntegerField()
    qty_ordered = peewee.IntegerField()
    qty_received = peewee.IntegerField(default=0)
    expected_on = peewee.TextField()
    closed_at = peewee.TextField(null=True)


class Asn(peewee.Model):
    """An advance ship notice: its number and its vendor."""

    id = peewee.BigAutoField()
    site = peewee.TextField()
    asn = peewee.TextField()
    vendor_id = peewee.BigIntegerField()

    class Meta:
        database = database
        legacy_table_names = False


class AsnUnit(peewee.Model):
    """A case that is announced, in pieces."""

    id = peewee.BigAutoField()
    site = peewee.TextField()
    asn_id = peewee.BigIntegerField()
    po_line_id = peewee.BigIntegerField(null=True)
    item_id = peewee.BigIntegerField()
    sscc = peewee.TextField()
    parent_sscc = peewee.TextField()
    qty = peewee.IntegerField()
    lot = peewee.TextField()
    expiry = peewee.TextField()
    expected_on = peewee.TextField()

    class Meta:
        database = database
        legacy_table_names = False
