"""A lead's hand in the order of service: hold and un-hold, pin, priority. Each change releases what it frees.

A held line leaves the queue, and what nobody has begun to pick for it goes back to the others, unless it is kept: then
its picks wait with it. Only a hold of the kind `until` ends by itself, on its day; credit, quality and recall are
ended by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from db import connection
from warehouse import command_log, order_changes, release, stock
from warehouse.command_log import Change
from warehouse.completing import releasing
from warehouse.reply import Freed, InputError, Released
from warehouse.stock import Cause, Line, ship_sets
from warehouse.stock.ship_sets import FREE_TASK

if TYPE_CHECKING:
    from warehouse.orders import Command

Kind = Literal["until", "credit", "quality", "recall"]
KINDS: Final[tuple[Kind, ...]] = ("until", "credit", "quality", "recall")
REVIEW_DAYS: Final = 2  # after so many days somebody looks at a hold again, where no other day is named

_OF_LINE = "reservation_id IN (SELECT id FROM reservation WHERE line_id = ? AND state = 'OPEN')"


@dataclass(frozen=True, slots=True)
class Which:
    """An order, or one line of it."""

    order: str
    line: int | None = None

    def __str__(self) -> str:
        return self.order if self.line is None else f"{self.order}/{self.line}"


@dataclass(frozen=True, slots=True)
class Terms:
    """Of what kind a hold is, when somebody looks at it again, until when it holds, and whether stock is kept."""

    kind: Kind
    review_on: date
    until_on: date | None = None
    keep: bool = False


@releasing
def hold(command: Command, orders: Sequence[Which], terms: Terms) -> Change:
    """Keep these from moving. Raises InputError for what is not there or has nothing left to hold."""
    return _commanded(command, "hold", orders, lambda: put_on_hold(command.cause, command.today, orders, terms))


def put_on_hold(cause: Cause, today: str, orders: Sequence[Which], terms: Terms) -> Change:
    """The same inside a caller's transaction; the reason is that of the cause."""
    found = _Found(cause.site, orders)
    freed: list[Freed] = []
    for which, order_id, lines in found.each():
        if not any(line.open or line.reserved for line in lines):
            raise InputError(
                f"Nothing of {which} is left to hold: it is picked, shipped or cancelled; nothing was changed."
            )
        connection.insert_row(
            "order_hold",
            site=cause.site,
            order_id=order_id,
            line_id=None if which.line is None else lines[0].id,
            kind=terms.kind,
            reason=cause.reason,
            operator_id=cause.operator_id,
            at=cause.at,
            review_on=terms.review_on.isoformat(),
            until_on=terms.until_on.isoformat() if terms.until_on else None,
        )
        for line in lines:
            freed += _stop(cause, line.id, keep=terms.keep)
    return found.changed(cause, today, "order_hold", freed)


def _stop(cause: Cause, line_id: int, *, keep: bool) -> list[Freed]:
    """Take a line out of the queue, and back what nobody has begun to pick for it, unless it is kept."""
    freed: list[Freed] = []
    if not keep:
        promised = [one for one in stock.reservations_of(line_id) if not _begun(one.id)]
        freed = [stock.void(cause, one, one.open) for one in promised]
    _count(cause, line_id, 1)
    connection.execute(f"UPDATE pick_task SET state = 'WAITING' WHERE state = 'OPEN' AND {_OF_LINE}", line_id)
    return freed


def _begun(reservation_id: int) -> bool:
    state = connection.value("SELECT state FROM pick_task WHERE reservation_id = ?", reservation_id)
    return bool(state == "TAKEN")


def _count(cause: Cause, line_id: int, holds: int) -> Line:
    """One hold more or less on a line; answers the line as it is then."""
    before = stock.lines_by_id([line_id])[line_id]
    after = replace(before, held=before.held + holds)
    connection.execute("UPDATE order_line SET held = held + ? WHERE id = ?", holds, line_id)
    stock.save_lines(cause.site, [(before, after)])
    return after


@releasing
def unhold(command: Command, orders: Sequence[Which]) -> Change:
    """End every hold of these: of an order as a whole, or of the one line. Raises InputError where there is none."""
    return _commanded(command, "unhold", orders, lambda: let_go(command.cause, command.today, orders))


def let_go(cause: Cause, today: str, orders: Sequence[Which]) -> Change:
    """The same inside a caller's transaction."""
    found = _Found(cause.site, orders)
    for which, order_id, lines in found.each():
        one_line = None if which.line is None else lines[0].id
        ended = connection.rows(
            "UPDATE order_hold SET ended_at = ?, ended_by = ? WHERE order_id = ? AND ended_at IS NULL AND "
            f"{'line_id IS NULL' if one_line is None else 'line_id = ?'} RETURNING id",
            *(cause.at, cause.operator_id, order_id, *([] if one_line is None else [one_line])),
        )
        if not ended:
            raise InputError(_no_hold(which, order_id))
        _let_go(cause, lines, len(ended))
    return found.changed(cause, today, "unhold", [])


def _no_hold(which: Which, order_id: int) -> str:
    others = connection.rows(
        "SELECT l.line FROM order_hold o LEFT JOIN order_line l ON l.id = o.line_id "
        "WHERE o.order_id = ? AND o.ended_at IS NULL ORDER BY l.line LIMIT 5",
        order_id,
    )
    if not others:
        return f"{which} is not on hold; nothing was changed."
    names = ", ".join(which.order if line is None else f"{which.order}/{line}" for (line,) in others)
    return f"{which} has no hold of its own, but {names} has: name that; nothing was changed."


def _let_go(cause: Cause, lines: Sequence[Line], holds: int) -> None:
    for line in lines:
        after = _count(cause, line.id, -holds)
        if after.set_id is not None and after.unsatisfied and not after.claiming:
            ship_sets.due(cause.site, after.set_id)
        ship_sets.lock_of_tasks("r.line_id = ? AND r.state = 'OPEN'", line.id)
        connection.execute(f"UPDATE pick_task SET state = {FREE_TASK} WHERE state = 'WAITING' AND {_OF_LINE}", line.id)


@releasing
def end(cause: Cause, today: str, hold_id: int) -> tuple[Released, ...]:
    """The day of a hold of the kind `until` has come: it ends by itself."""
    found = connection.row(
        "SELECT o.order_id, l.line FROM order_hold o LEFT JOIN order_line l ON l.id = o.line_id WHERE o.id = ?", hold_id
    )
    if found is None:
        return ()
    lines = _lines(cause.site, *found)
    ended = connection.execute(
        "UPDATE order_hold SET ended_at = ? WHERE id = ? AND ended_at IS NULL AND kind = 'until' AND until_on <= ?",
        *(cause.at, hold_id, today),
    )
    if not ended:
        return ()
    _let_go(cause, lines, 1)
    return _release(cause, today, "unhold", {line.item_id for line in lines})


@releasing
def pin(command: Command, orders: Sequence[Which], *, off: bool = False) -> Change:
    """Put these before all others in the queue, whatever was promised; `off` puts them back to their own place."""
    value = int(not off)
    return _commanded(command, "pin", orders, lambda: place(command.cause, command.today, orders, pinned=value), value)


@releasing
def prioritise(command: Command, orders: Sequence[Which], priority: int) -> Change:
    """Give these another priority, 1 (highest) to 5."""
    return _commanded(
        command, "priority", orders, lambda: place(command.cause, command.today, orders, priority=priority), priority
    )


def place(
    cause: Cause, today: str, orders: Sequence[Which], *, pinned: int | None = None, priority: int | None = None
) -> Change:
    """Another place in the queue, inside a caller's transaction: `pinned` 1 or 0, or `priority` 1 to 5."""
    found = _Found(cause.site, orders)
    name, value = ("priority", priority) if pinned is None else ("pinned", pinned)
    for _, _, lines in found.each():
        for line in lines:
            order_changes.change(cause, line.id, {name: value})
    return found.changed(cause, today, "priority" if pinned is None else "pin", [])


def _commanded(
    command: Command, name: str, orders: Sequence[Which], act: Callable[[], Change], value: int | None = None
) -> Change:
    """Do it once, and put the command on record."""
    done = command_log.applied(command)
    if done is not None:
        return done
    change = act()
    words = " ".join(map(str, dict.fromkeys(orders))) + ("" if value is None else f" {value}")
    command_log.write(command, name, words, change, moves=0)
    return change


# --- What is named, locked ------------------------------------------------------------------------------


class _Found:
    """What a lead names, its items locked in one statement."""

    def __init__(self, site: str, orders: Sequence[Which]) -> None:
        self._site = site
        self._orders = tuple(dict.fromkeys(orders))
        self._ids: dict[str, int] = {}
        items: set[int] = set()
        for which in self._orders:
            order_id = connection.value(
                "SELECT id FROM order_header WHERE site = ? AND order_no = ?", site, which.order
            )
            if order_id is None:
                raise InputError(f"There is no order {which.order} at this site; nothing was changed.")
            self._ids[which.order] = order_id
            items |= {row[0] for row in connection.rows("SELECT item_id FROM order_line WHERE order_id = ?", order_id)}
        self._items = items
        connection.locked(site, items)

    def each(self) -> list[tuple[Which, int, list[Line]]]:
        """What is named, with the order's id and the lines that are meant."""
        found = []
        for which in self._orders:
            lines = _lines(self._site, self._ids[which.order], which.line, lock=False)
            if not lines:
                raise InputError(f"There is no line {which.line} in order {which.order}; nothing was changed.")
            found.append((which, self._ids[which.order], lines))
        return found

    def changed(self, cause: Cause, today: str, why: str, freed: Sequence[Freed]) -> Change:
        """Release what was freed."""
        given = _release(cause, today, why, self._items)
        return Change(len(self._orders), tuple(freed), given)


def _lines(site: str, order_id: int, number: int | None, *, lock: bool = True) -> list[Line]:
    found = connection.rows("SELECT id, item_id, line FROM order_line WHERE order_id = ? ORDER BY line", order_id)
    if lock:
        connection.locked(site, {row[1] for row in found})
    lines = stock.lines_by_id(row[0] for row in found if number in (None, row[2]))
    return [lines[row[0]] for row in found if row[0] in lines]


def _release(cause: Cause, today: str, why: str, items: set[int]) -> tuple[Released, ...]:
    given: list[Released] = []
    for item_id in sorted(items):
        given += release.release(cause, item_id, release.Trigger(why), today)
    return tuple(given)
