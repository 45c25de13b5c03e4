"""Release on receipt: who gets what arrived, written down in the transaction of whatever raised supply or demand.

The rule itself is `warehouse.planning`. Here is the step around it, after the item's row was locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from db import connection
from warehouse import fitting, planning, policy, stock
from warehouse.planning import BLOCKED_SHOWN, FreeUnit, Plan, WaitingLine
from warehouse.reply import Released
from warehouse.stock import Cause, Line, ship_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

CHUNK = (32, 512)  # the waiting list is read in growing pieces: most receipts serve a handful of lines
FIRST = (-1, -1)  # before every place in the queue
BEHIND = (policy.NEVER, 0)  # behind every place: of a run that was about certain lines only

Place = tuple[int, int]
"""A place in the queue: rank and id of a line."""

Span = tuple[Place, Place | None]
"""A part of the queue: from a place on, up to before another one or to its end."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What raised supply or demand, for the record of the run."""

    cause: str
    unit_id: int | None = None
    receipt_id: int | None = None


def release(
    cause: Cause,
    item_id: int,
    trigger: Trigger,
    today: str,
    *,
    totals: stock.Totals | None = None,
    arrived: int = 0,
    start: Place = FIRST,
    tried: Collection[int] = (),
) -> tuple[Released, ...]:
    """Give all free stock of an item to the lines that wait for it, write it down, and say who got what.

    Only adds: it never takes from another line. The item's row is locked by the caller, who may hand over its
    totals; `arrived` pieces have joined the open pool and are not in them yet: they are counted here. Every run leaves
    its record, also one that finds nobody waiting. Ship sets that this may complete are left to a transaction of their
    own, as is the queue beyond `planning.LOOKED_AT`, which then goes on at `start`; sets in `tried` have just had theirs.
    """
    waiting_lines, waiting_qty, free = totals or stock.totals(cause.site, item_id)
    free += arrived
    lines: dict[int, Line] = {}
    result = Plan(free, free)
    if waiting_lines and free:
        result = decide(cause.site, item_id, free, lines, today, start=start, tried=tried)
    end = _place(lines, result.ends_at)
    if result.last is not None and result.supply_after == result.kept and _blocked(result) >= BLOCKED_SHOWN:
        end = _after(cause.site, item_id, lines[result.last])
        result.ran_out_at = end[1] if end else None
    before = stock.Totals(waiting_lines, waiting_qty, free)
    record(cause, item_id, trigger, result, lines, before, arrived=arrived, span=(start, end))
    ship_sets.left.cause, ship_sets.left.today = cause, today
    for line_id in result.candidates:
        set_id = lines[line_id].set_id
        if set_id is not None and set_id not in tried:
            ship_sets.due(cause.site, set_id)
    if result.goes_on_at is not None:
        ship_sets.goes_on(cause.site, item_id, lines[result.goes_on_at].rank_on, result.goes_on_at)
    given = released(result, lines)
    if result.supply_after and any(lines[grant.line_id].owed for grant in result.grants):
        # Who was paid back what it lent now stands in its own place again, and may take more from there.
        given += release(cause, item_id, trigger, today, tried=tried)
    return given


def decide(
    site: str,
    item_id: int,
    free: int,
    lines: dict[int, Line],
    today: str,
    *,
    start: Place = FIRST,
    tried: Collection[int] = (),
) -> Plan:
    """Who would get what of an item now; changes nothing. The lines that were read are put into `lines`.

    Nothing is kept for sets in `tried`: they have just had their turn, and something is still lacking.
    """
    queue = waiting(site, item_id, free, lines, start=start, tried=tried)
    first = next(queue, None)
    if first is None:
        return Plan(free, free)
    return rule(lines[first.id])(free_units(site, item_id), chain((first,), queue), today)


def rule(line: Line) -> Callable[[Sequence[FreeUnit], Iterator[WaitingLine], str], Plan]:
    """The rule for the item of this line: one after the other, or each its part of too little."""
    return planning.fair if line.on_allocation else planning.plan


def record(
    cause: Cause,
    item_id: int,
    trigger: Trigger,
    result: Plan,
    lines: dict[int, Line],
    totals: stock.Totals,
    *,
    arrived: int = 0,
    span: Span = (BEHIND, None),
) -> int:
    """Write a plan down: the run (answers its id), the reservations with all their counters, the verdicts.

    `span` is what of the queue was read for it.
    """
    start, end = span
    got = sum(grant.qty for grant in result.grants)
    served = sum(1 for verdict in result.verdicts if verdict.qty and not verdict.short)
    run_id = connection.insert(
        "release_run",
        site=cause.site,
        at=cause.at,
        cause=trigger.cause,
        item_id=item_id,
        unit_id=trigger.unit_id,
        receipt_id=trigger.receipt_id,
        scan_id=cause.scan_id,
        supply_before=result.supply_before,
        supply_after=result.supply_after,
        lines_waiting=totals.waiting_lines - served,
        qty_waiting=totals.waiting_qty - got,
        ran_out_at=result.ran_out_at,
        from_rank=start[0],
        from_id=start[1],
        to_rank=end[0] if end else None,
        to_id=end[1] if end else None,
    )
    with connection.at_once():
        connection.many(
            "INSERT INTO release_verdict (site, run_id, line_id, outcome, qty, short, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (cause.site, run_id, verdict.line_id, verdict.outcome, verdict.qty, verdict.short, verdict.reason)
                for verdict in result.verdicts
            ],
        )
        if result.grants:
            stock.reserve(cause, run_id, item_id, result.grants, lines, usable=arrived)
        elif arrived:
            stock.count(cause.site, item_id, usable=arrived)
    return run_id


def released(result: Plan, lines: dict[int, Line]) -> tuple[Released, ...]:
    """Who got what, as people are told."""
    hard: dict[tuple[int, str], int] = {}
    for grant in result.grants:
        key = (grant.line_id, grant.kind)
        hard[key] = hard.get(key, 0) + grant.qty
    return tuple(
        Released(lines[line_id].order, lines[line_id].line, lines[line_id].sku, qty, kind)
        for (line_id, kind), qty in hard.items()
    )


def _blocked(result: Plan) -> int:
    return sum(verdict.outcome == "SKIPPED" for verdict in result.verdicts)


def _place(lines: dict[int, Line], line_id: int | None) -> Place | None:
    return None if line_id is None else (lines[line_id].rank_on, line_id)


def _after(site: str, item_id: int, line: Line) -> Place | None:
    """The next place of the queue, also that of a line which `waiting` left unread because it cannot fit."""
    found = connection.row(
        "SELECT rank_on, id FROM order_line WHERE site = ? AND item_id = ? AND state = 'W' AND (rank_on, id) > (?, ?) "
        "ORDER BY rank_on, id LIMIT 1",
        site,
        item_id,
        line.rank_on,
        line.id,
    )
    return None if found is None else (found[0], found[1])


# --- What is read for it --------------------------------------------------------------------------------


# A full case is as it came: sealed, and nothing was taken out of it that was not put back.
_FULL = (
    "kind = 'CASE' AND seal = 'SEALED' AND qty_reserved = 0 AND NOT EXISTS (SELECT 1 FROM stock_move m "
    "WHERE m.from_unit_id = handling_unit.id AND m.kind IN ('PICK','QUARANTINE') "
    "AND (m.to_unit_id IS NULL OR m.to_unit_id <> handling_unit.id) "
    "AND NOT EXISTS (SELECT 1 FROM stock_move b WHERE b.reverses = m.id))"
)


def free_units(site: str, item_id: int) -> list[FreeUnit]:
    """Free pieces in the order they are used: pickable ones first, then by expiry, arrival and id."""
    found = connection.rows(
        "SELECT id, qty - qty_reserved, expiry, CASE status WHEN 'AVAILABLE' THEN 'HARD' ELSE 'PENDING_STAGE' END, "
        f"{_FULL} FROM handling_unit WHERE site = ? AND item_id = ? "
        "AND qty > qty_reserved AND status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND owner = 'OWN' "
        "AND order_id IS NULL ORDER BY expiry, received_at, id",
        site,
        item_id,
    )
    return sorted((FreeUnit(*row) for row in found), key=lambda unit: unit.kind != "HARD")


def waiting(
    site: str,
    item_id: int,
    free: int,
    lines: dict[int, Line],
    *,
    start: Place = FIRST,
    tried: Collection[int] = (),
) -> Iterator[WaitingLine]:
    """The queue in its order, read in growing chunks; what was read is kept in `lines` for the writing.

    Once enough lines that do not fit were shown, the rest of those is left in the index: `free` bounds
    what any later line can still be given. `start` is the first place that is read.
    """
    place, shown = start, 0
    beyond = ">=" if start != FIRST else ">"
    size = min(free + 1, 4 * CHUNK[0])  # each line that is served takes a piece at least
    fits: list[int] | None = None
    while True:
        if shown >= BLOCKED_SHOWN and fits is None:
            fits = fitting.needs(site, item_id, free)
        if fits is not None and len(fits) <= fitting.MOST:
            which = fitting.heads(site, item_id, fits, place, beyond, size)
            found = _queued(f"l.id IN ({connection.marks(which)})", which, size) if which else []
        else:
            ceiling = policy.NEVER if fits is None else free
            found = _queued(
                f"l.site = ? AND l.item_id = ? AND l.state = 'W' AND (l.rank_on, l.id) {beyond} (?, ?) "
                "AND l.min_need <= ?",
                (site, item_id, *place, ceiling),
                size,
            )
        beyond = ">"
        for *columns, need in found:
            line = Line(*columns)
            lines[line.id] = line
            shown += need > free
            place = (line.rank_on, line.id)
            yield as_it_waits(site, line, need, free, tried)
        if len(found) < size:
            return
        size = min(max(4 * size, CHUNK[0]), CHUNK[1])


def _queued(which: str, params: Sequence[object], size: int) -> list[connection.Row]:
    """Lines of a queue, with their needs, in the order of service."""
    return connection.rows(
        f"SELECT {stock.LINE_COLUMNS}, l.min_need FROM {stock.LINE_TABLES} WHERE {which} "
        f"ORDER BY l.rank_on, l.id LIMIT {size}",
        *params,
    )


def as_it_waits(site: str, line: Line, need: int, free: int, tried: Collection[int] = ()) -> WaitingLine:
    """What the rule asks of a line. Whether the rest of its set is ready is looked up only where it may matter."""
    if not line.together or line.owed:
        return WaitingLine(line.id, line.open, need, line.policy, bool(line.full_cases), owed=line.owed)
    ready = need <= free and line.set_id not in tried and _others_ready(site, line)
    return WaitingLine(line.id, line.open, need, line.policy, bool(line.full_cases), together=True, ready=ready)


def _others_ready(site: str, line: Line) -> bool:
    """Whether the set could have what it misses of its other items now, by a look without their locks."""
    lacking = connection.row(
        "SELECT 1 FROM (SELECT o.item_id, SUM(o.qty_open) AS missing, MAX(o.held) AS held FROM order_line o "
        "WHERE o.set_id = ? AND o.qty_open > 0 GROUP BY o.item_id) m "
        "JOIN item_stock t ON t.site = ? AND t.item_id = m.item_id "
        "WHERE m.held > 0 OR (m.item_id <> ? AND t.usable - t.reserved < m.missing) LIMIT 1",
        line.set_id,
        site,
        line.item_id,
    )
    return lacking is None
