"""Receipts: a delivery at the dock as it is counted. The first case of the day opens one, a person closes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import serials

if TYPE_CHECKING:
    from datetime import date

    from warehouse.flows.steps import Context
    from warehouse.inbound.case import Delivery


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt by its number, with what it has counted; id 0 and no number before its first case."""

    id: int
    code: str
    mode: str
    state: str
    cases: int
    pieces: int


NONE_YET = Receipt(0, "", "", "OPEN", 0, 0)
_RECEIPT = "SELECT r.id, r.code, r.mode, r.state, r.cases, r.pieces FROM receipt r "


def receipt_for(site: str, code: str) -> Receipt | None:
    """The receipt with this number, or None."""
    found = connection.row(f"{_RECEIPT} WHERE r.site = ? AND r.code = ?", site, code)
    return Receipt(*found) if found else None


def receipt_by_id(receipt_id: int) -> Receipt:
    """The receipt with this id, which must exist."""
    return Receipt(*connection.one(f"{_RECEIPT} WHERE r.id = ?", receipt_id))


def receipt_of_delivery(delivery: Delivery, site: str, today: date) -> Receipt:
    """The open receipt of this delivery and day; `NONE_YET` before its first case."""
    if delivery.po_ids:
        found = connection.row(
            f"{_RECEIPT} JOIN receipt_order o ON o.receipt_id = r.id WHERE o.po_id IN "
            f"({connection.marks(delivery.po_ids)}) AND o.open = 1 AND o.opened_on = ? ORDER BY r.id LIMIT 1",
            *delivery.po_ids,
            today.isoformat(),
        )
    else:
        found = connection.row(
            f"{_RECEIPT} WHERE r.site = ? AND r.state = 'OPEN' AND r.mode = 'UNORDERED' AND r.opened_on = ? "
            "AND COALESCE(r.vendor_id, 0) = ? ORDER BY r.id LIMIT 1",
            site,
            today.isoformat(),
            delivery.vendor_id or 0,
        )
    return Receipt(*found) if found else NONE_YET


def open_receipt(context: Context, delivery: Delivery, po_id: int | None, quantity: int, *, cases: int = 1) -> int:
    """Count a case of an order on the receipt of its delivery; the first case of the day opens it. Answers its id.

    With no `cases` it is only opened, for what is written down about goods that do not come in. Two terminals that
    open it at once: one of them runs again and finds it.
    """
    today = context.today.isoformat()
    if po_id is not None:
        found = connection.value(
            "UPDATE receipt SET cases = cases + ?, pieces = pieces + ? WHERE id = (SELECT receipt_id FROM receipt_order "
            "WHERE po_id = ? AND opened_on = ? AND open = 1) AND state = 'OPEN' RETURNING id",
            cases,
            quantity,
            po_id,
            today,
        )
        if found is not None:
            return int(found)
    known = receipt_of_delivery(delivery, context.site.code, context.today)
    receipt_id = known.id or _opened(context, delivery, po_id)
    counted = connection.execute(
        "UPDATE receipt SET cases = cases + ?, pieces = pieces + ? WHERE id = ? AND state = 'OPEN'",
        cases,
        quantity,
        receipt_id,
    )
    if not counted:
        raise connection.Conflict("the receipt was closed meanwhile")
    if po_id is not None:
        connection.insert_row(
            "receipt_order",
            unless="(po_id, opened_on) WHERE open = 1",
            receipt_id=receipt_id,
            po_id=po_id,
            site=context.site.code,
            opened_on=today,
        )
    return receipt_id


def _opened(context: Context, delivery: Delivery, po_id: int | None) -> int:
    if po_id is None:
        # No order to be in one receipt at most: the site's own row stands for it, so that there is one a day.
        connection.execute("UPDATE site SET practice = practice WHERE site = ?", context.site.code)
        known = receipt_of_delivery(delivery, context.site.code, context.today)
        if known.id:
            return known.id
    return connection.insert(
        "receipt",
        site=context.site.code,
        code=f"RC-{serials.draw(context.site.code, 'receipt'):04d}",
        po_id=po_id,
        mode=delivery.mode,
        vendor_id=delivery.vendor_id,
        opened_on=context.today.isoformat(),
        opened_by=context.who.id,
        opened_at=context.cause().at,
    )


@dataclass(frozen=True, slots=True)
class CapturedCase:
    """A case as the last ones are listed on the screen; `flagged` where its count was questioned and kept."""

    code: str
    item: str
    quantity: int
    lot: str
    at: str
    by: str
    releases: str
    flagged: bool = False


def last_cases(receipt_id: int, limit: int = 4) -> tuple[CapturedCase, ...]:
    """The last cases of a receipt, newest first; one that was taken back is left out."""
    found = connection.rows(
        "SELECT u.code, i.description, c.qty, u.lot, c.at, o.name, c.scan_id, c.doubt FROM capture c "
        "JOIN handling_unit u ON u.id = c.unit_id JOIN item i ON i.id = c.item_id JOIN operator o ON o.id = c.operator_id "
        "WHERE c.receipt_id = ? AND c.qty > 0 AND u.status <> 'VOIDED' ORDER BY c.id DESC LIMIT ?",
        receipt_id,
        limit,
    )
    return tuple(
        CapturedCase(code, item, qty, lot, at, by, _released_by(scan_id), bool(doubt))
        for code, item, qty, lot, at, by, scan_id, doubt in found
    )


def _released_by(scan_id: str) -> str:
    found = connection.rows(
        "SELECT h.order_no FROM release_run r JOIN release_verdict v ON v.run_id = r.id "
        "JOIN order_line l ON l.id = v.line_id JOIN order_header h ON h.id = l.order_id "
        "WHERE r.scan_id = ? AND v.qty > 0 ORDER BY v.id LIMIT 4",
        scan_id,
    )
    names = [row[0] for row in found]
    return " ".join(names[:3]) + (" ..." if len(names) > 3 else "")
