"""What reading a barcode comes to: a Code, or Unreadable with a reason and a sentence for the operator."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from .text import Reason

if TYPE_CHECKING:
    from warehouse.weights import Weight

Kind = Literal["card", "sscc", "gtin", "gs1", "hibc", "iso15434", "text"]

MISSING_SEPARATOR: Final = "missing_separator"
"""The warning that two fields may have run together (see `separators`)."""

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

    `raw` is the frame as a log shows it: printable ASCII, a separator as \x1d. `text` is what the tables are asked
    for: the payload without its symbology identifier, of element strings their form in brackets (01)...(10)..., of
    an HIBC its item. `ais` are application identifiers, or the data identifiers of ISO 15434. `mode` tells how the
    fields were carried: elements, brackets, link; primary, secondary, combined; 05, 06. GTINs have 14 digits.

    `part` is the item by an HIBC or ISO 15434: by our number (P), else by the supplier's (1P), which is the
    `supplier_part` where both are there. `pieces` is what these labels say of their quantity, `suspect` the value
    that `warnings` are about. `link` names the primary to which an HIBC secondary belongs. `weight` is the net weight
    by AI 310n or 320n, in the label's unit; `net_weight_g` that of 310n, where it has no part of a gram.
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
    mode: str = ""
    part: str | None = None
    supplier_part: str | None = None
    pieces: int | None = None
    unit: str | None = None
    purchase_order: str | None = None
    plate: str | None = None
    net_weight_g: int | None = None
    weight: Weight | None = None
    measures: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    suspect: str | None = None
    link: str | None = None

    @property
    def quantity(self) -> int | None:
        """How many pieces the label says: AI 30 of the item itself goes before AI 37 of a unit's content, and both
        before what an HIBC or ISO 15434 says.
        """
        return next((pieces for pieces in (self.variable_count, self.count, self.pieces) if pieces is not None), None)

    @property
    def item_codes(self) -> tuple[str, ...]:
        """What the label calls the item, best first; empty where it names none."""
        return tuple(dict.fromkeys(filter(None, (self.gtin, self.content_gtin, self.part, self.supplier_part))))

    @property
    def unit_code(self) -> str | None:
        """The number of the case or pallet itself: its SSCC, or its licence plate."""
        return self.sscc or self.plate

    @property
    def identity(self) -> str | None:
        """What names this one case for ever: its own number, or its item with the serial number of the label.

        A GTIN with a serial number is as unique as an SSCC (GS1 General Specifications, AI 21).
        """
        item = self.gtin or self.part
        return self.unit_code or (f"{item}.{self.serial}" if item and self.serial else None)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A barcode that is refused: why, in a sentence for the operator, and the frame as a log shows it."""

    reason: Reason
    message: str
    raw: str
