"""A scanned frame -> what it means.

The symbology identifier (AIM id) decides first, because it says what the bars were. Without one, only what
cannot well be anything else is taken for a GS1 key, an HIBC or a message; all else is text, which the tables may
know.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeVar

from . import gs1
from .cards import RESERVED_PREFIX, card
from .checkdigits import SSCC_LENGTH, valid_gtin, valid_mod10, valid_sscc
from .code import MESSAGES, MISSING_SEPARATOR, Code, Kind, Unreadable
from .digital_link import is_url
from .hibc import hibc, is_hibc
from .iso15434 import EOT, RS, Message, is_iso15434, iso15434
from .layout import is_sheet
from .text import GS, MAX_FIELD, MAX_MESSAGE, UnfitError, digits_only, escaped, forbidden

__all__ = ["MESSAGES", "Code", "Unreadable", "read"]

T = TypeVar("T")

# Symbology identifiers of GS1 symbols (GS1 General Specifications, table of symbology identifiers): GS1-128,
# DataMatrix, DataBar, QR, DotCode. ]d5, ]Q4 and ]J4 are the same symbols read with ECI on (ISO/IEC 15424).
# UNVERIFIED against the paid texts: ]e1, what follows a separator inside a composite; ]e2 and ]e3, data of other
# kinds behind an escape, which are read as unmarked.
_ELEMENT_SYMBOLS: Final = frozenset({"]C1", "]d2", "]d5", "]e0", "]e1", "]J1", "]J4", "]Q3", "]Q4"})
# EAN/UPC and ITF-14: how many digits come, and how many of them are the GTIN; with ]E3 an add-on of 2 or 5 digits
# follows, and 18 digits would look like an SSCC.
_GTIN_SYMBOLS: Final = {
    "]E0": {12: 12, 13: 13},
    "]E3": {15: 13, 18: 13},
    "]E4": {8: 8},
    "]I1": {14: 14},
}
# The second part of a composite symbol, where the scanner sends it as a message of its own in the same frame.
_COMPOSITE: Final = re.compile(r"\|?\]e0")
_COMPOSED: Final = frozenset({"]C1", "]e0", "]E0", "]E4"})

# An escaped character is at most ten long.
_WHOLE: Final = 10 * MAX_MESSAGE

_AIM_ID: Final = re.compile(r"\][A-Za-z][0-9]")
_ENVELOPE_MARKS: Final = str.maketrans("", "", RS + EOT)


def read(raw: str) -> Code | Unreadable:
    """What a frame, already decoded, means. Never raises."""
    try:
        return _read(raw)
    except UnfitError as unfit:
        return Unreadable(unfit.reason, MESSAGES[unfit.reason], escaped(raw, _WHOLE))


class _Frame(NamedTuple):
    """A frame that passed the border: as a log shows it, and taken apart."""

    raw: str
    symbology: str | None
    payload: str


def _read(raw: str) -> Code:
    if len(raw) > MAX_MESSAGE:
        raise UnfitError("charset" if forbidden(raw, allow_gs=True) else "length")
    aim = _AIM_ID.match(raw)
    symbology = aim[0] if aim else None
    payload = raw[len(symbology or "") :]
    seen = payload.translate(_ENVELOPE_MARKS) if is_iso15434(payload) else payload
    if forbidden(seen, allow_gs=True):
        raise UnfitError("charset")
    if not payload.strip():
        raise UnfitError("empty")
    return _code(_Frame(escaped(raw, _WHOLE), symbology, payload))


def _code(frame: _Frame) -> Code:
    payload = frame.payload
    if payload.startswith(RESERVED_PREFIX):
        return _card(frame)
    if is_iso15434(payload):
        return _envelope(frame, iso15434(payload))
    if frame.symbology in _COMPOSED and _COMPOSITE.search(payload):
        return _composite(frame)
    if frame.symbology in _ELEMENT_SYMBOLS:
        return _elements(frame, gs1.elements(payload))
    if frame.symbology in _GTIN_SYMBOLS:
        return _gtin(frame, _symbol_digits(frame.symbology, payload))
    return _unmarked(frame)


def _unmarked(frame: _Frame) -> Code:
    """No symbology identifier, or one that does not say what the bars hold."""
    payload = frame.payload
    if gs1.is_bracketed(payload):
        return _elements(frame, gs1.bracketed_elements(payload), "brackets")
    if is_hibc(payload):
        return _hibc(frame)
    if valid_gtin(payload):
        return _gtin(frame, payload)
    sscc = payload[2:] if payload.startswith("00") and len(payload) == len("00") + SSCC_LENGTH else payload
    if valid_sscc(sscc):
        return Code("sscc", frame.raw, payload, frame.symbology, sscc=sscc)
    if is_url(payload) and GS not in payload:
        said = gs1.link_elements(payload)
        return _elements(frame, said, "link") if said else _text(frame)
    if gs1.is_plain_message(payload):
        return _elements(frame, gs1.elements(payload))
    return _text(frame)


def _text(frame: _Frame) -> Code:
    if len(frame.payload) > MAX_FIELD:
        raise UnfitError("length")
    return Code("text", frame.raw, frame.payload, frame.symbology)


def _card(frame: _Frame) -> Code:
    if is_sheet(frame.payload):
        return Code("card", frame.raw, frame.payload, frame.symbology)
    known = card(frame.payload)
    if known is None:
        raise UnfitError("card")
    return Code("card", frame.raw, frame.payload, frame.symbology, key=known.key)


def _symbol_digits(symbology: str, payload: str) -> str:
    """The GTIN of bars that hold a GTIN and nothing else, so whatever is no GTIN was misread."""
    lengths = _GTIN_SYMBOLS[symbology]
    if not digits_only(payload):
        raise UnfitError("charset")
    if len(payload) not in lengths:
        raise UnfitError("length")
    digits = payload[: lengths[len(payload)]]
    if not valid_mod10(digits):
        raise UnfitError("check_digit")
    return digits


def _gtin(frame: _Frame, digits: str) -> Code:
    return Code("gtin", frame.raw, frame.payload, frame.symbology, gtin=digits.zfill(14))


def _composite(frame: _Frame) -> Code:
    """Bars and the 2D part above them as one message; bars of a GTIN stand for (01)."""
    linear, component = _COMPOSITE.split(frame.payload, maxsplit=1)
    assert frame.symbology is not None
    if not linear or not component:
        raise UnfitError("empty")
    if frame.symbology in _GTIN_SYMBOLS:
        linear = "01" + _symbol_digits(frame.symbology, linear).zfill(14)
    return _elements(frame, gs1.elements(linear.removesuffix(GS) + GS + component))


def _elements(frame: _Frame, said: gs1.Elements, mode: str = "elements") -> Code:
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
        mode=mode,
        purchase_order=said.purchase_order,
        net_weight_g=said.net_weight_g,
        weight=said.weight,
        measures=said.measures,
        warnings=(MISSING_SEPARATOR,) if said.suspect else (),
        suspect=said.suspect,
    )


def _hibc(frame: _Frame) -> Code:
    said = hibc(frame.payload)
    return Code(
        kind="hibc",
        raw=frame.raw,
        text=said.item or frame.payload,
        symbology=frame.symbology,
        mode=said.mode,
        part=said.item or None,
        pieces=said.quantity,
        lot=said.lot,
        serial=said.serial,
        expiry=said.expiry,
        produced=said.produced,
        link=said.link,
    )


def _envelope(frame: _Frame, said: Message) -> Code:
    """The fields of both formats; where both say the same thing they must agree."""
    inner = _elements(frame, said.elements) if said.elements else Code("iso15434", frame.raw, "")
    return Code(
        kind="iso15434",
        raw=frame.raw,
        text=gs1.bracketed(said.fields),
        symbology=frame.symbology,
        ais=said.fields,
        mode=said.mode,
        sscc=inner.sscc,
        gtin=inner.gtin,
        content_gtin=inner.content_gtin,
        count=inner.count,
        variable_count=inner.variable_count,
        best_before=inner.best_before,
        net_weight_g=inner.net_weight_g,
        weight=inner.weight,
        measures=inner.measures,
        warnings=inner.warnings,
        suspect=inner.suspect,
        part=said.part,
        supplier_part=said.supplier_part,
        pieces=said.quantity,
        unit=said.unit,
        plate=said.plate,
        lot=_agreed(inner.lot, said.lot),
        serial=_agreed(inner.serial, said.serial),
        expiry=_agreed(inner.expiry, said.expiry),
        produced=_agreed(inner.produced, said.produced),
        purchase_order=_agreed(inner.purchase_order, said.purchase_order),
    )


def _agreed(first: T | None, second: T | None) -> T | None:
    if None not in (first, second) and first != second:
        raise UnfitError("repeated_ai")
    return second if first is None else first
