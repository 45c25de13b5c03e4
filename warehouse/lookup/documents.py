"""Orders and purchase orders, ASNs and receipts, the vendor who sends them: where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from db.connection import instant
from warehouse import explain_words, inbound
from warehouse.lookup.standing import CAP, ROWS

if TYPE_CHECKING:
    from warehouse.inbound import CapturedCase

OTHERS = 5  # of what belongs to a document besides its lines


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order with its state in a word or two, as `dockbell why` says it."""

    line: int
    item: str
    ordered: int
    picked: int
    waiting: int
    state: str


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order: whose, since when, and its first lines; `count` is how many it has."""

    order: str
    customer: str
    entered_at: str
    count: int
    lines: tuple[OrderLine, ...]


def order_seen(site: str, order_id: int) -> OrderSeen:
    """Everything about an order, which must exist."""
    order, customer, entered_at = connection.one(
        "SELECT h.order_no, c.name, h.entered_at FROM order_header h JOIN customer c ON c.id = h.customer_id WHERE h.id = ?",
        order_id,
    )
    count = connection.value("SELECT COUNT(*) FROM order_line WHERE order_id = ?", order_id)
    return OrderSeen(order, customer, str(entered_at), int(count), _order_lines(site, order_id))


_TASK = (
    "(SELECT MAX(CASE t.state WHEN 'TAKEN' THEN 2 WHEN 'OPEN' THEN 1 ELSE 0 END) FROM reservation r "
    "JOIN pick_task t ON t.reservation_id = r.id WHERE r.line_id = l.id AND r.state = 'OPEN')"
)
_TASKS = {2: ("taken",), 1: ("open",)}


def _order_lines(site: str, order_id: int) -> tuple[OrderLine, ...]:
    found = connection.rows(
        "SELECT l.line, i.description, l.qty_ordered - l.qty_cancelled, l.qty_picked, l.qty_shipped, l.qty_open, "
        f"l.qty_reserved, l.state, l.waiting_since, l.item_id, {_TASK} FROM order_line l JOIN item i ON i.id = l.item_id "
        f"WHERE l.order_id = ? ORDER BY l.line LIMIT {ROWS}",
        order_id,
    )
    lines = []
    for line, item, ordered, picked, shipped, waiting, reserved, state, since, item_id, task in found:
        word = explain_words.status(
            state,
            waiting=waiting,
            reserved=reserved,
            picked=picked,
            shipped=shipped,
            tasks=_TASKS.get(task or 0, ()),
            tried=waiting > 0 and _was_tried(site, item_id, since),
        )
        lines.append(OrderLine(line, item, ordered, picked + shipped, waiting, word))
    return tuple(lines)


def _was_tried(site: str, item_id: int, since: str) -> bool:
    """Whether release has run for the item since a line of it waits: it has looked at the line then."""
    last = connection.value(
        "SELECT at FROM release_run WHERE site = ? AND item_id = ? ORDER BY id DESC LIMIT 1", site, item_id
    )
    return last is not None and instant(last) >= instant(since)


# --- What is on its way in ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """A line of a purchase order; `ordered` and `open` are None where they must not be told."""

    line: int
    item: str
    ordered: int | None
    received: int
    open: int | None
    expected_on: str
    closed: bool


@dataclass(frozen=True, slots=True)
class PurchaseSeen:
    """A purchase order; in blind receiving it tells what came and nothing of what is expected."""

    po: str
    vendor: str
    expected_on: str
    ordered: int | None
    received: int
    open: int | None
    lines: tuple[PurchaseLine, ...]
    receipts: tuple[str, ...]


def purchase_seen(po_id: int, *, blind: bool = False) -> PurchaseSeen:
    """Everything about a purchase order, which must exist."""
    order = inbound.purchase_order_by_id(po_id)
    lines = tuple(
        PurchaseLine(
            one.line,
            one.description,
            None if blind else one.ordered,
            one.received,
            None if blind else one.open,
            one.expected_on,
            one.closed,
        )
        for one in inbound.lines((po_id,), limit=ROWS)
    )
    receipts = connection.rows(
        "SELECT r.code FROM receipt_order o JOIN receipt r ON r.id = o.receipt_id WHERE o.po_id = ? AND o.open = 1 "
        f"ORDER BY r.id DESC LIMIT {OTHERS}",
        po_id,
    )
    return PurchaseSeen(
        order.po,
        order.vendor,
        order.expected_on,
        None if blind else order.ordered,
        order.received,
        None if blind else order.open,
        lines if not blind else tuple(line for line in lines if line.received),
        tuple(row[0] for row in receipts),
    )


@dataclass(frozen=True, slots=True)
class Awaited:
    """A case of an ASN that has not come."""

    sscc: str
    item: str
    qty: int
    lot: str
    parent: str


@dataclass(frozen=True, slots=True)
class AsnSeen:
    """An ASN. `cases` and `pieces` are what it announces, None in blind receiving; `more`: that is not all of it."""

    asn: str
    vendor: str
    expected_on: str
    came: int
    cases: int | None
    pieces: int | None
    more: bool
    awaited: tuple[Awaited, ...]


_CAME = "EXISTS (SELECT 1 FROM handling_unit h WHERE h.site = u.site AND h.code = u.sscc AND h.status <> 'VOIDED')"


def asn_seen(asn_id: int, *, blind: bool = False) -> AsnSeen:
    """Everything about an ASN, which must exist; of its cases the first `CAP`."""
    asn, vendor = connection.one(
        "SELECT a.asn, v.name FROM asn a JOIN vendor v ON v.id = a.vendor_id WHERE a.id = ?", asn_id
    )
    found = connection.rows(
        f"SELECT u.sscc, i.description, u.qty, u.lot, u.parent_sscc, u.expected_on, {_CAME} FROM asn_unit u "
        f"JOIN item i ON i.id = u.item_id WHERE u.asn_id = ? ORDER BY u.id LIMIT {CAP + 1}",
        asn_id,
    )
    cases = found[:CAP]
    awaited = () if blind else tuple(Awaited(*row[:5]) for row in cases if not row[6])[:ROWS]
    return AsnSeen(
        asn,
        vendor,
        "" if blind else min((str(row[5]) for row in cases), default=""),
        came=sum(int(row[6]) for row in cases),
        cases=None if blind else len(cases),
        pieces=None if blind else sum(row[2] for row in cases),
        more=not blind and len(found) > CAP,
        awaited=awaited,
    )


@dataclass(frozen=True, slots=True)
class ReceiptSeen:
    """A receipt: how it was opened, what it counts, its orders and its last cases. Blind hides nothing: it all came."""

    code: str
    mode: str
    state: str
    cases: int
    pieces: int
    vendor: str
    opened_by: str
    opened_at: str
    closed_by: str
    orders: tuple[str, ...]
    differences: int
    last: tuple[CapturedCase, ...]


def receipt_seen(receipt_id: int) -> ReceiptSeen:
    """Everything about a receipt, which must exist."""
    facts = connection.one(
        "SELECT r.code, r.mode, r.state, r.cases, r.pieces, COALESCE(v.name, ''), o.name, r.opened_at, "
        "COALESCE(c.name, '') FROM receipt r JOIN operator o ON o.id = r.opened_by LEFT JOIN vendor v ON v.id = r.vendor_id "
        "LEFT JOIN operator c ON c.id = r.closed_by WHERE r.id = ?",
        receipt_id,
    )
    orders = connection.rows(
        "SELECT p.po, v.name FROM receipt_order o JOIN purchase_order p ON p.id = o.po_id "
        f"JOIN vendor v ON v.id = p.vendor_id WHERE o.receipt_id = ? ORDER BY p.id LIMIT {OTHERS}",
        receipt_id,
    )
    differences = connection.value(
        f"SELECT COUNT(*) FROM (SELECT 1 AS one FROM discrepancy WHERE receipt_id = ? LIMIT {CAP}) AS first_ones",
        receipt_id,
    )
    whole: connection.Row = (
        *facts[:5],
        facts[5] or next((row[1] for row in orders), ""),
        facts[6],
        str(facts[7]),
        facts[8],
        tuple(row[0] for row in orders),
        int(differences),
        inbound.last_cases(receipt_id, limit=OTHERS),
    )
    return ReceiptSeen(*whole)


# --- Who sends it ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VendorSeen:
    """A vendor with its newest purchase orders: number, first day, pieces still to come (None in blind receiving)."""

    code: str
    name: str
    orders: tuple[tuple[str, str, int | None], ...]


def vendor_seen(vendor_id: int, *, blind: bool = False) -> VendorSeen:
    """Everything about a vendor, which must exist."""
    code, name = connection.one("SELECT code, name FROM vendor WHERE id = ?", vendor_id)
    found = connection.rows(
        f"SELECT id FROM purchase_order WHERE vendor_id = ? ORDER BY id DESC LIMIT {OTHERS}", vendor_id
    )
    orders = [inbound.purchase_order_by_id(row[0]) for row in found]
    return VendorSeen(code, name, tuple((one.po, one.expected_on, None if blind else one.open) for one in orders))
