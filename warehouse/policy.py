"""The order of service and the shipping policies, as plain arithmetic on one order line."""

from __future__ import annotations

from datetime import date

# Days that a priority class is worth: a static bonus, so that old orders still rise by themselves.
BONUS_DAYS = {1: 10, 2: 6, 3: 3, 4: 1, 5: 0}

# The rank of a line that a lead has put before all others: no promised day comes near it.
PINNED = 0

# The rank of a line that is owed what it lent: it comes before even those.
OWED = -1

# The policies of lines that leave together, as an order or as a part of one.
TOGETHER = ("order", "set")

# Days until an order that ships complete takes what it can get and holds it until all is there, unless told otherwise.
PATIENCE_DAYS = 30
NEVER_CLAIMS = 99_999  # as so many days "never" is written down where a number is kept

# The need of a line that may not be served yet: larger than any supply, so every comparison refuses it.
NEVER = 2_147_483_647


def rank(promised_on: date, priority: int, *, pinned: bool = False, owed: int = 0) -> int:
    """The line's place in the queue, lower first: the promised day (as its ordinal) less the priority's bonus."""
    if owed:
        return OWED
    return PINNED if pinned else promised_on.toordinal() - BONUS_DAYS[priority]


def min_need(
    policy: str,
    *,
    ordered: int,
    cancelled: int,
    open_qty: int,
    fill_percent: int,
    claiming: bool = False,
    watched: bool = False,
) -> int:
    """The smallest quantity (pieces) that the line may take now; 0 when nothing of it is open.

    partial: what lifts it to its minimum fill, at least 1. line: all that is open. order and set: any piece once its
    ship set claims; before that all that is open where it is the line that the set watches, else nothing is enough.
    """
    if open_qty == 0:
        return 0
    if policy == "partial":
        wanted = ordered - cancelled
        secured = wanted - open_qty
        fill = -(-fill_percent * wanted // 100)
        return max(1, min(open_qty, fill - secured))
    if policy in TOGETHER:
        return 1 if claiming else (open_qty if watched else NEVER)
    return open_qty


def state(*, ordered: int, cancelled: int, shipped: int, open_qty: int, held: bool = False) -> str:
    """W waiting, H held, R nothing open but not all shipped, C closed."""
    if open_qty:
        return "H" if held else "W"
    return "C" if ordered == cancelled + shipped else "R"
