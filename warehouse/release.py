"""Release on receipt: who gets what arrived, in which order, and why the others did not.

`plan` is the rule, pure and read in one sitting. `release` is the step around it that runs inside the
transaction of whatever raised the supply or the demand, after the item's row was locked.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from db import connection
from warehouse import policy, stock
from warehouse.reply import Released
from warehouse.stock import Cause, Grant, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCKED_SHOWN = 20  # verdicts written for lines that a rule stopped; others are derived when somebody asks
CHUNK = (32, 512)  # the waiting list is read in growing pieces: most receipts serve a handful of lines

Kind = Literal["HARD", "PENDING_STAGE"]


@dataclass(frozen=True, slots=True)
class FreeUnit:
    """Pieces of one unit that nobody was promised."""

    id: int
    qty: int
    expiry: str
    kind: Kind = "HARD"


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An order line in the queue: `open` pieces are missing, fewer than `min_need` are no use to it."""

    id: int
    open: int
    min_need: int
    policy: str = "partial"


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What one line got (`qty` pieces, `short` still open), and the rule that stopped the rest."""

    line_id: int
    outcome: str
    qty: int
    short: int
    reason: str


@dataclass(slots=True)
class Plan:
    """Who gets what. `ran_out_at` is the first line that found nothing left."""

    supply_before: int
    supply_after: int
    grants: list[Grant] = field(default_factory=list)
    verdicts: list[LineVerdict] = field(default_factory=list)
    ran_out_at: int | None = None


def fits(unit: FreeUnit, today: str) -> bool:
    """Whether a unit may serve a line at all; asked again at the pick. The day of expiry still counts as usable."""
    return unit.expiry >= today


def plan(supply: Sequence[FreeUnit], waiting: Iterator[WaitingLine], today: str) -> Plan:
    """Hand the supply to the waiting lines in their order, each as its policy allows.

    `supply` is in the order in which units are to be used, `waiting` in the order of service; the queue is
    read no further than the line at which the supply ends. A line that needs more than is left is passed
    over, and the next may take what it could not.
    """
    units = deque((unit, unit.qty) for unit in supply if fits(unit, today))
    left = sum(qty for _, qty in units)
    result = Plan(left, left)
    blocked = 0
    for line in waiting:
        if left == 0:
            result.ran_out_at = line.id
            break
        if line.min_need > left:
            if blocked < BLOCKED_SHOWN:
                result.verdicts.append(LineVerdict(line.id, "SKIPPED", 0, line.open, blocked_by(line)))
            blocked += 1
            continue
        wanted = min(line.open, left)
        pending = False
        for unit, qty in _take(units, wanted):
            result.grants.append(Grant(line.id, unit.id, qty, unit.kind))
            pending = pending or unit.kind == "PENDING_STAGE"
        left -= wanted
        short = line.open - wanted
        outcome = "PARTIAL" if short else ("RELEASED_PENDING" if pending else "RELEASED_HARD")
        result.verdicts.append(LineVerdict(line.id, outcome, wanted, short, "SUPPLY_EXHAUSTED" if short else ""))
    result.supply_after = left
    return result


def blocked_by(line: WaitingLine) -> str:
    """The rule that stops a line although something is free."""
    if line.min_need == policy.NEVER:
        return "ORDER_COMPLETE_NOT_YET"
    return "MIN_FILL_NOT_MET" if line.policy == "partial" else "COMPLETE_NOT_MET"


def _take(units: deque[tuple[FreeUnit, int]], wanted: int) -> Iterator[tuple[FreeUnit, int]]:
    while wanted:
        unit, free = units.popleft()
        qty = min(free, wanted)
        if qty < free:
            units.appendleft((unit, free - qty))
        wanted -= qty
        yield unit, qty


# --- The step in the transaction ----------------------------------------------------------------------------


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
) -> tuple[Released, ...]:
    """Give all free stock of an item to the lines that wait for it, write it down, and say who got what.

    Only adds: it never takes from another line. The item's row is locked by the caller, who may hand over its
    totals; `arrived` pieces have joined the open pool and are not in them yet: they are counted here. Every run leaves
    its record, also one that finds nobody waiting.
    """
    waiting_lines, waiting_qty, free = totals or stock.totals(cause.site, item_id)
    free += arrived
    lines: dict[int, Line] = {}
    if waiting_lines and free:
        result = plan(free_units(cause.site, item_id), waiting(cause.site, item_id, free, lines), today)
    else:
        result = Plan(free, free)
    if result.grants and not result.supply_after and _blocked(result) >= BLOCKED_SHOWN:
        result.ran_out_at = _after(cause.site, item_id, lines[result.grants[-1].line_id])
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
        lines_waiting=waiting_lines - served,
        qty_waiting=waiting_qty - got,
        ran_out_at=result.ran_out_at,
    )
    with connection.at_once():
        if result.grants:
            stock.reserve(cause, run_id, item_id, result.grants, lines, usable=arrived)
        elif arrived:
            stock.count(cause.site, item_id, usable=arrived)
        connection.many(
            "INSERT INTO release_verdict (site, run_id, line_id, outcome, qty, short, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (cause.site, run_id, verdict.line_id, verdict.outcome, verdict.qty, verdict.short, verdict.reason)
                for verdict in result.verdicts
            ],
        )
    return _released(result, lines)


def _released(result: Plan, lines: dict[int, Line]) -> tuple[Released, ...]:
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


def _after(site: str, item_id: int, line: Line) -> int | None:
    """The next line of the queue, also one that `_waiting` left unread because it cannot fit."""
    found = connection.value(
        "SELECT id FROM order_line WHERE site = ? AND item_id = ? AND state = 'W' AND (rank_on, id) > (?, ?) "
        "ORDER BY rank_on, id LIMIT 1",
        site,
        item_id,
        line.rank_on,
        line.id,
    )
    return None if found is None else int(found)


def free_units(site: str, item_id: int) -> list[FreeUnit]:
    """Free pieces in the order they are used: pickable ones first, then by expiry, arrival and id."""
    found = connection.rows(
        "SELECT id, qty - qty_reserved, expiry, CASE status WHEN 'AVAILABLE' THEN 'HARD' ELSE 'PENDING_STAGE' END "
        "FROM handling_unit WHERE site = ? AND item_id = ? "
        "AND qty > qty_reserved AND status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND owner = 'OWN' "
        "AND order_id IS NULL ORDER BY expiry, received_at, id",
        site,
        item_id,
    )
    return sorted((FreeUnit(*row) for row in found), key=lambda unit: unit.kind != "HARD")


def waiting(site: str, item_id: int, free: int, lines: dict[int, Line]) -> Iterator[WaitingLine]:
    """The queue in its order, read in growing chunks; what was read is kept in `lines` for the writing.

    Once enough lines that do not fit were shown, the rest of those is left in the index: `free` bounds
    what any later line can still be given.
    """
    rank_on, last_id, shown = -1, -1, 0
    size = min(free + 1, 4 * CHUNK[0])  # each line that is served takes a piece at least
    while True:
        ceiling = policy.NEVER if shown < BLOCKED_SHOWN else free
        found = connection.rows(
            f"SELECT {stock.LINE_COLUMNS}, l.min_need FROM {stock.LINE_TABLES} WHERE l.site = ? AND l.item_id = ? "
            "AND l.state = 'W' AND (l.rank_on, l.id) > (?, ?) AND l.min_need <= ? "
            f"ORDER BY l.rank_on, l.id LIMIT {size}",
            site,
            item_id,
            rank_on,
            last_id,
            ceiling,
        )
        for *columns, need in found:
            line = Line(*columns)
            lines[line.id] = line
            shown += need > free
            rank_on, last_id = line.rank_on, line.id
            yield WaitingLine(line.id, line.open, need, line.policy)
        if len(found) < size:
            return
        size = min(max(4 * size, CHUNK[0]), CHUNK[1])
