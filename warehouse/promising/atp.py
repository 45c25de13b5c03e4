"""Available to promise, as plain arithmetic: what is there and what comes, counted in the order of service.

Nothing here reads a table. Supplies come in the order of their days and lines in the order of service; a line can
expect its goods on the day on which there is enough for it and for all that are served before it. So of two lines the
later one never has the earlier day, and what somebody orders tomorrow takes no day from those who wait today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Source = Literal["stock", "stage", "purchase_order"]

NO_SUPPLY = "no supply"


@dataclass(frozen=True, slots=True)
class Supply:
    """So many pieces, to be had from the day `on`, which is never before today.

    `po`, `line` and `expected_on`, the day that the vendor named, are those of a purchase order's line.
    """

    on: date
    quantity: int
    source: Source
    po: str = ""
    line: int = 0
    expected_on: date | None = None

    @property
    def late_since(self) -> date | None:
        """The day on which it should have come, where that has passed."""
        return self.expected_on if self.expected_on is not None and self.expected_on < self.on else None

    @property
    def name(self) -> str:
        """What it is, for people: stock, in a stage, or the line of a purchase order."""
        if self.source == "purchase_order":
            return purchase_line(self.po, self.line)
        return "in a stage" if self.source == "stage" else "stock"

    @property
    def cause(self) -> str:
        """The same, and since when it is late."""
        return f"{self.name}, late since {self.late_since.isoformat()}" if self.late_since else self.name

    def renamed(self, po: str) -> Supply:
        """The same under a number that a terminal may show."""
        return replace(self, po=po)


def purchase_line(po: str, line: int) -> str:
    """How a line of a purchase order is called; many numbers say themselves what they are."""
    return f"{po if po.upper().startswith('PO') else f'PO {po}'} line {line}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """The day a line can expect all that it still misses, and the supply that completes it; None where nothing does."""

    on: date | None
    supply: Supply | None

    @property
    def cause(self) -> str:
        """Why it is that day."""
        return self.supply.cause if self.supply else NO_SUPPLY

    def as_json(self) -> dict[str, str | None]:
        """The estimate as the commands print it."""
        return {"on": self.on.isoformat() if self.on else None, "cause": self.cause}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A supply, what of it the waiting lines take (`promised`), what is left, and what is left of all up to it."""

    supply: Supply
    promised: int
    available: int
    cumulative: int


def usable_on(expected_on: date, today: date, late_days: int) -> date:
    """The day on which a delivery is counted: the vendor's; where that has passed, so many days from today."""
    return expected_on if expected_on >= today else today + timedelta(days=late_days)


def estimates(supplies: Iterable[Supply], demand: Iterable[int]) -> Iterator[Estimate]:
    """For the missing pieces of each line, in the order of service, the estimate; read no further than needed."""
    rest = iter(supplies)
    there = needed = 0
    last: Supply | None = None
    for pieces in demand:
        needed += pieces
        while there < needed:
            last = next(rest, None)
            if last is None:
                break
            there += last.quantity
        yield Estimate(last.on, last) if last is not None else Estimate(None, None)


def estimate(supplies: Iterable[Supply], needed: int) -> Estimate:
    """The estimate of a line that needs so many pieces, those of the lines before it included."""
    return next(estimates(supplies, (needed,)))


def buckets(supplies: Iterable[Supply], waiting: int) -> Iterator[Bucket]:
    """Each supply with what is left of it once so many waiting pieces have had theirs."""
    cumulative = 0
    for supply in supplies:
        promised = min(supply.quantity, waiting)
        waiting -= promised
        available = supply.quantity - promised
        cumulative += available
        yield Bucket(supply, promised, available, cumulative)
