"""The last days of this site as the simulation takes them: its own orders and cases, read from the rows of one moment.

Orders are taken as they stand now: what was cancelled was never ordered, and a changed day or class is the one that
counts. Two lines of an order for one item are one line. Pieces that went to older orders than these count on neither
side, so what the replay may hand out is exactly what these orders got and what is still there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from db import connection
from db.connection import instant
from db.snapshot import snapshot
from warehouse.reply import InputError
from warehouse.simulation.year import Delivery, Order, OrderedLine, Year
from warehouse.site import Site
from warehouse.stock import POOL_STATUS

FEWEST_LINES, FEWEST_DAYS = 200, 28  # of which a replay says something; our start value
MOST_ORDERS = 20_000  # the newest ones; a replay of them takes a minute
MOST_CASES = 200_000
CHUNK = 2_000  # rows of one read

Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Entered:
    """An order of the window: its row and its day."""

    id: int
    day: date


def read(site: Site, now: datetime, days: int, step: Step) -> Year:
    """The site's last `days` days up to today, or as many of them as its newest MOST_ORDERS orders are from.

    `step(phase, rows, 0)` is told how far it is. Raises InputError where there is too little to replay.
    """
    today = site.today(now)
    since = today - timedelta(days=days - 1)
    with snapshot():
        entered = list(_entered(site, since, step))[::-1]
        first = entered[0].day if entered else today
        lines, taken = _lines(entered, step)
        orders = tuple(Order(one.day, lines[one.id]) for one in entered if one.id in lines)
        length = (today - first).days + 1
        _enough(sum(map(len, lines.values())), length)
        cases = list(_cases(site, first, step))[::-1]
        usable = connection.rows("SELECT item_id, usable FROM item_stock WHERE site = ? AND usable > 0", site.code)
    taken.update(dict(usable))
    wanted = {line.item for order in orders for line in order.lines}
    return Year(first, length, tuple(_deliveries(first, cases, taken, wanted)), orders)


def _enough(lines: int, days: int) -> None:
    if lines < FEWEST_LINES or days < FEWEST_DAYS:
        raise InputError(
            f"There is too little history to replay: {_count(lines, 'order line')} over {_count(days, 'day')}, where "
            f"{FEWEST_LINES} lines over {FEWEST_DAYS} days are needed; 'dockbell simulate --generated' replays a made-up "
            "year."
        )


def _count(count: int, thing: str) -> str:
    return f"{count:,} {thing if count == 1 else thing + 's'}"


def _entered(site: Site, since: date, step: Step) -> Iterator[_Entered]:
    """The orders of the window, newest first."""
    midnight, before, count = site.midnight(since), 2**62, 0
    while count < MOST_ORDERS:
        some = connection.rows(
            "SELECT id, entered_at FROM order_header WHERE site = ? AND id < ? ORDER BY id DESC LIMIT ?",
            site.code,
            before,
            min(CHUNK, MOST_ORDERS - count),
        )
        for order_id, entered_at in some:
            moment = instant(entered_at)
            if moment < midnight:
                return
            yield _Entered(order_id, site.today(moment))
        if not some:
            return
        before, count = some[-1][0], count + len(some)
        step("reading orders", count, 0)


def _lines(entered: list[_Entered], step: Step) -> tuple[dict[int, tuple[OrderedLine, ...]], Counter[int]]:
    """The lines of each order, and the pieces of each item that were picked for them."""
    found: dict[int, dict[int, OrderedLine]] = {}
    taken: Counter[int] = Counter()
    for start in range(0, len(entered), CHUNK):
        some = entered[start : start + CHUNK]
        known = {one.id for one in some}
        for order_id, item, pieces, picked, promised_on, priority in connection.rows(
            "SELECT order_id, item_id, qty_ordered - qty_cancelled, qty_picked + qty_shipped, promised_on, priority "
            "FROM order_line WHERE order_id BETWEEN ? AND ? ORDER BY order_id, line",
            some[0].id,
            some[-1].id,
        ):
            if order_id not in known or not pieces:
                continue
            line = OrderedLine(item, pieces, date.fromisoformat(promised_on), priority)
            of = found.setdefault(order_id, {})
            of[item] = _joined(of[item], line) if item in of else line
            taken[item] += picked
        step("reading order lines", start + len(some), len(entered))
    return {order_id: tuple(lines.values()) for order_id, lines in found.items()}, taken


def _joined(one: OrderedLine, other: OrderedLine) -> OrderedLine:
    return OrderedLine(
        one.item,
        one.pieces + other.pieces,
        min(one.promised_on, other.promised_on),
        min(one.priority, other.priority),
    )


def _cases(site: Site, first: date, step: Step) -> Iterator[Delivery]:
    """The counted cases since a day that stand and were not set aside, newest first."""
    midnight, before, count = site.midnight(first), 2**62, 0
    reversed_: set[int] = set()
    while count < MOST_CASES:
        some = connection.rows(
            "SELECT id, at, item_id, qty, status, reverses FROM capture WHERE site = ? AND id < ? "
            "ORDER BY id DESC LIMIT ?",
            site.code,
            before,
            CHUNK,
        )
        for capture_id, at, item, pieces, status, reverses in some:
            if instant(at) < midnight:
                return
            if reverses is not None:
                reversed_.add(reverses)
            elif capture_id not in reversed_ and status in POOL_STATUS:
                yield Delivery(site.today(instant(at)), item, pieces)
        if not some:
            return
        before, count = some[-1][0], count + len(some)
        step("reading receipts", count, 0)


def _deliveries(first: date, cases: list[Delivery], supply: Counter[int], wanted: set[int]) -> Iterator[Delivery]:
    """What can be handed out of each item: `supply` pieces in all, of which the cases are the last that came.

    What the cases do not explain was there at the start. Where they are more than that, the first of them went elsewhere.
    """
    came: Counter[int] = Counter()
    for case in cases:
        came[case.item] += case.pieces
    gone: Counter[int] = Counter()
    for item in sorted(wanted):
        if supply[item] > came[item]:
            yield Delivery(first, item, supply[item] - came[item])
        gone[item] = max(0, came[item] - supply[item])
    for case in cases:
        if case.item not in wanted:
            continue
        lost = min(gone[case.item], case.pieces)
        gone[case.item] -= lost
        if case.pieces > lost:
            yield Delivery(case.came_on, case.item, case.pieces - lost)
