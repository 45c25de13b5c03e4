"""Substitutions: what a line was replaced by is what its order got instead."""

from __future__ import annotations

from warehouse.invariants.check import LINE, Check, Invariant

# What a line was entered with: a later change of its quantity is a row that says what it was before.
_ENTERED = (
    "COALESCE((SELECT CAST(c.before AS BIGINT) FROM order_change c WHERE c.line_id = l.id AND c.what = 'quantity' "
    "ORDER BY c.id LIMIT 1), l.qty_ordered)"
)

NEW_LINES = Check(
    "substitution",
    LINE,
    "substitution s JOIN order_line l ON l.id = s.new_line_id JOIN order_header h ON h.id = l.order_id "
    "JOIN order_line o ON o.id = s.line_id WHERE s.site = ?",
    (
        Invariant("a substitution is all that its new line was entered with", "s.qty", _ENTERED),
        Invariant("a substitution stays in its order", "l.order_id", "o.order_id"),
        Invariant(
            "a substitution is of another item",
            "CASE WHEN l.item_id = o.item_id THEN 1 ELSE 0 END",
            "0",
        ),
    ),
)

OLD_LINES = Check(
    "substitution",
    LINE,
    "(SELECT line_id, CAST(SUM(qty) AS BIGINT) AS qty FROM substitution WHERE site = ? GROUP BY line_id) s "
    "JOIN order_line l ON l.id = s.line_id JOIN order_header h ON h.id = l.order_id",
    (
        Invariant(
            "what was replaced of a line is cancelled of it",
            "CASE WHEN s.qty <= l.qty_cancelled THEN s.qty ELSE l.qty_cancelled END",
            "s.qty",
        ),
    ),
)
