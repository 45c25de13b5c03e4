"""The answer to "when can you have it?": an item's supplies in time, what of them is promised, and who waits for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from db import connection
from db.snapshot import snapshot
from warehouse import stock
from warehouse.promising import supply
from warehouse.promising.atp import Bucket, Estimate, buckets, estimates
from warehouse.reply import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.promising.supply import Calendar
    from warehouse.site import Site


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An order line that still misses `waiting` pieces, and the day on which it can expect the last of them."""

    order: str
    line: int
    waiting: int
    promised_on: date
    estimate: Estimate

    @property
    def days_late(self) -> int | None:
        """How many days the estimate is behind what was promised, 0 for none; None where no day is known."""
        return max(0, (self.estimate.on - self.promised_on).days) if self.estimate.on else None

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        return {
            "order": self.order,
            "line": self.line,
            "waiting": self.waiting,
            "promised_on": self.promised_on.isoformat(),
            "estimate": self.estimate.as_json(),
            "days_late": self.days_late,
        }


@dataclass(frozen=True, slots=True)
class Available:
    """What can still be promised of an item, in pieces; the lists may be cut, the totals are not.

    `pickable` and `in_stage` are free of reservations, `on_hand` is all that is in the house. `supplies` counts the
    buckets: `deliveries` of purchase orders, stock, and goods in a stage by their days.
    """

    sku: str
    item: str
    unit: str
    today: date
    on_hand: int
    pickable: int
    in_stage: int
    on_order: int
    deliveries: int
    waiting_lines: int
    waiting: int
    supplies: int
    buckets: tuple[Bucket, ...]
    lines: tuple[WaitingLine, ...]

    @property
    def available_now(self) -> int:
        """What a new order can have from what is in the house and pickable."""
        return max(0, self.pickable - self.waiting)

    @property
    def available(self) -> int:
        """What a new order can have of everything that is here or ordered."""
        return max(0, self.pickable + self.in_stage + self.on_order - self.waiting)

    def as_json(self) -> dict[str, Any]:
        """The view as the command prints it."""
        return {
            "sku": self.sku,
            "today": self.today.isoformat(),
            "on_hand": self.on_hand,
            "pickable": self.pickable,
            "in_stage": self.in_stage,
            "on_order": {"deliveries": self.deliveries, "pieces": self.on_order},
            "waiting": {"lines": self.waiting_lines, "pieces": self.waiting},
            "available_now": self.available_now,
            "available": self.available,
            "buckets": [_bucket(one) for one in self.buckets],
            "buckets_total": self.supplies,
            "lines": [one.as_json() for one in self.lines],
        }


def _bucket(one: Bucket) -> dict[str, Any]:
    of = one.supply
    return {
        "on": of.on.isoformat(),
        "source": of.source,
        "cause": of.cause,
        "po": of.po or None,
        "line": of.line or None,
        "expected_on": of.expected_on.isoformat() if of.expected_on else None,
        "late_since": of.late_since.isoformat() if of.late_since else None,
        "quantity": of.quantity,
        "promised": one.promised,
        "available": one.available,
        "cumulative": one.cumulative,
    }


# --- Reading --------------------------------------------------------------------------------------------


def read(site: Site, sku: str, now: datetime, limit: int) -> Available:
    """What can be promised of an item, and the first `limit` supplies and lines; all of it read at one instant.

    Raises InputError for an item that this site does not have.
    """
    with snapshot():
        found = connection.row("SELECT id, description, base_unit FROM item WHERE site = ? AND sku = ?", site.code, sku)
        if found is None:
            raise InputError(f"There is no item {sku} at this site.")
        item_id, description, unit = found
        at = supply.calendar(site, now)
        totals = stock.totals(site.code, item_id)
        here = supply.here(at, item_id)
        deliveries, on_order = _on_order(site.code, item_id)
        return Available(
            sku=sku,
            item=description,
            unit=unit,
            today=at.today,
            on_hand=_on_hand(site.code, item_id),
            pickable=sum(one.quantity for one in here if one.source == "stock"),
            in_stage=sum(one.quantity for one in here if one.source == "stage"),
            on_order=on_order,
            deliveries=deliveries,
            waiting_lines=totals.waiting_lines,
            waiting=totals.waiting_qty,
            supplies=len(here) + deliveries,
            buckets=tuple(islice(buckets(supply.supplies(at, item_id), totals.waiting_qty), limit)),
            lines=_lines(at, item_id, limit),
        )


def _on_hand(site: str, item_id: int) -> int:
    return int(
        connection.value(
            "SELECT COALESCE(SUM(qty), 0) FROM handling_unit WHERE site = ? AND item_id = ? "
            "AND status NOT IN ('VOIDED','CONSUMED','ISSUED')",
            site,
            item_id,
        )
    )


def _on_order(site: str, item_id: int) -> tuple[int, int]:
    """How many lines of purchase orders expect something of it, and how many pieces."""
    lines, pieces = connection.one(
        "SELECT COUNT(*), COALESCE(SUM(l.qty_ordered - l.qty_received), 0) FROM po_line l "
        f"WHERE l.site = ? AND l.item_id = ? AND {supply.EXPECTS}",
        site,
        item_id,
    )
    return int(lines), int(pieces)


def _lines(at: Calendar, item_id: int, limit: int) -> tuple[WaitingLine, ...]:
    """The first lines of the queue, each with its day."""
    found = connection.rows(
        "SELECT h.order_no, l.line, l.qty_open, l.promised_on FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE l.site = ? AND l.item_id = ? AND l.state = 'W' ORDER BY l.rank_on, l.id LIMIT ?",
        at.site.code,
        item_id,
        limit,
    )
    days = estimates(supply.supplies(at, item_id), (row[2] for row in found))
    return tuple(
        WaitingLine(order, line, waiting, date.fromisoformat(promised_on), day)
        for (order, line, waiting, promised_on), day in zip(found, days, strict=True)
    )
