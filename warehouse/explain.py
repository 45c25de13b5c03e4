"""Why an order line waits, what it has, what comes next for it, and what was tried: the answer to "where is my order?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from db import connection
from db.connection import instant
from db.snapshot import snapshot
from warehouse import attempts, explain_words, policy, stock, substitutes
from warehouse.attempts import Attempt
from warehouse.promising import changes, supply
from warehouse.promising.atp import Estimate
from warehouse.promising.changes import Moved
from warehouse.reply import InputError
from warehouse.site import Site
from warehouse.stock import Line
from warehouse.substitutes import Offer
from warehouse.told import arriving, stopping
from warehouse.told.arriving import Coming, Supply
from warehouse.told.next_event import NextEvent, next_event
from warehouse.told.stopping import Stop
from warehouse.told.together import Together, together

CHANGES_TOLD = 20  # the last times that a line's promise moved


@dataclass(frozen=True, slots=True)
class Promise:
    """Pieces of a unit that are reserved for the line and not picked yet; `task` is its pick's state, `by` whose."""

    unit: str
    unit_kind: str
    location: str
    quantity: int
    kind: str
    task: str | None
    by: str | None

    def as_json(self) -> dict[str, Any]:
        """The reservation as the command prints it."""
        return {
            "unit": self.unit,
            "location": self.location,
            "quantity": self.quantity,
            "kind": self.kind,
            "task": self.task,
            "by": self.by,
        }


@dataclass(frozen=True, slots=True)
class Doubt:
    """Pieces of the item whose presence is in doubt: nobody gets them before the open count is done."""

    location: str
    quantity: int


@dataclass(frozen=True, slots=True)
class About:
    """What a person wants to hear of the line besides its numbers, and when they asked."""

    site: Site
    asked_at: datetime
    item: str
    unit: str
    customer: str
    promised_on: date
    waiting_since: datetime
    fill_percent: int
    today: date


@dataclass(frozen=True, slots=True)
class LineWhy:
    """The whole story of an order line; all quantities are pieces.

    `status` is one word for it, by what stands in its way first: "stopped" (held), "tried and waiting" or "not
    tried yet" while anything of it is missing; then "picking", "pickable" or (not to be picked yet) "released" while
    anything is reserved; then "picked", "shipped", "cancelled". `min_need` is None where no quantity would do yet,
    `estimate` where the line is not in the queue. `earlier` says that there were attempts before those that are told.
    `owed` are pieces that it lent to another line.
    """

    order: str
    line: int
    sku: str
    policy: str
    status: str
    ordered: int
    cancelled: int
    reserved: int
    picked: int
    shipped: int
    waiting: int
    min_need: int | None
    reservations: tuple[Promise, ...]
    lines_ahead: int
    pieces_ahead: int
    coming: Coming
    attempts: tuple[Attempt, ...]
    earlier: bool
    in_doubt: tuple[Doubt, ...]
    stop: Stop | None
    together: Together | None
    owed: int
    offers: tuple[Offer, ...]
    about: About
    estimate: Estimate | None = None
    promise_changes: tuple[Moved, ...] = ()

    @property
    def next_supply(self) -> Supply | None:
        """The next delivery of its item, whoever gets it."""
        return self.coming.first

    @property
    def next_event(self) -> NextEvent | None:
        """What happens next for the line; None where nothing more does."""
        return next_event(self)

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        event = self.next_event
        return {
            "order": self.order,
            "line": self.line,
            "sku": self.sku,
            "policy": self.policy,
            "status": self.status,
            "ordered": self.ordered,
            "cancelled": self.cancelled,
            "reserved": self.reserved,
            "picked": self.picked,
            "shipped": self.shipped,
            "waiting": self.waiting,
            "min_need": self.min_need,
            "reservations": [promise.as_json() for promise in self.reservations],
            "ahead": {"lines": self.lines_ahead, "units": self.pieces_ahead},
            "next_supply": self.next_supply.as_json() if self.next_supply else None,
            "attempts": [attempt.as_json() for attempt in self.attempts],
            "in_doubt": [{"location": doubt.location, "quantity": doubt.quantity} for doubt in self.in_doubt],
            "offers": [offer.as_json() for offer in self.offers],
            "place": {"lines": self.lines_ahead, "units": self.pieces_ahead},
            "stopped": self.stop.as_json() if self.stop else None,
            "next_event": event.as_json() if event else None,
            "earlier_attempts": self.earlier,
            "ship_set": self.together.as_json() if self.together else None,
            "owed": self.owed,
            "estimate": self.estimate.as_json() if self.estimate else None,
            "promise_changes": [change.as_json() for change in self.promise_changes],
        }

    def words(self) -> str:
        """The same as a person would tell it: plain text, safe to print."""
        return explain_words.line(self)


@dataclass(frozen=True, slots=True)
class OrderWhy:
    """The story of each line of an order."""

    order: str
    lines: tuple[LineWhy, ...]

    def as_json(self) -> dict[str, Any]:
        """The order as the command prints it."""
        return {"order": self.order, "lines": [line.as_json() for line in self.lines]}

    def words(self) -> str:
        """The same as a person would tell it: plain text, safe to print."""
        return "\n\n".join(line.words() for line in self.lines)


def why(site: Site, order: str, line: int | None, now: datetime) -> OrderWhy | LineWhy:
    """Tell the story of one line, or of every line of an order; everything is read at one instant.

    Raises InputError for an order or a line that this site does not have.
    """
    with snapshot():
        entered = _entered(site, order)
        if not entered:
            raise InputError(f"There is no order {explain_words.plain(order)} at this site.")
        wanted = [one for one in entered if line is None or one.line.line == line]
        if not wanted:
            numbers = ", ".join(str(one.line.line) for one in entered)
            raise InputError(f"Order {explain_words.plain(order)} has no line {line}; its lines are {numbers}.")
        lines = [one.line for one in entered]
        told = tuple(_line_why(site, one, lines, now) for one in wanted)
    return OrderWhy(order, told) if line is None else told[0]


@dataclass(frozen=True, slots=True)
class _Entered:
    """An order line and what was entered with it."""

    line: Line
    min_need: int
    promised_on: str
    waiting_since: str
    item: str
    unit: str
    customer: str


def _entered(site: Site, order: str) -> list[_Entered]:
    columns = "l.min_need, l.promised_on, l.waiting_since, i.description, i.base_unit, c.name"
    found = connection.rows(
        f"SELECT {columns}, {stock.LINE_COLUMNS} FROM {stock.LINE_TABLES} JOIN customer c ON c.id = h.customer_id "
        "WHERE h.site = ? AND h.order_no = ? ORDER BY l.line",
        site.code,
        order,
    )
    return [_Entered(Line(*row[6:]), *row[:6]) for row in found]


def _line_why(site: Site, one: _Entered, order: list[Line], now: datetime) -> LineWhy:
    line = one.line
    promises = _promises(line.id)
    tried = attempts.attempts(site.code, line, one.waiting_since, order, attempts.SHOWN + 1)
    lines_ahead, pieces_ahead = _ahead(site, line)
    return LineWhy(
        order=line.order,
        line=line.line,
        sku=line.sku,
        policy=line.policy,
        status=explain_words.status(
            line.state,
            waiting=line.open,
            reserved=line.reserved,
            picked=line.picked,
            shipped=line.shipped,
            tasks=[promise.task for promise in promises],
            tried=bool(tried),
        ),
        ordered=line.ordered,
        cancelled=line.cancelled,
        reserved=line.reserved,
        picked=line.picked,
        shipped=line.shipped,
        waiting=line.open,
        min_need=None if one.min_need == policy.NEVER else one.min_need,
        reservations=promises,
        lines_ahead=lines_ahead,
        pieces_ahead=pieces_ahead,
        coming=arriving.coming(site.code, line.item_id, pieces_ahead),
        attempts=tried[-attempts.SHOWN :],
        earlier=len(tried) > attempts.SHOWN,
        in_doubt=_in_doubt(site, line.item_id),
        offers=substitutes.offers(site, site.today(now).isoformat(), line.order, line.line).offers
        if line.waits
        else (),
        stop=stopping.stopped_by(line.id) if line.held else None,
        together=together(line, order),
        owed=line.owed,
        about=About(
            site=site,
            asked_at=now,
            item=one.item,
            unit=one.unit,
            customer=one.customer,
            promised_on=date.fromisoformat(one.promised_on),
            waiting_since=instant(one.waiting_since),
            fill_percent=line.fill_percent,
            today=site.today(now),
        ),
        estimate=supply.estimate_of(site, line.item_id, pieces_ahead + line.open, now) if line.waits else None,
        promise_changes=changes.of_line(line.id, CHANGES_TOLD),
    )


def _promises(line_id: int) -> tuple[Promise, ...]:
    found = connection.rows(
        "SELECT u.code, u.kind, p.code, r.qty - r.qty_picked - r.qty_voided, r.kind, t.state, o.name FROM reservation r "
        "JOIN handling_unit u ON u.id = r.unit_id JOIN location p ON p.id = u.location_id "
        "LEFT JOIN pick_task t ON t.reservation_id = r.id LEFT JOIN operator o ON o.id = t.operator_id "
        "WHERE r.line_id = ? AND r.state = 'OPEN' ORDER BY r.id",
        line_id,
    )
    return tuple(
        Promise(unit, unit_kind, place, qty, kind, task.lower() if task else None, by)
        for unit, unit_kind, place, qty, kind, task, by in found
    )


def _ahead(site: Site, line: Line) -> tuple[int, int]:
    """Lines that are served before this one, and their missing pieces; none while it does not wait itself."""
    if not line.waits:
        return 0, 0
    return stock.ahead(site.code, line.item_id, line.rank_on, line.id)


def _in_doubt(site: Site, item_id: int) -> tuple[Doubt, ...]:
    found = connection.rows(
        "SELECT p.code, SUM(u.qty) FROM handling_unit u JOIN location p ON p.id = u.location_id "
        "WHERE u.qty > 0 AND u.id IN (SELECT unit_id FROM count_task WHERE site = ? AND item_id = ? AND state = 'OPEN') "
        "GROUP BY p.code ORDER BY p.code",
        site.code,
        item_id,
    )
    return tuple(Doubt(place, int(qty)) for place, qty in found)
