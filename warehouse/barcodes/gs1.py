"""GS1 messages: element strings such as (01)09521234543213(10)LOT1(17)271231.

biip knows the table of application identifiers and their patterns; it is lenient where a warehouse must not
be. Our own layer around it refuses what a label printed elsewhere must not carry: wrong check digits, a field
that runs past its limit, identifiers that contradict each other, dates that do not exist. Rules are from the
GS1 General Specifications (sections 3, 4.14 and 7.8) and the GS1 Barcode Syntax Dictionary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from warehouse import weights

from . import digital_link, separators
from .ai_rules import CHECKED, COUNTED, DATED, MEASURES, PREFIXED, SHORTEST_PREFIX, contradictory, name_of
from .checkdigits import valid_mod10
from .text import GS, Reason, UnfitError, digits_only, forbidden

if TYPE_CHECKING:
    import datetime as dt

    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    from warehouse.weights import Weight

_CHARSET_82: Final = re.compile(r"""[!"%-?A-Z_a-z]*""")
_BRACKETED_AI: Final = re.compile(r"\((\d{2,4})\)", re.ASCII)
_PLAIN_KEY: Final = {"00": 20, "01": 16, "02": 16}
LONGEST_AI: Final = 4  # characters
_GRAMS: Final = 3  # decimals of a kilogram


class Field(NamedTuple):
    """One element string."""

    ai: str
    value: str
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class Elements:
    """What a GS1 message says. `ais` holds every element once, in the order of the label."""

    ais: tuple[tuple[str, str], ...]
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
    purchase_order: str | None = None
    net_weight_g: int | None = None
    weight: Weight | None = None
    measures: tuple[tuple[str, str], ...] = ()
    suspect: str | None = None


def elements(message: str) -> Elements:
    """Read a GS1 message whose fields of variable length end with GS. Raises UnfitError."""
    # Some scanners send the leading FNC1 too, and some printers end the last field with one.
    segments = message.removeprefix(GS).removesuffix(GS).split(GS)
    return _meaning([field for segment in segments for field in _fields(segment)], separated=False)


def bracketed_elements(text: str) -> Elements:
    """Read the form printed under the bars and typed by hand: (00)395011015300000011. Raises UnfitError."""
    # Spaces under the bars only make the number easier to read; no element string may contain one.
    before, *pairs = _BRACKETED_AI.split(text.replace(" ", ""))
    if before or not pairs:
        raise UnfitError("charset")
    return _meaning([_only_field(ai, value) for ai, value in zip(pairs[::2], pairs[1::2], strict=True)])


def link_elements(url: str) -> Elements | None:
    """Read a Digital Link; None where the address is another one. Raises UnfitError."""
    pairs = digital_link.pairs(url)
    return _meaning([_only_field(ai, value) for ai, value in pairs]) if pairs else None


def is_bracketed(text: str) -> bool:
    """Whether this begins like element strings typed by hand."""
    return _BRACKETED_AI.match(text) is not None


def is_plain_message(text: str) -> bool:
    """Whether text that came without a symbology identifier is a GS1 message all the same.

    Many order numbers begin like an AI. So it must begin with an SSCC or a GTIN whose check digit is right,
    and what follows, if anything, must begin with a known AI.
    """
    if GS in text:
        return True
    end = _PLAIN_KEY.get(text[:2], 0)
    if not end or len(text) < end or not valid_mod10(text[2:end]):
        return False
    return len(text) == end or _identifier(text[end:]) is not None


def says_lot_or_date(text: str) -> bool:
    """Whether plain text could be element strings of a lot or a date, from a scanner that sends no identifier."""
    try:
        said = elements(text)
    except UnfitError:
        return False
    return bool(said.lot or said.expiry or said.best_before or said.produced)


def bracketed(ais: tuple[tuple[str, str], ...]) -> str:
    """Element strings as people read them."""
    return "".join(f"({ai}){value}" for ai, value in ais)


def _fields(segment: str) -> list[Field]:
    """All element strings up to a separator or the end; an empty segment is refused as an empty field."""
    fields = [_first_field(segment)]
    rest = segment
    while rest := rest[len(fields[-1].ai) + len(fields[-1].value) :]:
        fields.append(_first_field(rest))
    return fields


def _only_field(ai: str, value: str) -> Field:
    if forbidden(value):
        raise UnfitError("charset")
    identifier = _identifier(ai)
    if identifier is None or identifier.ai != ai:
        raise UnfitError("unknown_ai")
    field = _first_field(ai + value)
    if field.value != value:
        raise UnfitError("length")
    return field


def _first_field(rest: str) -> Field:
    """The element string at the beginning.

    A field of variable length must be all there is up to the separator: biip would take its longest allowed
    piece and read what follows as another AI.
    """
    # Patterns with \d match the digits of every script.
    if not rest.isascii():
        raise UnfitError("charset")
    identifier = _identifier(rest)
    if identifier is None:
        raise UnfitError("unknown_ai" if rest else "empty")
    return _field(rest if identifier.separator_required else rest[: _fixed_length(identifier.format)])


@lru_cache(maxsize=128)
def _fixed_length(words: str) -> int:
    """How many characters a field of fixed length has, its AI included: 20 for N2+N18."""
    return sum(map(int, re.findall(r"\d+", words)))


@lru_cache(maxsize=2048)
def _field(text: str) -> Field:
    """One element string, whole. The cases of a truck say the same GTIN, lot and count again and again."""
    identifier = _identifier(text)
    assert identifier is not None
    if identifier.ai in DATED:
        return _checked(_dated(identifier, text))
    # biip would go on to take keys, measures and prices apart, which for each SSCC costs more than all the rest.
    matched = re.fullmatch(identifier.pattern, text)
    if matched is None:
        raise UnfitError(_misfit(identifier, text[len(identifier) :]))
    return _checked(Field(identifier.ai, "".join(group for group in matched.groups() if group is not None), None))


def _dated(identifier: GS1ApplicationIdentifier, text: str) -> Field:
    from biip import ParseConfig, ParseError
    from biip.gs1_element_strings import GS1ElementString

    try:
        element = GS1ElementString.parse(text, config=ParseConfig(gs1_element_strings_verify_date=False))
    except (ParseError, ValueError, IndexError, ArithmeticError) as error:
        raise UnfitError(_misfit(identifier, text[len(identifier) :])) from error
    return Field(identifier.ai, element.value, element.date)


def _identifier(rest: str) -> GS1ApplicationIdentifier | None:
    return _identifier_of(rest[:LONGEST_AI])


@lru_cache(maxsize=1024)
def _identifier_of(beginning: str) -> GS1ApplicationIdentifier | None:
    """The AI that these characters begin with; looked up once, as biip tries all 541 in turn."""
    from biip import ParseError
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    try:
        return GS1ApplicationIdentifier.extract(beginning)
    except ParseError:
        return None


def _misfit(identifier: GS1ApplicationIdentifier, value: str) -> Reason:
    """Why a value does not fit the pattern of its AI."""
    if not value:
        return "empty"
    if identifier.ai in DATED and len(value) >= 6 and digits_only(value[:6]):
        return "date"
    numeric = not any(letter in identifier.format for letter in "XYZ-")
    fits = digits_only(value) if numeric else _CHARSET_82.fullmatch(value)
    return "length" if fits else "charset"


def _checked(field: Field) -> Field:
    ai, value, date = field
    if not value:
        raise UnfitError("empty")
    if (end := CHECKED.get(ai)) and not valid_mod10(value[:end]):
        raise UnfitError("check_digit")
    if ai in DATED and date is None:
        raise UnfitError("date")
    if ai in COUNTED and int(value) < 1:
        raise UnfitError("count")
    if ai in PREFIXED and not digits_only(value[:SHORTEST_PREFIX]):
        raise UnfitError("charset")
    if ai in PREFIXED and len(value) < SHORTEST_PREFIX:
        raise UnfitError("length")
    return field


def _meaning(fields: list[Field], *, separated: bool = True) -> Elements:
    """What the fields say together. `separated`: they came apart, so none can have run into another."""
    values = _once(fields)
    if contradictory(tuple(sorted(values))):
        raise UnfitError("ai_combination")
    dates = {field.ai: field.date for field in fields}
    suspects = () if separated else (text for ai, text in values.items() if separators.suspect(ai, text, values))
    measures = tuple((ai, _decimal(ai, text)) for ai, text in values.items() if ai[:2] in MEASURES)
    return Elements(
        ais=tuple(values.items()),
        sscc=values.get("00"),
        gtin=values.get("01"),
        content_gtin=values.get("02"),
        count=_count(values.get("37")),
        variable_count=_count(values.get("30")),
        lot=values.get("10"),
        expiry=dates.get("17"),
        best_before=dates.get("15"),
        produced=dates.get("11"),
        serial=values.get("21"),
        purchase_order=values.get("400"),
        net_weight_g=next((_grams(text) for ai, text in measures if ai.startswith("310")), None),
        weight=_net_weight(values),
        measures=measures,
        suspect=next(iter(suspects), None),
    )


def _once(fields: list[Field]) -> dict[str, str]:
    """Each AI with its value. It may be repeated with the same value only (General Specifications, 4.14)."""
    seen: dict[str, tuple[str, str]] = {}
    for ai, value, _ in fields:
        if seen.setdefault(name_of(ai), (ai, value)) != (ai, value):
            raise UnfitError("repeated_ai")
    return dict(seen.values())


def _net_weight(values: dict[str, str]) -> Weight | None:
    """What 310n or 320n says; a label on which the two are not the same weight contradicts itself."""
    try:
        return weights.of_label(values.items())
    except ValueError as error:
        raise UnfitError("ai_combination") from error


def _count(value: str | None) -> int | None:
    return None if value is None else int(value)


def _decimal(ai: str, digits: str) -> str:
    """A measure with its point, which the last digit of its AI sets: 3103, 001950 -> 1.950."""
    places = int(ai[-1])
    return f"{int(digits[:-places])}.{digits[-places:]}" if places else str(int(digits))


def _grams(kilograms: str) -> int | None:
    """Whole grams; None where a part of a gram would be lost."""
    whole, _, part = kilograms.partition(".")
    if part[_GRAMS:].strip("0"):
        return None
    return int(whole + part[:_GRAMS].ljust(_GRAMS, "0"))
