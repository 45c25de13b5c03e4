"""What a policy made of a year. No average stands alone: a policy that looks well on average may let orders starve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.simulation.floor import Floor
    from warehouse.simulation.policies import Policy
    from warehouse.simulation.year import Year

STARVED = 60  # days after its promised day from which on an order that is not complete counts as never shipped


@dataclass(frozen=True, slots=True)
class Figures:
    """The outcome under one policy.

    `pieces_*` add up: ordered = shipped + held + waiting, and supplied = shipped + held + free, at the end. `due` orders
    were promised for a day of the year, `on_time` of them left in full by then. Waits are in days from an order's entry
    to its last shipment; an order that is not complete at the end counts with its days so far, so that who never ships
    is in the average as well. `never_shipped` orders were promised STARVED days or longer before the end and are not
    complete; `incomplete` are all that are not. `held` is how many pieces on average of the evenings lay reserved for
    an order that waited for its rest. A shipment is all that leaves for an order on a day.
    """

    policy: Policy
    orders: int
    due: int
    on_time: int
    wait_average: float
    wait_p95: int
    wait_longest: int
    never_shipped: int
    incomplete: int
    shipments: int
    held: float
    pieces_ordered: int
    pieces_shipped: int
    pieces_held: int
    pieces_waiting: int
    pieces_supplied: int
    pieces_free: int

    @property
    def fill_percent(self) -> float:
        """Pieces shipped of those ordered."""
        return _percent(self.pieces_shipped, self.pieces_ordered)

    @property
    def on_time_percent(self) -> float:
        """Orders that left in full by their promised day, of those that were due."""
        return _percent(self.on_time, self.due)

    def as_json(self) -> dict[str, Any]:
        """The figures as the command prints them."""
        return {
            **self.policy.as_json(),
            "fill_percent": self.fill_percent,
            "on_time_percent": self.on_time_percent,
            "orders": self.orders,
            "due": self.due,
            "on_time": self.on_time,
            "wait_days": {"average": self.wait_average, "p95": self.wait_p95, "longest": self.wait_longest},
            "never_shipped": self.never_shipped,
            "incomplete": self.incomplete,
            "held_average": self.held,
            "shipments": self.shipments,
            "pieces": {
                "ordered": self.pieces_ordered,
                "shipped": self.pieces_shipped,
                "held": self.pieces_held,
                "waiting": self.pieces_waiting,
                "supplied": self.pieces_supplied,
                "free": self.pieces_free,
            },
        }


def figures(year: Year, floor: Floor, held_days: int) -> Figures:
    """Count what a run came to; `held_days` is the sum of the pieces held over all evenings."""
    end = year.last
    waits = sorted(((order.shipped_on or end) - order.entered_on).days for order in floor.orders)
    promised = [(max(line.promised_on for line in order.lines), order) for order in floor.orders]
    due = [order for day, order in promised if day <= end]
    incomplete = [(day, order) for day, order in promised if order.shipped_on is None]
    lines = [line for order in floor.orders for line in order.lines]
    return Figures(
        policy=floor.policy,
        orders=len(floor.orders),
        due=len(due),
        on_time=sum(order.shipped_on is not None and order.on_time for order in due),
        wait_average=round(sum(waits) / len(waits), 1) if waits else 0.0,
        wait_p95=_at(waits, 95),
        wait_longest=_at(waits, 100),
        never_shipped=sum((end - day).days >= STARVED for day, _ in incomplete),
        incomplete=len(incomplete),
        shipments=floor.shipments,
        held=round(held_days / year.days, 1),
        pieces_ordered=sum(line.ordered for line in lines),
        pieces_shipped=sum(line.shipped for line in lines),
        pieces_held=sum(line.held for line in lines),
        pieces_waiting=sum(line.open for line in lines),
        pieces_supplied=floor.received,
        pieces_free=floor.free,
    )


def _at(ordered: Sequence[int], percent: int) -> int:
    """The value that this share of them does not exceed (nearest rank); 0 of nothing."""
    return ordered[math.ceil(percent * len(ordered) / 100) - 1] if ordered else 0


def _percent(part: int, n: int) -> float:
    return round(100 * part / n, 1) if n else 0.0
