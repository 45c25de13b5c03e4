"""Control barcodes: printed cards that stand for keys.

A card and a key become the same key before a flow sees them. Codes are Code 128, upper case, and use only
letters that sit on the same key on QWERTY, QWERTZ and AZERTY, so a keyboard-wedge scanner with the wrong
country setting still reads them. Lanyards and wall sheets are printed from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RESERVED_PREFIX: Final = "XK"
"""No item, lot, location or plate may start with it."""

LAYOUT_PROOF_LETTERS: Final = frozenset("BCDEFGHIJKLNOPRSTUVX")
"""A, Q, Z, W, M and Y change places between the three layouts."""


@dataclass(frozen=True, slots=True)
class Card:
    """A control barcode, the key it presses, and the word printed on it."""

    code: str
    key: str
    label: str


_VERBS = (
    Card("XKDONE", "DONE", "Done"),
    Card("XKUNDO", "F4", "Undo"),
    Card("XKINFO", "F2", "What's this?"),
    Card("XKEXCP", "F5", "Problem"),
    Card("XKLIST", "F6", "List"),
    Card("XKPRNT", "F7", "Label"),
    Card("XKSKIP", "F9", "Skip"),
    Card("XKREPT", "F9", "Same as last"),
    Card("XKLOCK", "F12", "Lock"),
    Card("XKHELP", "F1", "Help"),
    Card("XKPREV", "ESC", "Back"),
    Card("XKFULL", "FULL", "Pallet or tote full"),
    Card("XKOPEN", "OPEN", "New pallet or tote"),
    Card("XKNONE", "NONE", "None here"),
    Card("XKSUBT", "SUBTRACT", "Next scan takes away"),
    Card("XKHOLD", "HOLD", "Hold this"),
    Card("XKTEST", "TEST", "Layout test"),
    Card("XKNRX", "CLEAR", "Clear digits"),
)

_DIGITS = tuple(Card(f"XKNR{letter}", digit, digit) for letter, digit in zip("BCDEFGHIJK", "0123456789", strict=True))

_REASONS = (
    Card("XKRSNF", "REASON:NF", "Not found"),
    Card("XKRSCT", "REASON:CT", "Count differs"),
    Card("XKRSDG", "REASON:DG", "Damaged"),
    Card("XKRSOT", "REASON:OT", "Other item or lot here"),
    Card("XKRSEP", "REASON:EP", "Expired"),
    Card("XKRSHD", "REASON:HD", "On hold"),
    Card("XKRSNR", "REASON:NR", "Cannot reach"),
    Card("XKRSLB", "REASON:LB", "Label unreadable"),
    Card("XKRSBR", "REASON:BR", "Bag or seal broken"),
    Card("XKRSDR", "REASON:DR", "Dropped"),
)

CARDS: Final = _VERBS + _DIGITS + _REASONS

LANYARDS: Final = {
    "receiver": ("XKDONE", "XKUNDO", "XKPREV", "XKEXCP", "XKREPT", "XKOPEN", "XKFULL", "XKLOCK"),
    "picker": ("XKDONE", "XKUNDO", "XKPREV", "XKEXCP", "XKSKIP", "XKLIST", "XKHELP", "XKLOCK"),
    "lead": ("XKDONE", "XKUNDO", "XKPREV", "XKEXCP", "XKPRNT", "XKLIST", "XKHELP", "XKLOCK"),
}
"""Role -> the eight cards that its people wear, in the order in which they are printed."""

WALL: Final = (
    (*(one.code for one in _DIGITS), "XKNRX", "XKTEST"),
    (*(one.code for one in _REASONS), "XKDONE"),
)
"""The two columns of the sheet that hangs at a station: digits, and reasons."""

# Keys that share a card with another: one card enters what is in a box, and closes a job.
_AS: Final = {"ENTER": "DONE", "F8": "DONE"}

_BY_CODE: Final = {card.code: card for card in CARDS}


def card(text: str) -> Card | None:
    """The card with exactly this code."""
    return _BY_CODE.get(text)


def card_for(key: str) -> Card | None:
    """The card that stands for this key: the first of the table, where several do."""
    pressed = _AS.get(key, key)
    return next((card for card in CARDS if card.key == pressed), None)
