"""A lead accepts a substitute for a line that waits: pieces of it are cancelled for a new line of its order.

What is asked is asked under the locks of all items that the order has, and of the substitute: a ship set changes under
the locks of all of its items. The old line keeps its history as with any cancel, the new one begins its own as with any
entry, and a row of `substitution` says who let the one stand in for the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from db import connection
from warehouse import command_log, order_changes, order_entry, release, stock, substitutes
from warehouse.command_log import Change
from warehouse.completing import releasing
from warehouse.order_entry import Joining, NewLine
from warehouse.reply import InputError
from warehouse.stock import ship_sets

if TYPE_CHECKING:
    from warehouse.holds import Which
    from warehouse.orders import Command
    from warehouse.site import Site
    from warehouse.stock import Line

_NOTHING = "nothing was changed."


@dataclass(frozen=True, slots=True)
class Substitution:
    """`quantity` pieces of a line that are another item now: line `new_line` of the same order; who got some by it."""

    order: str
    line: int
    sku: str
    substitute: str
    new_line: int
    change: Change

    @property
    def quantity(self) -> int:
        """The pieces."""
        return self.change.quantity

    @property
    def served(self) -> bool:
        """Whether the new line got pieces in the same transaction; one of a ship set has its turn after it."""
        return any((got.order, got.line) == (self.order, self.new_line) for got in self.change.released)

    def as_json(self) -> dict[str, Any]:
        """Which lines and items it is about; what it changed is told as with every change (`Change`)."""
        return {
            "order": self.order,
            "line": self.line,
            "sku": self.sku,
            "substitute": self.substitute,
            "new_line": self.new_line,
        }

    def words(self) -> str:
        """What was done, in one sentence."""
        return (
            f"{self.quantity} of {self.order}/{self.line} are {self.substitute} in place of {self.sku} now: "
            f"line {self.order}/{self.new_line}."
        )


@releasing
def accept(command: Command, which: Which, sku: str, quantity: int | None) -> Substitution:
    """Let `quantity` pieces (None: all that can be had) of a waiting line be those of an approved substitute.

    Raises InputError for what is not there or not approved, a line on hold, more pieces than wait, and more than are
    free beyond what the substitute's own lines wait for.
    """
    done = command_log.applied(command)
    if done is not None:
        return _substitution(command.command_id, done)
    site, cause = command.site.code, command.cause
    line_id, order_id = _line(site, which)
    substitute_id = _item(site, sku)
    _lock(site, order_id, substitute_id)
    line = stock.lines_by_id([line_id])[line_id]
    _approved(line, order_id, sku, substitute_id)
    quantity = _quantity(command, which, line, substitute_id, sku, quantity)
    new_id = _enter(command, order_id, line_id, substitute_id, quantity)
    _cancel(command, line_id, quantity)
    connection.insert_row(
        "substitution",
        site=site,
        line_id=line_id,
        new_line_id=new_id,
        qty=quantity,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
        at=cause.at,
        reason=cause.reason,
    )
    # A smaller line may take what it could not before; the new one is served as one that was entered now.
    given = release.release(cause, line.item_id, release.Trigger("cancel"), command.today)
    given += release.release(cause, substitute_id, release.Trigger("entry"), command.today)
    change = Change(quantity, (), given)
    # These words are how the line's past is told from its cancels (`warehouse.attempts`).
    command_log.write(command, "substitute", f"{line.order}/{line.line} {quantity}", change, moves=0)
    return _substitution(command.command_id, change)


def reserved(site: Site, done: Substitution) -> int:
    """How many pieces the new line has by now: a ship set has its turn after the act."""
    return int(
        connection.value(
            "SELECT l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id "
            "WHERE h.site = ? AND h.order_no = ? AND l.line = ?",
            *(site.code, done.order, done.new_line),
        )
    )


def _substitution(command_id: str, change: Change) -> Substitution:
    order, line, sku, substitute, new_line = connection.one(
        "SELECT h.order_no, o.line, i.sku, t.sku, n.line FROM substitution s JOIN order_line o ON o.id = s.line_id "
        "JOIN order_line n ON n.id = s.new_line_id JOIN order_header h ON h.id = o.order_id "
        "JOIN item i ON i.id = o.item_id JOIN item t ON t.id = n.item_id WHERE s.scan_id = ?",
        command_id,
    )
    return Substitution(order, line, sku, substitute, new_line, change)


# --- What is named, locked ------------------------------------------------------------------------------


def _line(site: str, which: Which) -> tuple[int, int]:
    found = connection.row(
        "SELECT l.id, l.order_id FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE h.site = ? AND h.order_no = ? AND l.line = ?",
        *(site, which.order, which.line),
    )
    if found is None:
        raise InputError(f"There is no order line {which} at this site: name it as ORDER/LINE; {_NOTHING}")
    return found[0], found[1]


def _item(site: str, sku: str) -> int:
    found = connection.value("SELECT id FROM item WHERE site = ? AND sku = ?", site, sku)
    if found is None:
        raise InputError(f"There is no item {sku} at this site; {_NOTHING}")
    return int(found)


def _lock(site: str, order_id: int, substitute_id: int) -> None:
    """The items of the order and the substitute; and whoever else numbers lines of orders: imports, and this act."""
    text = "SELECT DISTINCT item_id FROM order_line WHERE order_id = ?"
    items = {row[0] for row in connection.rows(text, order_id)} | {substitute_id}
    connection.locked(site, items)
    if connection.dialect() == "postgresql":
        # An import may hold it for long: this act then lets go of its items, and tries again.
        connection.rows("SELECT 1 FROM site WHERE site = ? FOR NO KEY UPDATE NOWAIT", site)
    if not {row[0] for row in connection.rows(text, order_id)} <= items:
        raise connection.Conflict


# --- What is refused ------------------------------------------------------------------------------------


def _approved(line: Line, order_id: int, sku: str, substitute_id: int) -> None:
    if line.item_id == substitute_id:
        raise InputError(f"{sku} is what {line.order}/{line.line} waits for: name another item; {_NOTHING}")
    found = connection.rows(
        "SELECT s.substitute_id, t.sku FROM order_header h JOIN substitute s ON s.site = h.site "
        f"JOIN item t ON t.id = s.substitute_id WHERE h.id = ? AND s.item_id = ? AND {substitutes.FOR_CUSTOMER} "
        "ORDER BY t.sku",
        *(order_id, line.item_id),
    )
    if substitute_id in {row[0] for row in found}:
        return
    code = connection.value(
        "SELECT c.code FROM order_header h JOIN customer c ON c.id = h.customer_id WHERE h.id = ?", order_id
    )
    others = ", ".join(row[1] for row in found[:5])
    raise InputError(
        f"{sku} is not approved in place of {line.sku} for customer {code}{f' ({others} is)' if others else ''}: "
        f"approve it by a row of substitutes.csv ({line.sku},{sku},{code}) and 'dockbell import'; {_NOTHING}"
    )


def _quantity(command: Command, which: Which, line: Line, substitute_id: int, sku: str, quantity: int | None) -> int:
    if line.held:
        raise InputError(f"{which} is on hold: end the hold first; {_NOTHING}")
    if not line.open:
        raise InputError(f"Nothing of {which} waits any more: {_settled(line)}; {_NOTHING}")
    if quantity is not None and quantity < 1:
        raise InputError(f"A quantity of {quantity} is nothing to replace: name 1 piece or more; {_NOTHING}")
    if quantity is not None and quantity > line.open:
        settled = _settled(line)
        raise InputError(
            f"{line.open} of {which} wait{f', {settled}' if settled else ''}: {quantity} cannot be replaced; {_NOTHING}"
        )
    free = substitutes.free_for_others(command.site.code, substitute_id, command.today)
    could = free.for_line(quantity or line.open, full_cases=bool(line.full_cases))
    if could and (quantity is None or could == quantity):
        return could
    _too_little(which, line, sku, free.pieces, could)


def _settled(line: Line) -> str:
    parts = (
        ("reserved", line.reserved),
        ("picked", line.picked),
        ("shipped", line.shipped),
        ("cancelled", line.cancelled),
    )
    return ", ".join(f"{pieces} {'is' if pieces == 1 else 'are'} {word}" for word, pieces in parts if pieces)


def _too_little(which: Which, line: Line, sku: str, free: int, could: int) -> NoReturn:
    what = f"None of {sku} is free" if not free else f"{free} of {sku} {'is' if free == 1 else 'are'} free"
    beyond = f"{what} beyond what its own lines wait for"
    if line.full_cases and free:
        cases = f"{could} can be had that way" if could else "none fits"
        raise InputError(f"{beyond}, and {which} takes whole cases only: {cases}; {_NOTHING}")
    take = f": take {could}, or wait for more" if could else ": wait for more, or take another substitute"
    raise InputError(f"{beyond}{take}; {_NOTHING}")


# --- What is written ------------------------------------------------------------------------------------


def _enter(command: Command, order_id: int, line_id: int, substitute_id: int, quantity: int) -> int:
    """The new line with the next number and the terms of the old one, before that is cancelled: its set keeps waiting."""
    promised_on, priority, policy, fill, full_cases, pinned, set_id, claiming, name, last = connection.one(
        "SELECT l.promised_on, l.priority, l.policy, l.min_fill_percent, l.full_cases, l.pinned, l.set_id, s.claiming, "
        "COALESCE(s.name, ''), (SELECT MAX(o.line) FROM order_line o WHERE o.order_id = l.order_id) "
        "FROM order_line l LEFT JOIN ship_set s ON s.id = l.set_id WHERE l.id = ?",
        line_id,
    )
    new = NewLine(
        line=last + 1,
        item_id=substitute_id,
        qty=quantity,
        promised_on=date.fromisoformat(promised_on),
        priority=priority,
        policy=policy,
        fill_percent=fill,
        full_cases=bool(full_cases),
        ship_set=name,
    )
    own_set = None if set_id is None else (set_id, bool(claiming))
    joining = Joining(order_id, new, own_set=own_set)
    order_entry.join(command.cause, command.site.today(command.now), [joining])
    new_id = int(connection.value("SELECT id FROM order_line WHERE order_id = ? AND line = ?", order_id, new.line))
    if pinned:
        order_changes.change(command.cause, new_id, {"pinned": 1})
    return new_id


def _cancel(command: Command, line_id: int, quantity: int) -> None:
    """Only pieces that wait: nothing that is promised is touched. Its set has its turn, as it misses another item now."""
    line = stock.lines_by_id([line_id])[line_id]
    after = replace(line, open=line.open - quantity, cancelled=line.cancelled + quantity)
    stock.save_lines(command.cause.site, [(line, after)])
    if line.set_id is not None and not line.claiming:
        ship_sets.due(command.cause.site, line.set_id)
