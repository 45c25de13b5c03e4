"""What others change between two scans of one person: the next scan finds the floor as it is now, and says so."""

from __future__ import annotations

import pytest
from race_floor import quiet
from small_floor import SmallFloor, gtin, sscc

from db import connection
from warehouse.reply import Verdict

CASE = f"]C100{sscc(1)}020{gtin(1)}3724"


@pytest.fixture
def small(database_url):
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.scan(CASE)
    small.order("SO-1", ("GOWN-L", 20))
    return small


@pytest.mark.parametrize("left", [10, 5], ids=["as many as were taken", "fewer than were taken"])
def test_a_pick_shrinks_while_its_picker_is_asked_for_the_reason(small, left):
    leo = small.hand("1002", "PICK-1")
    for raw in ("SO-1", "DOCK-1", sscc(1)):
        leo.scan(raw)
    assert leo.type("10").template == "why_short"
    small.cancel("SO-1", 1, 20 - left)

    reply = leo.type("1")

    assert reply.verdict in (Verdict.OK, Verdict.CHECK, Verdict.STOP)
    quiet(small)


def test_a_short_is_undone_after_its_unit_was_adjusted(small):
    """Refused, or undone with the pieces that were found: either way the counters are the units'."""
    leo = small.hand("1002", "PICK-1")
    for raw in ("SO-1", "DOCK-1"):
        leo.scan(raw)
    leo.key("F5")
    leo.type("0")
    assert leo.type("1").template == "short_doubt"
    small.adjust(sscc(1), 5)

    leo.key("F4")

    usable = connection.value("SELECT usable FROM item_stock WHERE item_id = ?", small.item("GOWN-L"))
    in_pool = connection.value("SELECT SUM(qty) FROM handling_unit WHERE status = 'AVAILABLE' AND order_id IS NULL")
    assert usable == (in_pool or 0)
    quiet(small)
