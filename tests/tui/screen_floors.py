"""Floors for the screens' tests, built once in a test run and copied for each screen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from small_floor import START, TODAY, FrozenFloor, Hand, SmallFloor, gtin, sscc

from db import connection
from warehouse import serials

GOWN, MEDIUM, MASK, SERUM = gtin(1), gtin(2), gtin(3), gtin(4)
CASE = f"]C100{sscc(1)}020{GOWN}3724"
PLATE = serials.plate(77)


def quiet(small: SmallFloor) -> dict[str, Hand]:
    """Two purchase orders due, two orders that wait, three picks to do: of a part, of loose stock, of a whole unit."""
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 50))
    small.purchase_order("PO-2", ("GOWN-M", 10), expected_on=TODAY + timedelta(days=1))
    small.stock("GOWN-M", 40, "A-01", sscc(50))
    small.stock("MASK", 30, "A-02")
    small.stock("SERUM", 12, "A-02", sscc(51), lot="L6", expiry="2027-01-31")
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 30))
    small.order("SO-3", ("GOWN-M", 25))
    small.order("SO-4", ("MASK", 30), promised=TODAY + timedelta(days=1))
    small.order("SO-5", ("SERUM", 12), promised=TODAY + timedelta(days=2))
    return {}


def bare(small: SmallFloor) -> dict[str, Hand]:
    """Nothing is on order, nothing is released."""
    return {}


def busy(small: SmallFloor) -> dict[str, Hand]:
    """More than a screen can show: thirty picks, four receipts, backorders of every age; two people have picks."""
    small.purchase_order("PO-1", ("GOWN-L", 2000))
    small.purchase_order("PO-2", ("GOWN-M", 500))
    small.purchase_order("PO-3", ("MASK", 500))
    for days, pieces in ((20, 7), (10, 6), (5, 5), (2, 4), (0, 3)):
        small.now = START - timedelta(days=days)
        small.order(f"SO-9{days:02}", ("SERUM", pieces), promised=TODAY - timedelta(days=days))
    small.now = START - timedelta(minutes=34)
    for number in range(24):
        small.order(f"SO-1{number:02}", ("GOWN-L", 10 + number), promised=TODAY + timedelta(days=number - 1))
    for number in range(6):
        small.order(f"SO-2{number:02}", ("GOWN-M", 5), promised=TODAY + timedelta(days=number))
    ana = small.hand("1001")
    ana.scan("PO-1")
    for number in range(12):
        ana.case(sscc(200 + number), GOWN, 45)
    ana.scan("PO-2")
    ana.case(sscc(300), MEDIUM, 40)
    ana.scan("PO-3")
    ana.case(sscc(400), MASK, 50)
    small.hand("1002", "PICK-1").scan("SO-100")
    small.hand("1004", "PICK-2").scan("SO-103")
    small.now = START
    return {}


def dock(small: SmallFloor) -> dict[str, Hand]:
    """Gowns come 48 in a case and three orders wait; whatever asks a receiver for more than a count is on order."""
    small.another_item(5, "PUMP", "Pump", serial_control=1)
    small.another_item(6, "HAM", "Ham", case_qty_mode="catch_weight", weight_unit="kg")
    small.purchase_order("PO-9", ("GOWN-L", 960))
    small.order("SO-9", ("GOWN-L", 960))
    kim = small.hand("1004", "DOCK-2")
    kim.scan("PO-9")
    for number in range(20):
        kim.case(sscc(200 + number), GOWN, 48)
    kim.key("F12")
    small.purchase_order("PO-1", ("GOWN-L", 1000))
    small.purchase_order("PO-2", ("GOWN-L", 30), ("MASK", 20))
    small.purchase_order("PO-3", ("GOWN-M", 10), expected_on=TODAY + timedelta(days=30))
    small.purchase_order("PO-4", ("PUMP", 10), ("HAM", 60))
    connection.execute("UPDATE po_line SET early_days = 1, early_action = 'REJECT' WHERE expected_on > ?", small.today)
    for order, pieces in (("SO-1", 20), ("SO-2", 27), ("SO-3", 30)):
        small.order(order, ("GOWN-L", pieces))
    return {}


class Floors:
    """Each floor is built when a test first wants it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built: dict[str, FrozenFloor] = {}

    def floor(self, build: object) -> FrozenFloor:
        name = build.__name__  # type: ignore[attr-defined]
        if name not in self._built:
            folder = self._folder / name
            folder.mkdir()
            self._built[name] = FrozenFloor(folder, build)  # type: ignore[arg-type]
        return self._built[name]
