"""What the floor is at: released and not picked yet, cases being received, backorders by their age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import instant, iso

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.site import Site

RECEIVING: Final = timedelta(minutes=60)  # a receipt without a case for so long is no longer "now"
BUCKETS: Final = ((1, "<1d"), (3, "1-3d"), (7, "3-7d"), (14, "7-14d"))
OLDEST: Final = ">14d"
CAP: Final = 10_000  # lines of a bucket that a board counts, which is read each second
TASKS: Final = 5_000  # open picks that a board looks at


@dataclass(frozen=True, slots=True)
class ReleasedLine:
    """Pieces promised to a line and not picked yet, by the run that gave them.

    `by` has the pick in hand, or is asked to take it next where `taken` is False; None is nobody.
    """

    order: str
    line: int
    sku: str
    description: str
    quantity: int
    receipt: str | None
    released_at: datetime
    by: str | None
    due_at: datetime
    taken: bool = False

    def late(self, now: datetime, usual: float | None) -> bool:
        """Whether the time left is shorter than nine of ten picks take (`usual`, seconds), or is over."""
        return (self.due_at - now).total_seconds() < (usual or 0.0)

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        return {
            "order": self.order,
            "line": self.line,
            "sku": self.sku,
            "quantity": self.quantity,
            "receipt": self.receipt,
            "released_at": iso(self.released_at),
            "by": self.by,
            "due_at": iso(self.due_at),
            "taken": self.taken,
        }


@dataclass(frozen=True, slots=True)
class Receiving:
    """A receipt that counted a case within the last hour.

    `releases` are order lines that got pieces by it, `waiting_on` the first line that still waits for an item that it
    is to bring, with the pieces it lacks; `announced` cases on its ASNs, 0 where there are none.
    """

    receipt: str
    po: str
    vendor: str
    cases: int
    units: int
    by: str
    announced: int
    releases: int
    waiting_on: tuple[str, int, str] | None

    def as_json(self) -> dict[str, Any]:
        """The receipt as the command prints it."""
        order, pieces, sku = self.waiting_on or (None, None, None)
        return {
            "receipt": self.receipt,
            "po": self.po,
            "vendor": self.vendor,
            "cases": self.cases,
            "units": self.units,
            "by": self.by,
            "announced_cases": self.announced,
            "releases": self.releases,
            "waiting_on": None if order is None else {"order": order, "sku": sku, "quantity": pieces},
        }


@dataclass(frozen=True, slots=True)
class Age:
    """Open backorders by how long they have waited: lines and pieces; `more`: there are more than were counted."""

    bucket: str
    lines: int
    units: int
    more: bool = False

    @property
    def shown(self) -> str:
        """The count of lines for a screen."""
        return f"{self.lines}+" if self.more else str(self.lines)

    def as_json(self) -> dict[str, Any]:
        """The bucket as the command prints it."""
        return {"bucket": self.bucket, "lines": self.lines, "units": self.units}


# --- Released, not picked -------------------------------------------------------------------------------


def released(site: Site, limit: int | None) -> tuple[ReleasedLine, ...]:
    """Lines whose picks are open, in the order of service; `limit` bounds what is read."""
    bound = f"ORDER BY id LIMIT {TASKS}" if limit else ""
    found = connection.rows(
        "SELECT h.order_no, l.line, i.sku, i.description, SUM(r.qty - r.qty_picked - r.qty_voided), c.code, MIN(r.at), "
        "MIN(o.name), l.promised_on, MAX(CASE WHEN t.state = 'TAKEN' THEN 1 ELSE 0 END) FROM "
        f"(SELECT * FROM pick_task WHERE site = ? AND state IN ('OPEN','TAKEN') {bound}) AS t "
        "JOIN reservation r ON r.id = t.reservation_id "
        "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id "
        "JOIN item i ON i.id = l.item_id JOIN release_run n ON n.id = r.run_id LEFT JOIN receipt c ON c.id = n.receipt_id "
        "LEFT JOIN operator o ON o.id = t.operator_id "
        "GROUP BY h.order_no, l.line, i.sku, i.description, c.code, l.promised_on, l.rank_on, l.id "
        "ORDER BY l.rank_on, l.id, MIN(r.at)",
        site.code,
    )
    lines = (
        ReleasedLine(
            *(order, line, sku, words, int(qty), receipt, instant(at), by, site.due(date.fromisoformat(day))),
            taken=bool(taken),
        )
        for order, line, sku, words, qty, receipt, at, by, day, taken in found
    )
    return tuple(lines)


def released_lines(site: Site) -> int:
    """How many order lines have an open pick."""
    return int(
        connection.value(
            "SELECT COUNT(DISTINCT r.line_id) FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
            "WHERE t.site = ? AND t.state IN ('OPEN','TAKEN')",
            site.code,
        )
    )


# --- Receiving now --------------------------------------------------------------------------------------


def receiving(site: Site, now: datetime) -> tuple[Receiving, ...]:
    """Open receipts with a case within the hour, by their numbers."""
    found = connection.rows(
        "SELECT c.id, c.code, COALESCE(p.po, ''), COALESCE(v.name, ''), c.cases, c.pieces, o.name FROM receipt c "
        "JOIN operator o ON o.id = c.opened_by "
        "LEFT JOIN purchase_order p ON p.id = c.po_id LEFT JOIN vendor v ON v.id = COALESCE(p.vendor_id, c.vendor_id) "
        "WHERE c.cases > 0 AND c.state = 'OPEN' AND c.id IN "
        "(SELECT receipt_id FROM handling_unit WHERE site = ? AND received_at >= ? AND receipt_id IS NOT NULL) "
        "ORDER BY c.code",
        site.code,
        iso(now - RECEIVING),
    )
    return tuple(
        Receiving(
            *(code, po, vendor, cases, pieces, by),
            announced=_announced(receipt_id),
            releases=_releases(receipt_id),
            waiting_on=_waiting_on(site, receipt_id),
        )
        for receipt_id, code, po, vendor, cases, pieces, by in found
    )


def _announced(receipt_id: int) -> int:
    return int(
        connection.value(
            "SELECT COUNT(*) FROM asn_unit WHERE po_line_id IN (SELECT l.id FROM receipt_order o "
            "JOIN po_line l ON l.po_id = o.po_id WHERE o.receipt_id = ?)",
            receipt_id,
        )
    )


def _releases(receipt_id: int) -> int:
    return int(
        connection.value(
            "SELECT COUNT(DISTINCT r.line_id) FROM handling_unit u JOIN reservation r ON r.unit_id = u.id "
            "WHERE u.receipt_id = ? AND r.qty_voided < r.qty",
            receipt_id,
        )
    )


def _waiting_on(site: Site, receipt_id: int) -> tuple[str, int, str] | None:
    """Who is first in the queue of an item of which this delivery's orders still expect pieces."""
    found = connection.row(
        "SELECT h.order_no, l.qty_open, i.sku FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "JOIN item i ON i.id = l.item_id WHERE l.id IN (SELECT (SELECT w.id FROM order_line w WHERE w.site = ? "
        "AND w.item_id = e.item_id AND w.state = 'W' ORDER BY w.rank_on, w.id LIMIT 1) FROM receipt_order o "
        "JOIN po_line e ON e.po_id = o.po_id WHERE o.receipt_id = ? AND e.qty_received < e.qty_ordered "
        "AND e.closed_at IS NULL) ORDER BY l.rank_on, l.id LIMIT 1",
        site.code,
        receipt_id,
    )
    return (str(found[0]), int(found[1]), str(found[2])) if found else None


# --- Waiting --------------------------------------------------------------------------------------------


def age(site: Site, now: datetime, cap: int | None) -> tuple[Age, ...]:
    """Open lines by the site's calendar days since they wait; every bucket is there, also an empty one.

    With `cap` no more lines than that are counted in a bucket, so that a million of them cost no more.
    """
    today = site.today(now)
    edges = [None, *(iso(site.midnight(today - timedelta(days=days - 1))) for days, _ in BUCKETS), None]
    names = [name for _, name in BUCKETS] + [OLDEST]
    found = []
    for place, name in enumerate(names):
        before, since = edges[place], edges[place + 1]
        span = [one for one in (before, since) if one is not None]
        sql = (" AND waiting_since < ?" if before else "") + (" AND waiting_since >= ?" if since else "")
        lines, units = connection.one(
            "SELECT COUNT(*), COALESCE(SUM(qty_open), 0) FROM (SELECT qty_open FROM order_line "
            f"WHERE site = ? AND state = 'W'{sql}{f' LIMIT {cap + 1}' if cap else ''}) AS counted",
            site.code,
            *span,
        )
        more = cap is not None and int(lines) > cap
        found.append(Age(name, min(int(lines), cap) if cap is not None else int(lines), int(units), more))
    return tuple(found)


def waiting(site: Site) -> tuple[int, int]:
    """How many lines wait, and for how many pieces."""
    lines, units = connection.one(
        "SELECT COALESCE(SUM(waiting_lines), 0), COALESCE(SUM(waiting_qty), 0) FROM item_stock WHERE site = ?",
        site.code,
    )
    return int(lines), int(units)
