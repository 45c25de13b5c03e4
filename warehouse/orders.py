"""Cancelling, and the lead's corrections of stock: what the office does to the floor's numbers.

Each public change locks the rows of its items first, writes, and releases what it freed, in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db import connection
from db.connection import iso
from warehouse import command_log, release, serials, stock
from warehouse.command_log import Change
from warehouse.completing import releasing
from warehouse.reply import Freed, InputError, Released
from warehouse.site import Operator, Site, location
from warehouse.stock import Cause, Line


@dataclass(frozen=True, slots=True)
class Command:
    """A change from the command line: who ordered it, when, under which id, and why."""

    site: Site
    person: Operator
    now: datetime
    command_id: str
    reason: str

    @property
    def cause(self) -> Cause:
        """What its rows say about their origin."""
        return Cause(self.site.code, iso(self.now), self.command_id, self.person.id, self.reason)

    @property
    def today(self) -> str:
        """The site's calendar day."""
        return self.site.today(self.now).isoformat()


@releasing
def cancel(command: Command, order: str, line: int | None, quantity: int | None) -> Change:
    """Cancel what is not picked of an order or one of its lines, free its stock, and release that to others.

    Raises InputError for an unknown order or line, and when more is asked for than is neither picked nor
    cancelled yet. `quantity` (pieces) needs a line.
    """
    done = command_log.applied(command)
    if done is not None:
        return done
    site = command.site.code
    found = connection.rows(
        "SELECT l.id, l.item_id, l.line FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE h.site = ? AND h.order_no = ? ORDER BY l.line",
        site,
        order,
    )
    wanted = [row[0] for row in found if line is None or row[2] == line]
    if not wanted:
        what = f"line {line} of order {order}" if found else f"order {order}"
        raise InputError(f"There is no {what} at this site; nothing was cancelled.")
    if quantity is not None and len(wanted) > 1:
        raise InputError(f"Order {order} has {len(wanted)} lines: name one (ORDER/LINE) to cancel a quantity.")
    items = sorted({row[1] for row in found})
    connection.locked(site, items)
    before = stock.lines_by_id(wanted)
    freed: list[Freed] = []
    cancelled = 0
    for one in before.values():
        some = _cancellable(one, quantity)
        cancelled += some
        freed += _cancel_line(command.cause, one.id, some)
    if not cancelled:
        raise InputError(f"Nothing of {order} is left to cancel: it is picked, shipped or cancelled already.")
    _settle_needs(site, [row[0] for row in found])
    released = _release_all(command, "cancel", items)
    change = Change(cancelled, tuple(freed), released)
    command_log.write(command, "cancel", f"{order}/{line or ''} {quantity or ''}", change, moves=0)
    return change


def _cancellable(line: Line, quantity: int | None) -> int:
    free = line.open + line.reserved
    if quantity is None:
        return free
    if quantity > free:
        picked = line.picked + line.shipped
        raise InputError(
            f"{quantity} of {line.order}/{line.line} cannot be cancelled: {free} are left, {picked} are picked "
            f"already; put picked goods back first, or cancel {free}."
        )
    return quantity


def _cancel_line(cause: Cause, line_id: int, quantity: int) -> list[Freed]:
    """Open pieces first, then promised ones, those nobody has begun to pick before the others."""
    line = stock.lines_by_id([line_id])[line_id]
    from_open = min(line.open, quantity)
    if from_open:
        after = replace(line, open=line.open - from_open, cancelled=line.cancelled + from_open)
        stock.save_lines(cause.site, [(line, after)])
    left = quantity - from_open
    freed = []
    for reservation in stock.reservations_of(line_id):
        if not left:
            break
        some = min(reservation.open, left)
        freed.append(stock.void(cause, reservation, some, cancel=True))
        left -= some
    assert left == 0
    return freed


def _settle_needs(site: str, line_ids: list[int]) -> None:
    """An order-complete order that shrank to one line is served as that line: needs are worked out again."""
    for line in stock.lines_by_id(line_ids).values():
        stock.save_lines(site, [(line, line)])


def _release_all(command: Command, cause: str, items: Sequence[int]) -> tuple[Released, ...]:
    released: list[Released] = []
    for item_id in items:
        released += release.release(command.cause, item_id, release.Trigger(cause), command.today)
    return tuple(released)


def adjust_unit(command: Command, code: str, quantity: int) -> Change:
    """Add pieces to a unit or take them away (a negative quantity), and release what that frees.

    Raises InputError for an unknown unit, one picked for an order, or a minus larger than its content.
    """
    return _adjust(command, Target(code), quantity)


def adjust_place(command: Command, place: str, sku: str, quantity: int) -> Change:
    """The same for the loose stock of an item at a place; a plus makes it where there is none.

    Raises InputError for an unknown place or item, or several lots of loose stock at the place.
    """
    serials.ensure(command.site.code, "unit")
    return _adjust(command, Target(place, sku), quantity)


@dataclass(frozen=True, slots=True)
class Target:
    """What is adjusted: a unit by its code, or (with `sku`) the loose stock of an item at a place."""

    code: str
    sku: str = ""

    def __str__(self) -> str:
        return f"{self.sku} at {self.code}" if self.sku else f"unit {self.code}"


@releasing
def _adjust(command: Command, target: Target, quantity: int) -> Change:
    done = command_log.applied(command)
    if done is not None:
        return done
    if not quantity:
        raise InputError(f"{target} by 0 pieces is no change; nothing was done.")
    item_id = _item_of(command.site.code, target)
    pieces = connection.locked(command.site.code, [item_id])[0][1]
    if pieces + quantity > stock.MAX_PIECES:
        raise InputError(f"{quantity:+d} makes more than {stock.MAX_PIECES:,} pieces of the item; nothing was changed.")
    unit = _loose(command, target, item_id, quantity) if target.sku else _unit(command.site.code, target.code)
    if unit.item_id != item_id:
        raise connection.Conflict(f"{target} became another item before its lock")
    if unit.order_id is not None:
        order = connection.value("SELECT order_no FROM order_header WHERE id = ?", unit.order_id)
        raise InputError(f"{target} is picked for {order}: undo the pick first, then adjust the unit it came from.")
    if unit.qty + quantity < 0:
        raise InputError(f"{target} holds {unit.qty}: {-quantity} cannot be taken from it; nothing was changed.")
    freed = stock.adjust(command.cause, unit, quantity)
    change = Change(quantity, tuple(freed), _release_all(command, "adjust", [item_id]))
    command_log.write(command, "adjust", f"{target} {quantity:+d}", change, moves=1)
    return change


def _item_of(site: str, target: Target) -> int:
    if not target.sku:
        return _unit(site, target.code).item_id
    item_id = connection.value("SELECT id FROM item WHERE site = ? AND sku = ?", site, target.sku)
    if item_id is None:
        raise InputError(f"There is no item {target.sku} at this site; nothing was changed.")
    return int(item_id)


def _unit(site: str, code: str) -> stock.Unit:
    found = stock.live_unit(site, code) or stock.live_unit(site, code.removeprefix("00"))
    if found is None:
        raise InputError(f"There is no unit {code} at this site; nothing was changed.")
    return found


def _loose(command: Command, target: Target, item_id: int, quantity: int) -> stock.Unit:
    site, place, sku = command.site.code, target.code, target.sku
    where = location(site, place)
    if where is None:
        raise InputError(f"There is no place {place} at this site; nothing was changed.")
    here = [
        unit for unit in stock.units_at(site, where.id, item_id) if unit.kind == "LOOSE" and unit.status == "AVAILABLE"
    ]
    if len(here) > 1:
        codes = ", ".join(f"{unit.code} (lot {unit.lot or 'none'})" for unit in here)
        raise InputError(f"{place} holds {sku} in several lots: adjust one of the units {codes}.")
    if here:
        return here[0]
    if quantity < 0:
        raise InputError(f"There is no loose {sku} at {place}; nothing was changed.")
    controlled = connection.one("SELECT lot_control + expiry_control FROM item WHERE id = ?", item_id)[0]
    if controlled:
        raise InputError(
            f"{sku} needs a lot or an expiry: adjust a unit by its code, or import it as stock; nothing was changed."
        )
    return stock.loose_unit(command.cause, item_id, where.id)
