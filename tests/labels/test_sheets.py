"""The PDFs: turned into pictures by pdftoppm, read by zxing-cpp; every card is on them, and far enough apart."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from pathlib import Path

import pytest
from label_eyes import Seen, needs_pdftoppm, pages_of_pdf
from small_floor import gtin, sscc
from test_zpl import unit

from devices.labels import Label, LabelError, Words
from tui import sheets
from tui.label_layouts import A4, APART, code_label, lanyards, unit_label, wall_sheet
from warehouse import barcodes
from warehouse.barcodes import CARDS, card
from warehouse.barcodes.cards import LANYARDS, WALL
from warehouse.barcodes.layout import SHEET

GTIN = "0" + gtin(1)


def keys(page: list[Seen]) -> list[str]:
    return [barcodes.read(seen.raw).key for seen in page]


def apart(one: Seen, other: Seen) -> float:
    """Millimetres between two boxes."""
    across = max(one.left - other.right, other.left - one.right, 0)
    down = max(one.top - other.bottom, other.top - one.bottom, 0)
    return float((across**2 + down**2) ** 0.5)


@needs_pdftoppm
def test_labels_of_units_say_what_they_hold():
    content = (("00", sscc(1)), ("02", GTIN), ("17", "270131"), ("10", 'A_%"<>?C'), ("37", "48"))
    plate = (("01", GTIN), ("30", "7"))
    drawn = [unit_label(unit(sscc(1), content), 90, 60), unit_label(unit("LP000000017", plate), 90, 60)]

    (page,) = pages_of_pdf(sheets.cut_out_pdf(drawn))

    read = [barcodes.read(seen.raw) for seen in page]
    whole = next(code for code in read if code.content_gtin)
    assert (whole.symbology, whole.sscc, whole.content_gtin) == ("]d2", sscc(1), GTIN)
    assert (whole.lot, whole.expiry, whole.quantity) == ('A_%"<>?C', dt.date(2027, 1, 31), 48)
    assert next(code for code in read if code.kind == "sscc").symbology == "]C1"
    assert {(code.symbology, code.text) for code in read if code.kind == "text"} == {("]C0", "LP000000017")}
    assert next(code for code in read if code.gtin).quantity == 7


@needs_pdftoppm
def test_labels_share_pages_and_go_on_to_the_next():
    codes = [f"A-{number:02d}" for number in range(1, 13)]
    pages = pages_of_pdf(sheets.cut_out_pdf([code_label(code, code, 90, 50) for code in codes]))
    assert [len(page) for page in pages] == [10, 2]
    assert sorted(seen.raw for page in pages for seen in page) == [f"]C0{code}" for code in codes]


@needs_pdftoppm
def test_copies_and_labels_as_large_as_a_page():
    pages = pages_of_pdf(sheets.cut_out_pdf([code_label("A-01", "A-01", 220, 100)], 2))
    assert [[seen.raw for seen in page] for page in pages] == [["]C0A-01"]] * 2


@needs_pdftoppm
@pytest.mark.parametrize("role", LANYARDS)
def test_a_lanyard_card_has_eight_verbs_that_never_share_a_beam(role):
    front, back = pages_of_pdf(sheets.pages_pdf(lanyards((role,))))
    assert keys(front) + keys(back) == [card(code).key for code in LANYARDS[role]]
    assert len(set(keys(front) + keys(back))) == 8
    for page in (front, back):
        assert min(apart(one, other) for one, other in combinations(page, 2)) >= APART - 0.5


@needs_pdftoppm
def test_the_wall_sheet_has_every_digit_and_reason_and_no_level_beam_crosses_two():
    (page,) = pages_of_pdf(sheets.pages_pdf([wall_sheet()]))
    cards = [seen for seen in page if seen.raw != f"]C0{SHEET}"]
    assert len(cards) == len(page) - 1
    assert sorted(keys(cards)) == sorted([*"0123456789", "CLEAR", "TEST", "DONE", *map(key, reasons())])
    for one, other in combinations(page, 2):
        assert one.bottom < other.top or other.bottom < one.top
    assert max(seen.bottom for seen in page) < A4[1] - sheets.EDGE


def reasons() -> list[str]:
    return [one.code for one in CARDS if one.key.startswith("REASON:")]


def key(code: str) -> str:
    return card(code).key


def test_cards_and_sheet_are_of_the_one_table():
    """A code that is printed is in the table of cards; every role that people have on the floor has its card."""
    known = {one.code for one in CARDS}
    printed = {code for codes in (*LANYARDS.values(), *WALL) for code in codes}
    assert printed <= known
    assert set(LANYARDS) == {"receiver", "picker", "lead"}
    assert all(len(codes) == len(set(codes)) == 8 for codes in LANYARDS.values())


def test_the_guide_names_the_cards_of_each_lanyard():
    guide = (Path(__file__).parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")
    for role, codes in LANYARDS.items():
        front, back = (", ".join(card(code).label for code in half) for half in (codes[:4], codes[4:]))
        assert f"| {role} | {front} | {back} |" in guide


def test_the_same_labels_are_the_same_bytes():
    drawn = [unit_label(unit("LP000000017", (("01", GTIN),)), 100, 150)]
    assert sheets.cut_out_pdf(drawn) == sheets.cut_out_pdf(drawn)


@needs_pdftoppm
@pytest.mark.parametrize("text", ["Привет 中文 \U0001f4e6", "(a) \\ %%EOF", "\x1b[2J", "é ß Ł"])
def test_letters_that_the_font_lacks_are_replaced(text):
    """The symbols hold the code itself in any case."""
    pages = pages_of_pdf(sheets.cut_out_pdf([unit_label(unit("LP000000017", item=text, lot=text), 100, 150)]))
    assert [seen.raw for seen in pages[0]] == ["]C0LP000000017"]


def test_a_symbol_without_room_is_named():
    with pytest.raises(LabelError, match="use larger labels"):
        sheets.cut_out_pdf([unit_label(unit(sscc(1), (("00", sscc(1)),)), 60, 15)])


def test_words_wider_than_the_page_are_cut():
    assert sheets.pages_pdf([Label(50, 20, (Words(2, 2, 10, 46, "W" * 200),))]).startswith(b"%PDF")
