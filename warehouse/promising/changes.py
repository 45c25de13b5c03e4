"""Whose promise moves when a delivery changes: worked out before and after it, under the item's lock.

No estimate is stored. Both are worked out in the transaction of the change, so a row says what that change alone did:
whoever was served or went away since the last one is in both. What moves by itself, a late delivery that does not come
day after day, is no change of anybody's; `atp` and `why` say since when it is late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, tee
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import instant, iso
from warehouse import stock
from warehouse.promising.atp import Estimate, Supply, estimates, purchase_line, usable_on
from warehouse.promising.supply import supplies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from warehouse.promising.supply import Calendar
    from warehouse.stock import Cause, Line

MOST: Final = 10_000
"""How many lines of an item one change names; those beyond share a row, with their number."""

CHUNK = 1000  # order lines that are read, and changes that are written, at a time


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a line of a purchase order: goods come later or not at all, or else sooner; and its reason."""

    item_id: int
    po: str
    line: int
    later: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A promise that moved: what a line could expect before and after, None where no day was known, and why.

    `lines` is 1, or the number of further lines that are not named: then `order` is empty, and the days are those of
    the first of them.
    """

    at: datetime
    sku: str
    order: str
    line: int
    lines: int
    old_on: date | None
    new_on: date | None
    reason: str
    cause: str

    def as_json(self) -> dict[str, Any]:
        """The change as the commands print it."""
        return {
            "at": iso(self.at),
            "sku": self.sku,
            "order": self.order or None,
            "line": self.line or None,
            "lines": self.lines,
            "old_on": self.old_on.isoformat() if self.old_on else None,
            "new_on": self.new_on.isoformat() if self.new_on else None,
            "reason": self.reason,
            "cause": self.cause,
        }

    @property
    def days(self) -> str:
        """From which day to which."""
        return " -> ".join(day.isoformat() if day else "no day" for day in (self.old_on, self.new_on))

    def words(self, plain: Callable[[str], str] = str) -> str:
        """The change in one line; `plain` makes a number from outside fit to be shown."""
        who = f"{plain(self.order)}/{self.line}" if self.order else f"{self.lines} more lines of {plain(self.sku)}"
        return f"{who} {self.days} {self.reason} {plain(self.cause)}"


# --- What happens ---------------------------------------------------------------------------------------


def new_day(at: Calendar, item_id: int, po: str, line: int, *, before: date, after: date) -> Event:
    """A delivery is expected on another day."""
    later = usable_on(after, at.today, at.late_days) > usable_on(before, at.today, at.late_days)
    return Event(item_id, po, line, later, "VENDOR_LATE" if later else "SUPPLY_EARLIER")


def closed_short(item_id: int, po: str, line: int) -> Event:
    """Nothing more of a line is expected, although not all of it came."""
    return Event(item_id, po, line, later=True, reason="SHORT_RECEIPT")


def expected_again(item_id: int, po: str, line: int) -> Event:
    """The rest of a line that was closed short is expected all the same."""
    return Event(item_id, po, line, later=False, reason="SUPPLY_EARLIER")


# --- Writing --------------------------------------------------------------------------------------------


def supplies_of(at: Calendar, items: Iterable[int]) -> dict[int, list[Supply]]:
    """What these items have and expect; of items that nobody waits for nothing is read. Under their locks."""
    return {item: list(supplies(at, item)) for item in items if stock.totals(at.site.code, item).waiting_lines}


def record(cause: Cause, at: Calendar, before: Mapping[int, Sequence[Supply]], events: Sequence[Event]) -> int:
    """Write down whose promises moved since `before` was read, and answer how many; the events are written by now."""
    moved = 0
    for item_id, was in before.items():
        of_item = [event for event in events if event.item_id == item_id]
        moves = _moves(at, item_id, was, list(supplies(at, item_id)))
        count = 0
        while some := list(islice(moves, min(CHUNK, MOST - count))):
            count += len(some)
            _insert(cause, at, item_id, of_item, [(line_id, 1, old, new) for line_id, old, new in some])
        first = next(moves, None)
        if first is not None:
            more = 1 + sum(1 for _ in moves)
            _insert(cause, at, item_id, of_item, [(None, more, first[1], first[2])])
            count += more
        moved += count
    return moved


def redistributed(
    cause: Cause, at: Calendar, moves: Sequence[tuple[Line, Estimate | None, Estimate | None]], name: str
) -> None:
    """Write down whose day moved since pieces went to another line by a lead's decision; `name` says between which two.

    `moves` are lines with their days before and after; those of a line on hold are not known and do not count.
    """
    rows = [(line, old, new) for line, old, new in moves if old is not None and new is not None and old.on != new.on]
    _write(
        cause,
        at,
        [(line.item_id, line.id, 1, old, new, "PRIORITY_REDISTRIBUTED", name) for line, old, new in rows],
    )


def _moves(
    at: Calendar, item_id: int, before: Sequence[Supply], after: Sequence[Supply]
) -> Iterator[tuple[int, Estimate, Estimate]]:
    """The waiting lines whose day is another one; the queue is read no further than either supply reaches."""
    queue, first, second = tee(_queue(at.site.code, item_id), 3)
    old_days = estimates(before, (pieces for _, pieces in first))
    new_days = estimates(after, (pieces for _, pieces in second))
    for (line_id, _), old, new in zip(queue, old_days, new_days, strict=True):
        if old.on is None and new.on is None:
            return
        if old.on != new.on:
            yield line_id, old, new


def _queue(site: str, item_id: int) -> Iterator[tuple[int, int]]:
    rank_on, last_id = -1, -1
    while True:
        found = connection.rows(
            "SELECT id, rank_on, qty_open FROM order_line WHERE site = ? AND item_id = ? AND state = 'W' "
            "AND (rank_on, id) > (?, ?) ORDER BY rank_on, id LIMIT ?",
            site,
            item_id,
            rank_on,
            last_id,
            CHUNK,
        )
        for line_id, rank, pieces in found:
            rank_on, last_id = rank, line_id
            yield line_id, pieces
        if len(found) < CHUNK:
            return


def _insert(
    cause: Cause,
    at: Calendar,
    item_id: int,
    events: Sequence[Event],
    moves: Iterable[tuple[int | None, int, Estimate, Estimate]],
) -> None:
    _write(
        cause,
        at,
        [(item_id, line_id, lines, old, new, *_why(old, new, events)) for line_id, lines, old, new in moves],
    )


def _write(
    cause: Cause, at: Calendar, moves: Iterable[tuple[int, int | None, int, Estimate, Estimate, str, str]]
) -> None:
    """Rows of item, line (None: several), how many lines, days before and after, reason code, and what did it."""
    today = at.today.isoformat()
    connection.many(
        "INSERT INTO promise_change (site, at, changed_on, item_id, line_id, lines, old_on, new_on, reason, cause, scan_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (cause.site, cause.at, today, item_id, line_id, lines, _day(old), _day(new), reason, name, cause.scan_id)
            for item_id, line_id, lines, old, new, reason, name in moves
        ],
    )


def _day(estimate: Estimate) -> str | None:
    return estimate.on.isoformat() if estimate.on else None


def _why(old: Estimate, new: Estimate, events: Sequence[Event]) -> tuple[str, str]:
    """The reason code and the delivery that moved a line: the one that it hangs on, if something happened to that.

    Else it is the first that moves lines in the same direction, for the line is served by what others left.
    """
    later = old.on is not None and (new.on is None or new.on > old.on)
    hangs_on = old.supply if later else new.supply
    same_way = [event for event in events if event.later == later]
    named = [event for event in same_way if hangs_on and (event.po, event.line) == (hangs_on.po, hangs_on.line)]
    for event in named or same_way:
        return event.reason, purchase_line(event.po, event.line)
    return "SUPPLY_EARLIER", new.supply.name if new.supply else ""


# --- Reading --------------------------------------------------------------------------------------------

_MOVED = (
    "SELECT c.at, i.sku, COALESCE(h.order_no, ''), COALESCE(l.line, 0), c.lines, c.old_on, c.new_on, c.reason, c.cause "
    "FROM promise_change c JOIN item i ON i.id = c.item_id LEFT JOIN order_line l ON l.id = c.line_id "
    "LEFT JOIN order_header h ON h.id = l.order_id"
)


def of_line(line_id: int, limit: int) -> tuple[Moved, ...]:
    """The last changes of a line's promise, in the order in which they came."""
    return _read("WHERE c.line_id = ? ORDER BY c.id DESC LIMIT ?", line_id, limit)[::-1]


def of_scan(scan_id: str, limit: int) -> tuple[Moved, ...]:
    """The first promises that a command moved, by item in the order of service."""
    return _read("WHERE c.scan_id = ? ORDER BY c.id LIMIT ?", scan_id, limit)


def since(site: str, day: date | None, limit: int) -> tuple[Moved, ...]:
    """The last promises that moved at a site, on a day or later, newest first."""
    first = day.isoformat() if day else "0001-01-01"
    return _read(
        "WHERE c.site = ? AND c.changed_on >= ? ORDER BY c.changed_on DESC, c.id DESC LIMIT ?", site, first, limit
    )


def _read(where: str, *params: Any) -> tuple[Moved, ...]:
    return tuple(
        Moved(instant(at), sku, order, line, lines, _date(old_on), _date(new_on), reason, cause)
        for at, sku, order, line, lines, old_on, new_on, reason, cause in connection.rows(f"{_MOVED} {where}", *params)
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
