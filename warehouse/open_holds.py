"""The holds that keep orders from moving: whose, why, since when, and when somebody looks at them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import instant, iso

if TYPE_CHECKING:
    from warehouse.site import Site

MOST: Final = 1000  # holds that are listed


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A hold of an order, or of one `line` of it, that nobody has ended.

    `waiting` pieces of it get nothing, `kept` ones were promised before and wait with it. `overdue`: the day on which
    somebody was to look at it again is over.
    """

    order: str
    line: int | None
    customer: str
    kind: str
    reason: str
    by: str
    since: datetime
    review_on: date
    until_on: date | None
    overdue: bool
    waiting: int
    kept: int

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "order": self.order,
            "line": self.line,
            "customer": self.customer,
            "kind": self.kind,
            "reason": self.reason,
            "by": self.by,
            "since": iso(self.since),
            "review_on": self.review_on.isoformat(),
            "until_on": self.until_on.isoformat() if self.until_on else None,
            "overdue": self.overdue,
            "pieces": self.waiting + self.kept,
            "kept": self.kept,
        }

    @property
    def name(self) -> str:
        """What is held, as people name it."""
        return self.order if self.line is None else f"{self.order}/{self.line}"

    @property
    def ends(self) -> str:
        """By its day, or its kind where a person ends it."""
        return f"until {self.until_on}" if self.until_on else self.kind

    def words(self, site: Site) -> str:
        """The same in one line for a person."""
        kept = f", {self.kept} of them promised and kept" if self.kept else ""
        review = f"REVIEW OVERDUE since {self.review_on}" if self.overdue else f"review on {self.review_on}"
        return (
            f"{self.name} ({self.customer}): {self.ends}, {self.reason}; {self.waiting + self.kept} pieces{kept}; "
            f"since {site.local(self.since):%Y-%m-%d %H:%M} by {self.by}; {review}"
        )


_PIECES = (
    "(SELECT CAST(COALESCE(SUM(l.{}), 0) AS INTEGER) FROM order_line l WHERE l.order_id = o.order_id "
    "AND (o.line_id IS NULL OR l.id = o.line_id))"
)


_HOLD = (
    "SELECT h.order_no, x.line, c.name, o.kind, o.reason, p.name, o.at, o.review_on, o.until_on, "
    f"{_PIECES.format('qty_open')}, {_PIECES.format('qty_reserved')} "
    "FROM order_hold o JOIN order_header h ON h.id = o.order_id JOIN customer c ON c.id = h.customer_id "
    "JOIN operator p ON p.id = o.operator_id LEFT JOIN order_line x ON x.id = o.line_id "
)


def open_holds(site: Site, now: datetime, limit: int = MOST) -> tuple[OpenHold, ...]:
    """Those first of which the review is due first, and so what is overdue."""
    today = site.today(now)
    found = connection.rows(
        f"{_HOLD} WHERE o.site = ? AND o.ended_at IS NULL ORDER BY o.review_on, o.id LIMIT {limit}", site.code
    )
    return tuple(_hold(row, today) for row in found)


def of_line(site: Site, now: datetime, order: str, line: int) -> tuple[OpenHold, ...]:
    """What holds this line: its own holds, and those of its order; the oldest first."""
    today = site.today(now)
    found = connection.rows(
        f"{_HOLD} WHERE h.site = ? AND h.order_no = ? AND o.site = ? AND o.ended_at IS NULL "
        f"AND (o.line_id IS NULL OR x.line = ?) ORDER BY o.id LIMIT {MOST}",
        *(site.code, order, site.code, line),
    )
    return tuple(_hold(row, today) for row in found)


def of_order(site: Site, now: datetime, order: str, limit: int) -> tuple[OpenHold, ...]:
    """What holds the order or lines of it, the oldest first."""
    today = site.today(now)
    found = connection.rows(
        f"{_HOLD} WHERE h.site = ? AND h.order_no = ? AND o.site = ? AND o.ended_at IS NULL ORDER BY o.id LIMIT {limit}",
        *(site.code, order, site.code),
    )
    return tuple(_hold(row, today) for row in found)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a line stands in the queue; `left` pieces of it wait, or are promised and not picked."""

    left: int
    priority: int
    pinned: bool


def standing(site: Site, order: str, line: int) -> Standing | None:
    """Its place, or None where there is no such line."""
    found = connection.row(
        "SELECT l.qty_open + l.qty_reserved, l.priority, l.pinned FROM order_line l "
        "JOIN order_header h ON h.id = l.order_id WHERE h.site = ? AND h.order_no = ? AND l.line = ?",
        *(site.code, order, line),
    )
    return None if found is None else Standing(int(found[0]), int(found[1]), bool(found[2]))


def _hold(row: tuple[Any, ...], today: date) -> OpenHold:
    order, line, customer, kind, reason, by, at, review_on, until_on, waiting, kept = row
    return OpenHold(
        order=order,
        line=line,
        customer=customer,
        kind=kind,
        reason=reason,
        by=by,
        since=instant(at),
        review_on=date.fromisoformat(review_on),
        until_on=date.fromisoformat(until_on) if until_on else None,
        overdue=date.fromisoformat(review_on) < today,
        waiting=waiting,
        kept=kept,
    )
