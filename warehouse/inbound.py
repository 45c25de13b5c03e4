"""Purchase orders and their receipts: what was ordered, what came, and the capture of one counted case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import label_jobs, release, serials, stock
from warehouse.flows.steps import part
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from datetime import date

    from warehouse.flows.steps import Context
    from warehouse.items import Item
    from warehouse.reply import Released


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """A purchase order by its number, with what is still to come (pieces over all lines)."""

    id: int
    po: str
    vendor: str
    open: int
    ordered: int
    received: int
    expected_on: str


_ORDER = (
    "SELECT p.id, p.po, v.name, (SELECT SUM(CASE WHEN i.ordered > i.received THEN i.ordered - i.received ELSE 0 END) "
    "FROM (SELECT SUM(qty_ordered) AS ordered, SUM(qty_received) AS received FROM po_line WHERE po_id = p.id "
    "GROUP BY item_id) i), SUM(l.qty_ordered), SUM(l.qty_received), MIN(l.expected_on) FROM purchase_order p "
    "JOIN vendor v ON v.id = p.vendor_id JOIN po_line l ON l.po_id = p.id "
)
_GROUP = " GROUP BY p.id, p.po, v.name"


def purchase_order(site: str, po: str) -> PurchaseOrder | None:
    """The purchase order with this number, or None."""
    found = connection.row(f"{_ORDER} WHERE p.site = ? AND p.po = ? {_GROUP}", site, po)
    return PurchaseOrder(*found) if found else None


def purchase_order_by_id(po_id: int) -> PurchaseOrder:
    """The purchase order with this id, which must exist."""
    return PurchaseOrder(*connection.one(f"{_ORDER} WHERE p.id = ? {_GROUP}", po_id))


def due(site: str, today: date, limit: int = 20) -> list[PurchaseOrder]:
    """Purchase orders with something open, those due today or late first, then what comes next."""
    found = connection.rows(
        f"{_ORDER} WHERE p.site = ? AND p.id IN (SELECT po_id FROM po_line WHERE site = ? "
        f"AND qty_received < qty_ordered) {_GROUP} "
        "ORDER BY CASE WHEN MIN(l.expected_on) <= ? THEN 0 ELSE 1 END, MIN(l.expected_on), p.po LIMIT ?",
        site,
        site,
        today.isoformat(),
        limit,
    )
    return [PurchaseOrder(*row) for row in found]


@dataclass(frozen=True, slots=True)
class PoLine:
    """A line of a purchase order (pieces); `item_open` is what all its lines of the item still expect."""

    id: int
    line: int
    item_id: int
    description: str
    ordered: int
    received: int
    item_open: int

    @property
    def open(self) -> int:
        """What is still to come on this line."""
        return max(0, self.ordered - self.received)


_LINE = (
    "SELECT l.id, l.line, l.item_id, i.description, l.qty_ordered, l.qty_received, "
    "(SELECT SUM(o.qty_ordered - o.qty_received) FROM po_line o WHERE o.po_id = l.po_id AND o.item_id = l.item_id) "
    "FROM po_line l JOIN item i ON i.id = l.item_id "
)


def lines(po_id: int, limit: int = 20) -> list[PoLine]:
    """The lines of a purchase order, those with something open first."""
    found = connection.rows(
        f"{_LINE} WHERE l.po_id = ? ORDER BY CASE WHEN l.qty_received < l.qty_ordered THEN 0 ELSE 1 END, l.line LIMIT ?",
        po_id,
        limit,
    )
    return [PoLine(*row) for row in found]


def line_for(po_id: int, item_id: int) -> PoLine | None:
    """The line that a case of this item counts for: the first with something open, else the last."""
    found = connection.row(
        f"{_LINE} WHERE l.po_id = ? AND l.item_id = ? "
        "ORDER BY CASE WHEN l.qty_received < l.qty_ordered THEN 0 ELSE 1 END, "
        "CASE WHEN l.qty_received < l.qty_ordered THEN l.line ELSE -l.line END LIMIT 1",
        po_id,
        item_id,
    )
    return PoLine(*found) if found else None


@part
@dataclass(frozen=True)
class Case:
    """A case in hand, as far as it is known; nothing of it is saved yet.

    `code` is its SSCC or licence plate, '' when it has none and gets one of ours. `quantity` is what was
    counted, with where the number came from in `source`. `suspect` is the value of a label in which two fields may
    have run together, '' when there is none.
    """

    item: Item | None = None
    code: str = ""
    quantity: int | None = None
    source: str = ""
    lot: str = ""
    expiry: str = ""
    suspect: str = ""


@part
@dataclass(frozen=True)
class LastCase:
    """The last case that a person saved before a break: when, what, how many pieces."""

    at: str
    item_id: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Captured:
    """What a capture did: the unit, the orders that it released, what the order still expects, whether a label comes."""

    code: str
    status: str
    released: tuple[Released, ...]
    open_after: int
    labelled: bool = False


def lock(context: Context, item: Item) -> int:
    """Lock the item before a case of it is judged: what is open and what came in is only believed after this.

    Answers the pieces of the open pool.
    """
    found = connection.locked(context.site.code, [item.id])
    if not found:
        raise LookupError(f"item {item.sku} has no stock row")
    return int(found[0][1])


def capture(context: Context, line: PoLine, po_id: int, case: Case) -> Captured:
    """Save a counted case and release what waited for it; the caller has locked, checked and asked everything.

    A case past its expiry goes to QUARANTINE and releases nothing. A case that has no number of its own gets one of
    ours, and its label is printed at once where there is a printer.
    """
    item, quantity = case.item, case.quantity
    if item is None or quantity is None or context.dock is None:
        raise ValueError("a case is captured when item, quantity and dock are known")
    cause = context.cause()
    expiry = case.expiry or NO_EXPIRY
    today = context.today.isoformat()
    status = "AVAILABLE" if expiry >= today else "QUARANTINE"
    code = case.code or _own_code(context)
    receipt_id = _receipt(context, po_id, quantity)
    with connection.at_once():
        connection.execute("UPDATE po_line SET qty_received = qty_received + ? WHERE id = ?", quantity, line.id)
        unit_id, totals = stock.receive(
            cause,
            code=code,
            item_id=item.id,
            qty=quantity,
            lot=case.lot,
            expiry=expiry,
            status=status,
            location_id=context.dock.id,
            receipt_id=receipt_id,
            po_line_id=line.id,
            source=case.source,
        )
    released = release.release(cause, item.id, release.Trigger("receipt", unit_id, receipt_id), today, totals)
    labelled = bool(context.printer) and not case.code
    if labelled:
        label_jobs.ask(context, unit_id)
    return Captured(code, status, released, max(0, line.item_open - quantity), labelled)


def _own_code(context: Context) -> str:
    """A number of ours that no unit carries: an SSCC where the site has a company prefix, else a licence plate."""
    site = context.site.code
    if context.sscc is None:
        return stock.free_plate(site)
    while stock.known_unit(site, code := context.sscc.draw(site)) is not None:
        continue
    return code


def _receipt(context: Context, po_id: int, quantity: int) -> int:
    """Count a case on the receipt of this purchase order and day; the first case of the day opens it."""
    for _ in range(2):
        found = connection.value(
            "UPDATE receipt SET cases = cases + 1, pieces = pieces + ? WHERE po_id = ? AND opened_on = ? RETURNING id",
            quantity,
            po_id,
            context.today.isoformat(),
        )
        if found is not None:
            return int(found)
        connection.execute(
            "INSERT INTO receipt (site, code, po_id, opened_on, opened_by, opened_at) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (po_id, opened_on) DO NOTHING",
            context.site.code,
            f"RC-{serials.draw(context.site.code, 'receipt'):04d}",
            po_id,
            context.today.isoformat(),
            context.who.id,
            context.cause().at,
        )
    raise LookupError("the receipt that was just opened is gone")


def take_back(receipt_id: int | None, po_line_id: int | None, quantity: int) -> None:
    """A capture was undone: its order line and its receipt count one case less."""
    connection.execute("UPDATE po_line SET qty_received = qty_received - ? WHERE id = ?", quantity, po_line_id)
    connection.execute("UPDATE receipt SET cases = cases - 1, pieces = pieces - ? WHERE id = ?", quantity, receipt_id)


@dataclass(frozen=True, slots=True)
class CapturedCase:
    """A case as the last ones are listed on the screen."""

    code: str
    item: str
    quantity: int
    lot: str
    at: str
    by: str
    releases: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as its loop shows it: number, what it counted, the last cases (newest first)."""

    code: str
    cases: int
    pieces: int
    last: tuple[CapturedCase, ...]


def receipt_of_the_day(po_id: int, today: date, limit: int = 4) -> Receipt:
    """The receipt of this purchase order and day; empty, without a number, before its first case."""
    receipt = connection.row(
        "SELECT id, code, cases, pieces FROM receipt WHERE po_id = ? AND opened_on = ?",
        po_id,
        today.isoformat(),
    )
    if receipt is None:
        return Receipt("", 0, 0, ())
    found = connection.rows(
        "SELECT u.code, i.description, m.qty, u.lot, m.at, o.name, m.scan_id FROM handling_unit u "
        "JOIN stock_move m ON m.to_unit_id = u.id AND m.kind = 'RECEIPT' JOIN item i ON i.id = u.item_id "
        "JOIN operator o ON o.id = m.operator_id WHERE u.receipt_id = ? AND u.origin_id IS NULL "
        "AND u.status <> 'VOIDED' ORDER BY u.id DESC LIMIT ?",
        receipt[0],
        limit,
    )
    last = tuple(
        CapturedCase(code, item, qty, lot, at, by, _released_by(scan_id))
        for code, item, qty, lot, at, by, scan_id in found
    )
    return Receipt(receipt[1], receipt[2], receipt[3], last)


def _released_by(scan_id: str) -> str:
    found = connection.rows(
        "SELECT h.order_no FROM release_run r JOIN release_verdict v ON v.run_id = r.id "
        "JOIN order_line l ON l.id = v.line_id JOIN order_header h ON h.id = l.order_id "
        "WHERE r.scan_id = ? AND v.qty > 0 ORDER BY v.id LIMIT 4",
        scan_id,
    )
    names = [row[0] for row in found]
    return " ".join(names[:3]) + (" ..." if len(names) > 3 else "")
