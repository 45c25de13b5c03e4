"""The flow of one receipt or one order: cases, pieces, what was released of them, what is picked.

The three ways that it goes are told apart: all that came is released, some is left over (it goes to storage), or lines
still wait for more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final

from db import connection
from db.connection import instant
from warehouse import open_holds, reviews

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.open_holds import OpenHold
    from warehouse.reviews import Review
    from warehouse.site import Site

SHOWN: Final = 20
MISSING: Final = 3  # items that a set waits for
BACKORDERED: Final = ("W", "H")


@dataclass(frozen=True, slots=True)
class Got:
    """Pieces of a case that a line got: `picked` of them, `by` has the rest in hand or is asked to take it next."""

    order: str
    line: int
    item: str
    unit: str
    receipt: str
    quantity: int
    picked: int
    by: str | None
    taken: bool
    released_at: datetime


@dataclass(frozen=True, slots=True)
class CameIn:
    """A case as it was counted: what of it was promised, what of that is picked, what is free."""

    unit: str
    item: str
    quantity: int
    released: int
    picked: int
    free: int
    status: str


@dataclass(frozen=True, slots=True)
class ReceiptFlow:
    """A delivery; `waiting` are pieces that lines still wait for of the items that came."""

    code: str
    vendor: str
    state: str
    cases: int
    pieces: int
    released: int
    picked: int
    free: int
    waiting: int
    came: tuple[CameIn, ...]
    got: tuple[Got, ...]


@dataclass(frozen=True, slots=True)
class LineFlow:
    """A line of an order: pieces ordered, still waiting, promised and not picked, picked."""

    line: int
    item: str
    ordered: int
    waiting: int
    released: int
    picked: int
    state: str
    due_at: datetime
    review: Review | None


@dataclass(frozen=True, slots=True)
class OrderFlow:
    """An order with its lines, and the cases that they got pieces of.

    `holds` keep it or lines of it from moving, the oldest first; `sets` are its ship sets that miss something: the
    set's name, "" for the whole order, and what it waits for.
    """

    order: str
    customer: str
    ordered: int
    waiting: int
    released: int
    picked: int
    lines: tuple[LineFlow, ...]
    got: tuple[Got, ...]
    holds: tuple[OpenHold, ...]
    sets: tuple[tuple[str, str], ...]


def receipt_flow(site: Site, code: str) -> ReceiptFlow | None:
    """Everything about the receipt with this number, or None."""
    head = connection.row(
        "SELECT r.id, r.state, r.cases, r.pieces, COALESCE(v.name, '') FROM receipt r "
        "LEFT JOIN purchase_order p ON p.id = r.po_id LEFT JOIN vendor v ON v.id = COALESCE(p.vendor_id, r.vendor_id) "
        "WHERE r.site = ? AND r.code = ?",
        site.code,
        code,
    )
    if head is None:
        return None
    receipt_id, state, cases, pieces, vendor = head
    given, picked = connection.one(
        "SELECT COALESCE(SUM(r.qty - r.qty_voided), 0), COALESCE(SUM(r.qty_picked), 0) FROM handling_unit u "
        "JOIN reservation r ON r.unit_id = u.id WHERE u.receipt_id = ?",
        receipt_id,
    )
    free = connection.value(
        "SELECT COALESCE(SUM(qty - qty_reserved), 0) FROM handling_unit WHERE receipt_id = ? AND order_id IS NULL",
        receipt_id,
    )
    waits = connection.value(
        "SELECT COALESCE(SUM(waiting_qty), 0) FROM item_stock WHERE site = ? AND item_id IN "
        "(SELECT item_id FROM handling_unit WHERE receipt_id = ?)",
        site.code,
        receipt_id,
    )
    return ReceiptFlow(
        *(code, vendor, state, int(cases), int(pieces), int(given), int(picked), int(free), int(waits)),
        came=_came(receipt_id),
        got=_got("u.receipt_id = ?", receipt_id),
    )


def _came(receipt_id: int) -> tuple[CameIn, ...]:
    """The newest cases of a receipt that count."""
    found = connection.rows(
        "SELECT u.code, i.description, c.qty, (SELECT COALESCE(SUM(r.qty - r.qty_voided), 0) FROM reservation r "
        "WHERE r.unit_id = u.id), (SELECT COALESCE(SUM(r.qty_picked), 0) FROM reservation r WHERE r.unit_id = u.id), "
        "u.qty - u.qty_reserved, u.status FROM capture c JOIN handling_unit u ON u.id = c.unit_id "
        "JOIN item i ON i.id = c.item_id WHERE c.receipt_id = ? AND c.qty > 0 "
        f"AND NOT EXISTS (SELECT 1 FROM capture v WHERE v.reverses = c.id) ORDER BY c.id DESC LIMIT {SHOWN}",
        receipt_id,
    )
    return tuple(
        CameIn(unit, item, qty, int(given), int(picked), int(free), status)
        for unit, item, qty, given, picked, free, status in found
    )


def _got(which: str, key: int) -> tuple[Got, ...]:
    """What lines got: open first, the newest release first."""
    found = connection.rows(
        "SELECT h.order_no, l.line, i.description, u.code, COALESCE(c.code, ''), r.qty - r.qty_voided, r.qty_picked, o.name, "
        "CASE WHEN t.state = 'TAKEN' THEN 1 ELSE 0 END, r.at FROM reservation r JOIN handling_unit u ON u.id = r.unit_id "
        "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id "
        "LEFT JOIN receipt c ON c.id = u.receipt_id LEFT JOIN pick_task t ON t.reservation_id = r.id "
        f"LEFT JOIN operator o ON o.id = t.operator_id WHERE {which} AND r.qty_voided < r.qty "
        f"ORDER BY CASE r.state WHEN 'OPEN' THEN 0 ELSE 1 END, r.id DESC LIMIT {SHOWN}",
        key,
    )
    return tuple(
        Got(order, line, item, unit, receipt, qty, picked, by, bool(taken), instant(at))
        for order, line, item, unit, receipt, qty, picked, by, taken, at in found
    )


def order_flow(site: Site, now: datetime, order: str) -> OrderFlow | None:
    """Everything about the order with this number, or None; its first lines."""
    head = connection.row(
        "SELECT h.id, c.name FROM order_header h JOIN customer c ON c.id = h.customer_id WHERE h.site = ? AND h.order_no = ?",
        site.code,
        order,
    )
    if head is None:
        return None
    order_id, customer = head
    found = connection.rows(
        "SELECT l.line, i.description, l.qty_ordered - l.qty_cancelled, l.qty_open, l.qty_reserved, "
        "l.qty_picked + l.qty_shipped, l.state, l.promised_on FROM order_line l JOIN item i ON i.id = l.item_id "
        f"WHERE l.order_id = ? ORDER BY CASE WHEN l.qty_open > 0 THEN 0 ELSE 1 END, l.line LIMIT {SHOWN}",
        order_id,
    )
    due = {one.line: one for one in reviews.of_order(site, now, order_id, SHOWN)}
    lines = tuple(
        LineFlow(
            *(line, item, ordered, waiting, released, picked, state),
            due_at=site.due(date.fromisoformat(str(day))),
            review=due.get(line),
        )
        for line, item, ordered, waiting, released, picked, state, day in found
    )
    totals = connection.one(
        "SELECT SUM(qty_ordered - qty_cancelled), SUM(qty_open), SUM(qty_reserved), SUM(qty_picked + qty_shipped) "
        "FROM order_line WHERE order_id = ?",
        order_id,
    )
    ordered, waiting, released, picked = (int(value or 0) for value in totals)
    return OrderFlow(
        *(order, customer, ordered, waiting, released, picked),
        lines=lines,
        got=_got("r.line_id IN (SELECT id FROM order_line WHERE order_id = ?)", order_id),
        holds=open_holds.of_order(site, now, order, SHOWN),
        sets=_sets(order_id),
    )


def _sets(order_id: int) -> tuple[tuple[str, str], ...]:
    """Ship sets that miss something, each with the first items that it waits for."""
    found = connection.rows(
        "SELECT s.id, s.name, i.sku, l.qty_open FROM ship_set s JOIN order_line l ON l.set_id = s.id "
        "JOIN item i ON i.id = l.item_id WHERE s.order_id = ? AND s.n_unsat > 0 AND l.qty_open > 0 "
        f"ORDER BY s.id, l.line LIMIT {SHOWN}",
        order_id,
    )
    sets = []
    for (_, name), some in groupby(found, key=lambda row: row[:2]):
        sets.append((str(name), ", ".join(f"{qty} of {sku}" for _, _, sku, qty in list(some)[:MISSING])))
    return tuple(sets)


# --- What is meant by a scan or a row -------------------------------------------------------------------


def named(site: Site, text: str) -> tuple[str, str, int | None] | None:
    """Which receipt or order a text names: its kind, its number, and the line where one is named."""
    if connection.row("SELECT 1 FROM receipt WHERE site = ? AND code = ?", site.code, text):
        return "receipt", text, None
    if connection.row("SELECT 1 FROM order_header WHERE site = ? AND order_no = ?", site.code, text):
        return "order", text, None
    order, slash, line = text.rpartition("/")
    if not slash or not (line.isascii() and line.isdigit() and len(line) < 10):
        return None
    known = connection.row(
        "SELECT 1 FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.site = ? AND h.order_no = ? "
        "AND l.line = ?",
        site.code,
        order,
        int(line),
    )
    return ("order", order, int(line)) if known else None
