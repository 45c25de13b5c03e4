"""One cell of a file -> the value that the tables store, or why not.

Text from files is as hostile as a scan: it is refused here, never cleaned. A value comes out as the database
takes it: dates as ISO text, yes and no as 1 and 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from warehouse.barcodes.cards import RESERVED_PREFIX
from warehouse.barcodes.checkdigits import SSCC_LENGTH, valid_gtin, valid_sscc
from warehouse.barcodes.hibc import item_of
from warehouse.barcodes.text import digits_only, escaped, forbidden
from warehouse.policy import NEVER_CLAIMS

Cell = str | int | None
Reader = Callable[[str], Cell]

MAX_CODE: Final = 64
MAX_NAME: Final = 128
MAX_DIGITS: Final = 9  # a larger number is a barcode in the wrong column, and would not fit its column either

# Ranks are day numbers less a bonus, and must stay above zero; 9999-12-31 is how "never expires" is stored.
EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2199, 12, 31)
NEVER: Final = "9999-12-31"

ROLES: Final = ("receiver", "picker", "cleanroom", "lead")

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,3}))?")


class CellError(ValueError):
    """A cell that cannot be used; the text says why, as the end of a sentence that begins with the column."""


def code(text: str) -> str:
    """A key that people scan or type: item, place, badge, order and so on."""
    if text.startswith(RESERVED_PREFIX):
        raise CellError(f"{quoted(text)} begins with {RESERVED_PREFIX}, which is kept for control barcodes")
    return _text(text, MAX_CODE)


def name(text: str) -> str:
    """Words for people: a name or a description."""
    return _text(text, MAX_NAME)


def label(text: str) -> str:
    """A short word that is no key: a unit of measure or a zone."""
    return _text(text, MAX_CODE)


def word(text: str) -> str:
    """One word, as a place and an item name a storage class."""
    if len(text.split()) > 1:
        raise CellError(f"{quoted(text)} has a blank in it: it is one word")
    return _text(text, MAX_CODE)


def words(text: str) -> str:
    """Words separated by blanks, each once."""
    return " ".join(dict.fromkeys(word(one) for one in _text(text, MAX_NAME).split(" ") if one))


def sscc(text: str) -> str:
    """An SSCC with its check digit, with or without the 00 that its barcode begins with; kept without."""
    bare = text[2:] if text.startswith("00") and len(text) > SSCC_LENGTH else text
    if not valid_sscc(bare):
        raise CellError(f"{quoted(text)} is no SSCC: it takes 18 digits, the last a right check digit")
    return bare


def unit_code(text: str) -> str:
    """A code on a case. An SSCC is stored without the 00 that its barcode begins with, as a scan looks it up."""
    bare = text[2:] if text.startswith("00") else ""
    return bare if valid_sscc(bare) else code(text)


def gtin(text: str) -> str:
    """A GTIN with its check digit, filled up to 14 digits."""
    if not valid_gtin(text):
        raise CellError(f"{quoted(text)} is no GTIN: it takes 8, 12, 13 or 14 digits, the last a right check digit")
    return text.zfill(14)


def barcode(text: str) -> str:
    """Any barcode, as a scan looks it up: a GTIN filled up to 14 digits, of an HIBC its item, all else as it stands."""
    return text.zfill(14) if valid_gtin(text) else code(item_of(text) or text)


def whole(text: str) -> int:
    """A whole number above zero: a quantity or a line number."""
    if not digits_only(text):
        raise CellError(f"{quoted(text)} is no whole number: use the digits 0-9 alone")
    if len(text) > MAX_DIGITS:
        raise CellError(f"{quoted(text)} is too large: a number has at most {MAX_DIGITS} digits")
    if int(text) == 0:
        raise CellError("must be above 0")
    return int(text)


def weight(text: str) -> int:
    """A weight above zero, in thousandths of its unit: `12.345` or `12`."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        reason = "is no weight: write up to 6 digits, and up to 3 behind a point, such as 12.345"
        raise CellError(f"{quoted(text)} {reason}")
    thousandths = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
    if not thousandths:
        raise CellError("must be above 0")
    return thousandths


def number(lowest: int, highest: int) -> Reader:
    """A whole number within these bounds, both included."""

    def read(text: str) -> int:
        if not digits_only(text) or len(text) > MAX_DIGITS or not lowest <= int(text) <= highest:
            raise CellError(f"{quoted(text)} is no whole number from {lowest} to {highest}")
        return int(text)

    return read


def days_or_never(text: str) -> int:
    """Days up to ten years, or `never`."""
    return NEVER_CLAIMS if text == "never" else int(number(0, 3650)(text) or 0)


def one_of(*words: str) -> Reader:
    """One of these words, as written here."""

    def read(text: str) -> str:
        if text not in words:
            raise CellError(f"{quoted(text)} is none of {', '.join(words)}")
        return text

    return read


def yes_no(text: str) -> int:
    """`yes` or `no`."""
    if text not in ("yes", "no"):
        raise CellError(f"{quoted(text)} is neither yes nor no")
    return int(text == "yes")


def roles(text: str) -> str:
    """Roles separated by spaces, in one order, each once."""
    named = set(text.split(" ")) - {""}
    if unknown := sorted(named - set(ROLES)):
        raise CellError(f"{quoted(unknown[0])} is none of the roles {', '.join(ROLES)}")
    return " ".join(role for role in ROLES if role in named)


def day(text: str) -> str:
    """A day of the site's calendar, YYYY-MM-DD."""
    try:
        found = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise CellError(f"{quoted(text)} is no date: write it as 2026-06-30")
    if not EARLIEST <= found <= LATEST:
        raise CellError(f"{text} is out of reach: dates run from {EARLIEST} to {LATEST}")
    return text


def expiry(text: str) -> str:
    """A day of expiry; 9999-12-31, as many systems write "never", is the same as none."""
    return text if text == NEVER else day(text)


def check_unseen(text: str) -> None:
    """Raise CellError when a text holds a character that nobody can see or that moves what others see."""
    if unseen := forbidden(text):
        raise CellError(f"holds a {unseen} in {quoted(text)}: remove it")


def in_thousandths(value: int) -> str:
    """A weight in thousandths as it is written in a file: `12.5`, `12`, `-0.125`."""
    whole_part, rest = divmod(abs(value), 1000)
    digits = f".{rest:03d}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{whole_part}{digits}"


def quoted(text: str) -> str:
    """A cell's content for a message: on one line, short, and unable to steer a terminal."""
    return f"'{text[:40] if text.isprintable() else escaped(text, 40)}'"


def _text(text: str, limit: int) -> str:
    if text != text.strip():
        raise CellError(f"{quoted(text)} has a blank before or after it")
    if len(text) > limit:
        raise CellError(f"is {len(text)} characters long: at most {limit} fit")
    return text
