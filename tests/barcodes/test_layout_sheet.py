"""The layout sheet tells for which keyboard a scanner types, however it arrives."""

import pytest

from warehouse.barcodes import Code, read
from warehouse.barcodes.layout import SHEET, SWAPPED, is_sheet, layout_of

# Row by row of the keyboards: what each key types, plain and with Shift, in the order of their places.
US = ("`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./", '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?')
GERMAN = (
    "^1234567890\u00df\u00b4qwertzuiop\u00fc+asdfghjkl\u00f6\u00e4yxcvbnm,.-",
    '\u00b0!"\u00a7$%&/()=?`QWERTZUIOP\u00dc*ASDFGHJKL\u00d6\u00c4YXCVBNM;:_',
)
FRENCH = (
    "\u00b2&\u00e9\"'(-\u00e8_\u00e7\u00e0)=azertyuiop^$qsdfghjklm\u00f9wxcvbn,;:!",
    "~1234567890\u00b0+AZERTYUIOP\u00a8\u00a3QSDFGHJKLM%WXCVBN?./\u00a7",
)


def through(text: str, types: tuple[str, str], reads: tuple[str, str]) -> str:
    """What a scanner that types for one keyboard sends through another."""
    return text.translate(str.maketrans("".join(types), "".join(reads)))


def test_as_it_was_printed_it_is_right():
    assert layout_of(SHEET) == ""


@pytest.mark.parametrize(
    ("types", "reads", "found"),
    [
        (US, GERMAN, "QWERTZ"),
        (GERMAN, US, "QWERTZ"),
        (US, FRENCH, "AZERTY"),
        (FRENCH, US, "AZERTY"),
    ],
)
def test_two_keyboards_that_are_mixed_up_are_named(types, reads, found):
    arrived = through(SHEET, types, reads)
    assert arrived != SHEET
    assert is_sheet(arrived)
    assert layout_of(arrived) == found
    code = read(arrived)
    assert isinstance(code, Code)
    assert (code.kind, code.key, code.text) == ("card", None, arrived)
    assert found in SWAPPED


@pytest.mark.parametrize("arrived", [SHEET[:-1], SHEET.replace("7", "8"), "XKTEST1", SHEET + "x"])
def test_anything_else_is_named_wrong_and_not_guessed(arrived):
    """What is told by the letters alone stays told: it is the rest that tells right from wrong."""
    assert layout_of(arrived) == "?"


@pytest.mark.parametrize("text", ["XKTEST", "XKTES", "XKDONE", "PO-1", ""])
def test_cards_and_codes_are_no_sheet(text):
    assert not is_sheet(text)


def test_it_fits_a_barcode_that_every_scanner_reads():
    """Code 128 holds printable ASCII; each of its characters comes back as one."""
    assert SHEET.isascii()
    assert SHEET.isprintable()
    assert len(SHEET) < 30
