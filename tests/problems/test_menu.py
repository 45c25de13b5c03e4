"""F5 while receiving: each entry by its digit and by its card, with a case in hand, before one, and for one that is in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from problem_dock import CARDS, EXPIRY, GOWN, MASK, MEDIUM, ONE, SERUM, TWO, case, said, serum, written
from small_floor import changed, contents, sscc

from db import connection
from warehouse.flows.problem_steps import CHOICES, HOLDS, REFUSALS
from warehouse.inbound import advising
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO


# --- The menu, and back ---------------------------------------------------------------------------------

# The ways to each step with a case in hand.
IN_HAND = {
    "scan_item": (f"]C100{ONE}",),
    "key_lot": (f"]C100{ONE}020{SERUM}3710",),
    "key_expiry": (f"]C100{ONE}020{SERUM}3710", "=L7"),
    "how_many": (f"]E0{GOWN}",),
    "second_badge": (f"]E0{GOWN}", "=501"),
    "second_count": (f"]E0{GOWN}", "=501", "1004"),
    "scan_serials": ("]E02000000000053", "=2"),
    "key_weight": ("]E02000000000060", "=4"),
}


@pytest.mark.parametrize("step", ["scan_case", *IN_HAND])
def test_f5_parks_the_step_and_esc_returns_exactly_there(lite, step):
    if step in IN_HAND:
        lite.say(*IN_HAND[step])
    if step == "how_many":
        lite.say("XKNRD")  # a digit that is in the box stays in it
    stood = lite.ana.session.step
    assert stood.name == f"receiving.{step}"

    asked = lite.say("!F5")

    assert (asked.verdict, asked.step.name) == (INFO, "receiving.problem")
    assert lite.shown().choices == CHOICES
    lite.say("=5")
    lite.say("!ESC", "!ESC")
    assert lite.ana.session.step == stood


def test_above_a_limit_f5_is_the_way_out_as_before(lite):
    lite.say(f"]E0{MASK}", "=500", "1004", "=500")
    assert lite.ana.step == "receiving.over_limit"
    assert lite.say("!F5").verdict is OK
    assert written()[0][0] == "AC"


WRONG = ("=9", "=0", "XKRSNF", "XKRSNR", "!ENTER", "JUNK", "PO-2", f"]E0{GOWN}", "!F9")


def test_what_the_menu_does_not_know_is_refused_and_stays(lite):
    lite.say("!F5")
    before = contents()
    for what in WRONG:
        refused = lite.say(what)
        assert (refused.verdict, refused.step.name) == (STOP, "receiving.problem"), what
    assert changed(before, contents()) == []


def test_a_reason_that_is_not_listed_is_refused(lite):
    lite.say("!F5", "=5")
    for digit in ("=9", "=0"):
        assert lite.say(digit).template == "no_such_line"
        assert lite.ana.step == "receiving.problem_reason"


# --- To hold --------------------------------------------------------------------------------------------

WAYS = [
    *((("!F5", "=1"), "AF"), (("!F5", "=3"), "AT")),
    *((("!F5", "=5", f"={digit}"), code) for digit, (code, _) in enumerate(HOLDS, 1)),
    *(((card,), code) for card, code in CARDS.items()),
    (("!F5", "XKRSDG"), "AF"),
]


def test_the_case_in_hand_goes_to_hold_for_each_reason(lite):
    """By digit, by the list behind digit 5, and by card, which says it without F5 too."""
    counted = 0
    for number, (way, code) in enumerate(WAYS, 1):
        lite.say(f"]C100{sscc(number)}", f"]E0{GOWN}", *way, "=IMG_2041")
        assert lite.ana.step == "receiving.how_many", way
        assert lite.shown().status.startswith("Goes to hold: ")
        saved = lite.say("=24")

        assert (saved.verdict, saved.template, saved.moves) == (OK, "saved_quarantine", 1), way
        assert lite.stands(sscc(number)) == ("QUARANTINE", 24, 0)
        assert written("code", "qty", "disposition", "photo", "note")[-1] == (code, 24, "HOLD", "IMG_2041", "")
        assert connection.value("SELECT reason FROM stock_move ORDER BY id DESC LIMIT 1") == code
        counted += 0 if code == "AT" else 24
        assert lite.received() == counted, way
    assert {code for _, code in WAYS} >= {code for code, _ in HOLDS} | {"AF", "AT"}
    assert lite.small.reserved("SO-1") == 0


def test_before_the_case_is_scanned_the_next_one_goes_to_hold(lite):
    asked = lite.say("!F5", "=1", "=two bottles broken")
    assert (asked.template, lite.ana.step) == ("problem_which", "receiving.problem_case")
    assert lite.say(case(1)).template == "saved_quarantine"
    assert written("code", "photo", "note") == [("AF", "", "two bottles broken")]
    assert lite.say(case(2)).template == "saved"  # the one after it is a case like any other


def test_what_is_still_to_be_known_is_asked_as_ever(lite):
    """Damaged or not: lot-controlled goods have a lot."""
    lite.say("!F5", "=1", "!ENTER", f"]C100{ONE}")
    assert lite.ana.step == "receiving.scan_item"
    lite.say(f"]E0{SERUM}", "=L7", "=2027-01-31")
    assert lite.say("=10").template == "saved_quarantine"
    unit = lite.small.unit(ONE)
    assert (unit["lot"], unit["expiry"]) == ("L7", EXPIRY.isoformat())


def test_goods_that_are_not_on_the_order_come_in_by_f5_and_count_for_none(lite):
    assert lite.say(f"]E0{MEDIUM}").template == "not_on_order"
    lite.say("!F5", "=3", "!ENTER", f"]E0{MEDIUM}")
    saved = lite.say("=10")
    assert (saved.template, saved.moves) == ("saved_quarantine", 1)
    assert written("code", "qty", "po_line_id") == [("AT", 10, None)]
    assert lite.received(1, "PO-2") == 0


def test_only_a_case_is_taken_for_the_case(lite):
    lite.say("!F5", "=1", "!ENTER")
    for what in ("A-01", "PO-2", "JUNK", "SO-1"):
        assert lite.say(what).verdict is STOP, what
        assert lite.ana.step == "receiving.problem_case"


def test_an_announced_case_of_another_order_keeps_what_was_said_of_it(lite):
    """Added and scanned again as if nothing were wrong, it would be free stock."""
    lite.small.announce("ASN-2", (ONE, "GOWN-M", 10), po="PO-2")
    refused = lite.say("!F5", "=1", "!ENTER", f"]C100{ONE}")
    assert (refused.verdict, refused.template) == (STOP, "problem_of_other")


def test_an_announced_case_goes_to_hold_complete(lite):
    lite.small.announce("ASN-1", (ONE, "GOWN-L", 22), po="PO-1")
    assert lite.say("!F5", "=1", "!ENTER", f"]C100{ONE}").template == "saved_quarantine"
    assert lite.stands() == ("QUARANTINE", 22, 0)


# --- A note ---------------------------------------------------------------------------------------------


NOTES = (
    ("4711", "4711", ""),
    ("IMG_2041.JPG", "IMG_2041.JPG", ""),
    ("wet", "", "wet"),
    ("2 wet  boxes", "", "2 wet boxes"),
)


def test_a_word_with_a_digit_is_a_photo_and_words_are_a_note(lite):
    for number, (text, photo, note) in enumerate(NOTES, 1):
        lite.say("!F5", "=1", f"={text}", case(number))
        assert written("photo", "note")[-1] == (photo, note)


def test_a_note_that_no_label_may_have_is_refused_and_the_next_label_is_none(lite):
    """What a scanner sends in the rhythm of the cases must not end as words about the case before."""
    lite.say("!F5", "=1")
    for text in ("x" * 129, "a\x1b[2Jb", "\u202egnp.txt", "[link=x]" + "y" * 125):
        assert lite.say(f"={text}").verdict is STOP, text
    for scan in (case(1), f"]E0{GOWN}", "PO-1", "JUNK", "A-01"):
        assert lite.say(scan).template == "no_note_barcode", scan
    assert lite.ana.step == "receiving.problem_note"


def test_hostile_words_are_kept_and_shown_as_text(lite):
    lite.say("!F5", "=1", "=[@click=app.quit]x[/] =cmd()|' {qty}", case(1))
    assert written("note") == [("[@click=app.quit]x[/] =cmd()|' {qty}",)]


# --- Part cases and labels ------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False])
def test_a_part_case_is_counted_whatever_its_label_says_and_is_no_outlier(lite, before):
    for number in range(10, 18):
        lite.say(case(number))
    if before:
        lite.say("!F5", "=2", case(1))
    else:
        lite.say(f"]C100{ONE}", f"]E0{GOWN}", "!F5", "=2")
    assert lite.ana.step == "receiving.how_many"
    assert lite.say("=3").template == "saved"
    unit = connection.one("SELECT qty, seal FROM handling_unit WHERE code = ?", ONE)
    assert unit == (3, "OPENED")
    assert connection.value("SELECT learns FROM capture ORDER BY id DESC LIMIT 1") == 0
    assert lite.say(f"]E0{GOWN}", "=3").template in ("odd_count", "odd_count_hint", "far_count")


def test_a_part_case_of_a_complete_label_in_hand_is_counted_too(lite):
    lite.say(case(1, 501))
    assert lite.ana.step == "receiving.second_badge"
    assert lite.say("!F5", "=2").template == "how_many"


def test_a_label_that_nobody_can_read_asks_for_the_item_and_for_two_counts(lite):
    for way in (("!F5", "=4"), ("XKRSLB",), ("!F5", "XKRSLB")):
        lite.say(*way, "=IMG_7")
        assert lite.ana.step == "receiving.scan_item"
        asked = lite.say("=GOWN-L", "=24")
        assert (asked.template, lite.ana.step) == ("unread_count", "receiving.second_badge")
        lite.say("1004")
        saved = lite.say("=24")
        assert (saved.template, saved.verdict) == ("saved", OK)
        assert written("code", "disposition", "photo")[-1] == ("LBL", "ACCEPT", "IMG_7")
        newest = "SELECT source, status FROM capture ORDER BY id DESC LIMIT 1"
        assert connection.one(newest) == ("COUNTED_TWICE", "AVAILABLE")
    assert lite.small.reserved("SO-1") == 20


# --- Back to the vendor ---------------------------------------------------------------------------------


def test_a_refused_case_is_counted_and_not_received(lite):
    before = contents()
    for digit, (code, _) in enumerate(REFUSALS, 1):
        lite.say("!F5", "=6", f"={digit}", "=crushed", f"]E0{MEDIUM}")
        assert lite.ana.step == "receiving.how_many"
        sent = lite.say("=12")

        assert (sent.verdict, sent.template, sent.moves) == (OK, "sent_back", 0)
        assert "Leave it on the truck." in said(sent)
        assert written("code", "qty", "disposition", "note", "unit_id", "receipt_id")[-1] == (
            *(code, 12, "REFUSE_RETURN", "crushed"),
            *(None, 1),
        )
        assert lite.ana.step == "receiving.scan_case"
    assert changed(before, contents()) == ["discrepancy", "receipt", "receipt_order"]
    assert connection.rows("SELECT state, cases, pieces FROM receipt") == [("OPEN", 0, 0)]


def test_a_truck_of_which_everything_goes_back_has_a_report(lite):
    """Its first case opens the receipt, F8 closes it, and the vendor reads what was wrong."""
    lite.say("!F5", "=6", "=1", "=IMG-9", serum(2))
    lite.say("!F8", "!F8", "!2")
    assert connection.rows("SELECT code, state, cases FROM receipt") == [("RC-1001", "CLOSED", 0)]
    told = advising.advice(lite.small.site.code, "RC-1001")
    assert [(one.code, one.qty, one.photo) for one in told.differences if one.disposition == "REFUSE_RETURN"] == [
        ("AF", 10, "IMG-9")
    ]


def test_the_first_thing_undone_is_the_case_that_was_sent_back_last(dock):
    """Not the one received before it; the vendor is told nothing of what was a mistake."""
    dock.say(case(1), "!F5", "=6", "=1", "!ENTER", serum(2))
    undone = dock.say("!F4")
    assert (undone.verdict, undone.template, undone.moves) == (OK, "undone_back", 0)
    assert said(undone) == "Undone: 10 ea Serum are not sent back. Scan the case to receive it."
    assert written() == []
    assert dock.stands() == ("AVAILABLE", 24, 24)
    assert dock.say("!F4").template == "undone_receipt"
    assert dock.say("!F4").template == "nothing_to_undo"


def test_what_came_after_a_case_was_sent_back_is_undone_first(lite):
    lite.say("!F5", "=6", "=1", "!ENTER", serum(2))
    lite.say(case(1))
    assert lite.say("!F4").template == "undone_receipt"
    assert lite.say("!F4").template == "undone_back"


def test_what_another_person_sent_back_is_theirs(lite):
    lite.say("!F5", "=6", "=1", "!ENTER", serum(2))
    kim = lite.small.hand("1004")
    assert kim.key("F4").template == "nothing_to_undo"
    assert [row[:2] for row in written("code", "qty")] == [("AF", 10)]


def test_a_refused_case_is_on_the_receipt_that_is_open_and_goes_back_with_it(lite):
    lite.say(case(1), "!F5", "=6", "=1", "!ENTER", serum(2))
    receipt = connection.value("SELECT id FROM receipt")
    assert written("code", "qty", "receipt_id", "note") == [("AF", 10, receipt, f"case {TWO}")]
    lite.say("!F8")
    assert any(fact.value.startswith("1 case, 10") for fact in lite.shown().facts)


def test_the_case_in_hand_can_be_refused(lite):
    lite.say(f"]C100{ONE}", f"]E0{GOWN}", "!F5", "=6", "=2", "!ENTER", "=24")
    assert written() == [("AT", 24, "REFUSE_RETURN")]
    assert connection.value("SELECT COUNT(*) FROM handling_unit") == 0


# --- Who may, and from elsewhere ------------------------------------------------------------------------


def test_a_problem_with_what_is_looked_up(lite):
    lite.say(case(1))
    lite.say("!F2", f"]C100{ONE}")
    lite.say("!F5")
    assert lite.ana.step == "receiving.problem"
    held = lite.say("=1", "!ENTER")
    assert (held.template, held.step.name) == ("held", "receiving.scan_case")
    assert lite.stands() == ("QUARANTINE", 24, 0)


def test_a_lead_says_it_from_any_job_and_a_picker_does_not(lite):
    lite.say(case(1))
    ida = lite.small.hand("1003", "LEAD")
    ida.all("!F2", f"]C100{ONE}", "!F5", "=5", "=3", "!ENTER")
    assert (ida.step, lite.stands()[0]) == ("home.menu", "QUARANTINE")
    leo = lite.small.hand("1002", "PICK-1")
    assert leo.all("!F2", f"]C100{ONE}", "!F5").template == "no_right"


def test_a_terminal_that_dies_in_the_middle_goes_on_there(lite):
    lite.say(f"]C100{ONE}", f"]E0{GOWN}", "!F5", "=1")
    other = lite.small.hand("1001", "DOCK-2")
    assert other.step == "receiving.problem_note"
    other.all("!ENTER", "=24")
    assert lite.stands() == ("QUARANTINE", 24, 0)


def test_f2_within_a_problem_comes_back_to_it(lite):
    lite.say("!F5", "=1")
    stood = lite.ana.session.step
    lite.say("!F2", f"]E0{GOWN}", "!ESC")
    assert lite.ana.session.step == stood


def test_a_case_is_named_at_the_menu_first(lite):
    lite.say(case(1), "!F5")
    assert lite.say(f"]C100{ONE}").template == "problem_unit"
    assert lite.shown().title[1] == "case ...0014"
    assert lite.say("=1", "!ENTER").template == "held"
    assert lite.say("!F5", sscc(77)).template == "problem_first"


def test_the_page_names_each_reason_by_its_digit_and_each_card():
    page = (Path(__file__).resolve().parents[2] / "docs" / "problems.md").read_text()
    for listed in (HOLDS, REFUSALS):
        for digit, (code, _) in enumerate(listed, 1):
            assert re.search(rf"{digit} `{code}`", page), (digit, code)
    assert [card for card in CARDS if f"`{card}`" not in page] == []
    for digit in range(1, len(CHOICES) + 1):
        assert f"\n| {digit} | " in page
