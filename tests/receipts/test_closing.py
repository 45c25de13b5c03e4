"""Check and close: what is said before, what is asked, what is written down, and that no piece moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dock import GOWN, MASK, MEDIUM, announce, newest, quantities, receipt, rule, shown, written
from small_floor import SITE, TODAY, FrozenFloor, Hand, SmallFloor, changed, contents, said, sscc

from db import connection
from db.connection import iso
from warehouse.promising import changes
from warehouse.reply import Verdict
from warehouse.verify import verify


def delivery(small: SmallFloor) -> dict[str, Hand]:
    """PO-1 of 100 gowns and 200 masks, two cases of it counted: 98 gowns. Ana stands among the cases."""
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200))
    small.purchase_order("PO-2", ("GOWN-M", 40))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), GOWN, 49)
    ana.case(sscc(2), GOWN, 49)
    return {"ana": ana}


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("closing"), delivery)


@pytest.fixture
def dock(frozen):
    small, hands = frozen.thaw()
    yield small, hands["ana"]
    connection.close()


# --- The whole way --------------------------------------------------------------------------------------


def test_a_receipt_is_checked_and_closed_and_no_piece_moves(database_url):
    """On both engines: the sentence before, the question, what is written down, the order line closed short."""
    small = SmallFloor()
    ana = delivery(small)["ana"]
    before = quantities()

    first = ana.key("F8")
    assert (ana.step, first.verdict, first.template) == ("receiving.check", Verdict.CHECK, "closing")
    assert said(first) == "Closing RC-0001 leaves 202 open on PO-1. F8/DONE closes it, Esc goes on."
    second = ana.key("F8")
    assert (ana.step, second.template) == ("receiving.close_short", "closing_short")
    assert "Missing 2, lines: 1." in said(second)
    assert receipt()["state"] == "OPEN"
    third = ana.key("ENTER")
    assert (ana.step, third.verdict, third.template) == ("receiving.choose_order", Verdict.OK, "receipt_closed")
    assert said(third) == "RC-0001 is closed: 2 cases, 200 to come. Scan the next purchase order."

    assert quantities() == before
    assert receipt()["state"] == "CLOSED"
    assert connection.value("SELECT name FROM operator WHERE id = ?", receipt()["closed_by"]) == "ANA"
    assert connection.rows("SELECT open FROM receipt_order") == [(0,)]
    assert written() == [("CP", -2, "CLOSED"), ("BP", -200, "OPEN")]
    closed = connection.rows("SELECT line FROM po_line WHERE closed_at IS NOT NULL")
    assert closed == [(1,)]
    assert verify(small.site).violations == ()


def test_key_2_leaves_the_line_open(dock):
    _, ana = dock
    ana.all("!F8", "!F8")
    reply = ana.key("2")
    assert "202 to come" in said(reply)
    assert written() == [("BP", -2, "OPEN"), ("BP", -200, "OPEN")]
    assert connection.rows("SELECT 1 FROM po_line WHERE closed_at IS NOT NULL") == []


def test_nothing_is_asked_where_all_came(dock):
    _, ana = dock
    ana.case(sscc(3), GOWN, 2)
    for number in range(4, 8):
        ana.case(sscc(number), MASK, 50)
    assert said(ana.key("DONE")).startswith("Closing RC-0001: nothing is open. All that was expected came.")
    assert ana.key("DONE").template == "receipt_closed"
    assert written() == []


def test_what_is_not_due_yet_and_did_not_come_is_no_difference(dock):
    _, ana = dock
    connection.execute("UPDATE po_line SET expected_on = '2027-01-01' WHERE line = 2")
    ana.all("!F8", "!F8", "!2")
    assert written() == [("BP", -2, "OPEN")]


def test_esc_goes_back_to_the_cases_and_nothing_is_closed(dock):
    _, ana = dock
    before = contents()
    ana.key("F8")
    assert ana.key("ESC").template == "back_to_cases"
    assert ana.step == "receiving.scan_case"
    ana.all("!F8", "!F8", "!ESC")
    assert ana.step == "receiving.check"
    assert changed(before, contents()) == []


def test_without_a_case_there_is_nothing_to_close(dock):
    _, ana = dock
    ana.all("!ESC", "PO-2")
    reply = ana.key("DONE")
    assert (reply.template, ana.step) == ("nothing_to_close", "receiving.choose_order")
    assert written() == []


def test_a_count_of_another_terminal_is_told_before_anything_is_closed(dock):
    small, ana = dock
    ana.key("F8")
    kim = small.hand("1004", "DOCK-2")
    kim.scan("PO-1")
    kim.case(sscc(9), MASK, 50)
    reply = ana.key("F8")
    assert (reply.verdict, reply.template, ana.step) == (Verdict.CHECK, "closing_changed", "receiving.check")
    assert "3 cases, 148 pieces" in said(reply)
    assert receipt()["state"] == "OPEN"
    ana.all("!F8", "!ENTER")
    assert receipt()["state"] == "CLOSED"


def test_the_same_after_an_undo_at_the_check(dock):
    _, ana = dock
    ana.all("!F8", "!F4")
    assert ana.step == "receiving.check"
    assert "1 case, 49 pieces" in said(ana.key("F8"))


# --- Tolerances -----------------------------------------------------------------------------------------


def test_the_first_level_that_is_set_says_what_may_be_closed_short(dock):
    """The item's limit goes before the vendor's and the site's; half a pair is none."""
    _, ana = dock
    connection.execute("UPDATE vendor SET under_percent = 50, under_action = 'WARN'")
    connection.execute("UPDATE item SET under_percent = 0, under_action = 'WARN' WHERE sku = 'GOWN-L'")
    connection.execute("UPDATE po_line SET under_percent = 90 WHERE line = 1")  # without its action
    connection.execute("UPDATE po_line SET expected_on = '2027-01-01' WHERE line = 2")
    assert ana.all("!F8", "!F8").template == "receipt_closed"
    assert written() == [("BP", -2, "OPEN")]


def test_a_line_that_is_too_short_needs_another_person_who_is_a_lead(dock):
    _, ana = dock
    connection.execute("UPDATE item SET under_percent = 5, under_action = 'REJECT' WHERE sku = 'MASK'")
    asked = ana.all("!F8", "!F8", "!2")
    assert (asked.verdict, asked.template, ana.step) == (Verdict.CHECK, "closing_lead", "receiving.close_lead")
    assert "Missing 200, lines: 1." in said(asked)
    assert ana.scan("1001").template == "own_badge_closing"
    assert ana.scan("1002").template == "no_lead_closing"
    assert ana.scan("JUNK").template == "unknown_code"
    assert (ana.step, receipt()["state"]) == ("receiving.close_lead", "OPEN")
    assert ana.type("1003").template == "receipt_closed"
    assert connection.rows("SELECT note FROM discrepancy") == [("approved by IDA",), ("approved by IDA",)]
    assert ana.session.operator.name == "ANA"


def test_a_lead_does_not_approve_what_they_close_themselves(dock):
    small, _ = dock
    connection.execute("UPDATE item SET under_percent = 5, under_action = 'REJECT' WHERE sku = 'MASK'")
    ida = small.hand("1003", "DOCK-2")
    ida.all("!1", "PO-1", "!F8", "!F8", "!ENTER")
    assert ida.scan("1003").template == "own_badge_closing"
    assert receipt()["state"] == "OPEN"


# --- What was announced ---------------------------------------------------------------------------------


def test_announced_cases_that_did_not_come_are_written_down_as_missing(dock):
    small, ana = dock
    announce(small, "ASN-1", (sscc(21), "MASK", 50), (sscc(22), "MASK", 50), (sscc(23), "MASK", 50))
    announce(small, "ASN-2", (sscc(31), "MASK", 50), on=small.site.today(small.now) + timedelta(days=1))
    ana.scan(f"]C100{sscc(21)}")
    first = ana.key("F8")
    assert "on PO-1; 2 cases missing" in said(first)
    assert ("MISSING", "2 cases, 100 missing") in [(one.label, one.value) for one in shown(ana).facts]
    ana.all("!F8", "!2")
    assert [row for row in written() if row[0] == "X34"] == [("X34", -50, "OPEN")] * 2
    found = connection.rows("SELECT a.sscc FROM discrepancy d JOIN asn_unit a ON a.id = d.asn_unit_id ORDER BY d.id")
    assert [row[0] for row in found] == [sscc(22), sscc(23)]


# --- A case at the check --------------------------------------------------------------------------------


def test_a_case_of_the_receipt_is_shown_and_another_thing_is_refused(dock):
    small, ana = dock
    kim = small.hand("1004", "DOCK-2")
    kim.scan("PO-2")
    kim.case(sscc(60), MEDIUM, 10)
    before = contents()
    ana.key("F8")
    reply = ana.scan(f"]C100{sscc(2)}")
    assert (reply.template, ana.step) == ("case_shown", "receiving.check_case")
    facts = {fact.label: fact.value for fact in shown(ana).facts}
    assert facts["CASE"] == sscc(2)
    assert facts["ITEM"] == "49 ea Gown L"
    assert facts["COUNTED"] == "49 LABEL, 09:00 ANA"
    assert ana.scan(f"]C100{sscc(1)}").template == "case_shown"
    assert ana.scan(f"]C100{sscc(60)}").template == "case_elsewhere"
    assert ana.scan("A-01").template == "known_thing"
    assert ana.key("F8").template == "closing"
    assert ana.step == "receiving.check"
    assert changed(before, contents()) == []


def test_what_is_shown_at_the_check(dock):
    _, ana = dock
    connection.execute("DROP TRIGGER capture_no_update")
    connection.execute("UPDATE capture SET doubt = 1 WHERE id = 2")
    ana.key("F8")
    view = shown(ana)
    (table,) = view.tables
    assert table.columns == ("LINE", "ITEM", "ORDERED", "RECEIVED", "LEFT", "CASES", "ODD")
    assert table.rows == (
        ("PO-1/1", "Gown L", "100", "98", "2", "2", "1"),
        ("PO-1/2", "Mask", "200", "0", "200", "0", "0"),
    )
    assert view.progress == ("2 cases", "98 pieces counted")
    ana.all("!ESC", "!F4", "!F8")
    assert shown(ana).tables[0].rows[0] == ("PO-1/1", "Gown L", "100", "49", "51", "1", "0")


def test_goods_that_nobody_ordered_are_a_line_of_their_own(dock):
    _, ana = dock
    rule("receiving.unordered", "yes")
    ana.all("!ESC", "!F5", "!ENTER")
    ana.case(sscc(70), MEDIUM, 12)
    ana.key("F8")
    assert ("-", "Gown M", "0", "12", "0", "1", "0") in shown(ana).tables[0].rows
    assert ana.key("F8").template == "receipt_closed"
    assert not {"BP", "CP"} & {row[0] for row in written()}


# --- Afterwards -----------------------------------------------------------------------------------------


def test_the_second_to_close_is_told_who_was_first(dock):
    small, ana = dock
    kim = small.hand("1004", "DOCK-2")
    kim.all("PO-1", "!F8", "!F8")
    ana.all("!F8", "!F8", "!ENTER")
    rows = written()
    reply = kim.key("ENTER")
    assert (reply.verdict, reply.template, kim.step) == (Verdict.CHECK, "closed_before", "receiving.choose_order")
    assert "ANA closed RC-0001" in said(reply)
    assert written() == rows


def test_a_late_case_opens_a_receipt_of_its_own_on_the_same_order(dock):
    small, ana = dock
    ana.all("!F8", "!F8", "!ENTER", "PO-1")
    ana.case(sscc(8), MASK, 50)
    assert receipt()["cases"] == 2
    late = receipt(newest())
    assert (late["state"], late["cases"], late["pieces"]) == ("OPEN", 1, 50)
    assert connection.value("SELECT SUM(qty_received) FROM po_line") == 148
    assert verify(small.site).violations == ()


def test_a_case_of_a_closed_receipt_is_undone_and_its_totals_follow(dock):
    small, ana = dock
    ana.all("!F8", "!F8", "!2")
    assert ana.key("F4").template == "undone_receipt"
    assert (receipt()["state"], receipt()["cases"], receipt()["pieces"]) == ("CLOSED", 1, 49)
    assert verify(small.site).violations == ()


def test_two_receipts_of_one_truck_are_closed_one_after_the_other(dock):
    """Kim had begun PO-2; Ana joins it to her truck: closing hers shows Kim's next."""
    small, ana = dock
    kim = small.hand("1004", "DOCK-2")
    kim.scan("PO-2")
    kim.case(sscc(60), MEDIUM, 40)
    ana.all("PO-2", "!ENTER", "!F8", "!F8")
    reply = ana.key("2")
    assert (reply.template, ana.step) == ("receipt_closed", "receiving.check")
    assert reply.message[-1] == f"{newest()} is open too: F8, or Esc."
    assert shown(ana).title[1] == newest()
    ana.key("F8")
    assert (receipt(newest())["state"], ana.step) == ("CLOSED", "receiving.choose_order")


# --- Opening again --------------------------------------------------------------------------------------


@pytest.fixture
def closed(dock):
    """RC-0001 closed, its first line short."""
    small, ana = dock
    ana.all("!F8", "!F8", "!ENTER")
    return small, ana


def test_a_lead_opens_a_receipt_again_and_its_short_lines_expect_again(closed):
    small, ana = closed
    assert ana.scan("RC-0001").template == "reopen_lead"
    assert receipt()["state"] == "CLOSED"
    ida = small.hand("1003", "DOCK-2")
    ida.key("1")
    reply = ida.scan("RC-0001")
    assert (reply.verdict, reply.template, ida.step) == (Verdict.OK, "receipt_reopened", "receiving.scan_case")
    assert (receipt()["state"], receipt()["closed_by"], receipt()["closed_at"]) == ("OPEN", None, None)
    assert connection.rows("SELECT 1 FROM po_line WHERE closed_at IS NOT NULL") == []
    ida.case(sscc(7), GOWN, 2)
    assert receipt()["cases"] == 3
    assert verify(small.site).violations == ()


def test_the_promises_of_what_is_closed_short_move_and_come_back_with_it(dock):
    small, ana = dock
    small.purchase_order("PO-9", ("GOWN-L", 50), expected_on=TODAY + timedelta(days=4))
    small.order("SO-1", ("GOWN-L", 100))
    small.order("SO-2", ("GOWN-L", 49))
    ana.all("!F8", "!F8", "!ENTER")
    small.hand("1003", "DOCK-2").all("!1", "RC-0001")

    late = TODAY + timedelta(days=4)
    told = [(one.order, one.old_on, one.new_on, one.reason, one.cause) for one in changes.since(SITE, TODAY, 9)]
    assert told[::-1] == [
        ("SO-1", TODAY, late, "SHORT_RECEIPT", "PO-1 line 1"),
        ("SO-2", late, None, "SHORT_RECEIPT", "PO-1 line 1"),
        ("SO-1", late, TODAY, "SUPPLY_EARLIER", "PO-1 line 1"),
        ("SO-2", None, late, "SUPPLY_EARLIER", "PO-1 line 1"),
    ]
    assert verify(small.site).violations == ()


def test_a_second_closing_says_only_what_is_new(closed):
    small, _ = closed
    ida = small.hand("1003", "DOCK-2")
    ida.all("!1", "RC-0001", "!F8", "!F8", "!ENTER")
    assert written() == [("CP", -2, "CLOSED"), ("BP", -200, "OPEN")]
    ida.scan("RC-0001")
    ida.case(sscc(8), MASK, 50)
    ida.all("!F8", "!F8", "!2")
    assert written()[2:] == [("BP", -2, "OPEN"), ("BP", -150, "OPEN")]


def test_a_receipt_is_not_opened_again_beside_another_of_its_order_or_on_another_day(closed):
    small, ana = closed
    ana.scan("PO-1")
    ana.case(sscc(8), MASK, 50)
    ida = small.hand("1003", "DOCK-2")
    ida.key("1")
    reply = ida.scan("RC-0001")
    assert (reply.verdict, reply.template) == (Verdict.STOP, "reopen_other")
    assert f"PO-1 is on {newest()} today." in said(reply)
    small.now += timedelta(days=1)
    reply = ida.scan("RC-0001")
    assert (reply.verdict, reply.template) == (Verdict.STOP, "reopen_day")
    assert receipt()["state"] == "CLOSED"


def test_a_receipt_that_was_left_open_is_closed_on_another_day(dock):
    small, ana = dock
    small.now += timedelta(days=1)
    ana.all("!ESC", "PO-1", "!F8")
    assert (ana.step, shown(ana).title[1]) == ("receiving.check", "RC-0001")
    ana.all("!F8", "!2")
    assert receipt()["state"] == "CLOSED"


def test_the_same_of_goods_without_an_order(dock):
    small, ana = dock
    rule("receiving.unordered", "yes")
    ana.all("!ESC", "!F5", "!ENTER")
    ana.case(sscc(70), MEDIUM, 12)
    small.now += timedelta(days=2)
    ana.all("!ESC", newest())
    assert shown(ana).title[1] == newest()
    ana.key("F8")
    assert (receipt(newest())["state"], receipt()["state"]) == ("CLOSED", "OPEN")


def test_every_answer_of_these_steps_survives_a_restart(dock):
    """A terminal that dies at a question comes back to it."""
    small, ana = dock
    ana.all("!F8", "!F8")
    stood = ana.session.step
    ana.key("F12")
    again = small.hand("1001")
    assert again.session.step == stood
    assert again.key("2").template == "receipt_closed"


def test_what_goes_back_is_shown_until_its_case_is_taken_back(dock):
    """Refused goods are counted by the case; a case that was undone did not come."""
    small, ana = dock
    unit, receipt_id = connection.one("SELECT id, receipt_id FROM handling_unit WHERE code = ?", sscc(2))
    connection.insert_row(
        "discrepancy",
        site=small.site.code,
        at=iso(small.now),
        receipt_id=receipt_id,
        unit_id=unit,
        code="AF",
        qty=49,
        disposition="REFUSE_RETURN",
        scan_id="test",
        operator_id=1,
    )
    ana.key("F8")
    assert ("RETURN", "1 case, 49 to return") in [(one.label, one.value) for one in shown(ana).facts]
    ana.key("F4")
    assert "RETURN" not in [one.label for one in shown(ana).facts]


def test_what_is_missing_is_said_anew_when_a_case_is_taken_back_after_the_closing(dock):
    from warehouse.inbound import advising

    small, ana = dock
    ana.all("!F8", "!F8", "!2")
    assert ("BP", -2, "OPEN") in written()
    assert ana.key("F4").template == "undone_receipt"
    advice = advising.advice(small.site.code, "RC-0001")
    told = [(one.code, one.qty) for one in advice.differences if one.sku == "GOWN-L"]
    assert (told, advice.lines[0].open) == ([("BP", -51)], 51)
    assert verify(small.site).ok


def test_the_right_count_after_the_closing_leaves_nothing_missing(dock):
    from warehouse.inbound import advising

    small, ana = dock
    ana.all("!F8", "!F8", "!2")
    ida = small.hand("1003")
    ida.scan("PO-2")
    fixed = ida.all("!F5", "=7", f"]C100{sscc(1)}", "=51")
    assert fixed.template == "corrected"
    advice = advising.advice(small.site.code, "RC-0001")
    assert [(one.code, one.qty) for one in advice.differences if one.sku == "GOWN-L"] == []
    assert written()[-1] == ("BP", 0, "OPEN")


def test_an_announced_case_that_was_sent_back_is_not_missing(dock):
    """It came, was counted and refused: the check, the closing and the vendor's report say that, and not X34."""
    from tui import vendor_report
    from warehouse.inbound import advising

    small, ana = dock
    announce(small, "ASN-1", (sscc(21), "MASK", 50), (sscc(22), "MASK", 50), (sscc(23), "MASK", 50))
    ana.scan(f"]C100{sscc(21)}")
    ana.all("!F5", "=6", "=1", "=IMG-7", f"]C100{sscc(22)}")
    ana.all("!F5", "=6", "=2", "!ENTER", f"]E0{GOWN}", "=9")
    assert "on PO-1; 1 case missing" in said(ana.key("F8"))
    ana.all("!F8", "!2")
    rows = connection.rows(
        "SELECT a.sscc FROM discrepancy d JOIN asn_unit a ON a.id = d.asn_unit_id WHERE code = 'X34'"
    )
    assert rows == [(sscc(23),)]
    advice = advising.advice(small.site.code, "RC-0001")
    assert [one.case for one in advice.differences if one.code == "X34"] == [sscc(23)]
    text = vendor_report.files(advice)["RC-0001-cases.csv"].decode("utf-8-sig")
    told = [line.split(",")[5:] for line in text.splitlines()[-3:]]
    assert told == [
        [sscc(22), "MASK", "50", "ASN", "50", "0", "", "", "AF", "sent back: delivered damaged", "IMG-7", ""],
        ["", "GOWN-L", "", "", "9", "", "", "", "AT", "sent back: item not ordered", "", ""],
        [sscc(23), "MASK", "50", "ASN", "0", "-50", "", "", "X34", "missing", "", ""],
    ]
