"""A barcode that nobody knows is taught on the dock: a lead agrees, and who and when are kept."""

from __future__ import annotations

import pytest
from problem_dock import GOWN, MASK, ONE, TWO, case, said, serum
from small_floor import changed, contents, gtin

from db import connection
from warehouse import serials
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO
NEW = f"]E0{gtin(50)}"


def taught() -> list[tuple]:
    return [
        tuple(row)
        for row in connection.rows(
            "SELECT b.barcode, i.sku, b.quantity, o.name FROM item_barcode b JOIN item i ON i.id = b.item_id "
            "JOIN operator o ON o.id = b.taught_by WHERE b.taught_at IS NOT NULL ORDER BY b.id"
        )
    ]


def test_an_unknown_barcode_is_taught_with_a_leads_badge(dock):
    assert dock.say(NEW).template == "unknown_code"
    dock.say("!F5", "=8", NEW)
    assert dock.say("=GOWN-L").step.name == "receiving.teach_sure"
    before = contents()
    assert dock.say("!ENTER").template == "no_lead"
    assert dock.say("1001").template == "no_lead"
    assert dock.say("9999").template == "teach_badge"
    assert changed(before, contents()) == []
    done = dock.say("1003")

    assert (done.verdict, done.step.name) == (OK, "receiving.scan_case")
    assert taught() == [("0" + gtin(50), "GOWN-L", None, "IDA")]
    assert dock.say(NEW).template == "how_many"


def test_a_lead_alone_says_enter(lite):
    ida = lite.small.hand("1003", "LEAD")
    ida.all("PO-1", "!F5", "=8", NEW, f"]E0{GOWN}")
    assert ida.step == "receiving.teach_sure"
    assert taught() == []
    ida.key("ENTER")
    assert [row[3] for row in taught()] == ["IDA"]


@pytest.mark.parametrize(("answer", "pieces"), [("=10", 10), ("!ENTER", None), ("!DONE", None)])
def test_a_packaging_of_an_item_whose_cases_are_alike_has_a_count(lite, answer, pieces):
    lite.say("!F5", "=8", NEW, f"]E0{MASK}")
    assert lite.ana.step == "receiving.teach_quantity"
    lite.say(answer, "1003")
    assert taught() == [("0" + gtin(50), "MASK", pieces, "IDA")]
    assert lite.say(NEW).template == ("saved" if pieces else "how_many")


def test_the_case_in_hand_waits_meanwhile(lite):
    lite.say(f"]C100{ONE}")
    assert lite.say(NEW).template == "unknown_code"
    lite.say("!F5", "=8", NEW, "=GOWN-L", "1003")
    assert lite.ana.step == "receiving.scan_item"
    lite.say(NEW)
    assert lite.say("=24").unit == ONE


KNOWN = (
    *(f"]E0{GOWN}", "GOWN-L", "PO-1", "SO-1", "A-01", "1003", "ACME", "L7", "ASN-1", f"]C100{ONE}", f"]C100{TWO}"),
    *(f"]C100{TWO}020{gtin(50)}3710", TWO, serials.plate(77), "]C110L7", "]C117271231", "=24", "=7"),
    *("2000000000507", "12345678", "XKDONE", "\x1b[2J", " "),
)


def test_what_is_known_or_names_no_item_is_not_taught(lite):
    lite.small.announce("ASN-1", (TWO, "GOWN-L", 24), po="PO-1")
    lite.say(serum(1))
    lite.say("!F5", "=8")
    before = contents()
    for code in (*KNOWN, connection.value("SELECT code FROM receipt")):
        refused = lite.say(code)
        assert refused.verdict is STOP, code
        assert lite.ana.step == "receiving.teach_code", code
    assert changed(before, contents()) == []


@pytest.mark.parametrize("code", ["]C1010200000000050310L7", "VENDOR-PART/9", "=CAT-77-X", "+A123BJC5D6E71G"])
def test_what_else_names_an_item_is_taught(lite, code):
    """A GTIN among other fields, a part number, an HIBC: known by the same label from then on."""
    asked = lite.say("!F5", "=8", code)
    assert asked.template == "teach_item", said(asked)
    lite.say("=SERUM", "1003")
    assert len(taught()) == 1
    assert lite.say(code).template in ("which_lot", "which_expiry", "how_many")


def test_only_a_known_item_gets_it(lite):
    lite.say(case(1), "!F5", "=8", NEW)
    for item in ("JUNK", "PO-1", "A-01", f"]C100{ONE}", NEW):
        assert lite.say(item).verdict is STOP, item
        assert lite.ana.step == "receiving.teach_item"


def test_taught_by_two_at_once_it_is_one_row(dock):
    dock.say("!F5", "=8", NEW, "=GOWN-L")
    kim = dock.small.hand("1004", "KIM")
    kim.all("PO-1", "!F5", "=8", NEW, "=GOWN-M", "1003")
    assert dock.say("1003").verdict is STOP
    assert taught() == [("0" + gtin(50), "GOWN-M", None, "IDA")]


def test_it_is_said_what_is_taught(lite):
    lite.say("!F5", "=8", NEW, "=MASK", "=10")
    facts = {fact.label: fact.value for fact in lite.shown().facts}
    assert facts == {"BARCODE": "0" + gtin(50), "ITEM": "Mask (MASK), in ea", "HOLDS": "10 in each"}
