"""What a unit's label says, from the tables to a scan of the printed symbol."""

from __future__ import annotations

import datetime as dt

import pytest
from label_eyes import seen_on_zpl
from small_floor import SITE, SmallFloor, gtin, said, sscc

from db import connection
from devices.labels import zpl
from tui.label_layouts import unit_label
from warehouse import barcodes, labels
from warehouse.reply import InputError, Verdict

GTIN = "0" + gtin(4)


@pytest.fixture
def small(sqlite_url):
    return SmallFloor()


@pytest.fixture
def on_both(database_url):
    return SmallFloor()


def scans_of(label: labels.UnitLabel) -> list[str]:
    return seen_on_zpl(zpl(unit_label(label, 100, 150), 203))


def test_an_sscc_says_everything_in_one_scan(on_both):
    on_both.stock("SERUM", 48, code=sscc(9), lot="L_7%", expiry="2027-12-31")

    label = labels.of_code(SITE, sscc(9))

    assert label.content == (("00", sscc(9)), ("02", GTIN), ("17", "271231"), ("10", "L_7%"), ("37", "48"))
    assert (label.item, label.sku, label.quantity, label.unit) == ("Serum", "SERUM", 48, "ea")
    read = [barcodes.read(raw) for raw in scans_of(label)]
    assert (read[0].sscc, read[0].content_gtin, read[0].lot) == (sscc(9), GTIN, "L_7%")
    assert (read[0].expiry, read[0].quantity) == (dt.date(2027, 12, 31), 48)
    assert read[1].sscc == sscc(9)


def test_the_symbols_of_a_case_find_the_case(small):
    """Scanned at the dock again, both are the case that is in already."""
    small.purchase_order("PO-1", ("GOWN-L", 100))
    ana = small.hand("1001")
    ana.all("PO-1", gtin(1), "=24")
    plate = connection.value("SELECT code FROM handling_unit")

    content, code = scans_of(labels.of_code(SITE, plate))

    assert ana.scan(code).template == "case_known"
    assert barcodes.read(content).quantity == 24
    assert ana.scan(content).template == "saved", "its content is that of another case of the item"
    ana.case(sscc(1), gtin(1), 12)
    for raw in scans_of(labels.of_code(SITE, sscc(1))):
        assert ana.scan(raw).template == "case_known"


def test_a_plate_of_ours_names_the_item_beside_it(small):
    small.stock("MASK", 50, code="LP000000017")
    label = labels.of_code(SITE, "LP000000017")
    assert label.content == (("01", "0" + gtin(3)), ("30", "50"))
    assert not label.has_sscc


@pytest.mark.parametrize(
    ("lot", "expiry", "carried"),
    [
        ("", "", []),
        ("LOT", "2030-02-28", ["17", "10"]),
        ("A^~\\B", "2030-02-28", ["17"]),  # not in the characters of GS1
        ("LOT A", "", []),  # nor is a blank
        ("Ä7", "", []),
        ("L" * 20, "2199-12-31", ["10"]),  # 99 would be read as 1999
    ],
)
def test_what_gs1_cannot_carry_is_left_to_the_words(small, lot, expiry, carried):
    small.stock("GOWN-M", 5, code=sscc(9), lot=lot, expiry=expiry)
    label = labels.of_code(SITE, sscc(9))
    assert [ai for ai, _ in label.content if ai in ("10", "17")] == carried
    assert (label.lot, label.expiry) == (lot, expiry)
    if lot != "Ä7":  # the printer of the tests has no such letter
        assert barcodes.read(scans_of(label)[0]).quantity == 5


def test_an_item_without_a_gtin_has_its_plate_alone(small):
    connection.execute("UPDATE item SET gtin = ''")
    small.stock("MASK", 50, code="LP000000017")
    small.stock("MASK", 50, code=sscc(9))
    assert labels.of_code(SITE, "LP000000017").content == ()
    assert labels.of_code(SITE, sscc(9)).content == (("00", sscc(9)),)
    assert scans_of(labels.of_code(SITE, "LP000000017")) == ["]C0LP000000017"]


@pytest.mark.parametrize("typed", [sscc(9), f"00{sscc(9)}", f"]C100{sscc(9)}", f"(00){sscc(9)}"])
def test_a_unit_is_named_as_it_is_scanned(small, typed):
    small.stock("MASK", 50, code=sscc(9))
    assert labels.of_code(SITE, typed).code == sscc(9)


def test_what_has_no_label_is_named(small):
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.stock("MASK", 5)
    small.stock("MASK", 5, code="EMPTY-1")
    small.adjust("EMPTY-1", -5)
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), gtin(1), 12)
    assert ana.key("F4").verdict is Verdict.OK
    loose = connection.value("SELECT code FROM handling_unit WHERE kind = 'LOOSE'")
    for code, words in (
        ("NOBODY", "No unit has the code NOBODY"),
        (loose, "loose stock, which carries no label"),
        ("EMPTY-1", "Nothing is left in EMPTY-1"),
        (sscc(1), "No unit has the code"),
    ):
        with pytest.raises(InputError, match=words):
            labels.of_code(SITE, code)


def test_places_are_all_or_those_that_are_named(small):
    assert labels.place_codes(SITE, []) == ["A-01", "A-02", "DOCK-1", "QUAR-1", "SHIP-1"]
    assert labels.place_codes(SITE, ["SHIP-1", "A-01"]) == ["SHIP-1", "A-01"]
    with pytest.raises(InputError, match="No place has the code B-99"):
        labels.place_codes(SITE, ["A-01", "B-99"])
    connection.execute("DELETE FROM location")
    with pytest.raises(InputError, match="no places yet"):
        labels.place_codes(SITE, [])


def test_the_words_of_a_label_are_what_the_floor_says(small):
    small.purchase_order("PO-1", ("GOWN-L", 100))
    ana = small.hand("1001")
    ana.scan("PO-1")
    reply = ana.case(sscc(1), gtin(1), 12)
    label = labels.of_code(SITE, sscc(1))
    assert f"{label.quantity} {label.unit} {label.item}" in said(reply)
