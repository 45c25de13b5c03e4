"""What an item has and what is to come of it, read in the order of the days on which it can be used."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from db import connection
from db.connection import instant
from warehouse import rules
from warehouse.promising.atp import Estimate, Supply, estimate, usable_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from warehouse.site import Site

CHUNK = 200  # lines of purchase orders that are read at a time: most lines are covered by the next few deliveries
FAR = "9999-12-31"

EXPECTS = "l.qty_received < l.qty_ordered AND l.closed_at IS NULL"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Today at a site, and its rules for what has no day of its own: goods in a stage, and deliveries that are late."""

    site: Site
    today: date
    stage_days: int
    late_days: int


def calendar(site: Site, now: datetime) -> Calendar:
    """The calendar of a site at this instant."""
    of_site = rules.of_site(site.code)
    return Calendar(site, site.today(now), of_site.number("promise.stage_days"), of_site.number("promise.late_days"))


def supplies(at: Calendar, item_id: int) -> Iterator[Supply]:
    """All supply of an item in the order of its days: of one day stock first, then what is late, then what is due.

    It is read while it is asked for: inside a snapshot, or under the item's lock.
    """
    return heapq.merge(
        here(at, item_id),
        _deliveries(at, item_id, "0001-01-01", at.today.isoformat()),
        _deliveries(at, item_id, at.today.isoformat(), FAR),
        key=lambda supply: supply.on,
    )


def estimate_of(site: Site, item_id: int, needed: int, now: datetime) -> Estimate:
    """The estimate of a line of an item that needs so many pieces, those of the lines before it included."""
    return estimate(supplies(calendar(site, now), item_id), needed)


def here(at: Calendar, item_id: int) -> list[Supply]:
    """Free pieces: those that can be picked, and those in a stage by the day on which they leave it."""
    found = connection.rows(
        "SELECT CASE status WHEN 'AVAILABLE' THEN NULL ELSE received_at END, SUM(qty - qty_reserved) "
        "FROM handling_unit WHERE site = ? AND item_id = ? AND qty > qty_reserved "
        "AND status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND owner = 'OWN' AND order_id IS NULL AND expiry >= ? "
        "GROUP BY 1",
        at.site.code,
        item_id,
        at.today.isoformat(),
    )
    stock = sum(int(qty) for received_at, qty in found if received_at is None)
    staged: Counter[date] = Counter()
    for received_at, qty in found:
        if received_at is not None:
            leaves_on = at.site.today(instant(received_at)) + timedelta(days=at.stage_days)
            staged[max(at.today, leaves_on)] += int(qty)
    here = [Supply(at.today, stock, "stock")] if stock else []
    return here + [Supply(day, qty, "stage") for day, qty in sorted(staged.items())]


def _deliveries(at: Calendar, item_id: int, since: str, before: str) -> Iterator[Supply]:
    """What purchase orders still expect with a day from `since` on and before another, by that day."""
    last_id = 0
    while True:
        found = connection.rows(
            "SELECT l.id, p.po, l.line, l.expected_on, l.qty_ordered - l.qty_received FROM po_line l "
            f"JOIN purchase_order p ON p.id = l.po_id WHERE l.site = ? AND l.item_id = ? AND {EXPECTS} "
            "AND (l.expected_on, l.id) > (?, ?) AND l.expected_on < ? ORDER BY l.expected_on, l.id LIMIT ?",
            at.site.code,
            item_id,
            since,
            last_id,
            before,
            CHUNK,
        )
        for line_id, po, line, expected_on, qty in found:
            since, last_id = expected_on, line_id
            day = date.fromisoformat(expected_on)
            yield Supply(usable_on(day, at.today, at.late_days), qty, "purchase_order", po, line, day)
        if len(found) < CHUNK:
            return
