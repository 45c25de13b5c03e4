"""Where things stand on our labels, cards and sheets, in millimetres; printers and PDF take the same."""

from __future__ import annotations

from collections.abc import Iterable

from devices.labels import BAR_QUIET, Bars, Code, Label, Matrix, Words, bar_modules
from warehouse import messages
from warehouse.barcodes import Card, card
from warehouse.barcodes.cards import LANYARDS, WALL
from warehouse.barcodes.layout import SHEET
from warehouse.labels import CarrierLabel, Hold, UnitLabel
from warehouse.messages import tail

MARGIN = 4.0
THIN = 0.26  # millimetres: as thin as bars may get on every printer, before a Data Matrix takes their place

A6, A4 = (105.0, 148.0), (210.0, 297.0)
APART = 30.0  # millimetres between two codes of a lanyard card, so that two are never in the beam (screens.md, 4.3)
A_SIDE = 4  # codes on one side of it


def unit_label(unit: UnitLabel, width: float, height: float) -> Label:
    """A case: the last four of its code, item, how many, lot and expiry to be read from afar; bars and matrix.

    Drawn for 100 x 150 mm, where the figures are 20 mm high; all but the symbols is smaller on smaller labels.
    """
    if unit.hold is not None:
        return _hold_label(unit, unit.hold, width, height)
    scale = min(width / 100, height / 150)
    side = 32 * scale if unit.content else 0
    wide, beside = width - 2 * MARGIN, width - 2 * MARGIN - side
    lines = (
        (3, 17, wide, tail(unit.code)),
        (21, 8, wide, unit.item),
        (30, 6, wide, unit.sku),
        (38, 25, beside, f"{unit.quantity} {unit.unit}"),
        (66, 9, beside, f"LOT {unit.lot}" if unit.lot else ""),
        (77, 9, beside, f"EXP {unit.expiry}" if unit.expiry else ""),
    )
    return _labelled(unit, lines, 42, side, width, height)


Line = tuple[float, float, float, str]  # upper edge and height on a label of 150 mm, the width that is there, the text


def _labelled(
    unit: UnitLabel | CarrierLabel, lines: Iterable[Line], matrix_y: float, side: float, width: float, height: float
) -> Label:
    """Words above; below them the bars of the code, and what they say."""
    scale = min(width / 100, height / 150)
    code: Code = (("00", unit.code),) if unit.has_sscc else unit.code
    spoken = (136, 8, width - 2 * MARGIN, f"(00) {unit.code}" if unit.has_sscc else unit.code)
    words = (Words(MARGIN, y * scale, high * scale, room, text) for y, high, room, text in (*lines, spoken) if text)
    content = unit.content if isinstance(unit, UnitLabel) else ()
    matrix = (Matrix(width - MARGIN - side, matrix_y * scale, side, content),) if content else ()
    return Label(width, height, (*words, *matrix, _symbol(code, 0, 92 * scale, width, 40 * scale)))


def _hold_label(unit: UnitLabel, hold: Hold, width: float, height: float) -> Label:
    """A case that must not be used: that first of all, then why, and who has said so when."""
    side = 32 * min(width / 100, height / 150) if unit.content else 0
    wide, beside = width - 2 * MARGIN, width - 2 * MARGIN - side
    lines = (
        (2, 24, wide, hold.word),
        (27, 9, wide, hold.reason),
        (38, 6, wide, messages.joined((hold.who, hold.when))),
        (46, 7, wide, f"{unit.item}  {unit.sku}"),
        (55, 14, beside, f"{unit.quantity} {unit.unit}"),
        (70, 8, beside, f"LOT {unit.lot}" if unit.lot else ""),
        (79, 8, beside, f"EXP {unit.expiry}" if unit.expiry else ""),
    )
    return _labelled(unit, lines, 54, side, width, height)


def carrier_label(carrier: CarrierLabel, width: float, height: float) -> Label:
    """A pallet or a tote: the last four of its code, how many cases are on it, and what is in them."""
    wide = width - 2 * MARGIN
    lines = [(3.0, 17.0, wide, tail(carrier.code)), (22.0, 9.0, wide, carrier.kind)]
    if carrier.units:
        lines[1] = (22.0, 9.0, wide, f"{carrier.kind}  {carrier.units} {'case' if carrier.units == 1 else 'cases'}")
    lines += [(34.0 + 9 * place, 7.0, wide, text) for place, text in enumerate(carrier.contents)]
    return _labelled(carrier, lines, 0, 0, width, height)


def label_of(thing: UnitLabel | CarrierLabel, width: float, height: float) -> Label:
    """The label of whatever it is."""
    if isinstance(thing, CarrierLabel):
        return carrier_label(thing, width, height)
    return unit_label(thing, width, height)


def code_label(title: str, code: str, width: float, height: float) -> Label:
    """A place, or one command card: what people call it, and its bars."""
    high = min(0.3 * height, (width - 2 * MARGIN) / (0.65 * len(title)))
    return Label(
        width,
        height,
        (
            Words(MARGIN, 0.05 * height, high, width - 2 * MARGIN, title),
            _symbol(code, 0, 0.4 * height, width, 0.55 * height),
        ),
    )


def _symbol(code: Code, x: float, y: float, width: float, height: float) -> Bars | Matrix:
    """Bars, or a Data Matrix for a code that is too long for them."""
    if (bar_modules(code) + 2 * BAR_QUIET) * THIN <= width:
        return Bars(x, y, width, height, code)
    return Matrix(MARGIN, y, min(height, width - 2 * MARGIN), code)


# --- Command cards, all of them from the one table of cards -----------------------------------------------------


def lanyards(roles: tuple[str, ...]) -> list[Label]:
    """The front and the back of an A6 card for each role, the codes one below the other and far apart."""
    return [
        _side(f"{role.upper()} {place // A_SIDE + 1}", LANYARDS[role][place : place + A_SIDE])
        for role in roles
        for place in range(0, len(LANYARDS[role]), A_SIDE)
    ]


def _side(title: str, codes: tuple[str, ...]) -> Label:
    width, height = A6
    high = (height - 14 - 4 - (A_SIDE - 1) * APART) / A_SIDE
    parts: list[Words | Bars] = [Words(width - 40, 3, 5, 36, title)]
    for place, code in enumerate(codes):
        y = 14 + place * (high + APART)
        parts += [Words(8, y - 10, 8, width - 56, _named(code).label), Bars(6, y, width - 12, high, code)]
    return Label(width, height, tuple(parts))


def wall_sheet() -> Label:
    """A4: digits on the left, reasons on the right and half a row lower, so that no level beam crosses two.

    Below them, over the whole width, the layout sheet for scanners that type.
    """
    width, height = A4
    rows = max(map(len, WALL))
    pitch = (height - 26) / (rows + 1.5)
    parts: list[Words | Bars] = []
    for column, codes in enumerate(WALL):
        for place, code in enumerate(codes):
            x, y = 8 + column * width / 2, 15 + (place + column / 2) * pitch
            parts += [Words(x + 14, y - 7, 6, 74, _caption(code)), Bars(x, y, 90, 9, code)]
    y = 15 + (rows + 0.75) * pitch
    parts += [Words(22, y - 7, 6, width - 44, _caption(SHEET)), Bars(8, y, width - 16, 9, SHEET)]
    return Label(width, height, tuple(parts))


def single_cards(codes: tuple[str, ...], width: float, height: float) -> list[Label]:
    """Cards one by one, for a label printer."""
    return [code_label(_caption(code), code, width, height) for code in codes]


def cards_of(roles: tuple[str, ...]) -> tuple[str, ...]:
    """The codes on the cards of these roles, each once."""
    return tuple(dict.fromkeys(code for role in roles for code in LANYARDS[role]))


def cards_of_wall() -> tuple[str, ...]:
    """The codes on the wall sheet."""
    return (*(code for codes in WALL for code in codes), SHEET)


def _caption(code: str) -> str:
    return "Keyboard layout (scanners that type)" if code == SHEET else _named(code).label


def _named(code: str) -> Card:
    found = card(code)
    if found is None:
        raise LookupError(f"{code} is in no table of cards")
    return found
