"""What is keyed into a box: a count, a lot, a date; a barcode in the box of a number is never read as one."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from warehouse.messages import refuse

if TYPE_CHECKING:
    from warehouse.flows.steps import BoxStep, Scan

MAX_DIGITS = 5  # a longer number in a quantity box is a barcode
_ALIKE = re.compile(r"([0-9]{1,4}) ?[x*] ?([0-9]{1,5})", re.IGNORECASE)
MAX_LOT = 20  # GS1 AI (10)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def count(step: BoxStep, scan: Scan, *, least: int) -> int:
    """The pieces that a person counted, `least` or more.

    A scan is refused, and so is what only a scanner sends: a symbology identifier, more than five digits, an
    element string.
    """
    text = scan.text
    if scan.source != "TYPED" or scan.code.symbology or len(text) > MAX_DIGITS or scan.code.kind in ("sscc", "gs1"):
        refuse("no_count_barcode", next=step.next)
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        refuse("bad_count", got=text, n=least)
    return int(text)


def cases(step: BoxStep, scan: Scan) -> tuple[int, int]:
    """How many cases alike, and the pieces in each: "24" is one case of 24, "3x24" three of them."""
    alike = _ALIKE.fullmatch(scan.text) if scan.source == "TYPED" else None
    if alike is None:
        return 1, count(step, scan, least=1)
    number, pieces = int(alike[1]), int(alike[2])
    if not number or not pieces:
        refuse("bad_count", got=scan.text, n=1)
    return number, pieces


def pieces(text: str) -> int:
    """All pieces that a half-typed count stands for, of one case or of several alike; 0 where it is none (yet)."""
    alike = _ALIKE.fullmatch(text)
    if alike is not None:
        return int(alike[1]) * int(alike[2])
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0


def each(text: str) -> int:
    """The pieces of one of several cases alike in a half-typed count; 0 where it is of one case."""
    alike = _ALIKE.fullmatch(text)
    return int(alike[2]) if alike is not None else 0


def lot(scan: Scan) -> str:
    """A lot by its barcode (AI 10), or as plain text."""
    plain = scan.code.kind == "text" or (scan.code.kind == "gtin" and scan.source == "TYPED")
    found = scan.code.lot or (scan.text.strip(" ") if plain else "")  # blanks fill bars of a fixed length up
    if not found or len(found) > MAX_LOT:
        refuse("bad_lot", got=scan.text)
    return found


def expiry(scan: Scan) -> str:
    """An expiry by its barcode (AI 17), or a day keyed as YYYY-MM-DD or YYMMDD; answers ISO text.

    Bars of plain digits are no day: they may be a lot or a count.
    """
    if scan.code.expiry:
        return scan.code.expiry.isoformat()
    text = scan.text
    short = scan.source == "TYPED" and len(text) == 6
    if not (short or _ISO_DAY.fullmatch(text)):
        refuse("bad_date", got=text)
    try:
        found = datetime.strptime(text, "%y%m%d").date() if short else date.fromisoformat(text)  # noqa: DTZ007 - a calendar day
    except ValueError:
        refuse("bad_date", got=text)
    return found.isoformat()
