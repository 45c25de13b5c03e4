"""What a sweep did and found, by the names that people know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db import connection

if TYPE_CHECKING:
    from warehouse.sweeping import Missed, Swept


@dataclass(frozen=True, slots=True)
class Found:
    """What release ought to have done: lines (or ship sets, or picks) that were left waiting, and their pieces."""

    what: str
    sku: str | None
    order: str | None
    ship_set: str | None
    lines: int
    pieces: int

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "what": self.what,
            "sku": self.sku,
            "order": self.order,
            "ship_set": self.ship_set,
            "lines": self.lines,
            "pieces": self.pieces,
        }

    def words(self) -> str:
        """The same for a person."""
        whose = f"of {self.sku}" if self.order is None else f"of {self.order} {self.ship_set}".rstrip()
        return f"{self.what} {whose}: {self.lines} left waiting, {self.pieces} pieces"


def found(swept: Swept) -> tuple[Found, ...]:
    """What had been missed."""
    return tuple(_found(one) for one in swept.missed)


def _found(one: Missed) -> Found:
    sku = None if one.item_id is None else connection.value("SELECT sku FROM item WHERE id = ?", one.item_id)
    order, ship_set = (None, None)
    if one.set_id is not None:
        order, ship_set = connection.one(
            "SELECT h.order_no, s.name FROM ship_set s JOIN order_header h ON h.id = s.order_id WHERE s.id = ?",
            one.set_id,
        )
    return Found(one.what, sku, order, ship_set, one.lines, one.pieces)
