"""A floor in memory: free units, orders and their queue by item, changed as receipt and order entry change the real one.

After each change no line waits that its policy would let have what is free: every function here ends with a release
of what it touched. Sets and their watch are those of `warehouse.stock.ship_sets`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from warehouse import planning
from warehouse import policy as rules
from warehouse.planning import FreeUnit, Plan, WaitingLine
from warehouse.simulation.policies import Policy
from warehouse.simulation.year import Delivery, Order
from warehouse.site import NO_EXPIRY

Place = tuple[tuple[int, int], int]  # rank and id: the order of service


@dataclass(slots=True, eq=False)
class Line:
    """An order line: always ordered = shipped + held + open. `queued` lines stand in their item's queue."""

    id: int
    place: Place
    of: Waiting
    item: int
    ordered: int
    open: int
    promised_on: date
    queued: bool = False
    held: int = 0
    shipped: int = 0


@dataclass(slots=True, eq=False)
class Waiting:
    """An order that was entered; `watched` is the line whose stock wakes it while it does not claim."""

    entered_on: date
    lines: list[Line] = field(default_factory=list)
    claiming: bool = False
    missing: int = 0  # lines that miss something
    watched: Line | None = None
    shipped_on: date | None = None
    on_time: bool = True


class Floor:
    """The stock and the orders of one run. Quantities are pieces; none is ever below zero."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.orders: list[Waiting] = []
        self.received = 0
        self.held = 0
        self.shipments = 0
        self._units: dict[int, list[FreeUnit]] = {}
        self._free: dict[int, int] = {}
        self._queues: dict[int, list[Line]] = {}
        self._lines: list[Line] = []
        self._cases = 0
        self._today = ""
        self._touched: dict[int, Waiting] = {}  # orders that got something today

    @property
    def free(self) -> int:
        """Pieces on hand that nobody was promised."""
        return sum(self._free.values())

    # --- what happens ---

    def receive(self, delivery: Delivery) -> None:
        """A case comes in and is released."""
        self._today = delivery.came_on.isoformat()
        self._cases += 1
        self.received += delivery.pieces
        self._units.setdefault(delivery.item, []).append(FreeUnit(self._cases, delivery.pieces, NO_EXPIRY))
        self._free[delivery.item] = self._free.get(delivery.item, 0) + delivery.pieces
        self._release(delivery.item)

    def enter(self, order: Order) -> None:
        """An order comes in, and takes what its policy lets it have of what is free."""
        self._today = order.entered_on.isoformat()
        entered = Waiting(order.entered_on, claiming=self.policy.together and self.policy.patience == 0)
        for ordered in order.lines:
            number, pieces = len(self._lines), ordered.pieces
            place = (self.policy.rank(ordered.promised_on, ordered.priority), number)
            line = Line(number, place, entered, ordered.item, pieces, pieces, ordered.promised_on)
            self._lines.append(line)
            entered.lines.append(line)
        entered.missing = len(entered.lines)
        self.orders.append(entered)
        self._serve(entered)

    def claim(self, order: Waiting, today: date) -> None:
        """An order's patience is over: it takes what there is, and holds it until the rest has come."""
        self._today = today.isoformat()
        if order.missing:
            order.claiming = True
            self._serve(order)

    def ship(self, today: date) -> None:
        """The day's end: what was picked leaves, of orders that ship complete once nothing of them is missing."""
        for order in self._touched.values():
            if self.policy.together and order.missing:
                continue
            self.shipments += 1
            for line in order.lines:
                if line.held and today > line.promised_on:
                    order.on_time = False
                line.shipped += line.held
                self.held -= line.held
                line.held = 0
            if not order.missing:
                order.shipped_on = today
        self._touched.clear()

    # --- who gets what ---

    def _serve(self, order: Waiting) -> None:
        """Release what an order waits for: all of it together, or item by item."""
        if self.policy.together and not order.claiming:
            self._complete(order)
            return
        order.watched = None
        for line in order.lines:
            self._queue_up(line)
        for line in order.lines:
            if line.open:
                self._release(line.item)

    def _release(self, item: int) -> None:
        """Hand out what is free of an item, and complete the orders that it was missing for."""
        again = True
        while again and self._free.get(item):
            made = planning.plan(self._units[item], self._queue(item), self._today)
            self._reserve(item, made)
            # What was kept for an order that another one of them was quicker than is for the next.
            again = bool(made.candidates) or made.goes_on_at is not None
            for line_id in made.candidates:
                self._complete(self._lines[line_id].of)

    def _queue(self, item: int) -> Iterator[WaitingLine]:
        """The lines that wait for an item in the order of service, but for those for which all that is free is too little.

        Those that may take nothing, whatever comes, do not stand in the queue.
        """
        free = self._free[item]
        for line in self._queues.get(item, ()):
            order = line.of
            need = rules.min_need(
                self.policy.lines,
                ordered=line.ordered,
                cancelled=0,
                open_qty=line.open,
                fill_percent=0,
                claiming=order.claiming,
                watched=order.watched is line,
            )
            if need > free:
                continue
            together = self.policy.together and not order.claiming and order.missing > 1
            ready = together and self._lacking(order) is None
            yield WaitingLine(line.id, line.open, need, self.policy.lines, together=together, ready=ready)

    def _lacking(self, order: Waiting) -> Line | None:
        """The first line of an order that cannot be served now."""
        return next((line for line in order.lines if line.open > self._free.get(line.item, 0)), None)

    def _complete(self, order: Waiting) -> None:
        """Serve all of an order that does not claim, or let it watch a line that lacks stock."""
        lacking = self._lacking(order)
        if lacking is not order.watched and order.watched is not None:
            self._leave(order.watched)
        order.watched = lacking
        if lacking is not None:
            self._queue_up(lacking)
            return
        for line in [line for line in order.lines if line.open]:
            wanted = WaitingLine(line.id, line.open, line.open, self.policy.lines)
            self._reserve(line.item, planning.plan(self._units[line.item], iter([wanted]), self._today))

    def _reserve(self, item: int, made: Plan) -> None:
        """Make what a plan grants true."""
        gone: dict[int, int] = {}
        for grant in made.grants:
            line = self._lines[grant.line_id]
            gone[grant.unit_id] = gone.get(grant.unit_id, 0) + grant.qty
            line.open -= grant.qty
            line.held += grant.qty
            self.held += grant.qty
            self._free[item] -= grant.qty
            assert line.open >= 0
            if not line.open:
                line.of.missing -= 1
                self._leave(line)
            self._touched[id(line.of)] = line.of
        if gone:
            self._units[item] = [
                replace(unit, qty=unit.qty - gone.get(unit.id, 0), whole=unit.whole and unit.id not in gone)
                for unit in self._units[item]
                if unit.qty > gone.get(unit.id, 0)
            ]
            assert self._free[item] == sum(unit.qty for unit in self._units[item])

    def _queue_up(self, line: Line) -> None:
        if line.open and not line.queued:
            insort(self._queues.setdefault(line.item, []), line, key=_place)
            line.queued = True

    def _leave(self, line: Line) -> None:
        if line.queued:
            queue = self._queues[line.item]
            del queue[bisect_left(queue, line.place, key=_place)]
            line.queued = False


def _place(line: Line) -> Place:
    return line.place
