"""A command card on the screen: read back from a picture that is made of its rows."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from tui.widgets.qr import STYLE, qr_rows
from warehouse.barcodes import CARDS, read

MODULE = 4  # pixels


def picture(rows: tuple[str, ...]) -> Image.Image:
    """What a terminal shows of half blocks: dark where they are, light where nothing is."""
    drawn = Image.new("L", (len(rows[0]) * MODULE, 2 * len(rows) * MODULE), 255)
    for y, row in enumerate(rows):
        for x, block in enumerate(row):
            for half, dark in enumerate((block in "▀█", block in "▄█")):
                if dark:
                    left, top = x * MODULE, (2 * y + half) * MODULE
                    drawn.paste(0, (left, top, left + MODULE, top + MODULE))
    return drawn


@pytest.mark.parametrize("code", [one.code for one in CARDS])
def test_every_card_is_read_from_its_rows(code):
    (found,) = zxingcpp.read_barcodes(picture(qr_rows(code)))
    assert read(found.symbology_identifier + found.bytes.decode()) == read(f"]Q1{code}")
    assert read(f"]Q1{code}").key is not None


def test_it_fits_beside_a_menu():
    rows = qr_rows("XKDONE")
    assert (len(rows[0]), len(rows)) == (29, 15)
    assert {len(row) for row in rows} == {29}
    narrow = qr_rows("XKDONE", quiet=2)
    assert (len(narrow[0]), len(narrow)) == (25, 13)


def test_it_is_dark_on_light_whatever_the_theme():
    assert STYLE == "#000000 on #ffffff"
    assert set(qr_rows("XKDONE")[0]) == {" "}


@pytest.mark.parametrize("text", ["", "x" * 3000])
def test_what_no_code_can_hold_is_refused(text):
    with pytest.raises(ValueError):
        qr_rows(text)
