"""The ledger and the scans that wrote it: each move by itself, beside its reversal, beside its scan."""

from __future__ import annotations

from warehouse.invariants.check import Check, Invariant


def _kept(unit: str) -> str:
    """What never changes about the pieces in a unit; NULL where the move has no unit on that side."""
    return f"('lot ' || {unit}.lot || ' expiry ' || CAST({unit}.expiry AS TEXT) || ' owner ' || {unit}.owner)"


_FREE = "m.from_order_id IS NULL AND m.to_order_id IS NULL"
_WITHIN = "m.from_account = 'UNIT' AND m.to_account = 'UNIT'"
# What each kind of move may change. A reversal is held to its move, a correction to its account.
_MAY = f"""CASE m.kind
        WHEN 'OPENING' THEN m.from_account = 'OPENING' AND m.to_order_id IS NULL
        WHEN 'RECEIPT' THEN m.from_account = 'VENDOR' AND m.to_order_id IS NULL
        WHEN 'MOVE' THEN {_WITHIN} AND m.from_status = m.to_status
            AND COALESCE(m.from_order_id, 0) = COALESCE(m.to_order_id, 0)
        WHEN 'PICK' THEN {_WITHIN} AND m.from_status NOT IN ('BLOCKED', 'QUARANTINE')
            AND m.from_order_id IS NULL AND m.to_order_id IS NOT NULL
        WHEN 'UNPICK' THEN {_WITHIN} AND m.to_status = 'BLOCKED' AND m.from_order_id IS NOT NULL
            AND m.to_order_id IS NULL AND m.reservation_id IS NOT NULL
        WHEN 'QUARANTINE' THEN {_FREE} AND m.to_status = 'QUARANTINE' AND m.from_status <> 'BLOCKED'
        WHEN 'BLOCK' THEN {_WITHIN} AND {_FREE} AND m.to_status = 'BLOCKED' AND m.from_status <> 'BLOCKED'
        WHEN 'UNBLOCK' THEN {_WITHIN} AND {_FREE} AND m.from_status = 'BLOCKED' AND m.to_status = 'QUARANTINE'
        WHEN 'ACCEPT' THEN {_WITHIN} AND {_FREE} AND m.from_status = 'QUARANTINE' AND m.to_status = 'AVAILABLE'
        ELSE TRUE END"""

MOVES = Check(
    "stock_move",
    "'move ' || CAST(m.id AS TEXT)",
    "stock_move m JOIN item i ON i.id = m.item_id LEFT JOIN handling_unit t ON t.id = m.to_unit_id "
    "LEFT JOIN item ti ON ti.id = t.item_id LEFT JOIN handling_unit f ON f.id = m.from_unit_id "
    "LEFT JOIN item fi ON fi.id = f.item_id WHERE m.site = ?",
    (
        Invariant(
            "I3 a move is of the item of its units",
            "i.sku",
            "CASE WHEN ti.id <> m.item_id THEN ti.sku WHEN fi.id <> m.item_id THEN fi.sku ELSE i.sku END",
        ),
        Invariant(
            "I3 pieces keep their lot, expiry and owner",
            f"COALESCE({_kept('t')}, {_kept('f')})",
            f"COALESCE({_kept('f')}, {_kept('t')})",
        ),
        Invariant(
            "I4 a move changes what its kind may", "m.kind", f"CASE WHEN {_MAY} THEN m.kind ELSE 'another kind' END"
        ),
    ),
)


def _side(move: str, side: str) -> str:
    """One side of a move in words: account and unit, place, status, order."""

    def text(column: str) -> str:
        return f"COALESCE(CAST({move}.{side}_{column} AS TEXT), '-')"

    return (
        f"{move}.{side}_account || ' ' || {text('unit_id')} || ' at ' || {text('location_id')} || ' ' || "
        f"{move}.{side}_status || ' order ' || {text('order_id')}"
    )


def _sides(move: str, first: str, second: str) -> str:
    pieces = f"CAST({move}.qty AS TEXT) || ' of item ' || CAST({move}.item_id AS TEXT)"
    return f"{pieces} || ' from ' || {_side(move, first)} || ' to ' || {_side(move, second)}"


REVERSALS = Check(
    "stock_move",
    "'move ' || CAST(m.id AS TEXT)",
    "stock_move m LEFT JOIN stock_move o ON o.id = m.reverses WHERE m.site = ? AND m.reverses IS NOT NULL",
    (
        Invariant(
            "I4 a reversal mirrors its move",
            _sides("m", "from", "to"),
            f"CASE o.kind WHEN 'UNDO' THEN 'no reversal of a reversal' ELSE {_sides('o', 'to', 'from')} END",
        ),
    ),
    only="reverses IS NOT NULL",
)

UNDONE = Check(
    "scan_log",
    "s.undoes",
    "scan_log s LEFT JOIN scan_moves m ON m.scan_id = s.undoes WHERE s.site = ? AND s.undoes IS NOT NULL "
    "GROUP BY s.undoes",
    (
        Invariant("I4 a scan is undone once", "COUNT(*)", "1"),
        Invariant(
            "I4 an undo takes back the whole scan",
            "(SELECT COUNT(*) FROM stock_move o JOIN stock_move r ON r.reverses = o.id WHERE o.scan_id = s.undoes)",
            "COALESCE(MAX(m.moves), 0)",
        ),
    ),
    only="undoes IS NOT NULL",
)

SCANS = Check(
    "scan_log",
    "s.scan_id",
    "scan_log s LEFT JOIN scan_moves m ON m.scan_id = s.scan_id WHERE s.site = ?",
    (Invariant("scan_log.moves", "s.moves", "COALESCE(m.moves, 0)"),),
)
