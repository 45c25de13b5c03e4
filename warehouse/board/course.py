"""How the backorder went: open pieces over the window with a tick at each receipt, and what waits by its first day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import instant, iso
from warehouse.board.window import DAYS, NEWEST

if TYPE_CHECKING:
    from datetime import date, datetime

    from warehouse.board.window import Window
    from warehouse.site import Site

STEPS: Final = 200  # points of the course that are kept
CAP: Final = 10_000  # lines of a day that are counted


@dataclass(frozen=True, slots=True)
class OpenUnits:
    """Pieces that wait, as they were after each change; `receipts` are ticks: when a delivery first let some go.

    `n` is how many runs of release were looked at; `whole` says that they reach back to the start of the window.
    """

    n: int
    whole: bool
    points: tuple[tuple[datetime, int], ...]
    receipts: tuple[tuple[datetime, str, int], ...]

    def as_json(self, window: Window) -> dict[str, Any]:
        """The course as the command prints it."""
        return {
            "n": self.n,
            "window": window.as_json(),
            "whole": self.whole,
            "points": [[iso(at), units] for at, units in self.points],
            "receipts": [{"at": iso(at), "receipt": code, "units": units} for at, code, units in self.receipts],
        }


def open_units(site: Site, window: Window) -> OpenUnits:
    """Worked out from the runs of release: each one recorded what still waited of its item, and what it gave."""
    found = connection.rows(
        "SELECT n.at, n.item_id, n.qty_waiting, n.supply_before - n.supply_after, COALESCE(c.code, ''), n.cause FROM "
        f"(SELECT * FROM release_run WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS n "
        "LEFT JOIN receipt c ON c.id = n.receipt_id WHERE n.at >= ? AND n.at < ? ORDER BY n.id",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    moved = sorted({row[1] for row in found})
    still = int(
        connection.value("SELECT COALESCE(SUM(waiting_qty), 0) FROM item_stock WHERE site = ?", site.code)
    ) - sum(_now_waiting(site.code, moved[start : start + 500]) for start in range(0, len(moved), 500))
    # Before its first run an item had what that run left and what it gave; an entry came with that very run.
    before = {row[1]: 0 if row[5] == "entry" else row[2] + row[3] for row in reversed(found)}
    total, latest = still + sum(before.values()), dict(before)
    points = [(window.since, total)]
    receipts: dict[str, tuple[datetime, int]] = {}
    for at, item_id, waits, gave, code, _ in found:
        total += waits - latest[item_id]
        latest[item_id] = waits
        points.append((instant(at), total))
        if code and gave > 0:
            first, units = receipts.get(code, (instant(at), 0))
            receipts[code] = (first, units + int(gave))
    points.append((window.until, total))
    return OpenUnits(
        len(found),
        len(found) < NEWEST,
        _thin(points),
        tuple((at, code, units) for code, (at, units) in receipts.items()),
    )


def _now_waiting(site: str, items: list[int]) -> int:
    return int(
        connection.value(
            f"SELECT COALESCE(SUM(waiting_qty), 0) FROM item_stock WHERE site = ? AND item_id IN ({connection.marks(items)})",
            site,
            *items,
        )
    )


def _thin(points: list[tuple[datetime, int]]) -> tuple[tuple[datetime, int], ...]:
    """At most so many of them, the last always."""
    if len(points) <= STEPS:
        return tuple(points)
    return tuple(points[place * (len(points) - 1) // (STEPS - 1)] for place in range(STEPS))


# --- By day ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayWaiting:
    """What waits now since that day: lines and pieces; `older` gathers all days before the first."""

    day: date
    lines: int
    units: int
    older: bool = False

    def as_json(self) -> dict[str, Any]:
        """The day as the command prints it."""
        return {"day": self.day.isoformat(), "lines": self.lines, "units": self.units, "older": self.older}


def by_day(site: Site, now: datetime) -> tuple[DayWaiting, ...]:
    """The lines that wait now, by the day of the site since when; of a day no more than `CAP` lines are counted."""
    today = site.today(now)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    found = [_since(site, days[0] - timedelta(days=1), None, site.midnight(days[0]), older=True)]
    found += [
        _since(site, one, site.midnight(one), site.midnight(one + timedelta(days=1)), older=False) for one in days
    ]
    return tuple(found)


def _since(site: Site, day: date, start: datetime | None, end: datetime, *, older: bool) -> DayWaiting:
    span = " AND waiting_since >= ?" if start else ""
    lines, units = connection.one(
        "SELECT COUNT(*), COALESCE(SUM(qty_open), 0) FROM (SELECT qty_open FROM order_line WHERE site = ? "
        f"AND state = 'W' AND waiting_since < ?{span} LIMIT {CAP}) AS counted",
        site.code,
        iso(end),
        *([iso(start)] if start else []),
    )
    return DayWaiting(day, int(lines), int(units), older)
