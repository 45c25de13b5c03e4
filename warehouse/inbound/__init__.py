"""Goods on their way in: what was ordered and announced, a delivery at the dock, and its cases as they are counted.

`capture` is the only way in for a case: unit, move, capture row, order line and receipt change together, and what
waited for the item is released in the same breath.
"""

from warehouse.inbound.asns import (
    AsnUnit,
    announced,
    announced_by_id,
    announced_on,
    asn_by_code,
    asn_by_id,
    named_by,
    orders_of_asn,
    still_announced,
)
from warehouse.inbound.capture import Captured, capture, lock, lock_all, take_back
from warehouse.inbound.case import OPENED, Case, Correction, Delivery, LastCase
from warehouse.inbound.orders import (
    PoLine,
    PurchaseOrder,
    due,
    line_by_id,
    line_for,
    lines,
    orders_for_item,
    purchase_order,
    purchase_order_by_id,
    vendor_of,
)
from warehouse.inbound.receipts import (
    CapturedCase,
    Receipt,
    last_cases,
    open_receipt,
    receipt_for,
    receipt_of_delivery,
)

__all__ = [
    "OPENED",
    "AsnUnit",
    "Captured",
    "CapturedCase",
    "Case",
    "Correction",
    "Delivery",
    "LastCase",
    "PoLine",
    "PurchaseOrder",
    "Receipt",
    "announced",
    "announced_by_id",
    "announced_on",
    "asn_by_code",
    "asn_by_id",
    "capture",
    "due",
    "last_cases",
    "line_by_id",
    "line_for",
    "lines",
    "lock",
    "lock_all",
    "named_by",
    "open_receipt",
    "orders_for_item",
    "orders_of_asn",
    "purchase_order",
    "purchase_order_by_id",
    "receipt_for",
    "receipt_of_delivery",
    "still_announced",
    "take_back",
    "vendor_of",
]
