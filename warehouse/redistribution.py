"""Promised pieces go from one line to another: a lead's act, with a preview, a reason and a record.

`redistribute` takes from a line for one that stands before it in the queue. `lend` takes from an order that holds stock
until the rest of it is there, for any line, and the debt is paid back first. Neither touches a pick that has begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db import connection
from db.snapshot import snapshot
from warehouse import command_log, release, stock
from warehouse.command_log import Change
from warehouse.completing import releasing
from warehouse.holds import Which
from warehouse.planning import LineVerdict, Plan
from warehouse.promising import changes, exchanged, supply
from warehouse.reply import Freed, InputError
from warehouse.stock import Grant, Line, debts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from warehouse.orders import Command
    from warehouse.promising.atp import Estimate
    from warehouse.promising.exchanged import Days
    from warehouse.promising.supply import Calendar
    from warehouse.site import Site
    from warehouse.stock import Cause, Reservation


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two lines, what it would have and miss afterwards (pieces), and the day on which it has all.

    An estimate is None where the line is on hold: no day can be told then.
    """

    order: str
    line: int
    sku: str
    promised_on: str
    customer: str
    reserved_before: int
    reserved_after: int
    open_before: int
    open_after: int
    estimate_before: Estimate | None
    estimate_after: Estimate | None

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        days = {"estimate_before": self.estimate_before, "estimate_after": self.estimate_after}
        rest = {name: getattr(self, name) for name in self.__slots__ if name not in days}
        return rest | {name: told.as_json() if told else None for name, told in days.items()}


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: who loses, who gains, and what else a lead ought to know; nothing was changed."""

    quantity: int
    loses: Side
    gains: Side
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The preview as the command prints it."""
        return {
            "quantity": self.quantity,
            "from": self.loses.as_json(),
            "to": self.gains.as_json(),
            "warnings": list(self.warnings),
        }


def preview(site: Site, source: Which, target: Which, quantity: int, now: datetime, *, lend: bool = False) -> Preview:
    """What `redistribute` (or `lend`) would do. Raises InputError where it would."""
    with snapshot():
        move = _Move(site.code, source, target, quantity, lend=lend, lock=False)
        at = supply.calendar(site, now)
        loses, gains = exchanged.days(at, move.source, move.target, quantity, lend=lend)
        sides = _side(move.source, -quantity, loses), _side(move.target, quantity, gains)
        return Preview(quantity, *sides, move.warnings())


def _side(line: Line, change: int, days: Days) -> Side:
    promised_on, customer = connection.one(
        "SELECT l.promised_on, c.name FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "JOIN customer c ON c.id = h.customer_id WHERE l.id = ?",
        line.id,
    )
    return Side(
        line.order,
        line.line,
        line.sku,
        promised_on,
        customer,
        line.reserved,
        line.reserved + change,
        line.open,
        line.open - change,
        days.before,
        days.after,
    )


@releasing
def redistribute(command: Command, source: Which, target: Which, quantity: int) -> Change:
    """Give `quantity` pieces that are promised to one line to another one that stands before it in the queue.

    Raises InputError for lines that are not there, of two items, the wrong way round, or where it does not fit.
    """
    return _apply(command, source, target, quantity, lend=False)


@releasing
def lend(command: Command, source: Which, target: Which, quantity: int) -> Change:
    """Give pieces that an order holds until the rest of it is there to another line, to be paid back first.

    Raises InputError for lines that are not there, of two items, or where it does not fit.
    """
    return _apply(command, source, target, quantity, lend=True)


def _apply(command: Command, source: Which, target: Which, quantity: int, *, lend: bool) -> Change:
    done = command_log.applied(command)
    if done is not None:
        return done
    site, cause = command.site.code, command.cause
    connection.locked(site, {_line_id(site, one)[1] for one in (source, target)})
    move = _Move(site, source, target, quantity, lend=lend)
    at = supply.calendar(command.site, command.now)
    both = (move.source, move.target)
    before = [exchanged.current(at, one) for one in both]
    grants = []
    for reservation, some in move.taken():
        stock.void(cause, reservation, some)
        grants.append(Grant(move.target.id, reservation.unit_id, some, reservation.kind))
    line = stock.lines_by_id([move.target.id])[move.target.id]
    free = stock.totals(site, line.item_id)
    short = line.open - quantity
    outcome = "PARTIAL" if short else ("RELEASED_HARD" if all(g.kind == "HARD" for g in grants) else "RELEASED_PENDING")
    result = Plan(free.free, free.free - quantity, grants)
    result.verdicts.append(LineVerdict(line.id, outcome, quantity, short, "REDISTRIBUTED" if short else ""))
    name = "lend" if lend else "redistribute"
    run_id = release.record(cause, line.item_id, release.Trigger(name), result, {line.id: line}, free)
    if lend:
        debts.lend(cause, run_id, move.source, line, quantity)
    freed = (Freed(move.source.order, move.source.line, move.source.sku, quantity),)
    # What was free before is free still; the line that lost may be served by what its policy refused so far.
    given = release.released(result, {line.id: line})
    given += release.release(cause, line.item_id, release.Trigger(name), command.today)
    _moved_days(cause, at, both, before, f"{source} -> {target}")
    change = Change(quantity, freed, given)
    command_log.write(command, name, f"{source} -> {target} {quantity}", change, moves=0)
    return change


def _moved_days(
    cause: Cause, at: Calendar, lines: Sequence[Line], before: Sequence[Estimate | None], name: str
) -> None:
    """Write down what it did to the days of the two lines, in the same transaction."""
    after = stock.lines_by_id([line.id for line in lines])
    moves = [(line, old, exchanged.current(at, after[line.id])) for line, old in zip(lines, before, strict=True)]
    changes.redistributed(cause, at, moves, name)


class _Move:
    """The two lines as they are, and whether the pieces may go."""

    def __init__(
        self, site: str, source: Which, target: Which, quantity: int, *, lend: bool, lock: bool = True
    ) -> None:
        ids = [_line_id(site, one)[0] for one in (source, target)]
        lines = stock.lines_by_id(ids, lock=lock)
        self.source, self.target, self.quantity = lines[ids[0]], lines[ids[1]], quantity
        self._lend = lend
        self._check(source, target)

    def _check(self, source: Which, target: Which) -> None:
        one, other, quantity = self.source, self.target, self.quantity
        nothing = "nothing was changed."
        if quantity < 1:
            raise InputError(f"A quantity of {quantity} is nothing to move: name 1 piece or more; {nothing}")
        if one.item_id != other.item_id:
            raise InputError(
                f"{source} is of {one.sku} and {target} of {other.sku}: name two lines of one item; {nothing}"
            )
        if one.id == other.id:
            raise InputError(f"{source} cannot give to itself; {nothing}")
        if other.held:
            raise InputError(f"{target} is on hold: end the hold first; {nothing}")
        if quantity > other.open:
            raise InputError(f"{target} misses {other.open} and cannot take {quantity}; {nothing}")
        if quantity < other.need():
            raise InputError(f"{target} {_why_not(other)}; {nothing}")
        if self._lend:
            self._check_lender(source)
        elif (one.rank_on, one.id) < (other.rank_on, other.id):
            raise InputError(
                f"{source} stands before {target} in the queue: pin {target} or raise its priority first, or lend; {nothing}"
            )
        if quantity > self.free:
            begun = one.reserved - self.free
            also = f", {begun} more are being picked" if begun else ""
            raise InputError(
                f"{source} has {self.free} that nobody has begun to pick{also}: it cannot give {quantity}; {nothing}"
            )

    def _check_lender(self, source: Which) -> None:
        one = self.source
        if one.set_id is None or not one.claiming or not one.unsatisfied:
            raise InputError(
                f"{source} does not hold its stock for the rest of its order, so it has nothing to lend: "
                "use redistribute; nothing was changed."
            )

    @property
    def _promised(self) -> list[Reservation]:
        begun = {
            row[0]
            for row in connection.rows(
                "SELECT t.reservation_id FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
                "WHERE r.line_id = ? AND t.state = 'TAKEN'",
                self.source.id,
            )
        }
        return [one for one in stock.reservations_of(self.source.id) if one.id not in begun]

    @property
    def free(self) -> int:
        """Pieces promised to the source that nobody has begun to pick."""
        return sum(one.open for one in self._promised)

    def taken(self) -> Sequence[tuple[Reservation, int]]:
        """Which promises give how many of the pieces, the newest first."""
        left, found = self.quantity, []
        for reservation in self._promised:
            some = min(left, reservation.open)
            if some:
                found.append((reservation, some))
            left -= some
        return found

    def warnings(self) -> tuple[str, ...]:
        """What else this does."""
        one, words = self.source, []
        kept = one.reserved - self.quantity
        if one.policy == "line" and kept:
            words.append(f"{one.order}/{one.line} ships its line complete: its other {kept} wait for these.")
        if one.set_id is not None and not one.unsatisfied:
            words.append(f"{one.order} was complete and ready to be picked; all of it waits for these.")
        if self._lend:
            words.append(f"{one.order}/{one.line} gets {self.quantity} back before anybody else is served.")
        return tuple(words)


def _why_not(line: Line) -> str:
    if line.policy == "partial":
        return f"takes no fewer than {line.need()} at once (minimum fill)"
    if line.set_id is not None and line.unsatisfied > 1:
        return "leaves with other lines that miss something too: it takes nothing alone"
    return f"ships complete: it takes all {line.open} or nothing"


def _line_id(site: str, which: Which) -> tuple[int, int]:
    found = connection.row(
        "SELECT l.id, l.item_id FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE h.site = ? AND h.order_no = ? AND l.line = ?",
        *(site, which.order, which.line),
    )
    if found is None:
        raise InputError(f"There is no order line {which} at this site: name it as ORDER/LINE; nothing was changed.")
    return found[0], found[1]
