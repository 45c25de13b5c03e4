"""What goes wrong: overdue reviews first, then what stands still, differences of deliveries, shorts, refusals, holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from db import connection
from db.connection import iso
from warehouse import discrepancies, hoarding, messages, open_holds, reviews
from warehouse.board.window import NEWEST

if TYPE_CHECKING:
    from warehouse.board.window import Window
    from warehouse.hoarding import Hoard
    from warehouse.open_holds import OpenHold
    from warehouse.reviews import Review
    from warehouse.site import Site

SHOWN: Final = 20
WORST: Final = 8  # kinds of refusals and of differences


@dataclass(frozen=True, slots=True)
class Kind:
    """How often something happened in the window; `last` names where it did last, "" where that opens nothing."""

    what: str
    meaning: str
    n: int
    last: str = ""


@dataclass(frozen=True, slots=True)
class Problems:
    """All of it; `holds` keep orders or lines from moving, those overdue for a review first.

    `hoards` are orders that have stock which nobody can pick.
    `units_on_hold` and `pieces_on_hold` are what stands stopped or on hold now.
    """

    overdue: tuple[Review, ...]
    holds: tuple[OpenHold, ...]
    hoards: tuple[Hoard, ...]
    differences: tuple[Kind, ...]
    shorts: tuple[Kind, ...]
    refusals: tuple[Kind, ...]
    units_on_hold: int
    pieces_on_hold: int


def problems(site: Site, window: Window) -> Problems:
    """What went wrong in the window, and what stands on hold."""
    units, pieces = connection.one(
        "SELECT COUNT(*), COALESCE(SUM(qty), 0) FROM handling_unit WHERE site = ? AND status IN ('QUARANTINE','BLOCKED')",
        site.code,
    )
    return Problems(
        reviews.overdue(site, window.until, SHOWN),
        open_holds.open_holds(site, window.until, SHOWN),
        hoarding.hoards(site, WORST),
        _differences(site, window),
        _shorts(site, window),
        _refusals(site, window),
        int(units),
        int(pieces),
    )


def _differences(site: Site, window: Window) -> tuple[Kind, ...]:
    found = connection.rows(
        "SELECT d.code, COUNT(*), MAX(d.receipt_id) FROM "
        f"(SELECT * FROM discrepancy WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS d "
        f"WHERE d.at >= ? AND d.at < ? GROUP BY d.code ORDER BY COUNT(*) DESC, d.code LIMIT {WORST}",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    ids = [row[2] for row in found if row[2] is not None]
    codes: dict[int, str] = dict(
        connection.rows(f"SELECT id, code FROM receipt WHERE id IN ({connection.marks(ids)})", *ids)
    )
    return tuple(Kind(code, discrepancies.meaning(code), int(n), codes.get(last, "")) for code, n, last in found)


def _shorts(site: Site, window: Window) -> tuple[Kind, ...]:
    """Pieces that a pick took back from lines, by the reason that was given."""
    from warehouse import picks

    found = connection.rows(
        "SELECT v.reason, COUNT(DISTINCT n.id), MAX(h.order_no) FROM "
        f"(SELECT * FROM release_run WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS n "
        "JOIN reservation_void v ON v.scan_id = n.scan_id AND v.qty > 0 JOIN reservation r ON r.id = v.reservation_id "
        "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id "
        "WHERE n.cause = 'short' AND n.at >= ? AND n.at < ? GROUP BY v.reason ORDER BY COUNT(DISTINCT n.id) DESC, v.reason",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    known = {code: reason.short for code, _, _ in found if (reason := picks.reason(code))}
    return tuple(Kind(code, str(known.get(code, code)), int(n), order) for code, n, order in found)


def _refusals(site: Site, window: Window) -> tuple[Kind, ...]:
    found = connection.rows(
        "SELECT f.template, COUNT(*) FROM "
        f"(SELECT * FROM refusal WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS f "
        "WHERE f.at >= ? AND f.at < ? AND f.source <> 'KEY' GROUP BY f.template "
        f"ORDER BY COUNT(*) DESC, f.template LIMIT {WORST}",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    return tuple(Kind(template, messages.pattern(template), int(n)) for template, n in found)
