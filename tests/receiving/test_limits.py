"""How much may come and when, with its ways out; shelf life, weights and serial numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from receiving_dock import GOWN, MASK, SERUM, captures, differences, healthy, received
from small_floor import TODAY, changed, contents, gtin, said, sscc

from db import connection
from warehouse import tolerances
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO


# --- Tolerances: the first level that is set -----------------------------------------------------------------

LEVELS = {
    "line": "UPDATE po_line SET {0} WHERE line = 1",
    "item": "UPDATE item SET {0} WHERE sku = 'GOWN-L'",
    "vendor": "UPDATE vendor SET {0} WHERE code = 'ACME'",
}


@pytest.mark.parametrize("set_", [("line", "item", "vendor"), ("item", "vendor"), ("vendor",), ()])
def test_the_first_level_that_is_set_wins(small, set_):
    """Each level says another number; where none does, the site."""
    small.rule("over.percent", "9")
    for place, level in enumerate(("line", "item", "vendor"), 1):
        if level in set_:
            connection.execute(LEVELS[level].format(f"over_percent = {place}, over_action = 'WARN'"))
    line = connection.value("SELECT id FROM po_line WHERE line = 1")
    found = tolerances.of_line("T1", line).over
    expected = {"line": 1, "item": 2, "vendor": 3}
    assert (found.level, found.amount) == ((set_[0], expected[set_[0]]) if set_ else ("site", 9))


def test_half_a_rule_is_none(small):
    """A limit without an action says nothing: the next level is asked."""
    connection.execute("UPDATE item SET over_percent = 50 WHERE sku = 'GOWN-L'")
    assert tolerances.of_line("T1", connection.value("SELECT id FROM po_line WHERE line = 1")).over.level == "site"


def test_items_with_lot_control_have_their_own_default(small):
    lines = connection.rows("SELECT id FROM po_line ORDER BY line")
    assert [tolerances.of_line("T1", row[0]).over.amount for row in lines] == [5, 5, 0]


# --- More than was ordered -----------------------------------------------------------------------------------


def test_within_the_tolerance_it_is_saved_and_said(small, ana):
    reply = ana.case(sscc(1), GOWN, 105)
    assert (reply.verdict, said(reply)) == (
        OK,
        "105 ea Gown L ...0014 Nobody waits for it. from label, 5 over the order",
    )
    assert differences() == [("AC", 5, "ACCEPT")]
    assert healthy(small)


def test_above_it_the_extra_goes_on_hold(small, ana):
    """The order gets what it may have; the rest becomes a unit of its own, which counts for no order."""
    small.order("SO-1", ("GOWN-L", 200))
    check = ana.case(sscc(1), GOWN, 130)
    assert said(check) == "130 is 25 over the limit. F5: the 25 go to HOLD. A lead's badge takes all. Or key it right."
    reply = ana.key("F5")
    assert (reply.verdict, reply.moves) == (OK, 2)
    assert [(one.order, one.quantity) for one in reply.released] == [("SO-1", 105)]
    assert captures() == [(105, "LABEL", "AVAILABLE", 0, 1), (25, "LABEL", "QUARANTINE", 0, 1)]
    assert received("PO-1") == 105
    assert ("AC", 25, "HOLD") in differences()
    assert healthy(small)
    assert ana.key("F4").template == "undone_receipts"
    assert received("PO-1") == 0
    assert healthy(small)


def test_the_warning_is_said_anew_when_another_terminal_received_meanwhile(small, ana):
    """What was agreed to was 30 over; by now it would be 130."""
    connection.execute("UPDATE vendor SET over_percent = 0, over_action = 'WARN'")
    kim = small.hand("1004")
    kim.scan("PO-1")
    assert said(ana.case(sscc(1), GOWN, 130)).startswith("130 is 30 over")
    kim.case(sscc(2), GOWN, 100)
    again = ana.key("ENTER")
    assert (again.verdict, again.template) == (CHECK, "over")
    assert said(again).startswith("130 is 130 over")
    assert received("PO-1") == 100
    assert ana.key("ENTER").verdict is OK
    assert differences() == [("AC", 130, "ACCEPT")]
    assert healthy(small)


def test_a_warning_that_holds_no_more_is_no_question(small, ana):
    connection.execute("UPDATE vendor SET over_percent = 0, over_action = 'WARN'")
    kim = small.hand("1004")
    kim.all("PO-1", f"]C100{sscc(2)}020{GOWN}37100")
    ana.case(sscc(1), GOWN, 30)
    kim.key("F4")
    saved = ana.key("ENTER")
    assert (saved.verdict, saved.template) == (OK, "saved")
    assert differences() == []


def test_a_case_of_which_nothing_fits_goes_on_hold_whole(small, ana):
    ana.case(sscc(1), GOWN, 105)
    ana.case(sscc(2), GOWN, 24)
    reply = ana.key("F5")
    assert (reply.template, small.unit(sscc(2))["status"], received("PO-1")) == ("saved_quarantine", "QUARANTINE", 105)
    assert healthy(small)


def test_a_lead_may_take_all_of_it(small, ana):
    ana.case(sscc(1), GOWN, 130)
    assert ana.scan("1004").template == "no_lead"
    assert ana.scan("1001").template == "own_badge"
    assert ana.scan("1003").verdict is OK
    assert received("PO-1") == 130
    assert connection.value("SELECT second_by FROM capture") == connection.value(
        "SELECT id FROM operator WHERE badge = '1003'"
    )


def test_a_lead_who_receives_asks_another_lead(small):
    ida = small.hand("1003")
    ida.all("PO-1", f"]C100{sscc(1)}020{GOWN}37130")
    assert ida.scan("1003").template == "own_badge"


def test_none_asks_nothing(small, ana):
    connection.execute("UPDATE vendor SET over_percent = 0, over_action = 'NONE'")
    assert ana.case(sscc(1), GOWN, 130).verdict is OK


# --- Early and late ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "template"), [(-11, "late"), (-10, None), (0, None), (5, None), (6, "early")])
def test_much_too_early_or_late_is_asked_once_for_a_delivery(small, ana, days, template):
    """Five days early and ten late are accepted by themselves."""
    connection.execute("UPDATE po_line SET expected_on = ?", (TODAY + timedelta(days)).isoformat())
    reply = ana.case(sscc(1), GOWN, 24)
    if template is not None:
        assert (reply.verdict, reply.template) == (CHECK, template)
        assert ana.key("ENTER").verdict is OK
    assert ana.case(sscc(2), GOWN, 24).verdict is OK
    assert [row[0] for row in differences()] == (["AG"] if template == "late" else [])


def test_a_vendor_whose_early_deliveries_a_lead_decides(small, ana):
    connection.execute("UPDATE vendor SET early_days = 1, early_action = 'REJECT'")
    connection.execute("UPDATE po_line SET expected_on = ?", (TODAY + timedelta(3)).isoformat())
    assert ana.case(sscc(1), GOWN, 24).template == "early_lead"
    assert ana.key("ENTER").verdict is STOP
    assert ana.scan("1003").verdict is OK
    assert ana.case(sscc(2), GOWN, 24).verdict is OK


# --- Shelf life ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "template", "status"),
    [
        (100, None, "AVAILABLE"),
        (60, "short_life", "AVAILABLE"),
        (32, "life_hold", "QUARANTINE"),
        (-1, "past_expiry", "QUARANTINE"),
    ],
)
def test_what_is_left_of_the_shelf_life(small, ana, days, template, status):
    """Of 100 days 66 % are wanted, and less than 33 % is put on hold."""
    connection.execute("UPDATE item SET shelf_life_days = 100 WHERE sku = 'SERUM'")
    day = f"{TODAY + timedelta(days):%y%m%d}"
    reply = ana.scan(f"]C100{sscc(1)}020{SERUM}3710\x1d10L7\x1d17{day}")
    if template:
        assert (reply.verdict, reply.template) == (CHECK, template)
        while reply.verdict is CHECK:
            reply = ana.key("ENTER")
    assert (reply.verdict, small.unit(sscc(1))["status"]) == (OK, status)
    assert healthy(small)


def test_day_00_is_the_last_of_the_month(small, ana):
    ana.scan(f"]C100{sscc(1)}020{SERUM}3710\x1d10L7\x1d17280200")
    assert small.unit(sscc(1))["expiry"] == "2028-02-29"


def test_a_second_case_of_a_lot_is_not_asked_again(small, ana):
    ana.all(f"]C100{sscc(1)}020{SERUM}3710", "=L7", "=2027-12-31")
    assert ana.all(f"]C100{sscc(2)}020{SERUM}3710\x1d10L7").verdict is OK
    assert ana.all(f"]C100{sscc(3)}020{SERUM}3710", "=L7").verdict is OK
    assert {small.unit(sscc(number))["expiry"] for number in (1, 2, 3)} == {"2027-12-31"}


def test_another_day_for_the_same_lot_goes_on_hold(small, ana):
    ana.all(f"]C100{sscc(1)}020{SERUM}3710", "=L7", "=2027-12-31")
    check = ana.scan(f"]C100{sscc(2)}020{SERUM}3710\x1d10L7\x1d17280131")
    assert (check.template, "EXP 2028-01-31, not 2027-12-31." in said(check)) == ("expiry_differs", True)
    ana.key("ENTER")
    assert small.unit(sscc(2))["status"] == "QUARANTINE"


# --- Weights -------------------------------------------------------------------------------------------------


@pytest.fixture
def hams(small):
    small.another_item(
        6, "HAM", "Ham", case_qty_mode="catch_weight", weight_unit="kg", nominal_piece_weight=3000, weight_percent=10
    )
    small.purchase_order("PO-6", ("HAM", 60))
    hand = small.hand("1001")
    hand.scan("PO-6")
    return hand


HAM = gtin(6)


@pytest.mark.parametrize(
    ("inputs", "weight", "source"),
    [
        ([f"]C101{'0' + HAM}3004\x1d3103012345"], 12345, "LABEL"),
        ([f"]C101{'0' + HAM}3004\x1d3200000027"], 12247, "LABEL"),  # 27 lb
        ([f"]E0{HAM}", "=4", "=12.5"], 12500, "KEYED"),
        ([f"]E0{HAM}", "=4", "=12,5 kg"], 12500, "KEYED"),
        ([f"]E0{HAM}", "=4", "=12500 g"], 12500, "KEYED"),
    ],
)
def test_pieces_and_weight_are_both_kept(small, hams, inputs, weight, source):
    reply = hams.all(*inputs)
    assert reply.verdict is OK
    assert connection.rows("SELECT qty, weight, weight_source FROM capture") == [(4, weight, source)]
    assert connection.value("SELECT weight FROM handling_unit WHERE code = ?", reply.unit) == weight
    assert healthy(small)


def test_a_weight_that_does_not_fit_its_pieces_is_asked(small, hams):
    """Four hams of 3 kg, ten per cent more or less; 20 kg is asked, and 11 keyed instead."""
    check = hams.all(f"]E0{HAM}", "=4", "=20")
    assert (check.verdict, said(check)) == (
        CHECK,
        "20.000 kg is not 10.8-13.2. ENTER keeps it, or key it again, Esc drops the case.",
    )
    assert hams.type("11").verdict is OK
    assert connection.value("SELECT weight FROM capture") == 11000


def test_a_weight_that_is_kept_all_the_same(small, hams):
    hams.all(f"]E0{HAM}", "=4", "=20", "!ENTER")
    assert connection.value("SELECT weight FROM capture") == 20000


def test_the_bounds_of_a_case_go_before_the_nominal_weight(small, hams):
    connection.execute("UPDATE item SET min_case_weight = 5000, max_case_weight = 25000 WHERE sku = 'HAM'")
    assert hams.all(f"]E0{HAM}", "=4", "=20").verdict is OK


# --- Serial numbers ------------------------------------------------------------------------------------------


@pytest.fixture
def pumps(small):
    small.another_item(5, "PUMP", "Pump", serial_control=1)
    small.purchase_order("PO-5", ("PUMP", 10))
    hand = small.hand("1001")
    hand.scan("PO-5")
    return hand


PUMP = gtin(5)


def serials() -> list[tuple]:
    return connection.rows("SELECT serial, state FROM unit_serial ORDER BY id")


def test_each_piece_has_its_number(small, pumps):
    pumps.all(f"]E0{PUMP}", "=3")
    assert said(pumps.scan("SN-1")) == "Pump: 1 of 3 Scan the next serial number."
    assert pumps.scan("SN-1").template == "serial_twice"
    pumps.scan("SN-2")
    assert pumps.scan("SN-3").verdict is OK
    assert serials() == [("SN-1", "IN"), ("SN-2", "IN"), ("SN-3", "IN")]
    assert healthy(small)


def test_one_piece_whose_label_says_its_number_is_one_scan(small, pumps):
    assert pumps.scan(f"]C101{'0' + PUMP}21SN-1").verdict is OK
    assert serials() == [("SN-1", "IN")]


def test_a_number_that_is_in_stock_is_refused_until_it_was_taken_back(small, pumps):
    pumps.all(f"]E0{PUMP}", "=1", "SN-1", f"]E0{PUMP}", "=1")
    before = contents()
    assert pumps.scan("SN-1").template == "serial_known"
    assert changed(before, contents()) == []
    pumps.all("!ESC", "!F4", f"]E0{PUMP}", "=1")
    assert pumps.scan("SN-1").verdict is OK
    assert serials() == [("SN-1", "VOIDED"), ("SN-1", "IN")]
    assert healthy(small)


# --- Where cases go ------------------------------------------------------------------------------------------


def test_cases_go_to_a_place_until_another_is_scanned(small, ana):
    ana.all("A-01", f"]C100{sscc(1)}020{GOWN}3724", f"]C100{sscc(2)}020{GOWN}3724")
    ana.all("DOCK-1", f"]C100{sscc(3)}020{GOWN}3724")
    places = connection.rows("SELECT p.code FROM handling_unit u JOIN location p ON p.id = u.location_id ORDER BY u.id")
    assert places == [("A-01",), ("A-01",), ("DOCK-1",)]
    assert healthy(small)


def test_cases_go_on_a_pallet_until_it_is_full(small, ana):
    ana.all("XKOPEN", f"]C100{sscc(1)}020{GOWN}3724", f"]C100{sscc(2)}020{GOWN}3724")
    assert "full, 2 on it" in said(ana.scan("XKFULL"))
    ana.case(sscc(3), GOWN, 24)
    on = connection.rows("SELECT carrier_id IS NOT NULL FROM handling_unit ORDER BY id")
    assert [bool(row[0]) for row in on] == [True, True, False]
    assert healthy(small)


def test_a_plate_that_nobody_knows_is_a_pallet_when_it_is_scanned_again(small, ana):
    """A bounce of the trigger opens none; a person's second look does."""
    plate = f"]C100{sscc(700)}"
    first = ana.give(_at(plate, 10.0))
    assert first.template == "scan_item"
    assert ana.give(_at(plate, 10.3)).template == "scan_item"
    assert ana.give(_at(plate, 11.2)).template == "pallet_opened"
    ana.case(sscc(1), GOWN, 24)
    assert connection.value("SELECT COUNT(*) FROM handling_unit WHERE carrier_id IS NOT NULL") == 1
    assert healthy(small)


def _at(raw: str, mono: float):
    from uuid import uuid4

    from warehouse.floor import Given

    return Given(uuid4().hex, mono, raw=raw, source="SERIAL")


def test_what_goes_on_hold_does_not_go_to_the_shelf(small, ana):
    ana.scan("A-01")
    ana.all(f"]C100{sscc(1)}020{MASK}37490", "!F5")
    places = dict(
        connection.rows("SELECT u.status, p.code FROM handling_unit u JOIN location p ON p.id = u.location_id")
    )
    assert places == {"AVAILABLE": "A-01", "QUARANTINE": "DOCK-1"}


def test_a_place_for_other_goods_is_refused_before_anything_is_asked(small, ana):
    connection.execute("UPDATE item SET storage_class = 'COLD' WHERE sku = 'GOWN-L'")
    connection.execute("UPDATE location SET storage_classes = 'AMBIENT' WHERE code = 'A-01'")
    ana.scan("A-01")
    reply = ana.scan(f"]E0{GOWN}")
    assert (reply.verdict, ana.step, "A-01" in said(reply)) == (STOP, "receiving.scan_case", True)
    ana.scan("A-02")
    assert ana.all(f"]E0{GOWN}", "=24").verdict is OK
