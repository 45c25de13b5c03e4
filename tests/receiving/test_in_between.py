"""What happens between a question and its answer: another terminal, another label, another count."""

from __future__ import annotations

from datetime import timedelta

import pytest
from receiving_dock import GOWN, MASK, MEDIUM, captures, differences, healthy, history, received
from small_floor import TODAY, changed, contents, gtin, said, sscc

from db import connection
from warehouse import inbound
from warehouse.reply import Verdict

OK, CHECK, STOP = Verdict.OK, Verdict.CHECK, Verdict.STOP
PALLET, PUMP = sscc(900), gtin(5)


@pytest.fixture
def kim(small, ana):
    hand = small.hand("1004")
    hand.scan("PO-1")
    return hand


@pytest.fixture
def pumps(small):
    small.another_item(5, "PUMP", "Pump", serial_control=1)
    small.purchase_order("PO-5", ("PUMP", 2))
    hand = small.hand("1001")
    hand.scan("PO-5")
    return hand


@pytest.fixture
def pallet(small):
    small.announce("ASN-1", (sscc(1), "GOWN-L", 22), (sscc(2), "GOWN-L", 24), po="PO-1", pallet=PALLET)
    return small


# --- Above a limit -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way_out", ["!F5", "1003"])
def test_what_the_limit_leaves_is_judged_again(small, ana, kim, way_out):
    """105 of 120 fit; until F5 or the lead's badge another terminal takes 100: the question is asked anew."""
    ana.case(sscc(1), GOWN, 120)
    kim.case(sscc(2), GOWN, 100)
    check = ana.all(way_out)
    assert (check.verdict, said(check)[:31]) == (CHECK, "120 is 115 over the limit. F5: ")
    assert received("PO-1") == 100
    assert ana.key("F5").verdict is OK
    assert received("PO-1") == 105
    assert healthy(small)


@pytest.mark.parametrize("way_out", ["!F5", "1003"])
def test_the_case_above_the_limit_came_meanwhile(small, ana, kim, way_out):
    ana.case(sscc(1), GOWN, 120)
    kim.case(sscc(1), GOWN, 50)
    again = ana.all(way_out)
    assert (again.template, ana.step) == ("case_known", "receiving.scan_case")
    assert received("PO-1") == 50
    assert healthy(small)


def test_pieces_with_numbers_are_parted_by_hand_and_none_is_without(small, pumps):
    pumps.all(f"]E0{PUMP}", "=3")
    before = contents()
    assert pumps.key("F5").template == "part_by_hand"
    assert changed(before, contents()) == []
    pumps.all("=2", "SN-1", "SN-2", f"]E0{PUMP}", "=1", "!F5")
    held = pumps.scan("SN-3")
    assert (held.template, received("PO-5")) == ("saved_quarantine", 2)
    assert connection.rows(
        "SELECT s.serial, u.status FROM unit_serial s JOIN handling_unit u ON u.id = s.unit_id ORDER BY s.id"
    ) == [("SN-1", "AVAILABLE"), ("SN-2", "AVAILABLE"), ("SN-3", "QUARANTINE")]
    assert differences() == [("AC", 1, "HOLD")]
    assert healthy(small)


# --- Serial numbers and counts ---------------------------------------------------------------------------------


def test_fewer_pieces_than_numbers_asks_for_them_again(small, pumps):
    """Two numbers were scanned, then it turns out to be a part case of one."""
    connection.execute("UPDATE po_line SET qty_ordered = 100 WHERE item_id = ?", small.item("PUMP"))
    pumps.all(f"]E0{PUMP}", "=3", "SN-1", "SN-2", "!F5", "=2")
    assert pumps.type("1").template == "which_serial"
    pumps.scan("SN-2")
    assert connection.rows("SELECT serial, state FROM unit_serial") == [("SN-2", "IN")]


def test_a_case_corrected_by_two_counts_has_as_many_numbers_as_pieces(small, pumps):
    connection.execute("UPDATE po_line SET qty_ordered = 1000 WHERE item_id = ?", small.item("PUMP"))
    history(small, *[3] * 40, sku="PUMP", packaging="0" + PUMP)
    code = pumps.all(f"]E0{PUMP}", "=3", "SN-1", "SN-2", "SN-3").unit
    assert pumps.all("!F5", "=7", code, "=300").template == "far_count"
    assert pumps.all("1004", "=2", "=2").template == "which_serial"
    assert pumps.all("SN-1", "SN-3").template == "corrected"
    standing = connection.rows("SELECT serial FROM unit_serial WHERE state = 'IN' ORDER BY serial")
    assert standing == [("SN-1",), ("SN-3",)]


# --- Early and late --------------------------------------------------------------------------------------------


def test_what_a_person_kept_does_not_answer_for_a_lead(small):
    connection.execute("UPDATE vendor SET late_days = 1, late_action = 'WARN'")
    small.purchase_order("PO-2", ("GOWN-L", 100), expected_on=TODAY - timedelta(days=5))
    small.purchase_order("PO-3", ("GOWN-M", 100), expected_on=TODAY - timedelta(days=9))
    connection.execute(
        "UPDATE po_line SET late_days = 1, late_action = 'REJECT' WHERE item_id = ?", small.item("GOWN-M")
    )
    ana = small.hand("1001")
    ana.all("PO-2", f"]C100{sscc(1)}020{GOWN}3724", "!ENTER", "PO-3", "!ENTER")
    assert ana.case(sscc(2), MEDIUM, 24).template == "late_lead"
    assert ana.scan("1003").verdict is OK
    assert ana.case(sscc(3), MEDIUM, 24).verdict is OK  # once for the delivery
    assert ana.case(sscc(4), GOWN, 24).verdict is OK
    assert differences() == [("AG", 24, "ACCEPT"), ("AG", 24, "ACCEPT")]
    assert healthy(small)


def test_a_pallet_answers_for_no_lead(pallet):
    connection.execute(
        "UPDATE po_line SET expected_on = '2026-06-01', late_days = 1, late_action = 'REJECT' WHERE item_id = ?",
        pallet.item("MASK"),
    )
    ana = pallet.hand("1001")
    ana.all("PO-1", f"]C100{PALLET}")
    assert ana.case(sscc(5), MASK, 50).template == "late_lead"


def test_a_pallet_within_its_days_is_not_late(pallet):
    connection.execute("UPDATE vendor SET late_days = 5, late_action = 'WARN'")
    connection.execute("UPDATE po_line SET expected_on = '2026-06-14'")
    ana = pallet.hand("1001")
    assert ana.all("PO-1", f"]C100{PALLET}").template == "saved_pallet"
    assert differences() == []


# --- Pallets and their labels ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [46, 2])
def test_the_full_label_of_a_pallet_is_the_pallet(pallet, ana, count):
    """(00)(02)(37) in one symbol: not a case of 46 besides its cases."""
    assert ana.case(PALLET, GOWN, count).template == "saved_pallet"
    assert ana.scan(f"]C100{sscc(1)}").template == "case_known"
    assert received("PO-1") == 46
    assert healthy(pallet)


@pytest.mark.parametrize(("item", "count", "lot"), [(MEDIUM, 46, ""), (GOWN, 45, ""), (GOWN, 46, "L9")])
def test_a_pallet_whose_label_says_something_else_is_scanned_case_by_case(pallet, ana, item, count, lot):
    connection.execute("UPDATE asn_unit SET lot = 'L1'")
    before = contents()
    reply = ana.scan(f"]C100{PALLET}020{item}37{count}" + (f"\x1d10{lot}" if lot else ""))
    assert (reply.verdict, reply.template) == (STOP, "pallet_by_case")
    assert changed(before, contents()) == []


def test_the_full_label_of_an_open_pallet_is_no_case(small, ana):
    assert ana.scan("XKOPEN").template == "pallet_opened"
    connection.execute("UPDATE carrier SET code = ?", sscc(700))
    assert ana.case(sscc(700), GOWN, 24).template == "cases_go_on"
    assert captures() == []
    assert healthy(small)


def test_a_pallet_that_came_while_its_lock_was_waited_for(pallet, ana, monkeypatch):
    """Another terminal has it all between the first look and the lock."""
    waited = inbound.lock_all

    def taken(context, item_ids):
        for number in (1, 2):
            connection.insert_row(
                "handling_unit",
                site="T1",
                code=sscc(number),
                kind="CASE",
                item_id=pallet.item("GOWN-L"),
                status="CONSUMED",
                location_id=pallet.place("DOCK-1"),
                qty=0,
                received_at="2026-06-15T09:00:00Z",
            )
        return waited(context, item_ids)

    monkeypatch.setattr(inbound, "lock_all", taken)
    assert ana.scan(f"]C100{PALLET}").template == "pallet_in"
    assert connection.rows("SELECT code FROM carrier") == []


def test_a_pallet_that_goes_on_hold_is_told_case_by_case(pallet):
    ana = pallet.hand("1001")
    ana.all("=1", "!F5", "ACME")
    assert ana.scan(f"]C100{PALLET}").template == "pallet_by_case"
    assert ana.scan(f"]C100{sscc(1)}").template == "saved_quarantine"
    assert healthy(pallet)


def test_what_is_wrong_with_a_case_does_not_make_it_a_pallet(small, ana):
    """Damaged was said of it: its plate scanned twice opens no pallet and loses no mark."""
    ana.all("!F5", "=1", "!ENTER", f"]C100{sscc(7)}")
    small.now += timedelta(seconds=2)
    before = contents()
    assert ana.scan(f"]C100{sscc(7)}").verdict is STOP
    assert changed(before, contents()) == []
    ana.all(f"]E0{GOWN}", "=24")
    assert small.unit(sscc(7))["status"] == "QUARANTINE"


def test_a_case_that_is_in_by_now_does_not_go_back_as_well(small, ana, kim):
    ana.all(f"]C100{sscc(1)}", "!F5", "=6", "=1", "!ENTER")
    kim.case(sscc(1), GOWN, 24)
    assert ana.scan(f"]E0{GOWN}").template == "case_known"
    assert differences() == []


# --- Blind -----------------------------------------------------------------------------------------------------


def test_blind_an_announced_case_is_counted(small):
    """Neither how many, nor which lot or day, is taken from the advice; the difference is written down."""
    small.announce("ASN-1", (sscc(1), "GOWN-L", 37), po="PO-1", pallet=PALLET)
    small.announce("ASN-1", (sscc(2), "SERUM", 37, "L7", "2027-12-31"), po="PO-1")
    small.rule("receiving.blind", "always")
    ana = small.hand("1001")
    ana.scan("PO-1")
    assert ana.scan(f"]C100{PALLET}").template == "pallet_blind"
    assert ana.scan(f"]C100{sscc(1)}").template == "how_many"
    assert "37" not in said(ana.type("36"))
    assert differences() == [("PC", -1, "ACCEPT")]
    assert ana.scan(f"]C100{sscc(2)}").template == "which_lot"
    assert ana.scan("L7").template == "which_expiry"
    assert healthy(small)
