"""Stopped lots and serial numbers: no piece of a stopped lot is free, a serial number is in one unit."""

from __future__ import annotations

from warehouse.invariants.check import Check, Invariant

_LOT = "i.sku || ' lot ' || b.lot"
_STOPS = "lot_block b JOIN item i ON i.id = b.item_id"
_NOW = "ended_at IS NULL"

STOPPED = (
    Check(
        "lot_block",
        f"MIN({_LOT})",
        f"{_STOPS} WHERE b.site = ? AND b.{_NOW} GROUP BY b.item_id, b.lot",
        (Invariant("a lot is stopped once", "COUNT(*)", "1"),),
        only=_NOW,
    ),
    Check(
        "lot_block",
        _LOT,
        f"{_STOPS} LEFT JOIN stopped s ON s.block_id = b.id WHERE b.site = ? AND b.{_NOW}",
        (Invariant("I21 nothing of a stopped lot is free", "COALESCE(s.qty, 0)", "0"),),
        only=_NOW,
    ),
)

_SERIAL = "i.sku || ' serial ' || s.serial"
_SERIALS = "unit_serial s JOIN item i ON i.id = s.item_id"

SERIALS = (
    Check(
        "unit_serial",
        f"MIN({_SERIAL})",
        f"{_SERIALS} WHERE s.site = ? AND s.state = 'IN' GROUP BY s.item_id, s.serial",
        (Invariant("I3 a serial number is in one unit", "COUNT(*)", "1"),),
        only="state = 'IN'",
    ),
    Check(
        "unit_serial",
        _SERIAL,
        f"{_SERIALS} JOIN handling_unit u ON u.id = s.unit_id JOIN item ui ON ui.id = u.item_id WHERE s.site = ?",
        (
            Invariant("unit_serial.state", "s.state", "CASE u.status WHEN 'VOIDED' THEN 'VOIDED' ELSE 'IN' END"),
            Invariant("unit_serial.item", "i.sku", "ui.sku"),
        ),
    ),
)

CHECKS = (*STOPPED, *SERIALS)
