"""What a transaction left to others: ship sets that may be complete, and queues that were not read to their end.

A receipt stays a transaction of one item. What it may have completed is asked right after its commit, by the thread that
did it, in a transaction that locks all items of the set in order. What a crash leaves behind is found by the sweep.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, ParamSpec, TypeVar

from db import connection
from db.connection import Conflict, transaction
from warehouse import planning, release, stock
from warehouse.planning import FreeUnit, Plan, WaitingLine
from warehouse.release import Trigger
from warehouse.reply import Released
from warehouse.stock import Cause, Line, ship_sets
from warehouse.stock.ship_sets import Lacking

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 0.25  # what a scan may take on for others after its verdict; the rest is the sweep's

_log = logging.getLogger(__name__)


class Carried(NamedTuple):
    """What was done for others: how many pieces of work, and who got what by it."""

    work: int
    released: tuple[Released, ...]


class _Afterwards(threading.local):
    """What this thread's last transaction led to after its commit."""

    released: tuple[Released, ...] = ()


_afterwards = _Afterwards()


def afterwards() -> tuple[Released, ...]:
    """Who got what in transactions of their own, right after the last one of this thread that releases."""
    return _afterwards.released


def after_scan(scan_id: str) -> tuple[Released, ...]:
    """The same for a scan that was answered before, from the record."""
    found = connection.rows(
        "SELECT n.id, h.order_no, l.line, i.sku, r.kind, r.qty FROM release_run n JOIN reservation r ON r.run_id = n.id "
        "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id "
        "WHERE n.scan_id = ? AND n.cause IN ('complete','goes_on') ORDER BY n.id, r.id",
        scan_id,
    )
    given: dict[tuple[int, str, int, str, str], int] = {}
    for *key, qty in found:
        run_id, order, line, sku, kind = key
        got = (run_id, order, line, sku, kind)
        given[got] = given.get(got, 0) + qty
    return tuple(Released(order, line, sku, qty, kind) for (_, order, line, sku, kind), qty in given.items())


def releasing(function: Callable[P, T]) -> Callable[P, T]:
    """As `transaction`, and afterwards what it left to others is carried on with; that never undoes what was saved."""
    whole = transaction(function)

    @functools.wraps(function)
    def with_rest(*args: P.args, **kwargs: P.kwargs) -> T:
        ship_sets.left.something, _afterwards.released = False, ()
        result = whole(*args, **kwargs)
        if ship_sets.left.something and ship_sets.left.cause is not None:
            ship_sets.left.something = False
            try:
                _afterwards.released = carry_on(ship_sets.left.cause, ship_sets.left.today, SECONDS).released
            except Exception:  # noqa: BLE001
                # What was asked for is saved, and what is left here stands in its table for the sweep.
                _log.exception("what a release left to do was left to the sweep")
        return result

    return with_rest


def carry_on(cause: Cause, today: str, seconds: float) -> Carried:
    """Do what was left to others at this site, the first in the order of service first.

    Ends after `seconds`, with the piece of work that it is at. What is done here only takes stock away: a set that lacks
    something is not asked again.
    """
    lacking: set[int] = set()
    until = time.monotonic() + seconds
    done = 0
    given: list[Released] = []
    while time.monotonic() < until:
        found = connection.row(
            "SELECT d.id, d.set_id, d.item_id FROM release_due d WHERE d.site = ? ORDER BY COALESCE("
            "(SELECT MIN(l.rank_on) FROM order_line l WHERE l.set_id = d.set_id AND l.qty_open > 0), d.from_rank), d.id "
            "LIMIT 1",
            cause.site,
        )
        if found is None:
            break
        due_id, set_id, item_id = found
        if set_id is not None:
            got = complete(cause, today, set_id, due_id, tried=lacking)
            given += got
            lacking |= set() if got else {set_id}
        else:
            given += _go_on(cause, today, item_id, due_id, lacking)
        done += 1
    return Carried(done, tuple(given))


@transaction
def _go_on(cause: Cause, today: str, item_id: int, due_id: int, tried: Collection[int]) -> tuple[Released, ...]:
    """The queue of an item from where another run stopped."""
    connection.locked(cause.site, [item_id])
    found = connection.row("DELETE FROM release_due WHERE id = ? RETURNING from_rank, from_id", due_id)
    if found is None:
        return ()
    return release.release(cause, item_id, Trigger("goes_on"), today, start=(found[0], found[1]), tried=tried)


@transaction
def complete(
    cause: Cause, today: str, set_id: int, due_id: int | None = None, tried: Collection[int] = ()
) -> tuple[Released, ...]:
    """Give a ship set all that it misses, where all of that is there; else let it watch the first line that lacks.

    That look is written down. What was kept for it then goes to the lines behind it. A set that claims takes what there
    is. Other sets in `tried` have just had their turn: nothing is kept for them, and they are not asked again.
    """
    lines = _open_lines(cause.site, set_id)
    if due_id is not None and not connection.execute("DELETE FROM release_due WHERE id = ?", due_id):
        return ()
    tail = "" if connection.dialect() == "sqlite" else " FOR UPDATE"
    claiming, watched = connection.one(f"SELECT claiming, watch_id FROM ship_set WHERE id = ?{tail}", set_id)
    if not lines:
        return ()
    if claiming:
        return _each(cause, today, "complete", sorted({line.item_id for line in lines}))
    plans = {item_id: _plan(release.free_units(cause.site, item_id), some, today) for item_id, some in _by_item(lines)}
    lacking = _lacking(lines, plans, watched)
    if lacking is None:
        return _grant(cause, lines, plans)
    ship_sets.looked(cause, set_id, lacking)
    ship_sets.watch(set_id, lacking.line_id)
    before = [line.item_id for line in lines if line.id == watched]
    return _each(cause, today, "complete", before, tried=(*tried, set_id))


@transaction
def claim(cause: Cause, today: str, set_id: int) -> tuple[Released, ...]:
    """The patience of a set is over: from now on it takes what it can get, and holds it until all is there."""
    lines = _open_lines(cause.site, set_id)
    if connection.value("SELECT claiming FROM ship_set WHERE id = ?", set_id):
        return ()
    ship_sets.claim(set_id)
    return _each(cause, today, "patience", sorted({line.item_id for line in lines}))


def _open_lines(site: str, set_id: int) -> list[Line]:
    """The lines of a set that miss something, in the order of service, their items locked."""
    which = "SELECT {} FROM order_line WHERE set_id = ? AND qty_open > 0"
    items = {row[0] for row in connection.rows(which.format("DISTINCT item_id"), set_id)}
    connection.locked(site, items)
    found = stock.lines_by_id(row[0] for row in connection.rows(which.format("id"), set_id))
    lines = [line for line in found.values() if line.open]
    if not {line.item_id for line in lines} <= items:
        raise Conflict
    return sorted(lines, key=lambda line: (line.rank_on, line.id))


def _by_item(lines: Sequence[Line]) -> Iterator[tuple[int, list[Line]]]:
    for item_id in sorted({line.item_id for line in lines}):
        yield item_id, [line for line in lines if line.item_id == item_id]


def would_complete(site: str, set_id: int, today: str, spare: dict[int, Sequence[FreeUnit]]) -> tuple[Line, ...]:
    """The lines of a set that would have all that they miss now, none where anything lacks; a look without locks.

    `spare` are the free units by item, which lack what the set takes then; units of items that are not in it are read.
    """
    ids = [row[0] for row in connection.rows("SELECT id FROM order_line WHERE set_id = ? AND qty_open > 0", set_id)]
    lines = sorted(stock.lines_by_id(ids, lock=False).values(), key=lambda line: (line.rank_on, line.id))
    units = {
        item_id: spare[item_id] if item_id in spare else release.free_units(site, item_id)
        for item_id, _ in _by_item(lines)
    }
    plans = {item_id: _plan(units[item_id], some, today) for item_id, some in _by_item(lines)}
    if _lacking(lines, plans) is not None:
        return ()
    spare.update({item_id: planning.unused(units[item_id], result.grants) for item_id, result in plans.items()})
    return tuple(lines)


def _plan(units: Sequence[FreeUnit], lines: Sequence[Line], today: str) -> Plan:
    """What the set's lines of one item get of these units if each takes all that it misses or nothing."""
    queue = (WaitingLine(line.id, line.open, line.open, line.policy, bool(line.full_cases)) for line in lines)
    return planning.plan(units, queue, today)


def _lacking(lines: Sequence[Line], plans: dict[int, Plan], watched: int | None = None) -> Lacking | None:
    """A line that may not move or cannot have all that it misses; what lines before it get is not there for it.

    The first, but rather one of another item than the `watched` line's: stock of that has come, and went to others. Where
    something else is lacking as well, the next piece of it would only wake the set for nothing, as would each after it.
    """
    left = {item_id: result.supply_before for item_id, result in plans.items()}
    got: dict[int, int] = {}
    for result in plans.values():
        for grant in result.grants:
            got[grant.line_id] = got.get(grant.line_id, 0) + grant.qty
    came = next((line.item_id for line in lines if line.id == watched), None)
    first: Lacking | None = None
    for line in lines:
        lacking = None
        if line.held:
            lacking = Lacking(line.id, line.open, "HELD")
        elif got.get(line.id, 0) < line.open:
            short = line.open - left[line.item_id]
            lacking = Lacking(line.id, short, "SHORT") if short > 0 else Lacking(line.id, line.open, "FULL_CASES")
        else:
            left[line.item_id] -= line.open
        if lacking is not None and line.item_id != came:
            return lacking
        first = first or lacking
    return first


def _grant(cause: Cause, lines: Sequence[Line], plans: dict[int, Plan]) -> tuple[Released, ...]:
    given: list[Released] = []
    for item_id, result in plans.items():
        # The counters of a line say how many of its set miss something, which the item before this one has changed.
        fresh = stock.lines_by_id(line.id for line in lines if line.item_id == item_id)
        release.record(cause, item_id, Trigger("complete"), result, fresh, stock.totals(cause.site, item_id))
        given += release.released(result, fresh)
    return tuple(given)


def _each(
    cause: Cause, today: str, why: str, items: Sequence[int], tried: Collection[int] = ()
) -> tuple[Released, ...]:
    given: list[Released] = []
    for item_id in items:
        given += release.release(cause, item_id, Trigger(why), today, tried=tried)
    return tuple(given)
