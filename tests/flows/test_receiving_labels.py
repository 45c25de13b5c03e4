"""Cases whose labels are not GS1: HIBC and ISO 15434; and labels in which two fields may have run together."""

from __future__ import annotations

from datetime import timedelta

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
    primary = hibc("A123SERUM1")
    assert ana.scan(primary).template == "which_lot"
    reply = ana.all(hibc(f"$$3271231LOT7{primary[-1]}"), "=12")
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
    assert (asked.verdict, asked.template) == (CHECK, "over_limit")
    assert ana.scan("1003").verdict is OK


def test_a_second_label_is_suspected_too(small, ana):
    """The lot comes from a symbol of its own."""
    asked = ana.all(f"]E0{SERUM}", "]C110LOT717271231", "=2027-12-31", "=10")
    assert (asked.verdict, asked.template) == (CHECK, "missing_separator")


def test_a_lot_typed_by_a_person_is_never_doubted(small, ana):
    reply = ana.all(f"]E0{SERUM}", "=LOT717271231", "=2027-12-31", "=10")
    assert (reply.verdict, small.unit(reply.unit)["lot"]) == (OK, "LOT717271231")


# --- Two labels that do not say the same


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        (f"]C1010{SERUM}10LOTA", f"]C1010{SERUM}10LOTB\x1d17271231", "lot LOTB"),
        (f"]C100{sscc(1)}10LOTA", f"]C1010{SERUM}10LOTB\x1d17271231", "lot LOTB"),
        (f"]C100{sscc(1)}17271231", f"]C1010{SERUM}10LOTB\x1d17281231", "expiry 2028-12-31"),
        (f"]C1010{SERUM}17271231", "]C110LOTB\x1d17281231", "expiry 2028-12-31"),
    ],
)
def test_labels_of_two_lots_are_not_of_one_case(small, ana, first, second, other):
    """Two boxes of one item stand side by side: the lot of one and the expiry of the other is neither."""
    ana.scan(first)
    stood = ana.session.step
    reply = ana.scan(second)
    assert (reply.verdict, reply.template, ana.session.step) == (STOP, "other_label", stood)
    assert said(reply).startswith(f"That label is of {other}.")


def test_a_typed_lot_that_the_label_contradicts_takes_no_expiry_from_it(small, ana):
    reply = ana.all(f"]E0{SERUM}", "=LOTA", f"]C1010{SERUM}10LOTB\x1d17271231")
    assert (reply.verdict, reply.template) == (STOP, "other_label")
    assert ana.all("=2027-12-31", "=10").verdict is OK


@pytest.mark.parametrize(("pieces", "asked"), [("24", True), ("50", False)])
def test_a_second_symbol_with_another_count_than_the_packaging_is_asked_about(small, ana, pieces, asked):
    """The packaging holds 50; the symbol with lot and expiry says how many are in this very case."""
    connection.execute("UPDATE item SET lot_control = 1 WHERE sku = 'MASK'")
    reply = ana.all(f"]E0{gtin(30)}", f"]C110LOT1\x1d30{pieces}")
    assert (reply.template == "how_many") == asked
    reply = ana.type("24") if asked else reply
    assert small.unit(reply.unit)["qty"] == int(pieces)


@pytest.mark.parametrize(("link", "verdict"), [(hibc("A123SERUM1")[-1], INFO), ("%", STOP)])
def test_the_secondary_must_belong_to_the_primary(small, ana, link, verdict):
    """Its link is the check character of its own primary."""
    ana.scan(hibc("A123SERUM1"))
    reply = ana.scan(hibc(f"$$3271231LOT7{link}"))
    assert (reply.verdict, reply.template) == (verdict, "how_many" if verdict is INFO else "other_label")


def test_a_secondary_of_an_item_without_an_hibc_cannot_be_compared(small, ana):
    connection.execute("DELETE FROM item_barcode WHERE barcode = 'A123SERUM1'")
    assert ana.all(f"]E0{SERUM}", hibc("$$3271231LOT7%")).template == "how_many"


# --- Scanners that send no symbology identifier


@pytest.mark.parametrize("raw", ["1727123110LOT1", "10LOT1", "17271231"])
def test_element_strings_without_their_identifier_are_no_plain_lot(small, ana, raw):
    asked = ana.all(f"]E0{SERUM}", raw, "=2027-12-31", "=10")
    assert (asked.verdict, asked.template) == (CHECK, "missing_separator")
    assert said(asked).startswith(f"The label says {raw}:")


@pytest.mark.parametrize("raw", ["LOT1", "2145", "9911", "17271302", "]C010LOT1"])
def test_a_lot_in_bars_of_its_own_is_not_doubted(small, ana, raw):
    reply = ana.all(f"]E0{SERUM}", raw, "=2027-12-31", "=10")
    assert (reply.verdict, small.unit(reply.unit)["lot"]) == (OK, raw.removeprefix("]C0"))


@pytest.mark.parametrize("raw", ["280112", "17271231", "20271231", "2027W011"])
def test_bars_of_some_number_are_no_expiry(small, ana, raw):
    """A count or a lot of six digits is not a day because it could be one."""
    reply = ana.all(f"]E0{SERUM}", "LOT1", raw)
    assert (reply.verdict, reply.template) == (STOP, "bad_date")


@pytest.mark.parametrize("text", ["17271231", "2027W011", "2027-W01-1"])
def test_a_day_is_keyed_in_the_forms_that_are_told(small, ana, text):
    assert ana.all(f"]E0{SERUM}", "LOT1", f"={text}").template == "bad_date"


# --- Names of items that look like something else


def test_an_sku_that_looks_like_a_gtin_is_found(small, ana):
    connection.execute("UPDATE item SET sku = '96385074' WHERE sku = 'GOWN-L'")
    assert ana.type("96385074").template == "how_many"
    ana.key("ESC")
    assert ana.scan("96385074").template == "how_many"


def test_a_purchase_order_that_looks_like_a_gtin_is_a_scan_away_too(small, ana):
    small.purchase_order("96385074", ("GOWN-M", 10))
    assert ana.scan("96385074").template == "po_joins"


@pytest.mark.parametrize("field", ["7Q10CA", "7Q10KG"])
def test_a_plain_quantity_that_another_unit_explains_is_no_count_of_pieces(small, ana, field):
    assert ana.scan(envelope("PGOWN-L", "Q10", field)).template == "how_many"


def test_blanks_that_fill_a_field_up_are_not_part_of_it(small, ana):
    reply = ana.scan(envelope("PSERUM  ", "1TLOT1  ", "14D20271231", "Q5"))
    assert (reply.verdict, small.unit(reply.unit)["lot"]) == (OK, "LOT1")
    reply = ana.scan(hibc("A123SERUM1/$$8103271231LOT1  "))
    assert (reply.verdict, small.unit(reply.unit)["lot"]) == (OK, "LOT1")
    reply = ana.all(f"]E0{SERUM}", "]A0LOT1  ", "=2027-12-31", "=5")
    assert (reply.verdict, small.unit(reply.unit)["lot"]) == (OK, "LOT1")


# --- A serial number names its case ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "label",
    [f"]d2010{gtin(1)}21S-1", f"010{gtin(1)}21S-1", f"(01)0{gtin(1)}(21)S-1"],
    ids=["with AIM id", "without", "in brackets"],
)
def test_a_serial_number_is_counted_once(database_url, label):
    """The same label again adds nothing and says when, who and how many; another serial is another case."""
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.order("SO-1", ("GOWN-L", 5))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.scan(label)
    assert ana.type("10").template == "saved"
    small.now += timedelta(minutes=5)

    again = ana.scan(label)

    assert (again.verdict, again.template) == (Verdict.CHECK, "case_known")
    ana.scan(label.replace("S-1", "S-2"))
    assert ana.type("12").template == "saved"
    held = connection.rows("SELECT code, qty FROM handling_unit ORDER BY id")
    assert held == [(f"0{gtin(1)}.S-1", 10), (f"0{gtin(1)}.S-2", 12)]
    assert ana.key("F4").template == "undone_receipt"
    ana.scan(label.replace("S-1", "S-2"))
    assert ana.type("12").template == "saved", "what was undone may come again"


def test_a_case_is_picked_by_its_serial_label(database_url):
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100))
    ana = small.hand("1001")
    label = f"]d2010{gtin(1)}21S-1"
    for number in (1, 2):
        ana.all("PO-1", f"]d2010{gtin(1)}21S-{number}", "=10")
    small.order("SO-1", ("GOWN-L", 10))
    leo = small.hand("1002", "PICK-1")
    leo.all("SO-1", "DOCK-1")

    assert leo.scan(label.replace("S-1", "S-2")).template == "wrong_unit"
    assert leo.scan(label).verdict is Verdict.OK


def test_the_items_label_may_bear_a_serial_beside_the_cases_sscc(database_url):
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100))
    ana = small.hand("1001")
    ana.all("PO-1", f"]C100{sscc(7)}", f"]d2010{gtin(1)}21S-1")
    assert ana.type("10").template == "saved"
    assert connection.rows("SELECT code FROM handling_unit") == [(sscc(7),)]
