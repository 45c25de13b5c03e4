"""What an order line waits for besides its own goods: the rest of its order or ship set, and what it lent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db import connection
from warehouse.explain_words import plain
from warehouse.stock import Line
from warehouse.told.days import day

SHOWN = 4  # other lines that are named


@dataclass(frozen=True, slots=True)
class Other:
    """Another line of the set that misses pieces."""

    line: int
    sku: str
    quantity: int
    held: bool

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        return {"line": self.line, "sku": self.sku, "quantity": self.quantity, "held": self.held}


@dataclass(frozen=True, slots=True)
class Together:
    """The set of a line: a named part of its order, or (named '') all of it.

    `missing` are its other lines that miss something. `claims_on` is the day from which it takes what it can get and
    holds it, None for never; `claiming` says that it does.
    """

    name: str
    lines: int
    missing: tuple[Other, ...]
    claims_on: date | None
    claiming: bool

    def as_json(self) -> dict[str, Any]:
        """The set as the command prints it."""
        return {
            "name": self.name,
            "lines": self.lines,
            "missing": [one.as_json() for one in self.missing],
            "claims_on": self.claims_on.isoformat() if self.claims_on else None,
            "claiming": self.claiming,
        }

    def words(self, today: date, *, waits: bool) -> list[str]:
        """What that means for the line, which `waits` for goods of its own or does not: sentences."""
        what = f"Its ship set {plain(self.name)}" if self.name else "Its order"
        said = [f"{what} leaves complete: {self.lines} lines together."] if self.lines > 1 else []
        if self.missing:
            names = ", ".join(
                f"{one.quantity} of {plain(one.sku)} (line {one.line}{', on hold' if one.held else ''})"
                for one in self.missing[:SHOWN]
            )
            more = f" and {len(self.missing) - SHOWN} more lines" if len(self.missing) > SHOWN else ""
            verb = "It waits for the rest" if not waits else "The rest misses"
            said.append(f"{verb}: {names}{more}.")
        if waits or self.missing:
            said.append(self._patience(today))
        return said

    def _patience(self, today: date) -> str:
        if self.claiming:
            return "It has waited long enough: it takes what it can get, and holds it until all is there."
        if self.claims_on is None:
            return "It takes nothing piecemeal, however long it waits."
        return f"From {day(self.claims_on, today)} on it takes what it can get, and holds it until all is there."


def together(line: Line, order: Sequence[Line]) -> Together | None:
    """The set of a line, None where it leaves alone; `order` is all lines of its order."""
    if line.set_id is None:
        return None
    name, claims_on = connection.one("SELECT name, claims_on FROM ship_set WHERE id = ?", line.set_id)
    mates = [one for one in order if one.set_id == line.set_id and one.ordered > one.cancelled]
    missing = [Other(one.line, one.sku, one.open, one.held > 0) for one in mates if one.open and one.id != line.id]
    day_of = date.fromisoformat(claims_on) if claims_on else None
    return Together(name, len(mates), tuple(missing), day_of, bool(line.claiming))
