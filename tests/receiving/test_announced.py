"""What a vendor has announced: one scan for a case, one for a pallet, and every difference written down."""

from __future__ import annotations

import pytest
from receiving_dock import GOWN, MEDIUM, SERUM, captures, differences, healthy, received
from small_floor import changed, contents, said, sscc

from db import connection
from warehouse.reply import Verdict

OK, CHECK, STOP = Verdict.OK, Verdict.CHECK, Verdict.STOP
PALLET = sscc(900)


@pytest.fixture
def announced(small):
    """ASN-1 on PO-1: three cases of Gown L on a pallet, one of Serum with its lot."""
    small.announce(
        "ASN-1", (sscc(1), "GOWN-L", 22), (sscc(2), "GOWN-L", 24), (sscc(3), "GOWN-L", 20), po="PO-1", pallet=PALLET
    )
    small.announce("ASN-1", (sscc(4), "SERUM", 10, "L7", "2027-12-31"), po="PO-1")
    return small


def test_an_announced_case_is_one_scan(announced, ana):
    announced.order("SO-1", ("GOWN-L", 20))
    reply = ana.scan(f"]C100{sscc(1)}")
    assert (reply.verdict, said(reply)) == (OK, "22 ea Gown L ...0014 >> Releases SO-1 x20 as announced, 78 to come")
    assert captures() == [(22, "ASN", "AVAILABLE", 0, 1)]
    assert received("PO-1") == 22
    assert differences() == []
    assert healthy(announced)


def test_its_lot_and_expiry_come_with_it(announced, ana):
    ana.scan(f"]C100{sscc(4)}")
    unit = announced.unit(sscc(4))
    assert (unit["lot"], unit["expiry"], unit["qty"]) == ("L7", "2027-12-31", 10)


def test_the_label_goes_before_the_advice(announced, ana):
    """The label says 21, the advice 22: 21 are received, and the vendor is told."""
    reply = ana.case(sscc(1), GOWN, 21)
    assert reply.verdict is OK
    assert captures()[0][:2] == (21, "LABEL")
    assert differences() == [("PC", -1, "ACCEPT")]
    assert healthy(announced)


def test_the_label_of_another_item_is_not_the_announced_case(announced, ana):
    before = contents()
    assert ana.case(sscc(1), MEDIUM, 22).template == "other_label"
    assert changed(before, contents()) == []


def test_another_lot_than_announced_goes_on_hold(announced, ana):
    check = ana.scan(f"]C100{sscc(4)}020{SERUM}3710\x1d10L8\x1d17271231")
    assert (check.verdict, said(check)) == (CHECK, "LOT L8: not L7. ENTER saves it to QUARANTINE, Esc drops the case.")
    assert ana.key("ENTER").verdict is OK
    assert announced.unit(sscc(4))["status"] == "QUARANTINE"
    assert differences() == [("BH", 10, "HOLD")]
    assert healthy(announced)


def test_a_pallet_is_one_scan(announced, ana):
    """All its cases as announced, on a pallet of that number; each can be picked, moved and corrected by itself."""
    announced.order("SO-1", ("GOWN-L", 30))
    reply = ana.scan(f"]C100{PALLET}")
    assert (reply.verdict, reply.moves) == (OK, 3)
    assert said(reply).startswith(f"Pallet ...{PALLET[-4:]}: 3 cases, 66 >> Releases SO-1 x30")
    assert [row[:2] for row in captures()] == [(22, "ASN"), (24, "ASN"), (20, "ASN")]
    assert received("PO-1") == 66
    codes = connection.rows(
        "SELECT u.code, c.code FROM handling_unit u JOIN carrier c ON c.id = u.carrier_id ORDER BY u.id"
    )
    assert codes == [(sscc(1), PALLET), (sscc(2), PALLET), (sscc(3), PALLET)]
    assert healthy(announced)


def test_a_pallet_again_adds_nothing(announced, ana):
    ana.scan(f"]C100{PALLET}")
    before = contents()
    again = ana.scan(f"]C100{PALLET}")
    assert again.verdict in (CHECK, OK)
    assert changed(before, contents()) == []
    assert ana.scan(f"]C100{sscc(2)}").template == "case_known"
    assert received("PO-1") == 66


def test_what_came_before_its_pallet_is_not_counted_again(announced, ana):
    """A case was scanned by itself; then the pallet brings the other two."""
    ana.scan(f"]C100{sscc(2)}")
    reply = ana.scan(f"]C100{PALLET}")
    assert (reply.template, reply.moves) == ("saved_pallet", 2)
    assert received("PO-1") == 66
    assert healthy(announced)


def test_a_pallet_is_taken_back_whole(announced, ana):
    announced.order("SO-1", ("GOWN-L", 30))
    ana.scan(f"]C100{PALLET}")
    reply = ana.key("F4")
    assert (reply.verdict, said(reply)) == (
        OK,
        "Undone: 3 cases, 66 ea SO-1 x30 wait again Scan them to count them anew.",
    )
    assert received("PO-1") == 0
    assert announced.reserved("SO-1") == 0
    assert healthy(announced)
    assert ana.scan(f"]C100{PALLET}").template == "saved_pallet"
    assert healthy(announced)


def test_a_case_of_a_pallet_that_was_picked_keeps_all_of_it(announced, ana):
    """One of its cases is gone: the pallet cannot be taken back, and it is said who has it."""
    announced.order("SO-1", ("GOWN-L", 22))
    ana.scan(f"]C100{PALLET}")
    announced.hand("1002", "PICK").all("SO-1", "DOCK-1", sscc(1))
    before = contents()
    reply = ana.key("F4")
    assert (reply.template, "LEO picked for SO-1" in said(reply)) == ("undo_used", True)
    assert changed(before, contents()) == []


def test_a_pallet_with_a_case_that_needs_a_look_is_scanned_case_by_case(announced, ana):
    """More than the order takes: nothing of the pallet is saved, and the case is named."""
    announced.announce("ASN-1", (sscc(5), "GOWN-L", 90), po="PO-1", pallet=PALLET)
    before = contents()
    reply = ana.scan(f"]C100{PALLET}")
    assert (reply.template, "...0052" in said(reply)) == ("pallet_by_case", True)
    assert changed(before, contents()) == []


def test_a_case_of_another_order_asks_whether_that_is_here_too(announced, ana):
    announced.purchase_order("PO-9", ("GOWN-M", 10))
    announced.announce("ASN-9", (sscc(9), "GOWN-M", 10), po="PO-9")
    asked = ana.scan(f"]C100{sscc(9)}")
    assert (asked.verdict, asked.template) == (CHECK, "case_of_other")
    assert ana.key("ENTER").template == "po_joined"
    assert ana.scan(f"]C100{sscc(9)}").verdict is OK
    assert received("PO-9") == 10


def test_the_announced_line_is_counted_though_another_is_open_first(small):
    """Two lines of one item: the advice names the second."""
    small.purchase_order("PO-2", ("GOWN-L", 50), ("GOWN-L", 50))
    small.announce("ASN-2", (sscc(1), "GOWN-L", 24), po="PO-2")
    second = connection.value(
        "SELECT l.id FROM po_line l JOIN purchase_order p ON p.id = l.po_id WHERE p.po = 'PO-2' AND l.line = 2"
    )
    connection.execute("UPDATE asn_unit SET po_line_id = ? WHERE sscc = ?", second, sscc(1))
    ana = small.hand("1001")
    ana.scan("PO-2")
    ana.scan(f"]C100{sscc(1)}")
    assert (received("PO-2", 1), received("PO-2", 2)) == (0, 24)
