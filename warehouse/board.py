"""The leads' board: what was released and nobody picked yet, what is being received, what still waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from db import connection
from db.connection import instant, iso

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.site import Site

RECEIVING = timedelta(minutes=60)  # a receipt without a case for so long is no longer "now"
BUCKETS = ((1, "<1d"), (3, "1-3d"), (7, "3-7d"), (14, "7-14d"))
OLDEST = ">14d"


@dataclass(frozen=True, slots=True)
class ReleasedLine:
    """Pieces promised to a line and not picked yet, by the run that gave them."""

    order: str
    line: int
    sku: str
    description: str
    quantity: int
    receipt: str | None
    released_at: datetime
    by: str | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Receiving:
    """A receipt that counted a case within the last hour."""

    receipt: str
    po: str
    vendor: str
    cases: int
    units: int


@dataclass(frozen=True, slots=True)
class Age:
    """Open backorders by how long they have waited: lines and pieces."""

    bucket: str
    lines: int
    units: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows, read at one instant; `released` is cut to `limit`, its totals are not."""

    at: datetime
    released: tuple[ReleasedLine, ...]
    released_lines: int
    receiving: tuple[Receiving, ...]
    lines: int
    units: int
    age: tuple[Age, ...]

    def as_json(self) -> dict[str, Any]:
        """The board as the command prints it."""
        return {
            "at": iso(self.at),
            "released": [
                {
                    "order": line.order,
                    "line": line.line,
                    "sku": line.sku,
                    "quantity": line.quantity,
                    "receipt": line.receipt,
                    "released_at": iso(line.released_at),
                    "by": line.by,
                    "due_at": iso(line.due_at),
                }
                for line in self.released
            ],
            "receiving": [
                {
                    "receipt": entry.receipt,
                    "po": entry.po,
                    "vendor": entry.vendor,
                    "cases": entry.cases,
                    "units": entry.units,
                }
                for entry in self.receiving
            ],
            "backorders": {
                "lines": self.lines,
                "units": self.units,
                "age": [{"bucket": age.bucket, "lines": age.lines, "units": age.units} for age in self.age],
            },
        }


def read(site: Site, now: datetime, limit: int | None = None) -> Board:
    """The board of a site; read in autocommit, so that a board never holds an old snapshot."""
    lines, units = connection.one(
        "SELECT COALESCE(SUM(waiting_lines), 0), COALESCE(SUM(waiting_qty), 0) FROM item_stock WHERE site = ?",
        site.code,
    )
    return Board(
        at=now,
        released=_released(site, limit),
        released_lines=int(
            connection.value(
                "SELECT COUNT(DISTINCT r.line_id) FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
                "WHERE t.site = ? AND t.state IN ('OPEN','TAKEN')",
                site.code,
            )
        ),
        receiving=_receiving(site, now),
        lines=int(lines),
        units=int(units),
        age=_age(site, now),
    )


def _released(site: Site, limit: int | None) -> tuple[ReleasedLine, ...]:
    from datetime import date

    found = connection.rows(
        "SELECT h.order_no, l.line, i.sku, i.description, SUM(r.qty - r.qty_picked - r.qty_voided), c.code, MIN(r.at), "
        "MIN(o.name), l.promised_on FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
        "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id "
        "JOIN item i ON i.id = l.item_id JOIN release_run n ON n.id = r.run_id LEFT JOIN receipt c ON c.id = n.receipt_id "
        "LEFT JOIN operator o ON o.id = t.operator_id WHERE t.site = ? AND t.state IN ('OPEN','TAKEN') "
        "GROUP BY h.order_no, l.line, i.sku, i.description, c.code, l.promised_on, l.rank_on, l.id "
        "ORDER BY l.rank_on, l.id, MIN(r.at)" + (f" LIMIT {limit}" if limit else ""),
        site.code,
    )
    return tuple(
        ReleasedLine(order, line, sku, words, int(qty), receipt, instant(at), by, site.due(date.fromisoformat(day)))
        for order, line, sku, words, qty, receipt, at, by, day in found
    )


def _receiving(site: Site, now: datetime) -> tuple[Receiving, ...]:
    found = connection.rows(
        "SELECT c.code, COALESCE(p.po, ''), COALESCE(v.name, ''), c.cases, c.pieces FROM receipt c "
        "LEFT JOIN purchase_order p ON p.id = c.po_id LEFT JOIN vendor v ON v.id = COALESCE(p.vendor_id, c.vendor_id) "
        "WHERE c.cases > 0 AND c.state = 'OPEN' AND c.id IN "
        "(SELECT receipt_id FROM handling_unit WHERE site = ? AND received_at >= ? AND receipt_id IS NOT NULL) "
        "ORDER BY c.code",
        site.code,
        iso(now - RECEIVING),
    )
    return tuple(Receiving(*row) for row in found)


def _age(site: Site, now: datetime) -> tuple[Age, ...]:
    """Open lines by the site's calendar days since they wait; every bucket is there, also an empty one."""
    today = site.today(now)
    edges = [iso(site.midnight(today - timedelta(days=days - 1))) for days, _ in BUCKETS]
    case = " ".join(f"WHEN waiting_since >= ? THEN {place}" for place in range(len(edges)))
    found = connection.rows(
        f"SELECT CASE {case} ELSE {len(edges)} END, COUNT(*), SUM(qty_open) FROM order_line "
        "WHERE site = ? AND state = 'W' GROUP BY 1",
        *edges,
        site.code,
    )
    counted = {int(place): (int(lines), int(units)) for place, lines, units in found}
    names = [name for _, name in BUCKETS] + [OLDEST]
    return tuple(Age(name, *counted.get(place, (0, 0))) for place, name in enumerate(names))
