"""Units and items: what a unit holds, where it stands and what is promised of it; an item's totals."""

from __future__ import annotations

from warehouse.facts import LIVE
from warehouse.invariants.check import Check, Invariant

# A code names one unit, unless that was voided: then a later capture may have it too.
_UNIT = "CASE WHEN u.status <> 'VOIDED' THEN u.code ELSE u.code || ' (id ' || CAST(u.id AS TEXT) || ')' END"
_STANDS = "COALESCE(c.status, 'nowhere') || CASE WHEN c.order_id IS NULL THEN '' ELSE ' for an order' END"
_PICKED = "c.order_id IS NOT NULL AND c.qty > 0 AND c.status <> 'ISSUED'"
_GOOD = "'AVAILABLE for an order'"
_HELD = "COALESCE(c.qty, 0)"
_PROMISED = "COALESCE(p.open_qty, 0)"

UNITS = Check(
    "handling_unit",
    _UNIT,
    "handling_unit u JOIN location l ON l.id = u.location_id LEFT JOIN order_header h ON h.id = u.order_id "
    "LEFT JOIN content c ON c.unit_id = u.id LEFT JOIN location cl ON cl.id = c.location_id "
    "LEFT JOIN order_header ch ON ch.id = c.order_id LEFT JOIN unit_promise p ON p.unit_id = u.id WHERE u.site = ?",
    (
        Invariant("I1 ledger equals units", "u.qty", _HELD),
        Invariant(
            "I2 no empty live unit",
            "u.status",
            f"CASE WHEN {_HELD} > 0 THEN u.status ELSE COALESCE(c.emptied, 'CONSUMED') END",
        ),
        Invariant("unit.location", "l.code", "COALESCE(cl.code, l.code)"),
        Invariant("unit.status", "u.status", f"CASE WHEN {_HELD} > 0 THEN c.status ELSE u.status END"),
        Invariant(
            "unit.order",
            "COALESCE(h.order_no, 'none')",
            "COALESCE(CASE WHEN c.unit_id IS NULL THEN h.order_no ELSE ch.order_no END, 'none')",
        ),
        Invariant("unit.qty_reserved", "u.qty_reserved", _PROMISED),
        Invariant(
            "I7 no unit promises more than it holds",
            _PROMISED,
            f"CASE WHEN {_PROMISED} > {_HELD} THEN {_HELD} ELSE {_PROMISED} END",
        ),
        Invariant(
            "I7 hard promises only on available units",
            _STANDS,
            f"CASE WHEN p.hard > 0 THEN 'AVAILABLE' ELSE {_STANDS} END",
        ),
        # One that left the house stands under its order too, and says no more what it was.
        Invariant(
            "I21 nothing stopped or on hold is picked", _STANDS, f"CASE WHEN {_PICKED} THEN {_GOOD} ELSE {_STANDS} END"
        ),
    ),
)

ITEMS = Check(
    "item",
    "i.sku",
    "item i LEFT JOIN item_stock s ON s.site = i.site AND s.item_id = i.id LEFT JOIN item_content c ON c.item_id = i.id "
    "LEFT JOIN item_flow f ON f.item_id = i.id LEFT JOIN item_queue q ON q.item_id = i.id WHERE i.site = ?",
    (
        Invariant("I1 pieces are conserved", "COALESCE(c.held, 0)", "COALESCE(f.qty, 0)"),
        Invariant("item_stock.usable", "s.usable", "COALESCE(c.usable, 0)"),
        Invariant("item_stock.reserved", "s.reserved", "COALESCE(c.reserved, 0)"),
        Invariant("item_stock.waiting_lines", "s.waiting_lines", "COALESCE(q.lines, 0)"),
        Invariant("item_stock.waiting_qty", "s.waiting_qty", "COALESCE(q.qty, 0)"),
    ),
)

# What the UNIQUE indexes over units promise, should one ever be missing.
_STOCK = "i.sku || CASE WHEN u.lot = '' THEN '' ELSE ' lot ' || u.lot END"
UNIQUE = (
    Check(
        "handling_unit",
        "u.code",
        "handling_unit u WHERE u.site = ? AND u.status <> 'VOIDED' GROUP BY u.code",
        (Invariant("I3 one unit per code", "COUNT(*)", "1"),),
        only="status <> 'VOIDED'",
    ),
    Check(
        "handling_unit",
        f"MIN(l.code || ' ' || {_STOCK} || ' ' || u.status)",
        "handling_unit u JOIN location l ON l.id = u.location_id JOIN item i ON i.id = u.item_id "
        f"WHERE u.site = ? AND u.kind = 'LOOSE' AND u.{LIVE} "
        "GROUP BY u.location_id, u.item_id, u.lot, u.expiry, u.owner, u.status",
        (Invariant("I3 one row of loose stock per place and lot", "COUNT(*)", "1"),),
        only=f"kind = 'LOOSE' AND {LIVE}",
    ),
    Check(
        "handling_unit",
        f"MIN(h.order_no || ' ' || {_STOCK} || ' ' || l.code)",
        "handling_unit u JOIN location l ON l.id = u.location_id JOIN item i ON i.id = u.item_id "
        f"JOIN order_header h ON h.id = u.order_id WHERE u.site = ? AND u.kind = 'PICKED' AND u.{LIVE} "
        "GROUP BY u.order_id, u.location_id, u.item_id, u.lot, u.expiry, u.owner",
        (Invariant("I3 one picked unit per order, lot and place", "COUNT(*)", "1"),),
        only=f"kind = 'PICKED' AND {LIVE}",
    ),
)
