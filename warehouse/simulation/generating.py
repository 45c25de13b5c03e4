"""A year made up from a seed: the same seed gives the same year, on every machine.

It is a year of a warehouse whose vendors deliver a little less (or more) than is ordered, in cases that do not all hold
the same number, some days early or late. Every number below is our own and stands for no particular site.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.simulation.year import Delivery, Order, OrderedLine, Year

FIRST = date(2026, 1, 1)
ITEMS = 40
ORDERS_A_DAY = 8
LINES = (1, 6)  # of an order
PROMISED = (10, 14)  # days after entry
PRIORITIES = (5, 15, 40, 25, 15)  # per cent of orders, by class
CYCLE = (4, 8)  # days between two deliveries of an item
LEAD = (2, 4)  # days from the order of an item to its delivery
CASE = (12, 24, 36)  # pieces that a case is meant to hold
CASE_VARIES = 25  # per cent that it may hold less or more
VARIES = 30  # per cent that a delivery may be smaller or larger than ordered
STOCK_DAYS = 2  # of demand, there at the start


SUPPLY = 0.97  # the year that the design measured: what lacks is about eleven days' demand at its end


def generated(seed: int, days: int = 365, supply: float = SUPPLY) -> Year:
    """A year of `days` days whose vendors deliver `supply` of what is ordered from this warehouse."""
    chance = random.Random(seed)
    orders = tuple(_orders(chance, days))
    return Year(FIRST, days, tuple(_deliveries(chance, days, supply, orders)), orders, seed, supply)


def _orders(chance: random.Random, days: int) -> Iterator[Order]:
    wanted = [1 / (rank + 8) for rank in range(ITEMS)]  # a few items are in most orders
    for day in range(days):
        today = FIRST + timedelta(days=day)
        for _ in range(chance.randint(ORDERS_A_DAY - 4, ORDERS_A_DAY + 4)):
            items: list[int] = []
            for _ in range(chance.randint(*LINES)):
                items.extend(item for item in chance.choices(range(ITEMS), wanted) if item not in items)
            promised = today + timedelta(days=chance.randint(*PROMISED))
            priority = chance.choices(range(1, 6), PRIORITIES)[0]
            lines = (OrderedLine(item, _pieces(chance), promised, priority) for item in items)
            yield Order(today, tuple(lines))


def _pieces(chance: random.Random) -> int:
    """Small quantities often, large ones seldom."""
    return min(60, 1 + int(chance.expovariate(1 / 9)))


@dataclass(slots=True)
class _Vendor:
    """An item's deliveries: what was ordered since the last one, less what its vendor cannot deliver, is to come."""

    item: int
    case: int
    next_on: int = 0
    owed: float = 0.0  # pieces; what no whole case was made of is owed on


def _deliveries(chance: random.Random, days: int, supply: float, orders: tuple[Order, ...]) -> Iterator[Delivery]:
    demand = [[0] * ITEMS for _ in range(days)]
    for order in orders:
        for line in order.lines:
            demand[(order.entered_on - FIRST).days][line.item] += line.pieces
    totals = [sum(day[item] for day in demand) for item in range(ITEMS)]
    vendors = [_Vendor(item, chance.choice(CASE), chance.randint(*CYCLE)) for item in range(ITEMS)]
    for vendor in vendors:
        yield from _cases(chance, vendor, FIRST, totals[vendor.item] * STOCK_DAYS / days)
    due: dict[int, list[tuple[_Vendor, float]]] = {}
    for day in range(days):
        today = FIRST + timedelta(days=day)
        for vendor, pieces in due.pop(day, ()):
            yield from _cases(chance, vendor, today, pieces)
        for vendor in vendors:
            vendor.owed += demand[day][vendor.item] * supply
            if day == vendor.next_on:
                pieces = vendor.owed * (1 + chance.randint(-VARIES, VARIES) / 100)
                due.setdefault(day + chance.randint(*LEAD), []).append((vendor, pieces))
                vendor.owed, vendor.next_on = 0.0, day + chance.randint(*CYCLE)


def _cases(chance: random.Random, vendor: _Vendor, today: date, pieces: float) -> Iterator[Delivery]:
    while pieces >= 1:
        varies = vendor.case * CASE_VARIES // 100
        held = min(int(pieces), vendor.case + chance.randint(-varies, varies))
        yield Delivery(today, vendor.item, held)
        pieces -= held
    vendor.owed += pieces
