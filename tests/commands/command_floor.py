"""A floor with a past: goods received for waiting orders, picks open, taken and done, lines that wait for more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from small_floor import SmallFloor, gtin, sscc

CASE, SECOND = sscc(1), sscc(2)


def worked_floor() -> SmallFloor:
    """Half an hour of work, up to now.

    SO-1 has 20 GOWN-L, 6 of them picked, LEO has the rest in hand; SO-2 has 4 of 30 and waits for more; SO-3 waits
    behind it; SO-4 is an order of two lines; SO-5 (MASK) has loose stock; SO-6 waits for what nobody has ordered.
    """
    small = SmallFloor("America/Chicago")
    small.now = datetime.now(UTC) - timedelta(minutes=30)
    day = small.now.date()
    small.purchase_order("PO-1", ("GOWN-L", 100), expected_on=day)
    small.purchase_order("PO-2", ("GOWN-M", 40), expected_on=day + timedelta(days=3))
    small.order("SO-1", ("GOWN-L", 20), priority=1, promised=day)
    small.order("SO-2", ("GOWN-L", 30), promised=day)
    small.order("SO-3", ("GOWN-L", 8), promised=day)
    small.order("SO-4", ("GOWN-M", 10), ("MASK", 5), policy="order", promised=day)
    small.stock("MASK", 50)
    small.order("SO-5", ("MASK", 12), promised=day)
    small.order("SO-6", ("SERUM", 3), policy="line", promised=day)
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(CASE, gtin(1), 6)
    ana.case(SECOND, gtin(1), 18)
    leo = small.hand("1002", "PICK-1")
    leo.all("SO-1", "DOCK-1", CASE)
    return small
