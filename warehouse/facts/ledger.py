"""What the ledger says: the pieces of each unit and where they stand, what came into the house, what a scan moved."""

from __future__ import annotations

from warehouse.facts.fact import Fact

# A unit holds what came less what went, and stands as its last move left it. One that is empty was used up, or
# voided when the move that brought it from outside was taken back.
CONTENT = Fact(
    "content",
    "unit_id",
    """
    SELECT CAST(s.unit_id AS BIGINT) AS unit_id, s.qty,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_location_id ELSE m.from_location_id END AS location_id,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_status ELSE m.from_status END AS status,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_order_id ELSE m.from_order_id END AS order_id,
        CASE WHEN m.kind = 'UNDO' AND m.from_unit_id = s.unit_id AND m.to_account <> 'UNIT'
            THEN 'VOIDED' ELSE 'CONSUMED' END AS emptied
    FROM (
        SELECT unit_id, CAST(SUM(qty) AS BIGINT) AS qty, MAX(move_id) AS last_id FROM (
            SELECT to_unit_id AS unit_id, qty, id AS move_id FROM stock_move
            WHERE site = ? AND to_unit_id IS NOT NULL
            UNION ALL
            SELECT from_unit_id, -qty, id FROM stock_move WHERE site = ? AND from_unit_id IS NOT NULL
        ) side GROUP BY unit_id
    ) s JOIN stock_move m ON m.id = s.last_id""",
)

# What came into the house for an item less what left it.
ITEM_FLOW = Fact(
    "item_flow",
    "item_id",
    """
    SELECT item_id, CAST(SUM(CASE from_account WHEN 'UNIT' THEN -qty ELSE qty END) AS BIGINT) AS qty
    FROM stock_move WHERE site = ? AND (from_account <> 'UNIT' OR to_account <> 'UNIT') GROUP BY item_id""",
)

SCAN_MOVES = Fact(
    "scan_moves", "scan_id", "SELECT scan_id, COUNT(*) AS moves FROM stock_move WHERE site = ? GROUP BY scan_id"
)
