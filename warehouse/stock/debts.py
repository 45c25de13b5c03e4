"""What one line lent to another: it is owed to it, and paid back before anybody else is served.

While a line is owed anything it stands before all others, for so many pieces; then in its own place again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from db import connection
from warehouse import policy

if TYPE_CHECKING:
    from warehouse.stock.lines import Line
    from warehouse.stock.units import Cause


def lend(cause: Cause, run_id: int, lender: Line, borrower: Line, qty: int) -> None:
    """Write down that `borrower` got so many pieces which `lender` had; both have their counters already."""
    connection.insert_row(
        "loan",
        site=cause.site,
        lender_id=lender.id,
        borrower_id=borrower.id,
        qty=qty,
        run_id=run_id,
        operator_id=cause.operator_id,
        at=cause.at,
        reason=cause.reason,
    )
    connection.execute("UPDATE order_line SET owed = owed + ?, rank_on = ? WHERE id = ?", qty, policy.OWED, lender.id)


def followed(before: Line, after: Line) -> Line:
    """The line with what it is still owed, once it has got pieces or misses fewer than that; writes off the rest.

    Pieces that it got pay it back; what is cancelled of it nobody owes any more.
    """
    if not before.owed:
        return after
    got = max(0, min(before.owed, after.reserved - before.reserved))
    owed = min(before.owed - got, after.open)
    if owed == before.owed:
        return after
    _settle(before.id, got, before.owed - got - owed)
    rank_on = policy.OWED if owed else own_rank(before.id)
    connection.execute("UPDATE order_line SET owed = ?, rank_on = ? WHERE id = ?", owed, rank_on, before.id)
    return replace(after, owed=owed, rank_on=rank_on)


def own_rank(line_id: int) -> int:
    """The rank of a line to which nothing is owed."""
    promised_on, priority, pinned = connection.one(
        "SELECT promised_on, priority, pinned FROM order_line WHERE id = ?", line_id
    )
    return policy.rank(date.fromisoformat(promised_on), priority, pinned=bool(pinned))


def _settle(lender_id: int, repaid: int, written_off: int) -> None:
    """Of the loans of a line the oldest is paid back first."""
    found = connection.rows(
        "SELECT id, qty - repaid - written_off FROM loan WHERE lender_id = ? AND repaid + written_off < qty ORDER BY id",
        lender_id,
    )
    for loan_id, left in found:
        some = min(left, repaid)
        gone = min(left - some, written_off)
        repaid, written_off = repaid - some, written_off - gone
        connection.execute(
            "UPDATE loan SET repaid = repaid + ?, written_off = written_off + ? WHERE id = ?", some, gone, loan_id
        )
