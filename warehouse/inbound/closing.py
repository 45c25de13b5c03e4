"""Closing a receipt, and opening it again.

Closing states facts and changes no quantity: nothing more is counted on the receipt, its differences are written down,
and an order line of which almost all came may be closed short. A case that comes later opens a receipt of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection
from warehouse import discrepancies
from warehouse.inbound.receipts import Receipt
from warehouse.inbound.standing import short_lines
from warehouse.promising import changes, supply

if TYPE_CHECKING:
    from datetime import date

    from warehouse.flows.steps import Context
    from warehouse.inbound.case import Delivery
    from warehouse.inbound.standing import Standing


def lock(context: Context, receipt_id: int) -> Receipt:
    """Lock what a receipt is judged by, in the order of every writer: its items, then the receipt. Answers it.

    Whoever counts a case of one of its orders waits meanwhile. Raises Conflict when another order joined the receipt
    between the two locks: the transaction, run again, finds it.
    """
    items = _items(receipt_id)
    connection.locked(context.site.code, items)
    tail = "" if connection.dialect() == "sqlite" else " FOR UPDATE"
    found = connection.one(
        f"SELECT id, code, mode, state, cases, pieces FROM receipt WHERE id = ?{tail}",
        receipt_id,
    )
    if _items(receipt_id) - items:
        raise connection.Conflict("an order joined the receipt")
    return Receipt(*found)


def _items(receipt_id: int) -> set[int]:
    found = connection.rows(
        "SELECT l.item_id FROM receipt_order o JOIN po_line l ON l.po_id = o.po_id WHERE o.receipt_id = ? "
        "UNION SELECT item_id FROM capture WHERE receipt_id = ?",
        receipt_id,
        receipt_id,
    )
    return {row[0] for row in found}


def close(context: Context, standing: Standing, *, short: bool, approved: str = "") -> int:
    """Close a receipt that is locked and open; answers the pieces that its orders still expect afterwards.

    `short` closes the lines of which so little is missing that they may be (CP); every other short line stays open
    for the rest (BP). What was announced and did not come is written down as missing (X34). `approved` names the
    lead who agreed.
    """
    receipt_id, at = standing.receipt.id, context.cause().at
    connection.execute(
        "UPDATE receipt SET state = 'CLOSED', closed_by = ?, closed_at = ? WHERE id = ?", context.who.id, at, receipt_id
    )
    connection.execute("UPDATE receipt_order SET open = 0 WHERE receipt_id = ?", receipt_id)
    lacking = short_lines(standing, context.site.code)
    said = _said_already(receipt_id)
    note = f"approved by {approved}" if approved else ""
    calendar = supply.calendar(context.site, context.now)
    shut = [entry.line for entry in lacking if short and entry.within]
    promised = changes.supplies_of(calendar, sorted({line.item_id for line in shut}))
    closed = 0
    for entry in lacking:
        line = entry.line
        code = "CP" if line in shut else "BP"
        if code == "CP":
            connection.execute("UPDATE po_line SET closed_at = ? WHERE id = ?", at, line.line_id)
            closed += line.open
        if said.get(line.line_id) != (code, -line.open):
            discrepancies.record(
                context,
                code,
                qty=-line.open,
                receipt_id=receipt_id,
                line_id=line.line_id,
                item_id=line.item_id,
                note=note,
            )
    _write_missing(context, standing)
    events = [changes.closed_short(line.item_id, line.po, line.line) for line in shut]
    changes.record(context.cause(), calendar, promised, events)
    return standing.open - closed


def restate(context: Context, receipt_id: int, line_id: int | None) -> None:
    """A case of a closed receipt was taken back, or counted anew: what is missing of its line is said anew.

    The row before stays; the last one of a line is the one that counts.
    """
    if line_id is None or connection.value("SELECT state FROM receipt WHERE id = ?", receipt_id) != "CLOSED":
        return
    ordered, received, closed_at, item_id = connection.one(
        "SELECT qty_ordered, qty_received, closed_at, item_id FROM po_line WHERE id = ?", line_id
    )
    code, lacking = "CP" if closed_at else "BP", max(0, ordered - received)
    said = _said_already(receipt_id).get(line_id, (code, 0))
    if said != (code, -lacking):
        discrepancies.record(context, code, qty=-lacking, receipt_id=receipt_id, line_id=line_id, item_id=item_id)


def _said_already(receipt_id: int) -> dict[int | None, tuple[str, int]]:
    """What an earlier closing of the receipt said last of each line: the same is not said again."""
    found = connection.rows(
        "SELECT po_line_id, code, qty FROM discrepancy WHERE receipt_id = ? AND code IN ('BP','CP') ORDER BY id",
        receipt_id,
    )
    return {line_id: (code, qty) for line_id, code, qty in found}


def _write_missing(context: Context, standing: Standing) -> None:
    receipt_id = standing.receipt.id
    said = connection.rows(
        "SELECT asn_unit_id FROM discrepancy WHERE receipt_id = ? AND code = 'X34' AND asn_unit_id IS NOT NULL",
        receipt_id,
    )
    known = {row[0] for row in said}
    with connection.at_once():
        for unit in standing.missing:
            if unit.id not in known:
                discrepancies.record(
                    context,
                    "X34",
                    qty=-unit.quantity,
                    receipt_id=receipt_id,
                    line_id=unit.po_line_id,
                    asn_unit_id=unit.id,
                    item_id=unit.item_id,
                )


def left_open(at: Delivery, site: str) -> int | None:
    """The oldest open receipt of a delivery's orders, of whatever day; without an order, of its vendor's goods."""
    if at.po_ids:
        found = connection.value(
            f"SELECT MIN(receipt_id) FROM receipt_order WHERE open = 1 AND po_id IN ({connection.marks(at.po_ids)})",
            *at.po_ids,
        )
    else:
        found = connection.value(
            "SELECT MIN(id) FROM receipt WHERE site = ? AND state = 'OPEN' AND mode = 'UNORDERED' "
            "AND COALESCE(vendor_id, 0) = ?",
            site,
            at.vendor_id or 0,
        )
    return None if found is None else int(found)


def in_the_way(receipt_id: int, site: str, today: date) -> tuple[str, str] | None:
    """The order of a closed receipt that is received on another one today, and that receipt; None where none is."""
    found = connection.row(
        "SELECT p.po, r.code FROM receipt_order o JOIN receipt_order n ON n.po_id = o.po_id AND n.open = 1 "
        "AND n.opened_on = ? AND n.receipt_id <> o.receipt_id JOIN receipt r ON r.id = n.receipt_id "
        "JOIN purchase_order p ON p.id = o.po_id WHERE o.receipt_id = ? AND o.site = ? ORDER BY p.po LIMIT 1",
        today.isoformat(),
        receipt_id,
        site,
    )
    return (found[0], found[1]) if found else None


def reopen(context: Context, receipt_id: int) -> None:
    """Open a receipt that is locked, closed, and has nothing in its way; lines that it closed short expect again."""
    shut = connection.rows(
        "SELECT l.id, l.item_id, p.po, l.line FROM po_line l JOIN purchase_order p ON p.id = l.po_id "
        "WHERE l.closed_at = (SELECT closed_at FROM receipt WHERE id = ?) "
        "AND l.po_id IN (SELECT po_id FROM receipt_order WHERE receipt_id = ?) ORDER BY l.id",
        receipt_id,
        receipt_id,
    )
    calendar = supply.calendar(context.site, context.now)
    promised = changes.supplies_of(calendar, sorted({item_id for _, item_id, _, _ in shut}))
    connection.many("UPDATE po_line SET closed_at = NULL WHERE id = ?", [(line_id,) for line_id, *_ in shut])
    events = [changes.expected_again(item_id, po, line) for _, item_id, po, line in shut]
    changes.record(context.cause(), calendar, promised, events)
    connection.execute("UPDATE receipt SET state = 'OPEN', closed_by = NULL, closed_at = NULL WHERE id = ?", receipt_id)
    connection.execute("UPDATE receipt_order SET open = 1 WHERE receipt_id = ?", receipt_id)
