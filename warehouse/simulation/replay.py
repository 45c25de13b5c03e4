"""One year under one policy, day by day: patience ends, cases come in, orders come in, what was picked leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from warehouse.simulation.figures import Figures, figures
from warehouse.simulation.floor import Floor
from warehouse.simulation.policies import Policy
from warehouse.simulation.year import Delivery, Order, Year

T = TypeVar("T", Delivery, Order)


def _silent(_phase: str, _done: int, _total: int) -> None:
    """For those who do not watch."""


def run(year: Year, policy: Policy, step: Callable[[str, int, int], None] = _silent) -> Figures:
    """Serve the year's orders from its deliveries under a policy; `step(policy, day, days)` is told of every day."""
    floor = Floor(policy)
    deliveries = _by_day(year.deliveries, "came_on")
    orders = _by_day(year.orders, "entered_on")
    held_days = claimed = 0
    for number in range(year.days):
        today = year.first + timedelta(days=number)
        claimed = _claim(floor, policy, claimed, today)
        for delivery in deliveries.get(today, ()):
            floor.receive(delivery)
        for order in orders.get(today, ()):
            floor.enter(order)
        floor.ship(today)
        held_days += floor.held
        step(policy.name, number + 1, year.days)
    return figures(year, floor, held_days)


def _claim(floor: Floor, policy: Policy, claimed: int, today: date) -> int:
    """Let the orders claim whose patience ends today; answers how many of all have come so far, oldest first."""
    if not policy.together or not policy.patience:
        return claimed
    while claimed < len(floor.orders) and (today - floor.orders[claimed].entered_on).days >= policy.patience:
        floor.claim(floor.orders[claimed], today)
        claimed += 1
    return claimed


def _by_day(things: Sequence[T], day: str) -> dict[date, list[T]]:
    found: dict[date, list[T]] = {}
    for thing in things:
        found.setdefault(getattr(thing, day), []).append(thing)
    return found
