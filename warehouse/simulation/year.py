"""What happens to a warehouse in a year, whatever its policy: orders come in, and cases do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """`pieces` of an item for a promised day, in a priority class (1 to 5). An item is any number of the year's own."""

    item: int
    pieces: int
    promised_on: date
    priority: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order, by the day on which it is entered; no item stands on two of its lines."""

    entered_on: date
    lines: tuple[OrderedLine, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A case of an item, by the day on which it comes in; what is there at the start comes on the first day."""

    came_on: date
    item: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Year:
    """Days from `first` on, with their deliveries and orders; each is in the order in which it happens.

    `seed` and `supply` (pieces delivered for each that is ordered from vendors) are those of a generated year, None for a
    site's own history.
    """

    first: date
    days: int
    deliveries: tuple[Delivery, ...]
    orders: tuple[Order, ...]
    seed: int | None = None
    supply: float | None = None

    @property
    def last(self) -> date:
        """The last of its days."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def lines(self) -> int:
        """Order lines."""
        return sum(len(order.lines) for order in self.orders)

    @property
    def pieces_ordered(self) -> int:
        """Pieces on all order lines."""
        return sum(line.pieces for order in self.orders for line in order.lines)

    @property
    def pieces_supplied(self) -> int:
        """Pieces that were there or came in."""
        return sum(delivery.pieces for delivery in self.deliveries)
