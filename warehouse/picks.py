"""Pick tasks: which one is next, whose hands it is in, and what a confirmation or a short does to stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import release, stock
from warehouse.stock import ship_sets
from warehouse.stock.ship_sets import FREE_TASK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.flows.steps import Context
    from warehouse.reply import Freed, Released
    from warehouse.stock import Unit


@dataclass(frozen=True, slots=True)
class Task:
    """A pick: so many pieces of one unit for one order line. Place and lot are the unit's, as they are now."""

    id: int
    state: str
    operator_id: int | None
    reservation_id: int
    qty: int
    order: str
    line: int
    line_id: int
    item_id: int
    sku: str
    item: str
    base_unit: str
    unit_id: int
    unit_code: str
    unit_kind: str
    unit_qty: int
    unit_status: str
    lot: str
    expiry: str
    place: str
    location_id: int
    promised_on: str
    waiting_since: str
    released_at: str

    @property
    def whole(self) -> bool:
        """Whether the pick takes all that the unit holds."""
        return self.unit_kind != "LOOSE" and self.qty == self.unit_qty

    @property
    def name(self) -> str:
        """What to call the unit: a case by its code, loose stock as such."""
        return "loose" if self.unit_kind == "LOOSE" else self.unit_code


_TASK = (
    "SELECT t.id, t.state, t.operator_id, r.id, r.qty - r.qty_picked - r.qty_voided, h.order_no, l.line, l.id, i.id, i.sku, "
    "i.description, i.base_unit, u.id, u.code, u.kind, u.qty, u.status, u.lot, u.expiry, p.code, p.id, l.promised_on, "
    "l.waiting_since, r.at FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
    "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id "
    "JOIN handling_unit u ON u.id = r.unit_id JOIN location p ON p.id = u.location_id "
)
# Due first, then the walk along the places.
_IN_TURN = "ORDER BY l.rank_on, p.code, t.id"
# An open task with a person is one that a lead asked them to take next: it is theirs first, and nobody else's.
_MINE = "(t.operator_id IS NULL OR t.operator_id = ?)"
_ASKED = "CASE WHEN t.operator_id IS NULL THEN 1 ELSE 0 END, "


def task(task_id: int) -> Task:
    """The task as it is now."""
    return Task(*connection.one(f"{_TASK} WHERE t.id = ?", task_id))


def open_tasks(site: str, operator_id: int, order: str = "", limit: int = 20) -> list[Task]:
    """Tasks that this person may take, in the order in which they get them; of one order, where one is named."""
    which, params = ("AND h.order_no = ?", (order,)) if order else ("", ())
    found = connection.rows(
        f"{_TASK} WHERE t.site = ? AND t.state = 'OPEN' AND {_MINE} {which} "
        f"ORDER BY {_ASKED}l.rank_on, p.code, t.id LIMIT {limit}",
        site,
        operator_id,
        *params,
    )
    return [Task(*row) for row in found]


def of_line(site: str, order: str, line: int) -> list[Task]:
    """The tasks of an order line that are not done, in whoever's hands they are."""
    found = connection.rows(
        f"{_TASK} WHERE h.site = ? AND h.order_no = ? AND l.line = ? AND t.state IN ('OPEN','TAKEN') {_IN_TURN}",
        site,
        order,
        line,
    )
    return [Task(*row) for row in found]


def assign(task_ids: Sequence[int], operator_id: int | None) -> int | None:
    """Ask a person to take these tasks next; nobody else is offered them. None is anybody again.

    Answers whose hands one of them is in already, and then changes nothing; else None.
    """
    tail = "" if connection.dialect() == "sqlite" else " FOR UPDATE"
    found = connection.rows(
        f"SELECT id, state, operator_id FROM pick_task WHERE id IN ({connection.marks(task_ids)}) ORDER BY id{tail}",
        *task_ids,
    )
    begun = next((row[2] for row in found if row[1] == "TAKEN"), None)
    if begun is not None:
        return int(begun)
    connection.execute(
        f"UPDATE pick_task SET operator_id = ? WHERE state = 'OPEN' AND id IN ({connection.marks(task_ids)})",
        operator_id,
        *task_ids,
    )
    return None


def in_hand(site: str, operator_id: int) -> Task | None:
    """The task that this person has taken, or None."""
    found = connection.row(
        f"{_TASK} WHERE t.site = ? AND t.state = 'TAKEN' AND t.operator_id = ? LIMIT 1", site, operator_id
    )
    return Task(*found) if found else None


def take_next(context: Context, order: str = "", skipped: Sequence[int] = ()) -> Task | None:
    """Take the next open task into this person's hands: what a lead asked them for, then what is due first.

    Skipped ones come last, the longest skipped first of them.

    None when there is none.

    Two stations never take the same one: PostgreSQL passes over rows that another is taking, SQLite lets
    one writer in at a time.
    """
    lock = "" if connection.dialect() == "sqlite" else "FOR UPDATE OF t SKIP LOCKED"
    which, params = ("AND h.order_no = ?", (order,)) if order else ("", ())
    turns = " ".join(f"WHEN ? THEN {turn}" for turn in range(1, len(skipped) + 1))
    late = f"CASE t.id {turns} ELSE 0 END, " if skipped else ""
    found = connection.row(
        f"{_TASK} WHERE t.site = ? AND t.state = 'OPEN' AND {_MINE} {which} "
        f"ORDER BY {late}{_ASKED}l.rank_on, p.code, t.id LIMIT 1 {lock}",
        context.site.code,
        context.who.id,
        *params,
        *skipped,
    )
    if found is None:
        return None
    connection.execute(
        "UPDATE pick_task SET state = 'TAKEN', operator_id = ?, at = ? WHERE id = ?",
        context.who.id,
        context.cause().at,
        found[0],
    )
    return Task(*found)


def hand_back(context: Context, task_id: int) -> None:
    """Give up a task that this person had taken; another may take it."""
    ship_sets.lock_of_tasks("t.id = ?", task_id)
    connection.execute(
        f"UPDATE pick_task SET state = {FREE_TASK}, operator_id = NULL, at = ? WHERE id = ? AND state = 'TAKEN' "
        "AND operator_id = ?",
        context.cause().at,
        task_id,
        context.who.id,
    )


def hand_back_all(context: Context) -> None:
    """Give up every task in this person's hands, and those they were asked to take: on signing off."""
    ship_sets.lock_of_tasks("t.site = ? AND t.state = 'TAKEN' AND t.operator_id = ?", context.site.code, context.who.id)
    connection.execute(
        f"UPDATE pick_task SET state = {FREE_TASK}, operator_id = NULL, at = ? WHERE site = ? "
        "AND state IN ('OPEN','TAKEN','WAITING') "
        "AND operator_id = ?",
        context.cause().at,
        context.site.code,
        context.who.id,
    )


def lock(context: Context, task_id: int) -> Task | None:
    """Lock the task's item and read it again; None when it is no longer this person's to do."""
    item_id = connection.value(
        "SELECT r.item_id FROM pick_task t JOIN reservation r ON r.id = t.reservation_id WHERE t.id = ?",
        task_id,
    )
    connection.locked(context.site.code, [item_id])
    found = task(task_id)
    mine = found.state == "TAKEN" and found.operator_id == context.who.id
    return found if mine else None


# Reasons: (code, words, whether the pieces are known to be bad). Where presence is in doubt, the whole
# remainder of the unit is, for everybody.
@dataclass(frozen=True, slots=True)
class Reason:
    """Why a pick is short: known bad pieces are set apart, a doubt stops the whole unit until it is counted."""

    code: str
    short: str
    known_bad: bool


REASONS = (
    Reason("NF", "Not here", known_bad=False),
    Reason("CT", "Fewer here", known_bad=False),
    Reason("DG", "Damaged", known_bad=True),
    Reason("OT", "Other item/lot", known_bad=False),
    Reason("EP", "Expired", known_bad=True),
    Reason("NR", "Cannot reach", known_bad=False),
    Reason("LB", "Label unreadable", known_bad=False),
    Reason("BR", "Bag/seal broken", known_bad=True),
)
# Two more have a card and no digit.
_BY_CODE = {
    reason.code: reason
    for reason in (*REASONS, Reason("DR", "Dropped", known_bad=True), Reason("HD", "On hold", known_bad=True))
}


def reason(code: str) -> Reason | None:
    """The reason of a card (`NF`) or of a digit of the list (`1`)."""
    if code.isdigit() and 1 <= int(code) <= len(REASONS):
        return REASONS[int(code) - 1]
    return _BY_CODE.get(code)


def confirm(context: Context, picked: Task, ship_location_id: int) -> None:
    """All pieces of a task go to the shipping place; the item is locked by `lock`."""
    reservation = stock.reservation_by_id(picked.reservation_id)
    unit = stock.unit_by_id(picked.unit_id)
    stock.confirm_pick(context.cause(), reservation, unit, picked.qty, ship_location_id)


@dataclass(frozen=True, slots=True)
class ShortResult:
    """What a short did: who lost pieces, who got others instead."""

    freed: tuple[Freed, ...]
    released: tuple[Released, ...]
    moves: int


def short(context: Context, picked: Task, taken: int, why: Reason, ship_location_id: int) -> ShortResult:
    """Take what is there, set the rest apart, let the lines wait again, and release what else is free.

    Known bad pieces of this task go to a unit in QUARANTINE. A doubt sends the whole remainder of the unit
    there, with every reservation on it, and leaves a count task. One transaction, under the item's lock.
    """
    cause = context.cause(why.code)
    missing = picked.qty - taken
    if taken:
        reservation = stock.reservation_by_id(picked.reservation_id)
        stock.confirm_pick(cause, reservation, stock.unit_by_id(picked.unit_id), taken, ship_location_id)
    freed = [stock.void(cause, stock.reservation_by_id(picked.reservation_id), missing)]
    unit = stock.unit_by_id(picked.unit_id)
    if why.known_bad:
        _set_apart(context, unit, missing, picked, why)
    else:
        freed += stock.void_on_unit(cause, unit, keep=0)
        doubted = stock.move_whole(
            cause,
            "QUARANTINE",
            stock.unit_by_id(unit.id),
            location_id=unit.location_id,
            status="QUARANTINE",
            order_id=None,
            why=stock.Why(picked.line_id, picked.reservation_id),
        )
        _count_task(context, doubted, why)
    released = release.release(
        cause, picked.item_id, release.Trigger("short", picked.unit_id), context.today.isoformat()
    )
    return ShortResult(tuple(freed), released, moves=2 if taken else 1)


def _set_apart(context: Context, unit: Unit, missing: int, picked: Task, why: Reason) -> None:
    cause = context.cause(why.code)
    if unit.kind == "LOOSE" or missing < unit.qty:
        part = stock.new_part(cause, unit, kind="CASE", location_id=unit.location_id, status="QUARANTINE")
        stock.split(
            cause, "QUARANTINE", unit, missing, target=part, why=stock.Why(picked.line_id, picked.reservation_id)
        )
    else:
        stock.move_whole(
            cause,
            "QUARANTINE",
            unit,
            location_id=unit.location_id,
            status="QUARANTINE",
            order_id=None,
            why=stock.Why(picked.line_id, picked.reservation_id),
        )


def _count_task(context: Context, unit: Unit, why: Reason) -> None:
    """Ask for a count of a unit in doubt; one that is asked for already is not asked for twice."""
    if connection.row("SELECT 1 FROM count_task WHERE unit_id = ? AND state = 'OPEN'", unit.id):
        return
    connection.insert_row(
        "count_task",
        site=context.site.code,
        unit_id=unit.id,
        item_id=unit.item_id,
        location_id=unit.location_id,
        reason=why.code,
        scan_id=context.scan_id,
        state="OPEN",
        at=context.cause().at,
    )
