"""What was counted at the dock: the captures, the ledger's side of them, and what stands on which carrier."""

from __future__ import annotations

from warehouse.facts.fact import Fact

# Cases captured less those taken back.
_COUNTED = (
    "CAST(SUM(CASE WHEN qty > 0 THEN 1 ELSE -1 END) AS BIGINT) AS cases, CAST(SUM(qty) AS BIGINT) AS qty "
    "FROM capture WHERE site = ?"
)
RECEIPT_CAPTURE = Fact("receipt_capture", "receipt_id", f"SELECT receipt_id, {_COUNTED} GROUP BY receipt_id")
PO_CAPTURE = Fact(
    "po_capture", "po_line_id", f"SELECT po_line_id, {_COUNTED} AND po_line_id IS NOT NULL GROUP BY po_line_id"
)

# The move by which a unit came in, and the one that took it back.
RECEIVED = Fact(
    "received",
    "unit_id",
    """
    SELECT m.to_unit_id AS unit_id, m.id AS move_id, m.qty, m.item_id, m.receipt_id, m.po_line_id, m.scan_id,
        r.id AS undo_id
    FROM stock_move m LEFT JOIN stock_move r ON r.reverses = m.id WHERE m.site = ? AND m.kind = 'RECEIPT'""",
)
# The same as it was counted.
CAPTURED = Fact(
    "captured",
    "unit_id",
    """
    SELECT c.unit_id, c.id AS capture_id, c.qty, c.item_id, c.receipt_id, c.po_line_id, c.scan_id, t.id AS undo_id
    FROM capture c LEFT JOIN capture t ON t.reverses = c.id WHERE c.site = ? AND c.reverses IS NULL""",
)

# What a unit and a carrier were put on last.
CARRIED = Fact(
    "carried",
    "unit_id",
    """
    SELECT b.unit_id, b.to_carrier_id AS carrier_id FROM carrier_move b JOIN (
        SELECT unit_id, MAX(id) AS last_id FROM carrier_move WHERE site = ? AND unit_id IS NOT NULL GROUP BY unit_id
    ) s ON s.last_id = b.id""",
)
NESTED = Fact(
    "nested",
    "carrier_id",
    """
    SELECT b.carrier_id, b.to_carrier_id AS parent_id FROM carrier_move b JOIN (
        SELECT carrier_id, MAX(id) AS last_id FROM carrier_move WHERE site = ? AND carrier_id IS NOT NULL
        GROUP BY carrier_id
    ) s ON s.last_id = b.id""",
)

# Pieces of a stopped lot that are where they could be promised, picked or shipped.
STOPPED = Fact(
    "stopped",
    "block_id",
    """
    SELECT b.id AS block_id, CAST(SUM(c.qty) AS BIGINT) AS qty FROM lot_block b
    JOIN handling_unit u ON u.site = b.site AND u.item_id = b.item_id AND u.lot = b.lot AND u.lot <> ''
    JOIN content c ON c.unit_id = u.id
    WHERE b.site = ? AND b.ended_at IS NULL AND c.status IN ('RECEIVED','IN_STAGE','AVAILABLE') GROUP BY b.id""",
)
