"""The main job on both engines: a case comes in, who waited for it is served, the pick is confirmed, taken back."""

import pytest
from small_floor import SmallFloor, gtin, sscc

from warehouse.reply import Verdict


@pytest.fixture
def small(database_url):
    return SmallFloor()


def test_a_case_releases_the_orders_that_waited(small):
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 30))
    ana = small.hand("1001")
    ana.type("1")
    ana.scan("PO-1")

    reply = ana.case(sscc(1), gtin(1), 24)

    assert reply.verdict is Verdict.OK
    assert [(entry.order, entry.quantity) for entry in reply.released] == [("SO-1", 20), ("SO-2", 4)]
    assert reply.unit == sscc(1)
    assert small.line("SO-1")["state"] == "R"
    assert small.line("SO-2")["qty_open"] == 26


def test_pick_by_scans_only_and_undo_everything(small):
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.order("SO-1", ("GOWN-L", 20))
    ana, leo = small.hand("1001"), small.hand("1002", "PICK-1")
    ana.scan("PO-1")
    ana.case(sscc(1), gtin(1), 24)
    leo.scan("SO-1")
    leo.scan("DOCK-1")
    leo.scan(sscc(1))
    reply = leo.scan("XKDONE")
    assert reply.verdict is Verdict.OK
    assert small.line("SO-1")["qty_picked"] == 20

    refused = ana.key("F4")
    assert refused.verdict is Verdict.STOP
    assert "LEO" in " ".join(refused.message)
    assert "SO-1" in " ".join(refused.message)

    assert leo.scan("XKUNDO").verdict is Verdict.OK
    assert small.reserved("SO-1") == 20
    undone = ana.key("F4")
    assert undone.verdict is Verdict.OK
    assert [(entry.order, entry.quantity) for entry in undone.freed] == [("SO-1", 20)]
    assert ana.case(sscc(1), gtin(1), 25).verdict is Verdict.OK
    assert small.reserved("SO-1") == 20
