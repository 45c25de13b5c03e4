"""Promise dates that moved: never into the past, never to where they were, and each of a line of its item."""

from __future__ import annotations

from warehouse.invariants.check import Check, Invariant


def _day(column: str) -> str:
    return f"COALESCE(CAST(c.{column} AS TEXT), 'no day')"


CHANGES = Check(
    "promise_change",
    "'promise change ' || CAST(c.id AS TEXT)",
    "promise_change c LEFT JOIN order_line l ON l.id = c.line_id WHERE c.site = ?",
    (
        Invariant(
            "a promise never moves into the past",
            _day("new_on"),
            f"CASE WHEN c.new_on < c.changed_on THEN CAST(c.changed_on AS TEXT) ELSE {_day('new_on')} END",
        ),
        Invariant(
            "a promise that moved has another day",
            f"CASE WHEN {_day('old_on')} = {_day('new_on')} THEN 'the same day' ELSE 'moved' END",
            "'moved'",
        ),
        Invariant("promise_change.item", "c.item_id", "COALESCE(l.item_id, c.item_id)"),
    ),
)
