"""Years that are written down by hand, and a few that are drawn: days are numbered from 0, 'A' is an item."""

from __future__ import annotations

import random
from datetime import date, timedelta

from warehouse.simulation import Delivery, Figures, Order, OrderedLine, Policy, Year, run

FIRST = date(2026, 3, 1)
PARTIAL, LINE, STRICT = Policy("partial"), Policy("line"), Policy("strict")
AT_ONCE, NEVER = Policy("order", 0), Policy("order")
EVERY = (PARTIAL, LINE, AT_ONCE, Policy("order", 3), Policy("order", 20), NEVER, STRICT)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def order(entered: int, promised: int, priority: int = 3, **lines: int) -> Order:
    return Order(
        day(entered),
        tuple(OrderedLine(ord(item), pieces, day(promised), priority) for item, pieces in lines.items()),
    )


def case(came: int, item: str, pieces: int) -> Delivery:
    return Delivery(day(came), ord(item), pieces)


def year(days: int, *happens: Order | Delivery) -> Year:
    return Year(
        FIRST,
        days,
        tuple(one for one in happens if isinstance(one, Delivery)),
        tuple(one for one in happens if isinstance(one, Order)),
    )


def figures(policy: Policy, of: Year) -> Figures:
    return run(of, policy)


def drawn(seed: int, days: int = 40) -> Year:
    """Few items, much too little of them, and cases of any size: whatever can meet, meets."""
    chance = random.Random(seed)
    happens: list[Order | Delivery] = []
    for number in range(days):
        came = chance.sample("ABCDE", chance.randint(0, 3))
        happens.extend(case(number, item, chance.randint(1, 20)) for item in came)
        for _ in range(chance.randint(0, 3)):
            lines = {item: chance.randint(1, 9) for item in chance.sample("ABCDE", chance.randint(1, 4))}
            happens.append(order(number, number + chance.randint(1, 9), chance.randint(1, 5), **lines))
    return year(days, *happens)
