"""Pallets by scans: cases on and off, moved as one, opened by a second scan, broken up, closed; and back by F4."""

from __future__ import annotations

from dataclasses import replace

import pytest
from put_floor import ALIKE, COLD, FREE, HELD, LOT_A, LOT_B, OTHER_ITEM, PALLET, TOTE, at, carrier_of, hold, place_of
from small_floor import SITE, said, sscc

from db import connection
from warehouse import carriers
from warehouse.reply import Verdict


@pytest.fixture
def loaded(thawed):
    """Ana with FREE and ALIKE on PALLET at the dock."""
    ana = thawed[1]["ana"]
    ana.scan(FREE)
    at(ana, 10.0, PALLET)
    assert at(ana, 11.0, PALLET).verdict is Verdict.OK
    assert ana.all(ALIKE, PALLET).verdict is Verdict.OK
    return ana


def on_it(code: str = PALLET) -> int:
    found = carriers.by_code(SITE, code)
    return found.units if found else 0


def moved() -> int:
    return int(connection.value("SELECT COUNT(*) FROM stock_move WHERE kind = 'MOVE'"))


# --- Opening ------------------------------------------------------------------------------------------------


def test_a_plate_that_nobody_knows_opens_a_pallet_at_its_second_scan(ana):
    ana.scan(FREE)
    asked = at(ana, 10.0, PALLET)
    assert asked.verdict is Verdict.CHECK
    assert asked.message == ("...9003 is a new pallet.", "Scan it again to open it,", "or scan another one.")
    assert at(ana, 10.5, PALLET).verdict is Verdict.CHECK
    assert carriers.by_code(SITE, PALLET) is None
    done = at(ana, 10.8, PALLET)
    assert done.message == ("...0014 is on pallet ...9003 now:", "1 on it, at DOCK-1.", "Scan the next case or pallet.")
    assert (carrier_of(FREE), done.moves) == (PALLET, 1)


@pytest.mark.parametrize("code", ["LP000000018", "PALLET-7", f"]C100{sscc(9)}02952123400001{3}3724"])
def test_a_misread_one_opens_none(ana, code):
    """Only what has the form of a plate of ours, or of an SSCC that says nothing of an item."""
    ana.scan(FREE)
    for mono in (10.0, 11.0):
        assert at(ana, mono, code).verdict is Verdict.STOP
    assert connection.rows("SELECT 1 FROM carrier") == []


def test_the_card_opens_one_with_a_number_of_ours_and_prints_it(thawed):
    ana = thawed[1]["ana"]
    ana.session = replace(ana.session, printer="printer")
    done = ana.all(FREE, "XKOPEN")
    code = carrier_of(FREE)
    assert done.labels == (code,)
    assert connection.rows("SELECT j.kind, c.code FROM label_job j JOIN carrier c ON c.id = j.carrier_id") == [
        ("CARRIER", code)
    ]


def test_a_pallet_that_is_known_takes_the_next_case_at_once(loaded):
    assert on_it() == 2
    assert loaded.all(OTHER_ITEM, PALLET).message[:2] == ("...0038 is on pallet ...9003 now:", "3 on it, at DOCK-1.")


# --- Moving -------------------------------------------------------------------------------------------------


def test_a_pallet_is_put_away_by_one_scan_and_a_row_for_each_case(loaded):
    before = moved()
    assert loaded.scan(PALLET).message == (
        "Pallet ...9003: 2 on it.",
        "Take it to A-02, scan that.",
        "Nothing stands there.",
    )
    done = loaded.scan("A-02")
    assert done.message == ("Pallet ...9003 is at A-02 now,", "with 2 on it.", "Scan the next case or pallet.")
    assert (done.moves, moved() - before) == (2, 2)
    assert (place_of(FREE), place_of(ALIKE), carrier_of(FREE)) == ("A-02", "A-02", PALLET)
    assert loaded.key("F4").message == ("Undone: 2 cases", "are back at DOCK-1.")
    assert (place_of(FREE), carriers.by_code(SITE, PALLET).place, carrier_of(ALIKE)) == ("DOCK-1", "DOCK-1", PALLET)


def test_a_case_that_is_moved_by_itself_leaves_its_pallet_and_f4_puts_it_back(loaded):
    loaded.all(PALLET, "A-02", FREE, "A-03")
    assert (carrier_of(FREE), on_it()) == (None, 1)
    assert loaded.key("F4").verdict is Verdict.OK
    assert (carrier_of(FREE), place_of(FREE)) == (PALLET, "A-02")
    # At the place of its pallet, the place takes it off.
    assert loaded.all(FREE, "A-02").verdict is Verdict.OK
    assert (carrier_of(FREE), place_of(FREE)) == (None, "A-02")


def test_what_no_place_takes_together_is_told_before_anybody_walks(thawed, loaded):
    loaded.all(OTHER_ITEM, PALLET)
    hold(thawed[0], OTHER_ITEM)
    reply = loaded.scan(PALLET)
    assert reply.message == (
        "Goods on hold stand on ...9003 too.",
        "F5 takes them off, then scan it.",
        "Nothing was moved.",
    )
    assert loaded.all("!F5", "=2", OTHER_ITEM).verdict is Verdict.OK
    assert loaded.all(PALLET, "A-02").verdict is Verdict.OK


def test_one_case_in_a_pickers_hands_holds_the_pallet(thawed, loaded):
    thawed[1]["leo"].scan("SO-1")
    assert said(loaded.scan(PALLET)).startswith("LEO picks ...0014, SO-1.")


def test_a_pallet_of_one_lot_goes_beside_it_and_of_two_to_an_empty_place(ana):
    ana.all(LOT_A, "A-03", LOT_B)
    at(ana, 10.0, PALLET)
    at(ana, 11.0, PALLET)
    assert "A-02" in said(ana.scan(PALLET)), "not beside another lot"
    asked = at(ana, 20.0, "A-03")
    assert asked.message[0] == "Lot LA is at A-03."
    assert at(ana, 21.0, "A-03").template == "carrier_put"


def test_the_class_of_every_case_on_it_counts(loaded):
    loaded.all(COLD, PALLET)
    assert "COLD-1" in said(loaded.scan(PALLET)), "the gowns go anywhere, the vaccine does not"
    assert said(loaded.scan("B-01")).startswith("B-01 takes no COLD goods.")


def test_it_is_not_put_on_a_pallet_whose_place_does_not_take_it(loaded):
    loaded.all(PALLET, "A-02")
    assert loaded.all(HELD, PALLET).message[0] == "A-02 takes no goods on hold."
    assert carrier_of(HELD) is None


# --- Jobs ---------------------------------------------------------------------------------------------------


def test_put_on_a_pallet_from_the_menu(loaded):
    assert loaded.all("!F5", "=1").message == ("Scan the case or pallet.",)
    assert loaded.all(OTHER_ITEM).message == ("Scan the pallet.",)
    assert loaded.scan("A-02").message == ("That is place A-02.", "Scan the pallet.", "Nothing was saved.")
    assert loaded.scan(PALLET).verdict is Verdict.OK
    assert on_it() == 3


def test_pallet_on_pallet_and_undone(loaded):
    loaded.scan(LOT_A)
    at(loaded, 50.0, TOTE)
    at(loaded, 51.0, TOTE)
    assert loaded.all("!F5", "=1", TOTE, PALLET).template == "boarded"
    assert on_it() == 3
    loaded.all(PALLET, "A-02")
    assert (place_of(LOT_A), carrier_of(LOT_A)) == ("A-02", TOTE)
    loaded.key("F4")
    assert loaded.key("F4").verdict is Verdict.OK
    assert (on_it(), on_it(TOTE), place_of(LOT_A)) == (2, 1, "DOCK-1")


def test_breaking_up_is_asked_for_and_can_be_undone(loaded):
    asked = loaded.all("!F5", "=3", PALLET)
    assert asked.message == ("Pallet ...9003: 2 on it.", "ENTER or DONE breaks it up,", "Esc keeps it.")
    assert loaded.scan(PALLET).verdict is Verdict.CHECK, "no second scan breaks it"
    assert loaded.scan("XKDONE").message[:2] == ("Pallet ...9003 is broken up:", "2 stand at DOCK-1 now.")
    assert (carrier_of(FREE), carriers.by_code(SITE, PALLET)) == (None, None)
    assert loaded.key("F4").verdict is Verdict.OK
    assert (carrier_of(FREE), on_it()) == (PALLET, 2)


def test_esc_keeps_it(loaded):
    loaded.all("!F5", "=3", PALLET, "!ESC")
    assert (loaded.step, on_it()) == ("put_away.scan_unit", 2)


def test_a_full_one_takes_no_more(loaded):
    assert loaded.all("!F5", "=4", PALLET).message[0] == "Pallet ...9003 is full, 2 on it."
    assert said(loaded.all(OTHER_ITEM, PALLET)).startswith("Pallet ...9003 is full.")


def test_a_new_one_at_a_place(ana):
    done = ana.all("!F5", "=5", "DOCK-1")
    assert done.verdict is Verdict.OK
    assert done.message[1] == f"Write {done.unit} on it."
    assert carriers.by_code(SITE, done.unit).place == "DOCK-1"
    assert ana.all("!F5", "=5", "SHIP-1").verdict is Verdict.STOP


@pytest.mark.parametrize(
    ("job", "wrong"), [("=1", "A-01"), ("=2", PALLET), ("=3", FREE), ("=4", "JUNK"), ("=5", FREE), ("=2", OTHER_ITEM)]
)
def test_what_a_job_cannot_use_changes_nothing(loaded, job, wrong):
    before = moved()
    assert loaded.all("!F5", job, wrong).verdict is Verdict.STOP
    assert loaded.step == "put_away.scan_for_job"
    assert moved() == before


def test_no_job_has_that_digit(loaded):
    assert loaded.all("!F5", "=6").message == ("6 does nothing here.", "Key a digit 1-5, or Esc.")


# --- F4 when others have built on it ------------------------------------------------------------------------


def test_f4_is_refused_when_its_load_has_changed(thawed, loaded):
    kim = thawed[1]["kim"]
    loaded.all(PALLET, "A-02")
    kim.all("=3", OTHER_ITEM, PALLET)
    reply = loaded.key("F4")
    assert reply.message == (
        "...9003 is not as you left it:",
        "more was put on it since.",
        "Call a lead. Nothing was undone.",
    )
    assert place_of(FREE) == "A-02"
    kim.key("F4")
    assert loaded.key("F4").verdict is Verdict.OK


def test_f4_is_refused_when_the_number_is_in_use_again(thawed, loaded):
    kim = thawed[1]["kim"]
    loaded.all("!F5", "=3", PALLET, "XKDONE")
    kim.all("=3", OTHER_ITEM)
    at(kim, 10.0, PALLET)
    assert at(kim, 11.0, PALLET).verdict is Verdict.OK
    assert "its number is in use again." in said(loaded.key("F4"))


def test_f4_is_refused_when_the_pallet_it_came_from_has_gone(thawed, loaded):
    kim = thawed[1]["kim"]
    loaded.all(FREE, "A-03")
    kim.all("=3", PALLET, "A-02")
    assert "it was moved since." in said(loaded.key("F4"))
    kim.all("!F5", "=3", PALLET, "XKDONE")
    assert "it was broken up since." in said(loaded.key("F4"))
    assert (carrier_of(FREE), place_of(FREE)) == (None, "A-03")


# --- Labels -------------------------------------------------------------------------------------------------


def test_f7_prints_what_is_in_hand(thawed, loaded):
    loaded.session = replace(loaded.session, printer="printer")
    for way, kind in (((PALLET,), "CARRIER"), ((HELD,), "HOLD"), ((FREE,), "UNIT")):
        loaded.all(*way)
        assert loaded.key("F7").verdict is Verdict.OK
        assert connection.value("SELECT kind FROM label_job ORDER BY id DESC LIMIT 1") == kind
        loaded.key("ESC")
    assert connection.value("SELECT carrier_id FROM label_job ORDER BY id LIMIT 1") == carriers.by_code(SITE, PALLET).id
