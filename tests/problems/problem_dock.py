"""A delivery of PO-1 at the dock, with ANA who receives it, and what the tables say about a case."""

from __future__ import annotations

from datetime import date
from typing import Any

from small_floor import Hand, SmallFloor, gtin, said, sscc

from db import connection
from warehouse import floor
from warehouse.flows.steps import View
from warehouse.reply import Reply
from warehouse.verify import verify

GOWN, MEDIUM, MASK, SERUM, PUMP, HAM = (gtin(number) for number in (1, 2, 3, 4, 5, 6))
ONE, TWO, THREE = sscc(1), sscc(2), sscc(3)
EXPIRY = date(2027, 1, 31)
CARDS = {
    "XKRSDG": "AF", "XKRSDR": "AF", "XKRSBR": "SEAL", "XKRSOT": "AT", "XKRSEP": "PE", "XKRSHD": "SUS", "XKHOLD": "SUS",
}  # fmt: skip


def case(number: int, count: int = 24, item: str = GOWN) -> str:
    """A label that says everything."""
    return f"]C100{sscc(number)}020{item}37{count}"


def serum(number: int, count: int = 10, lot: str = "L7", expiry: str = "270131") -> str:
    return f"]C100{sscc(number)}020{SERUM}17{expiry}37{count}{chr(29)}10{lot}"


def build(small: SmallFloor) -> dict[str, Hand]:
    """SO-1 wants 20 gowns, SO-2 another 20; PO-2 is no part of the delivery. Six pumps have serial numbers."""
    small.another_item(5, "PUMP", "Pump", serial_control=1)
    small.another_item(6, "HAM", "Ham", case_qty_mode="catch_weight", weight_unit="kg")
    small.purchase_order("PO-1", ("GOWN-L", 1000), ("MASK", 200), ("SERUM", 100), ("PUMP", 10), ("HAM", 100))
    small.purchase_order("PO-2", ("GOWN-M", 50))
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 20))
    ana = small.hand("1001")
    ana.scan("PO-1")
    return {"ANA": ana}


class Dock:
    """The floor with ANA at her delivery; `say` gives inputs to her."""

    def __init__(self) -> None:
        self.small = SmallFloor()
        self.ana = build(self.small)["ANA"]

    @classmethod
    def over(cls, small: SmallFloor, ana: Hand) -> Dock:
        dock = cls.__new__(cls)
        dock.small, dock.ana = small, ana
        return dock

    def say(self, *inputs: str) -> Reply:
        """Inputs one after the other; the last answer."""
        return self.ana.all(*inputs)

    def stands(self, code: str = ONE) -> tuple[Any, ...]:
        """Status, pieces and promised pieces of the newest unit of a case."""
        unit = self.small.unit(code)
        return unit["status"], unit["qty"], unit["qty_reserved"]

    def received(self, line: int = 1, po: str = "PO-1") -> int:
        """What counts for an order line."""
        return int(
            connection.value(
                "SELECT l.qty_received FROM po_line l JOIN purchase_order p ON p.id = l.po_id WHERE p.po = ? AND l.line = ?",
                po,
                line,
            )
        )

    def receipt(self) -> tuple[Any, ...]:
        return tuple(connection.one("SELECT cases, pieces FROM receipt ORDER BY id LIMIT 1"))

    def shown(self) -> View:
        return floor.look(self.ana.session)

    def pick(self, order: str, place: str, *rest: str) -> Hand:
        """LEO picks for an order."""
        leo = self.small.hand("1002", "PICK-1")
        leo.all(order, place, *rest)
        return leo

    def sound(self) -> None:
        """Every counter agrees with its rows."""
        assert verify(self.small.site).violations == ()


def written(*columns: str) -> list[tuple[Any, ...]]:
    """The differences that were written down."""
    names = ", ".join(columns or ("code", "qty", "disposition"))
    return [tuple(row) for row in connection.rows(f"SELECT {names} FROM discrepancy ORDER BY id")]


def runs(cause: str) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for row in connection.rows(
            "SELECT supply_before, supply_after FROM release_run WHERE cause = ? ORDER BY id", cause
        )
    ]


__all__ = ["said"]
