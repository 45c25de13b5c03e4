"""What everything that was looked up is told with: times, counts, lists, and the shape of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.connection import instant
from warehouse.flows.steps import Fact, Table
from warehouse.messages import tail
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from warehouse.flows.steps import Context
    from warehouse.lookup.standing import Counted, Standing

STATUS = {
    "RECEIVED": "received, not free yet",
    "IN_STAGE": "in a stage",
    "QUARANTINE": "on hold",
    "REWORK": "to be reworked",
    "AVAILABLE": "free",
    "BLOCKED": "stopped",
    "RETURN_TO_VENDOR": "goes back to its vendor",
    "SCRAP": "to be scrapped",
    "ISSUED": "shipped",
    "CONSUMED": "used up",
    "VOIDED": "taken back",
}
"""A status of stock, as it is said."""


@dataclass(frozen=True, slots=True)
class Words:
    """A thing in words. `told` are the banner's two lines."""

    told: tuple[str, str]
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...] = ()


# --- Times, pieces, lists -------------------------------------------------------------------------------


def at(text: str, context: Context) -> str:
    """The clock for something of today, else the day."""
    local = context.site.local(instant(text))
    return f"{local:%H:%M}" if local.date() == context.today else f"{local:%Y-%m-%d}"


def expiry(day: str) -> str:
    return "" if day in ("", NO_EXPIRY) else f"EXP {day}"


def counted(content: Counted, unit: str = "pieces") -> str:
    over = "more than " if content.more else ""
    return f"{over}{content.units} {'unit' if content.units == 1 else 'units'}, {content.pieces} {unit}"


def lines(count: int) -> str:
    """So many lines of orders."""
    return f"{count} {'line' if count == 1 else 'lines'}"


def about(*rows: tuple[str, str], head: str = "ABOUT IT") -> Table:
    """A list of what is known, each with its name; what is not known has no row."""
    return Table((head, ""), tuple(row for row in rows if row[1]), narrow=(0, 1))


def standing(head: str, units: tuple[Standing, ...], *, place: bool = True) -> Table:
    rows = tuple(
        (
            tail(one.code) if one.kind != "LOOSE" else "loose",
            one.item,
            str(one.qty),
            one.lot or "-",
            one.place if place else one.carrier or "-",
            f"picked, {one.order}" if one.order else STATUS.get(one.status, one.status),
        )
        for one in units
    )
    return Table(
        (head, "ITEM", "QTY", "LOT", "PLACE" if place else "ON", "STATUS"), rows, narrow=(0, 1, 2), numbers=(2,)
    )
