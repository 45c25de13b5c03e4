"""A case that is in was counted wrong: the capture is reversed and made anew, as long as nobody picked from it."""

from __future__ import annotations

import pytest
from problem_dock import GOWN, HAM, MASK, ONE, PUMP, SERUM, TWO, case, runs, said, serum, written
from small_floor import changed, contents, replace, sscc

from db import connection
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO
CORRECT = ("!F5", "=7", f"]C100{ONE}")


def captures() -> list[tuple]:
    return [
        tuple(row)
        for row in connection.rows("SELECT qty, source, status, reverses IS NOT NULL, learns FROM capture ORDER BY id")
    ]


def kinds() -> list[tuple]:
    return connection.rows("SELECT kind, qty FROM stock_move ORDER BY id")


# --- The count ------------------------------------------------------------------------------------------


def test_the_right_count_takes_the_place_of_the_wrong_one(dock):
    """48 were keyed where 24 are: SO-1 keeps its 20, SO-2 keeps 4 of its 20, and every total follows."""
    dock.say(case(1, 48))
    first = dock.small.unit(ONE)["id"]
    asked = dock.say(*CORRECT)
    assert (asked.template, said(asked)[:26]) == ("correct_count", "48 ea Gown L ...0014 Key t")
    done = dock.say("=24")

    assert (done.verdict, done.template, done.unit, done.moves) == (OK, "corrected", ONE, 2)
    assert said(done) == "...0014: 24 ea, was 48. SO-2 x16 wait again Scan a case."
    assert dock.stands() == ("AVAILABLE", 24, 24)
    assert dock.small.unit(ONE)["id"] != first
    assert captures() == [
        (48, "LABEL", "AVAILABLE", False, 1),
        (-48, "UNDO", "VOIDED", True, 0),
        (24, "KEYED", "AVAILABLE", False, 1),
    ]
    assert kinds() == [("RECEIPT", 48), ("UNDO", 48), ("RECEIPT", 24)]
    assert runs("correct") == [(24, 0)]
    assert (dock.received(), dock.receipt()) == (24, (1, 24))
    assert (dock.small.reserved("SO-1"), dock.small.reserved("SO-2")) == (20, 4)


def test_a_higher_count_releases_what_waits(lite):
    lite.say(case(1, 24))
    done = lite.say(*CORRECT, "=36")
    assert ">> Releases SO-2 x12" in said(done)
    assert lite.small.reserved("SO-2") == 16


def test_a_correction_is_corrected_again_and_no_reversal_is_reversed(lite):
    lite.say(case(1, 48))
    for count in (24, 22, 48):
        assert lite.say(*CORRECT, f"={count}").template == "corrected"
    assert lite.stands()[:2] == ("AVAILABLE", 48)
    assert [qty for qty, *_ in captures()] == [48, -48, 24, -24, 22, -22, 48]
    assert lite.receipt() == (1, 48)


def test_nothing_there_is_a_plain_reversal(lite):
    lite.say(case(1))
    asked = lite.say(*CORRECT, "=0")
    assert (asked.verdict, asked.template) == (CHECK, "correct_none")
    assert lite.say("!ESC").step.name == "receiving.problem"
    lite.say("!ESC", *CORRECT, "=0")
    out = lite.say("!ENTER")

    assert (out.template, out.moves) == ("corrected_none", 1)
    assert sorted((one.order, one.quantity) for one in out.freed) == [("SO-1", 20), ("SO-2", 4)]
    assert lite.stands() == ("VOIDED", 0, 0)
    assert (lite.received(), lite.receipt()) == (0, (0, 0))
    assert lite.say(case(1, 20)).template == "saved"  # its number is free again


def test_the_same_count_changes_nothing(lite):
    lite.say(case(1))
    before = contents()
    for answer in ("!ENTER", "=24"):
        assert lite.say(*CORRECT, answer).template == "correct_same"
    assert changed(before, contents()) == []
    assert lite.ana.step == "receiving.scan_case"


def test_only_a_case_that_is_in_is_corrected_and_only_a_number_is_a_count(lite):
    lite.say(case(1), "!F5", "=7")
    for what in (f"]C100{TWO}", "JUNK", "PO-1", "A-01", f"]E0{GOWN}"):
        assert lite.say(what).verdict is STOP, what
    lite.say(ONE)
    for what in ("]C10024", f"]E0{GOWN}", "=12x", "=123456", f"]C100{TWO}", "PO-1"):
        assert lite.say(what).verdict is STOP, what
        assert lite.ana.step == "receiving.correct_count"


def test_stock_that_was_not_received_here_is_not_corrected(lite):
    lite.small.stock("GOWN-M", 10, "A-01", code=ONE)
    assert lite.say(*CORRECT).template == "correct_foreign"


# --- Lot and day ----------------------------------------------------------------------------------------


def test_a_wrong_lot_and_a_wrong_day_are_corrected_with_or_without_the_count(dock):
    dock.say(serum(1))
    dock.say(*CORRECT, "!ENTER")
    assert dock.ana.step == "receiving.correct_lot"
    dock.say("=L9")
    assert dock.ana.step == "receiving.correct_expiry"
    assert dock.say("=2027-03-31").template == "corrected"
    unit = dock.small.unit(ONE)
    assert (unit["lot"], unit["expiry"], unit["qty"]) == ("L9", "2027-03-31", 10)
    assert captures()[-1][1] == "LABEL"  # the count is as it was, and so is where it came from
    dock.say(*CORRECT, "=8", "]C110L8", "!ENTER")
    unit = dock.small.unit(ONE)
    assert (unit["lot"], unit["expiry"], unit["qty"]) == ("L8", "2027-03-31", 8)


def test_a_label_with_lot_and_day_answers_both(lite):
    lite.say(serum(1), *CORRECT, "!ENTER")
    assert lite.say(f"]C1010{SERUM}1727022810L5").template == "corrected"
    unit = lite.small.unit(ONE)
    assert (unit["lot"], unit["expiry"]) == ("L5", "2027-02-28")


def test_a_label_of_something_else_says_nothing_about_it(lite):
    lite.say(serum(1), *CORRECT, "!ENTER")
    for what in (f"]C1010{GOWN}10L9", f"]C100{TWO}020{SERUM}371{chr(29)}10L9", f"]E0{SERUM}", "A-01"):
        assert lite.say(what).verdict is STOP, what
        assert lite.ana.step == "receiving.correct_lot"
    lite.say("=L9")
    assert lite.say(f"]C1010{SERUM}1727022810L8").template == "other_label"
    assert lite.say(f"]C1010{SERUM}1727022810L9").template == "corrected"


def test_its_own_wrong_day_is_no_reason_for_a_doubt_but_another_case_of_the_lot_is(lite):
    lite.say(serum(1))
    assert lite.say(*CORRECT, "!ENTER", "!ENTER", "=2027-03-31").template == "corrected"
    lite.say(serum(2, expiry="270331"))
    assert lite.say(*CORRECT, "!ENTER", "!ENTER", "=2027-01-31").template == "expiry_differs"
    assert lite.say("!ENTER").template == "corrected_held"
    assert lite.stands()[0] == "QUARANTINE"
    assert written()[-1] == ("BI", 10, "HOLD")


# --- Doubts ---------------------------------------------------------------------------------------------


def test_the_right_count_meets_the_same_doubts_as_any_other(lite):
    for number in range(10, 18):
        lite.say(case(number))
    lite.say(case(1))
    far = lite.say(*CORRECT, "=240")
    assert (far.verdict, far.step.name) == (CHECK, "receiving.second_badge")
    lite.say("1004")
    assert lite.say("=240").template == "corrected"
    assert captures()[-1][1:3] == ("COUNTED_TWICE", "AVAILABLE")


def test_esc_at_a_doubt_leaves_the_case_as_it_was(lite):
    lite.say(case(1))
    before = contents()
    lite.say(*CORRECT, "=501")
    left = lite.say("!ESC")
    assert (left.template, left.step.name) == ("correct_same", "receiving.scan_case")
    assert changed(before, contents()) == []


def test_above_the_limit_the_case_does_not_count_against_itself(lite):
    """200 masks are ordered: 150 are right where 100 were counted, and 230 are 20 too many."""
    lite.say(case(1, 100, MASK))
    assert lite.say(*CORRECT, "=150").template == "corrected"
    over = lite.say(*CORRECT, "=230")
    assert over.step.name == "receiving.over_limit"
    parted = lite.say("!F5")
    assert (parted.template, parted.moves) == ("saved_extra", 3)
    assert lite.stands()[:2] == ("AVAILABLE", 210)
    extra = connection.one("SELECT qty, status FROM handling_unit WHERE qty = 20")
    assert extra == (20, "QUARANTINE")
    assert ("AC", 20, "HOLD") in written()


def test_a_lead_agrees_to_more_than_the_limit(lite):
    lite.say(case(1, 100, MASK), *CORRECT, "=230")
    assert lite.say("1003").template == "corrected"
    assert lite.received(2) == 230


def test_what_is_over_is_written_down_once_whichever_case_is_corrected(lite):
    """The second case was 10 over; the first held 4 more than was keyed, and these four are all that is new."""
    lite.say(case(1, 100, MASK), case(2, 110, MASK))
    assert written() == [("AC", 10, "ACCEPT")]
    assert lite.say(*CORRECT, "=104", "1003").template == "corrected"
    assert written() == [("AC", 10, "ACCEPT"), ("AC", 4, "ACCEPT")]
    assert lite.say("!F5", "=7", f"]C100{TWO}", "=108", "1003").template == "corrected"
    assert (
        connection.value(
            "SELECT SUM(d.qty) FROM discrepancy d JOIN handling_unit u ON u.id = d.unit_id AND u.status <> 'VOIDED'"
        )
        == lite.received(2) - 200
    )


# --- What goes with a case ------------------------------------------------------------------------------


def test_serial_numbers_are_kept_and_the_missing_ones_asked_for(dock):
    dock.say(f"]C100{ONE}020{PUMP}372", "S1", "S2")
    assert dock.say(*CORRECT, "=3").template == "which_serial"
    assert dock.say("S2").verdict is STOP
    assert dock.say("S3").template == "corrected"
    state = "SELECT serial, state FROM unit_serial WHERE unit_id = ? ORDER BY id"
    unit = dock.small.unit(ONE)["id"]
    assert connection.rows(state, unit) == [("S1", "IN"), ("S2", "IN"), ("S3", "IN")]
    # Fewer: which of them are not there has to be said.
    dock.say(*CORRECT, "=1")
    assert dock.say("S3").template == "corrected"
    assert connection.rows("SELECT serial FROM unit_serial WHERE state = 'IN'") == [("S3",)]


def test_the_weight_is_kept(lite):
    lite.say(f"]C100{ONE}020{HAM}3704", "=12.345")
    lite.say(*CORRECT, "=5")
    assert connection.one("SELECT qty, weight FROM handling_unit WHERE status <> 'VOIDED'") == (5, 12345)
    assert connection.value("SELECT weight FROM capture ORDER BY id DESC LIMIT 1") == 12345


def test_a_case_of_a_pallet_that_came_in_one_scan(dock):
    dock.small.announce("ASN-1", (ONE, "GOWN-L", 24), (TWO, "GOWN-L", 24), po="PO-1", pallet=sscc(99))
    dock.say(f"]C100{sscc(99)}")
    carrier = connection.value("SELECT carrier_id FROM handling_unit WHERE code = ?", ONE)
    assert dock.say(*CORRECT, "=22").template == "corrected"
    unit = connection.one("SELECT qty, carrier_id FROM handling_unit WHERE code = ? AND status <> 'VOIDED'", ONE)
    assert unit == (22, carrier)
    assert written() == [("PC", -2, "ACCEPT")]
    # It is as announced after all.
    dock.say(*CORRECT, "=24")
    from warehouse import discrepancies

    assert discrepancies.of_receipt(connection.value("SELECT id FROM receipt")) == []
    assert connection.value("SELECT asn_unit_id FROM capture ORDER BY id DESC LIMIT 1") is not None


def test_a_case_that_was_put_away_is_corrected_where_it_stands(lite):
    lite.say(case(1))
    put_away(lite, "A-01")
    lite.say(*CORRECT, "=22")
    unit = lite.small.unit(ONE)
    assert (unit["location_id"], unit["qty"]) == (lite.small.place("A-01"), 22)


def put_away(dock, place):
    """The case goes to a place as a put-away does it."""
    from db.connection import transaction
    from warehouse import stock

    @transaction
    def go():
        unit = stock.unit_by_id(dock.small.unit(ONE)["id"])
        connection.locked("T1", [unit.item_id])
        stock.move_whole(
            dock.small.cause(), "MOVE", stock.unit_by_id(unit.id), location_id=dock.small.place(place),
            status=unit.status, order_id=None,
        )  # fmt: skip

    go()


def test_a_held_case_stays_on_hold_with_what_was_written_about_it(lite):
    lite.say(case(1), "!F5", "=1", "=IMG_1", f"]C100{ONE}")
    assert lite.say(*CORRECT, "=22").template == "corrected_held"
    assert lite.stands() == ("QUARANTINE", 22, 0)
    unit = lite.small.unit(ONE)["id"]
    assert written("code", "qty", "photo", "unit_id")[-1] == ("AF", 22, "IMG_1", unit)
    assert connection.value("SELECT reason FROM stock_move ORDER BY id DESC LIMIT 1") == "AF"


def test_who_received_or_held_it_before_does_not_accept_it_after(dock):
    from warehouse import blocks

    connection.execute("UPDATE operator SET roles = 'receiver lead' WHERE badge IN ('1001', '1004')")
    dock.say(case(1))
    kim = dock.small.hand("1004", "KIM")
    kim.all("PO-1", "!F5", "=1", "!ENTER", f"]C100{ONE}")
    ida = dock.small.hand("1003", "LEAD")
    assert ida.all("PO-1", *CORRECT, "=22").template == "corrected_held"
    for badge, why in (("1001", "ANA received it"), ("1004", "KIM put it on hold"), ("1003", "IDA received it")):
        with pytest.raises(blocks.CannotError, match=why):
            blocks.accept(dock.small.command(badge), blocks.Target("unit", ONE))


def test_a_part_case_of_a_unit_that_is_in(lite):
    lite.say(case(1), "!F5", "=2", f"]C100{ONE}", "=20")
    assert connection.one("SELECT qty, seal FROM handling_unit WHERE status <> 'VOIDED'") == (20, "OPENED")


def test_a_new_label_where_the_old_one_is_ours(lite):
    lite.ana.session = replace(lite.ana.session, printer="ZT1")
    plate = lite.say(f"]E0{GOWN}", "=24").unit
    assert lite.say("!F5", "=7", plate, "=22").labels == (plate,)
    assert connection.value("SELECT COUNT(*) FROM label_job") == 2
    lite.say(case(1))
    assert lite.say(*CORRECT, "=22").labels == ()


def test_goods_without_an_order_are_corrected_too(lite):
    lite.small.rule("receiving.unordered", "yes")
    lite.say("!ESC", "!F5", "!ENTER", case(1))
    assert lite.say(*CORRECT, "=20").template == "corrected"
    assert connection.rows("SELECT po_line_id FROM capture") == [(None,)] * 3


# --- A receipt that is closed, and the check ------------------------------------------------------------


def closed(dock):
    dock.say("!F8", "!F8")
    while dock.ana.step != "receiving.choose_order":
        dock.say("!ENTER")


def test_a_closed_receipt_follows_its_case(dock):
    dock.say(case(1, 48))
    closed(dock)
    assert connection.value("SELECT state FROM receipt") == "CLOSED"
    dock.say("PO-1", *CORRECT, "=24")
    assert connection.rows("SELECT state, cases, pieces FROM receipt") == [("CLOSED", 1, 24)]
    assert dock.received() == 24


def test_from_the_check_of_a_receipt(lite):
    lite.say(case(1, 48), "!F8", f"]C100{ONE}")
    assert lite.ana.step == "receiving.check_case"
    stood = lite.ana.session.step
    lite.say("!F5", "!ESC")
    assert lite.ana.session.step == stood
    lite.say("!F5", "=7")
    assert lite.ana.step == "receiving.correct_count"
    done = lite.say("=24")
    assert (done.template, done.step.name) == ("corrected", "receiving.check")
    assert lite.say("!F8").template == "closing_changed"  # what was told before is no longer so


def test_from_what_is_looked_up(lite):
    lite.say(case(1, 48), "!F2", f"]C100{ONE}", "!F5", "=7")
    assert lite.say("=24").template == "corrected"


# --- Somebody picked from it ----------------------------------------------------------------------------


def test_who_picked_for_which_order_is_named_and_a_count_is_asked_for(dock):
    dock.say(case(1))
    dock.pick("SO-1", "DOCK-1", f"]C100{ONE}", "!ENTER")
    assert dock.stands()[1] == 4
    dock.say(*CORRECT)
    assert any("LEO picked for SO-1" in fact.value for fact in dock.shown().facts)
    before = contents()
    refused = dock.say("=20")
    assert (refused.verdict, refused.template) == (STOP, "correct_used")
    assert said(refused) == "...0014 is not as it was counted: LEO picked for SO-1. ENTER asks for a count, Esc leaves."
    assert changed(before, contents()) == []
    asked = dock.say("!ENTER")
    assert (asked.verdict, asked.template, asked.step.name) == (OK, "count_asked", "receiving.scan_case")
    assert changed(before, contents()) == ["count_task"]
    assert connection.rows("SELECT reason, state FROM count_task") == [("CT", "OPEN")]
    assert dock.say(*CORRECT, "=20").template == "correct_gone"


def test_while_somebody_picks_it_waits(lite):
    lite.say(case(1))
    lite.pick("SO-1", "DOCK-1")
    refused = lite.say(*CORRECT, "=20")
    assert "LEO is picking for SO-1." in said(refused)


def test_a_case_that_was_picked_whole_is_not_counted_either(lite):
    lite.say(case(1, 20))
    lite.pick("SO-1", "DOCK-1", f"]C100{ONE}")
    refused = lite.say(*CORRECT, "!ENTER")
    assert (refused.verdict, refused.template) == (STOP, "correct_gone")


def test_a_pick_that_was_taken_back_is_none(lite):
    lite.say(case(1))
    leo = lite.pick("SO-1", "DOCK-1", f"]C100{ONE}", "!ENTER")
    leo.all("!F4", "!ESC", "!ESC")
    assert lite.say(*CORRECT, "=22").template == "corrected"


def test_a_case_that_somebody_begins_to_pick_meanwhile(lite):
    lite.say(case(1), *CORRECT, "=501")
    lite.pick("SO-1", "DOCK-1", f"]C100{ONE}", "!ENTER")
    lite.say("1004")
    refused = lite.say("=501")
    assert (refused.verdict, refused.template) == (STOP, "correct_used")
    assert lite.stands()[1] == 4


def test_a_case_that_somebody_else_corrects_meanwhile(lite):
    lite.say(case(1), *CORRECT)
    kim = lite.small.hand("1004", "KIM")
    kim.all("PO-1", *CORRECT, "=20")
    assert lite.say("=22").template == "correct_foreign"
    assert lite.say("!ESC", "!ESC", *CORRECT, "=22").template == "corrected"


# --- F4 -------------------------------------------------------------------------------------------------


def test_f4_takes_back_no_correction(lite):
    lite.say(case(1), *CORRECT, "=22")
    before = contents()
    assert lite.say("!F4").template == "undo_correction"
    assert changed(before, contents()) == []


def test_f4_of_the_one_who_received_it_names_who_corrected_it(lite):
    lite.say(case(1))
    kim = lite.small.hand("1004", "KIM")
    kim.all("PO-1", *CORRECT, "=22")
    refused = lite.say("!F4")
    assert (refused.verdict, refused.template) == (STOP, "undo_used")
    assert "KIM corrected it." in said(refused)


def test_a_pallet_of_which_a_case_was_corrected_is_not_undone(lite):
    lite.small.announce("ASN-1", (ONE, "GOWN-L", 24), (TWO, "GOWN-L", 24), po="PO-1", pallet=sscc(99))
    lite.say(f"]C100{sscc(99)}")
    kim = lite.small.hand("1004", "KIM")
    kim.all("PO-1", *CORRECT, "=22")
    assert lite.say("!F4").template == "undo_used"


def test_a_case_that_is_in_goes_back_to_the_vendor(lite):
    lite.say(case(1))
    sent = lite.say("!F5", "=6", "=1", "=IMG_3", f"]C100{ONE}")
    assert (sent.template, sent.moves) == ("sent_back_unit", 1)
    assert lite.stands() == ("VOIDED", 0, 0)
    assert written("code", "qty", "disposition", "photo", "note") == [
        ("AF", 24, "REFUSE_RETURN", "IMG_3", f"case {ONE}")
    ]
    assert lite.receipt() == (0, 0)
