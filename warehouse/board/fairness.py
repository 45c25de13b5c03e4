"""Whether those who were promised first were served first: rank by promise against rank by release, item by item.

A line that got pieces while one of the same item with an earlier promise waited went ahead of it, and that has a
reason: its priority, when it was entered, or a rule of the other line that the supply did not meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import instant, iso
from warehouse.board.window import FEW, NEWEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from warehouse.board.window import Window
    from warehouse.site import Site

LINES: Final = 500  # newest released lines that are compared
LATER: Final = 50  # waiting lines of an item that are compared with them


@dataclass(frozen=True, slots=True)
class Served:
    """A line as fairness looks at it; `released_at` is its first release of the window, None while it waits."""

    order: str
    line: int
    sku: str
    promised_on: date
    priority: int
    policy: str
    since: datetime
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """A line that went ahead of another one, with the reason; "none" where no rule explains it."""

    order: str
    line: int
    sku: str
    over_order: str
    over_line: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The pair as the command prints it."""
        return {
            "order": self.order,
            "line": self.line,
            "sku": self.sku,
            "over": {"order": self.over_order, "line": self.over_line},
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Fairness:
    """`points` are (rank by promise, rank by release) within the line's item, both from 1; `ahead` the queue jumps."""

    n: int
    points: tuple[tuple[int, int], ...]
    ahead: tuple[Ahead, ...]

    @property
    def few(self) -> bool:
        """Whether there are too few of them to say much."""
        return self.n < FEW

    def as_json(self, window: Window) -> dict[str, Any]:
        """The comparison as the command prints it."""
        return {
            "n": self.n,
            "window": window.as_json(),
            "points": [list(point) for point in self.points],
            "ahead": [one.as_json() for one in self.ahead],
        }


def fairness(site: Site, window: Window) -> Fairness:
    """The newest lines that got pieces in the window, compared with each other and with the head of the queue."""
    released = _released(site, window)
    groups: dict[int, list[Served]] = {}
    for item_id, served in released:
        groups.setdefault(item_id, []).append(served)
    points: list[tuple[int, int]] = []
    jumps: list[Ahead] = []
    for item_id, group in sorted(groups.items()):
        points += ranks(group)
        jumps += ahead(group, _waiting(site, item_id))
    return Fairness(len(released), tuple(points), tuple(jumps))


def ranks(group: Sequence[Served]) -> list[tuple[int, int]]:
    """Each line's rank by promise and by release; lines that are equal share the lower rank."""
    promised = sorted(one.promised_on for one in group)
    released = sorted(one.released_at for one in group if one.released_at)
    return [
        (promised.index(one.promised_on) + 1, released.index(one.released_at) + 1) for one in group if one.released_at
    ]


def ahead(group: Sequence[Served], waiting: Iterable[Served]) -> list[Ahead]:
    """Which lines got pieces while one with an earlier promise waited: the one with the earliest is named."""
    jumps = []
    others = (*group, *waiting)
    for one in group:
        at = one.released_at
        assert at is not None
        over = [
            other
            for other in others
            if other.promised_on < one.promised_on and (other.released_at is None or other.released_at > at)
        ]
        if over:
            first = min(over, key=lambda other: (other.since > at, other.promised_on))
            jumps.append(Ahead(one.order, one.line, one.sku, first.order, first.line, _reason(one, first)))
    return jumps


def _reason(one: Served, over: Served) -> str:
    if one.released_at is not None and over.since > one.released_at:
        return "entered later"
    if one.priority < over.priority:
        return "priority"
    return f"policy {over.policy}" if over.policy != "partial" else "none"


_COLUMNS = "h.order_no, l.line, i.sku, l.promised_on, l.priority, l.policy, l.waiting_since"
_TABLES = "JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id"


def _released(site: Site, window: Window) -> list[tuple[int, Served]]:
    found = connection.rows(
        f"SELECT l.item_id, {_COLUMNS}, MIN(r.at) FROM "
        f"(SELECT * FROM reservation WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS r "
        f"JOIN order_line l ON l.id = r.line_id {_TABLES} WHERE r.at >= ? AND r.at < ? AND r.qty_voided < r.qty "
        f"GROUP BY l.id, l.item_id, {_COLUMNS} ORDER BY MIN(r.at) DESC, l.id LIMIT {LINES}",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    return [(item_id, _served(*row)) for item_id, *row in found]


def _waiting(site: Site, item_id: int) -> list[Served]:
    """The head of the item's queue: lines that got nothing yet."""
    found = connection.rows(
        f"SELECT {_COLUMNS}, NULL FROM (SELECT * FROM order_line WHERE site = ? AND item_id = ? AND state = 'W' "
        f"ORDER BY rank_on, id LIMIT {LATER}) AS l {_TABLES} WHERE l.qty_reserved + l.qty_picked + l.qty_shipped = 0",
        site.code,
        item_id,
    )
    return [_served(*row) for row in found]


def _served(
    order: str, line: int, sku: str, promised: str, priority: int, policy: str, since: str, at: str | None
) -> Served:
    return Served(
        *(order, line, sku, date.fromisoformat(str(promised)), priority, policy),
        since=instant(since),
        released_at=instant(at) if at else None,
    )
