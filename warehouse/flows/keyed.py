"""What is keyed into a box: a count, a lot, a date; a barcode in the box of a number is never read as one."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from warehouse import doubts
from warehouse.messages import refuse

if TYPE_CHECKING:
    from warehouse.flows.steps import BoxStep, Scan

MAX_DIGITS = len(str(doubts.MAX_COUNT))  # a longer number in a quantity box is a barcode
MAX_LOT = 20  # GS1 AI (10)


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


def lot(scan: Scan) -> str:
    """A lot by its barcode (AI 10), or as plain text."""
    plain = scan.code.kind == "text" or (scan.code.kind == "gtin" and scan.source == "TYPED")
    found = scan.code.lot or (scan.text if plain else "")
    if not found or len(found) > MAX_LOT:
        refuse("bad_lot", got=scan.text)
    return found


def expiry(scan: Scan) -> str:
    """An expiry by its barcode (AI 17), or a day keyed as YYYY-MM-DD or YYMMDD; answers ISO text."""
    if scan.code.expiry:
        return scan.code.expiry.isoformat()
    text = scan.text
    try:
        found = datetime.strptime(text, "%y%m%d").date() if len(text) == 6 else date.fromisoformat(text)  # noqa: DTZ007 - a calendar day
    except ValueError:
        refuse("bad_date", got=text)
    return found.isoformat()
