"""Cases whose labels are not GS1: HIBC and ISO 15434; and labels in which two fields may have run together."""

from __future__ import annotations

import pytest
from small_floor import SmallFloor, changed, contents, gtin, said, sscc

from db import connection
from warehouse.barcodes.hibc import mod43
from warehouse.reply import Verdict
from warehouse.verify import verify

OK, CHECK, INFO, STOP = Verdict.OK, Verdict.CHECK, Verdict.INFO, Verdict.STOP
GOWN, SERUM = gtin(1), gtin(4)
RS, GS, EOT = "\x1e", "\x1d", "\x04"


def hibc(data: str) -> str:
    return f"+{data}{mod43(f'+{data}')}"


def envelope(*fields: str) -> str:
    return f"[)>{RS}06{GS}{GS.join(fields)}{RS}{EOT}"


@pytest.fixture
def small(database_url):
    return SmallFloor()


@pytest.fixture
def ana(small):
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 50))
    small.purchase_order("PO-2", ("GOWN-M", 10))
    for barcode, sku, pieces in (
        ("A123SERUM1", "SERUM", None),
        ("A123MASK1", "MASK", 50),
        ("ACME-77", "SERUM", None),
    ):
        connection.insert_row("item_barcode", site="T1", barcode=barcode, item_id=small.item(sku), quantity=pieces)
    hand = small.hand("1001")
    hand.scan("PO-1")
    return hand


def test_an_hibc_says_item_quantity_lot_and_expiry(small, ana):
    small.order("SO-1", ("SERUM", 8))
    reply = ana.scan(hibc("A123SERUM1/$$8103271231LOT7"))
    assert (reply.verdict, reply.template) == (OK, "saved")
    assert [(one.order, one.quantity) for one in reply.released] == [("SO-1", 8)]
    unit = small.unit(reply.unit)
    assert (unit["qty"], unit["lot"], unit["expiry"]) == (10, "LOT7", "2027-12-31")
    assert connection.value("SELECT qty_source FROM handling_unit WHERE code = ?", reply.unit) == "LABEL"
    assert verify(small.site).violations == ()


def test_an_hibc_in_two_symbols(small, ana):
    """The primary names the item; lot and expiry are asked for, and the secondary answers both."""
    asked = ana.scan(hibc("A123SERUM1"))
    assert asked.template == "which_lot"
    reply = ana.all(hibc("$$3271231LOT7G"), "=12")
    unit = small.unit(reply.unit)
    assert (unit["qty"], unit["lot"], unit["expiry"]) == (12, "LOT7", "2027-12-31")


def test_the_quantity_of_an_hibc_goes_before_that_of_the_packaging(small, ana):
    assert small.unit(ana.scan(hibc("A123MASK1")).unit)["qty"] == 50
    assert small.unit(ana.scan(hibc("A123MASK1/$$8487LOT1")).unit)["qty"] == 48


def test_an_iso_15434_label_says_everything(small, ana):
    raw = envelope("PSERUM", "1PACME-77", "Q10", "1TLOT7", "14D20271231", "1JUN04344AB1")
    reply = ana.scan(raw)
    assert (reply.verdict, reply.template, reply.unit) == (OK, "saved", "UN04344AB1")
    unit = small.unit("UN04344AB1")
    assert (unit["qty"], unit["lot"], unit["expiry"]) == (10, "LOT7", "2027-12-31")
    before = contents()
    again = ana.scan(raw)
    assert (again.verdict, again.template) == (CHECK, "case_known")
    assert changed(before, contents()) == []
    assert verify(small.site).violations == ()


def test_the_suppliers_number_finds_the_item_where_ours_is_unknown(small, ana):
    reply = ana.scan(envelope("PNOBODY", "1PACME-77", "7Q10EA", "1TLOT7", "14D20271231"))
    assert small.unit(reply.unit)["qty"] == 10


def test_a_quantity_of_another_unit_is_asked_for(small, ana):
    asked = ana.scan(envelope("PGOWN-L", "7Q12.5KG"))
    assert (asked.verdict, asked.template) == (INFO, "how_many")
    assert small.unit(ana.type("20").unit)["qty"] == 20


def test_a_plate_alone_asks_for_the_item(small, ana):
    assert ana.scan(envelope("1JUN04344AB1")).template == "scan_item"
    wrong = ana.scan(envelope("1JUN04344AB2", "PGOWN-L"))
    assert (wrong.verdict, wrong.template) == (STOP, "known_thing")
    reply = ana.all(envelope("1JUN04344AB1", "PGOWN-L", "Q20"))
    assert (reply.unit, small.unit("UN04344AB1")["qty"]) == ("UN04344AB1", 20)


def test_a_label_of_another_item_does_not_answer_the_lot(small, ana):
    ana.scan(hibc("A123SERUM1"))
    reply = ana.scan(envelope("PGOWN-L", "1TLOT9"))
    assert (reply.verdict, reply.template) == (STOP, "other_label")


def test_nobody_knows_an_item_that_was_never_loaded(small, ana):
    for raw in (hibc("A123NOBODY1"), hibc("$$7LOTG"), envelope("PNOBODY", "Q5")):
        reply = ana.scan(raw)
        assert (reply.verdict, reply.template) == (STOP, "unknown_code")
        assert reply.message[0].isprintable()


def test_a_wrong_check_character_is_refused(small, ana):
    code = hibc("A123SERUM1")
    reply = ana.scan(code[:-1] + ("A" if code[-1] != "A" else "B"))
    assert (reply.verdict, reply.message[0]) == (STOP, "Check digit wrong. Scan it again.")


# --- A separator that may be missing


RAN_TOGETHER = f"]C100{sscc(1)}020{SERUM}3710\x1d10LOT717271231"


def test_fields_that_may_have_run_together_are_shown_before_anything_is_saved(small, ana):
    before = contents()
    asked = ana.all(RAN_TOGETHER, "=2027-12-31")
    assert (asked.verdict, asked.template) == (CHECK, "missing_separator")
    assert said(asked) == (
        "The label says LOT717271231: may be lot and date run together. ENTER saves it, Esc drops the case."
    )
    assert changed(before, contents()) == []
    assert ana.key("ESC").template == "dropped"
    assert changed(before, contents()) == []


def test_enter_saves_the_lot_as_the_label_has_it(small, ana):
    reply = ana.all(RAN_TOGETHER, "=2027-12-31", "!ENTER")
    assert (reply.verdict, small.unit(reply.unit)["lot"]) == (OK, "LOT717271231")


def test_it_is_asked_once_beside_other_doubts(small, ana):
    asked = ana.all(RAN_TOGETHER.replace("3710", "3799"), "=2027-12-31", "!ENTER")
    assert (asked.verdict, asked.template) == (CHECK, "over")
    assert ana.key("ENTER").verdict is OK


def test_a_second_label_is_suspected_too(small, ana):
    """The lot comes from a symbol of its own."""
    asked = ana.all(f"]E0{SERUM}", "]C110LOT717271231", "=2027-12-31", "=10")
    assert (asked.verdict, asked.template) == (CHECK, "missing_separator")


def test_a_lot_typed_by_a_person_is_never_doubted(small, ana):
    reply = ana.all(f"]E0{SERUM}", "=LOT717271231", "=2027-12-31", "=10")
    assert (reply.verdict, small.unit(reply.unit)["lot"]) == (OK, "LOT717271231")
