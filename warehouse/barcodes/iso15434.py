r"""ISO/IEC 15434 messages: [)> RS 06 GS P1234 GS Q10 GS 1TLOT1 RS EOT, as suppliers print them in 2D symbols.

An envelope holds one or more formats: 05 is GS1 element strings, 06 fields with data identifiers of ANS MH10.8.2
(digits and one letter, then the value). RS ends a format, EOT the message; both are often lost at the end and not
asked for there. Other formats are refused: nothing of theirs is used here.

Of the identifiers: P item by our number, 1P by the supplier's; Q pieces, 7Q quantity with a unit of two characters,
which counts pieces only for EA and PC; 1T lot by the supplier, T by us; S serial; K our purchase order; J, 1J-6J
licence plate; 14D expiry and 16D made, YYYYMMDD. Others are kept and mean nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from . import gs1
from .cards import RESERVED_PREFIX
from .hibc import iso_day
from .text import GS, MAX_FIELD, UnfitError

HEADER: Final = "[)>"
RS: Final = "\x1e"
EOT: Final = "\x04"

_IDENTIFIER: Final = re.compile(r"[0-9]{0,3}[A-Z]")
_QUANTITY: Final = re.compile(r"([0-9]{1,9})(\.[0-9]{1,9})?")
_PIECES: Final = frozenset({"EA", "PC"})
_PLATES: Final = ("J", "1J", "2J", "3J", "4J", "5J", "6J")
_MEANT: Final = frozenset({"P", "1P", "Q", "7Q", "1T", "T", "S", "K", "14D", "16D", *_PLATES})
MAX_PLATE: Final = 35
"""Characters of a licence plate (ISO/IEC 15459)."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the message says: GS1 elements of format 05, and the fields of format 06. `fields` are of both."""

    mode: str
    fields: tuple[tuple[str, str], ...]
    elements: gs1.Elements | None = None
    part: str | None = None
    supplier_part: str | None = None
    quantity: int | None = None
    unit: str | None = None
    lot: str | None = None
    serial: str | None = None
    purchase_order: str | None = None
    plate: str | None = None
    expiry: dt.date | None = None
    produced: dt.date | None = None


def is_iso15434(payload: str) -> bool:
    """Whether this begins like a message of ISO/IEC 15434."""
    return payload.startswith(HEADER)


def iso15434(payload: str) -> Message:
    """Read a message with its header. Raises UnfitError; no separator is left in any field."""
    body = payload.removeprefix(HEADER).removesuffix(EOT).removesuffix(RS).removeprefix(RS)
    if EOT in body:
        raise UnfitError("charset")
    elements: list[gs1.Elements] = []
    fields: list[tuple[str, str]] = []
    modes = []
    for format_ in body.split(RS):
        mode, data = format_[:2], format_[2:].removeprefix(GS)
        if not data:
            raise UnfitError("empty")
        if mode not in ("05", "06") or format_[2] != GS:
            raise UnfitError("unknown_ai")
        modes.append(mode)
        if mode == "05":
            elements.append(gs1.elements(data))
        else:
            fields += map(_field, data.removesuffix(GS).split(GS))
    if len(elements) > 1:
        raise UnfitError("repeated_ai")
    return _message("+".join(modes), elements[0] if elements else None, fields)


def _field(text: str) -> tuple[str, str]:
    found = _IDENTIFIER.match(text)
    if found is None:
        raise UnfitError("unknown_ai" if text else "empty")
    value = text[found.end() :].strip(" ")  # blanks fill a field up
    if not value:
        raise UnfitError("empty")
    if not (value.isascii() and value.isprintable()):
        raise UnfitError("charset")
    if len(value) > MAX_FIELD:
        raise UnfitError("length")
    return found[0], value


def _message(mode: str, elements: gs1.Elements | None, fields: list[tuple[str, str]]) -> Message:
    said: dict[str, str] = {}
    for identifier, value in fields:
        if said.setdefault(identifier, value) != value and identifier in _MEANT:
            raise UnfitError("repeated_ai")
    pieces, unit = _quantity(said)
    return Message(
        mode=mode,
        fields=(elements.ais if elements else ()) + tuple(dict.fromkeys(fields)),
        elements=elements,
        part=said.get("P") or said.get("1P"),
        supplier_part=said.get("1P") if "P" in said else None,
        quantity=pieces,
        unit=unit,
        lot=said.get("1T") or said.get("T"),
        serial=said.get("S"),
        purchase_order=said.get("K"),
        plate=_plate(said),
        expiry=iso_day(said["14D"]) if "14D" in said else None,
        produced=iso_day(said["16D"]) if "16D" in said else None,
    )


def _quantity(said: dict[str, str]) -> tuple[int | None, str | None]:
    """Whole pieces, and the unit that 7Q names; no pieces where the number is of something else or has a fraction.

    Q says no unit: where 7Q has the same number of something else, Q means that too.
    """
    with_unit = said.get("7Q", "")
    unit = with_unit[-2:] if with_unit else None
    number = _whole(with_unit[:-2]) if with_unit else None
    pieces = number if unit in _PIECES else None
    if "Q" not in said:
        return pieces, unit
    plain = _whole(said["Q"])
    if plain == number:
        return pieces, unit
    if None not in (pieces, plain) and pieces != plain:
        raise UnfitError("repeated_ai")
    return plain, unit


def _whole(text: str) -> int | None:
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise UnfitError("length" if re.fullmatch(r"[0-9]*\.?[0-9]*", text) else "charset")
    if float(text) <= 0:
        raise UnfitError("count")
    return None if (found[2] or "").strip(".0") else int(found[1])


def _plate(said: dict[str, str]) -> str | None:
    plates = {said[identifier] for identifier in _PLATES if identifier in said}
    if len(plates) > 1:
        raise UnfitError("repeated_ai")
    plate = plates.pop() if plates else None
    if plate and plate.startswith(RESERVED_PREFIX):
        raise UnfitError("card")  # as a barcode of its own it would press a key
    if plate and len(plate) > MAX_PLATE:
        raise UnfitError("length")
    return plate
