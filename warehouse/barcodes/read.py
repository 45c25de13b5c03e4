"""A scanned frame -> what it means.

The symbology identifier (AIM id) decides first, because it says what the bars were. Without one, only what
cannot well be anything else is taken for a GS1 key; all else is text, which the tables may know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from . import gs1
from .cards import RESERVED_PREFIX, card
from .checkdigits import SSCC_LENGTH, valid_gtin, valid_mod10, valid_sscc
from .text import MAX_FIELD, MAX_MESSAGE, Reason, UnfitError, digits_only, escaped, forbidden

if TYPE_CHECKING:
    import datetime as dt

Kind = Literal["card", "sscc", "gtin", "gs1", "text"]

# Symbology identifiers of GS1 symbols (GS1 General Specifications, 5.1). EAN/UPC and ITF-14: how many digits
# come, and how many of them are the GTIN; with ]E3 an add-on of 2 or 5 digits follows, and 18 digits would
# look like an SSCC.
_ELEMENT_SYMBOLS: Final = frozenset({"]C1", "]d2", "]e0", "]J1", "]Q3"})
_GTIN_SYMBOLS: Final = {
    "]E0": {12: 12, 13: 13},
    "]E3": {15: 13, 18: 13},
    "]E4": {8: 8},
    "]I1": {14: 14},
}

# An escaped character is at most ten long.
_WHOLE: Final = 10 * MAX_MESSAGE

_AIM_ID: Final = re.compile(r"\][A-Za-z][0-9]")

MESSAGES: Final[dict[Reason, str]] = {
    "ai_combination": "That label contradicts itself.",
    "card": "That card is not known here.",
    "charset": "Characters in it are not allowed.",
    "check_digit": "Check digit wrong. Scan it again.",
    "count": "The label says 0 pieces.",
    "date": "The label holds an impossible date.",
    "empty": "That barcode or a field is empty.",
    "length": "That code is too short or too long.",
    "repeated_ai": "The label says one thing two ways.",
    "unknown_ai": "That code has an unknown field.",
}
"""What the operator reads, in 36 characters."""


@dataclass(frozen=True, slots=True)
class Code:
    r"""What a barcode says. No field holds a control character.

    `raw` is the frame as a log shows it: printable ASCII, a separator as \x1d. `text` is the payload without
    its symbology identifier, for element strings in brackets: (01)...(10)... . GTINs always have 14 digits.
    """

    kind: Kind
    raw: str
    text: str
    symbology: str | None = None
    key: str | None = None
    sscc: str | None = None
    gtin: str | None = None
    content_gtin: str | None = None
    count: int | None = None
    variable_count: int | None = None
    lot: str | None = None
    expiry: dt.date | None = None
    best_before: dt.date | None = None
    produced: dt.date | None = None
    serial: str | None = None
    ais: tuple[tuple[str, str], ...] = ()

    @property
    def quantity(self) -> int | None:
        """How many pieces the label says: AI 30 of the item itself goes before AI 37 of a unit's content."""
        return self.count if self.variable_count is None else self.variable_count


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A barcode that is refused: why, in a sentence for the operator, and the frame as a log shows it."""

    reason: Reason
    message: str
    raw: str


def read(raw: str) -> Code | Unreadable:
    """What a frame, already decoded, means. Never raises."""
    try:
        return _read(raw)
    except UnfitError as unfit:
        return Unreadable(unfit.reason, MESSAGES[unfit.reason], escaped(raw))


class _Frame(NamedTuple):
    """A frame that passed the border: as a log shows it, and taken apart."""

    raw: str
    symbology: str | None
    payload: str


def _read(raw: str) -> Code:
    if forbidden(raw, allow_gs=True):
        raise UnfitError("charset")
    if len(raw) > MAX_MESSAGE:
        raise UnfitError("length")
    aim = _AIM_ID.match(raw)
    symbology = aim[0] if aim else None
    payload = raw[len(symbology or "") :]
    if not payload.strip():
        raise UnfitError("empty")
    return _code(_Frame(escaped(raw, _WHOLE), symbology, payload))


def _code(frame: _Frame) -> Code:
    if frame.payload.startswith(RESERVED_PREFIX):
        return _card(frame)
    if frame.symbology in _ELEMENT_SYMBOLS:
        return _elements(frame, gs1.elements(frame.payload))
    if frame.symbology in _GTIN_SYMBOLS:
        return _gtin_symbol(frame, _GTIN_SYMBOLS[frame.symbology])
    return _unmarked(frame)


def _unmarked(frame: _Frame) -> Code:
    """No symbology identifier, or one that does not say what the bars hold."""
    payload = frame.payload
    if gs1.is_bracketed(payload):
        return _elements(frame, gs1.bracketed_elements(payload))
    if valid_gtin(payload):
        return _gtin(frame, payload)
    sscc = payload[2:] if payload.startswith("00") and len(payload) == len("00") + SSCC_LENGTH else payload
    if valid_sscc(sscc):
        return Code("sscc", frame.raw, payload, frame.symbology, sscc=sscc)
    if gs1.is_plain_message(payload):
        return _elements(frame, gs1.elements(payload))
    if len(payload) > MAX_FIELD:
        raise UnfitError("length")
    return Code("text", frame.raw, payload, frame.symbology)


def _card(frame: _Frame) -> Code:
    known = card(frame.payload)
    if known is None:
        raise UnfitError("card")
    return Code("card", frame.raw, frame.payload, frame.symbology, key=known.key)


def _gtin_symbol(frame: _Frame, lengths: dict[int, int]) -> Code:
    """Bars that hold a GTIN and nothing else, so whatever is no GTIN was misread."""
    if not digits_only(frame.payload):
        raise UnfitError("charset")
    if len(frame.payload) not in lengths:
        raise UnfitError("length")
    digits = frame.payload[: lengths[len(frame.payload)]]
    if not valid_mod10(digits):
        raise UnfitError("check_digit")
    return _gtin(frame, digits)


def _gtin(frame: _Frame, digits: str) -> Code:
    return Code("gtin", frame.raw, frame.payload, frame.symbology, gtin=digits.zfill(14))


def _elements(frame: _Frame, said: gs1.Elements) -> Code:
    """A label that says nothing but one key is that key, as if its digits stood alone."""
    kinds: dict[tuple[str, ...], Kind] = {("00",): "sscc", ("01",): "gtin"}
    return Code(
        kind=kinds.get(tuple(ai for ai, _ in said.ais), "gs1"),
        raw=frame.raw,
        text=gs1.bracketed(said.ais),
        symbology=frame.symbology,
        sscc=said.sscc,
        gtin=said.gtin,
        content_gtin=said.content_gtin,
        count=said.count,
        variable_count=said.variable_count,
        lot=said.lot,
        expiry=said.expiry,
        best_before=said.best_before,
        produced=said.produced,
        serial=said.serial,
        ais=said.ais,
    )
