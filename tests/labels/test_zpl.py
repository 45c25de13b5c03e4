"""Our ZPL: drawn by another program, read by another, and what it says is what we said, whatever the lot is."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from label_eyes import pictures_of_zpl, seen_on_zpl
from lengths import LONG
from small_floor import gtin, sscc

from devices.labels import Bars, Label, LabelError, Matrix, Words, bar_modules, fitted, zpl
from tui.label_layouts import code_label, unit_label
from warehouse import barcodes
from warehouse.labels import UnitLabel

CHARSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
LOTS = st.text(st.sampled_from(CHARSET_82), min_size=1, max_size=20)
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
GTIN = "0" + gtin(1)
A_LOT = settings(max_examples=1_000 if LONG else 15, deadline=None, derandomize=True, database=None)


def unit(code: str, content: barcodes.Code | tuple = (), **more: object) -> UnitLabel:
    fields = {"item": "Gown L", "sku": "GOWN-L", "quantity": 48, "unit": "ea", "lot": "", "expiry": ""}
    return UnitLabel(code=code, content=content, **(fields | more))


def fields(raw: str) -> barcodes.Code:
    read = barcodes.read(raw)
    assert isinstance(read, barcodes.Code), read
    return read


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(("width", "height"), [(100, 150), (100, 50), (60, 40)])
def test_a_case_with_an_sscc(dpi, width, height):
    """Two symbols: the plate as GS1-128, and everything as GS1 DataMatrix."""
    content = (("00", sscc(1)), ("02", GTIN), ("17", "270131"), ("10", "L7"), ("37", "48"))
    data = zpl(unit_label(unit(sscc(1), content, lot="L7", expiry="2027-01-31"), width, height), dpi)

    matrix, plate = (fields(raw) for raw in seen_on_zpl(data, dpi, width, height))

    assert (plate.symbology, plate.kind, plate.sscc) == ("]C1", "sscc", sscc(1))
    assert (matrix.symbology, matrix.sscc, matrix.content_gtin) == ("]d2", sscc(1), GTIN)
    assert (matrix.lot, matrix.expiry, matrix.quantity) == ("L7", dt.date(2027, 1, 31), 48)


def test_a_case_with_a_plate_of_ours():
    content = (("01", GTIN), ("10", "L7"), ("30", "48"))
    matrix, plate = (fields(raw) for raw in seen_on_zpl(zpl(unit_label(unit("LP000000017", content), 100, 150), 203)))
    assert (plate.symbology, plate.text) == ("]C0", "LP000000017")
    assert (matrix.gtin, matrix.lot, matrix.quantity) == (GTIN, "L7", 48)


@given(LOTS)
@A_LOT
def test_any_lot_of_gs1_comes_back(lot):
    content = (("00", sscc(1)), ("02", GTIN), ("10", lot), ("37", "48"))
    found = seen_on_zpl(zpl(unit_label(unit(sscc(1), content, lot=lot), 100, 150), 203))
    read = fields(next(raw for raw in found if raw.startswith("]d2")))
    assert (read.lot, read.quantity, read.sscc) == (lot, 48, sscc(1))


@given(LOTS, st.text(st.sampled_from(CHARSET_82), min_size=1, max_size=8))
@A_LOT
def test_a_gs1_128_ends_each_value_of_unknown_length(lot, serial):
    elements = (("10", lot), ("21", serial))
    label = Label(300, 50, (Bars(0, 5, 300, 40, elements),))
    (raw,) = seen_on_zpl(zpl(label, 203), 203, 300, 50)
    assert raw == f"]C110{lot}\x1d21{serial}"


@given(st.text(st.sampled_from(PRINTABLE), min_size=1, max_size=16))
@A_LOT
def test_any_text_of_bars_comes_back(text):
    label = Label(150, 50, (Bars(0, 5, 150, 20, text), Matrix(5, 30, 15, text)))
    found = seen_on_zpl(zpl(label, 203), 203, 150, 50)
    assert found == [f"]C0{text}", f"]d1{text}"]


@given(st.text(st.sampled_from(PRINTABLE + "é"), max_size=40))
@A_LOT
def test_words_steer_nothing(text):
    """Whatever a description says, it is one label with the symbols of that label."""
    data = zpl(unit_label(unit("LP000000017", item=text, lot=text, sku=text), 100, 150), 203)
    assert seen_on_zpl(data) == ["]C0LP000000017"]


@pytest.mark.parametrize("text", ["^XZ^XA^FO1,1", "~JA", "\\5EXZ", "_1_5E", "^FS^FDX", "a\\&b", ">;>8", "\x1b[2J"])
def test_commands_in_words_are_words(text):
    data = zpl(Label(100, 50, (Words(2, 2, 5, 96, text),)), 203)
    inside = data.split(b"^FD")[1].split(b"^FS")[0]
    assert not set(inside) & set(b"^~\x1b")
    assert data.count(b"^XA") == data.count(b"^XZ") == data.count(b"^FD") == 1


def test_control_characters_have_no_bars():
    for code in ("", "A\x1bB", "Ä", "\x00"):
        with pytest.raises(LabelError, match="printable ASCII"):
            zpl(Label(100, 50, (Bars(0, 0, 100, 20, code),)), 203)


def test_copies_are_the_printer_s_own_count():
    label = code_label("A-01", "A-01", 100, 50)
    assert b"^PQ3^XZ" in zpl(label, 203, 3)
    assert b"^PQ" not in zpl(label, 203)


@pytest.mark.parametrize("size", [(40, 20), (100, 20)])
def test_a_label_that_is_too_small_is_named(size):
    content = (("00", sscc(1)), ("02", GTIN), ("10", "L" * 20), ("37", "48"))
    with pytest.raises(LabelError, match=r"needs \d+ mm on the label and has \d+ mm: use larger labels"):
        zpl(unit_label(unit(sscc(1), content), *size), 203)


def test_on_a_narrow_label_the_plate_is_a_matrix_too():
    assert seen_on_zpl(zpl(unit_label(unit(sscc(1)), 40, 150), 203), 203, 40, 150) == [f"]d200{sscc(1)}"]


def test_a_code_that_is_too_long_for_bars_is_a_matrix():
    code = "PALLET-OF-THE-OTHER-WAREHOUSE-0123456789"
    assert seen_on_zpl(zpl(unit_label(unit(code), 100, 150), 203)) == [f"]d1{code}"]
    with pytest.raises(LabelError, match="too long for a Data Matrix"):
        zpl(code_label("X", "x" * 300, 100, 150), 203)


def test_what_is_read_from_afar_is_large():
    """The last four of the code and how many: figures of about 20 mm."""
    (picture,) = pictures_of_zpl(zpl(unit_label(unit(sscc(7), quantity=48), 100, 150), 203), 203, 100, 150)
    dots = 203 / 25.4
    figures = picture.convert("L").crop((0, round(38 * dots), 400, round(64 * dots)))
    dark = [y for y in range(figures.height) if any(figures.getpixel((x, y)) < 128 for x in range(figures.width))]
    assert 18 <= (dark[-1] - dark[0]) / dots <= 22


def test_digits_by_twos_take_half_the_room():
    assert bar_modules((("00", sscc(1)),)) == 156
    assert bar_modules("1234") < bar_modules("123") < bar_modules("12345678901")


def test_a_long_text_is_set_smaller_and_then_cut():
    assert fitted("abcd", 10, 40, len) == ("abcd", 10)
    assert fitted("abcd", 10, 20, len) == ("abcd", 5)
    assert fitted("abcdefgh", 10, 25, len) == ("ab...", 5)
