"""What was received: order lines and receipts beside their captures, the captures beside the ledger."""

from __future__ import annotations

from warehouse.invariants.check import Check, Invariant

PURCHASE_LINES = Check(
    "po_line",
    "o.po || '/' || CAST(l.line AS TEXT)",
    "po_line l JOIN purchase_order o ON o.id = l.po_id LEFT JOIN po_capture c ON c.po_line_id = l.id WHERE l.site = ?",
    (Invariant("po_line.qty_received", "l.qty_received", "COALESCE(c.qty, 0)"),),
)

RECEIPTS = Check(
    "receipt",
    "r.code",
    "receipt r LEFT JOIN receipt_capture c ON c.receipt_id = r.id WHERE r.site = ?",
    (
        Invariant("receipt.cases", "r.cases", "COALESCE(c.cases, 0)"),
        Invariant("receipt.pieces", "r.pieces", "COALESCE(c.qty, 0)"),
    ),
)


# --- Captures and the ledger --------------------------------------------------------------------------------


def _counted(alias: str, qty: str = "qty") -> str:
    """What a capture and the move of its unit must have in common, in words."""
    return (
        f"CAST({alias}.{qty} AS TEXT) || ' of item ' || CAST({alias}.item_id AS TEXT) || ' on receipt ' || "
        f"CAST({alias}.receipt_id AS TEXT) || ' line ' || COALESCE(CAST({alias}.po_line_id AS TEXT), 'none')"
    )


def _stands(alias: str) -> str:
    return f"CASE WHEN {alias}.undo_id IS NULL THEN 'counts' ELSE 'taken back' END"


RECEIVED = Check(
    "stock_move",
    "'move ' || CAST(m.move_id AS TEXT)",
    "received m LEFT JOIN captured c ON c.unit_id = m.unit_id AND c.scan_id = m.scan_id",
    (
        Invariant("I5 every receipt is a capture", f"COALESCE({_counted('c')}, 'none')", _counted("m")),
        Invariant(
            "I5 a capture is taken back with its move",
            f"CASE WHEN c.capture_id IS NULL THEN 'none' ELSE {_stands('c')} END",
            f"CASE WHEN c.capture_id IS NULL THEN 'none' ELSE {_stands('m')} END",
        ),
    ),
    only="kind = 'RECEIPT'",
)

CAPTURES = Check(
    "capture",
    "'capture ' || CAST(c.capture_id AS TEXT)",
    "captured c LEFT JOIN received m ON m.unit_id = c.unit_id AND m.scan_id = c.scan_id",
    (Invariant("I5 every capture is a receipt", "COALESCE(m.unit_id, 0)", "c.unit_id"),),
    only="reverses IS NULL",
)

TAKEN_BACK = Check(
    "capture",
    "'capture ' || CAST(c.id AS TEXT)",
    "(SELECT t.*, -t.qty AS taken FROM capture t WHERE t.site = ? AND t.reverses IS NOT NULL) c "
    "LEFT JOIN capture o ON o.id = c.reverses",
    (
        Invariant(
            "I4 a capture is taken back as it was counted",
            _counted("c", "taken"),
            f"CASE WHEN o.reverses IS NULL THEN {_counted('o')} ELSE 'no reversal of a reversal' END",
        ),
    ),
    only="reverses IS NOT NULL",
)

# --- Orders on receipts -------------------------------------------------------------------------------------

_ON_RECEIPT = "receipt_order x JOIN purchase_order o ON o.id = x.po_id"
ORDERS = (
    Check(
        "receipt_order",
        "MIN(o.po) || ' on ' || MIN(CAST(x.opened_on AS TEXT))",
        f"{_ON_RECEIPT} WHERE x.site = ? AND x.open = 1 GROUP BY x.po_id, x.opened_on",
        (Invariant("an order is in one open receipt a day", "COUNT(*)", "1"),),
        only="open = 1",
    ),
    Check(
        "receipt_order",
        "r.code || ' ' || o.po",
        f"{_ON_RECEIPT} JOIN receipt r ON r.id = x.receipt_id WHERE x.site = ?",
        (
            Invariant("receipt_order.open", "x.open", "CASE r.state WHEN 'OPEN' THEN 1 ELSE 0 END"),
            Invariant("receipt_order.opened_on", "CAST(x.opened_on AS TEXT)", "CAST(r.opened_on AS TEXT)"),
        ),
    ),
    Check(
        "capture",
        "'capture ' || CAST(c.id AS TEXT)",
        "capture c JOIN po_line l ON l.id = c.po_line_id JOIN purchase_order o ON o.id = l.po_id "
        "LEFT JOIN receipt_order x ON x.receipt_id = c.receipt_id AND x.po_id = l.po_id WHERE c.site = ?",
        (
            Invariant(
                "a capture's order is on its receipt",
                "CASE WHEN x.po_id IS NULL THEN 'not there' ELSE o.po END",
                "o.po",
            ),
        ),
        only="po_line_id IS NOT NULL",
    ),
)

CHECKS = (PURCHASE_LINES, RECEIPTS, RECEIVED, CAPTURES, TAKEN_BACK, *ORDERS)
