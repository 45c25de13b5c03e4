"""The layout sheet: one barcode that shows for which keyboard a scanner types.

A scanner that types (a keyboard wedge) presses the keys of one country's keyboard; the terminal reads them as its
own country's. Cards survive that, having only letters that stay; whatever else is scanned does not. The sheet
begins as the card of the layout test does, so it is known however the rest of it arrives.
"""

from __future__ import annotations

from typing import Final

_CARD: Final = "XKTEST"
_TELLTALES: Final = "AMQWYZ1234567890-/]"  # no dead key among them, so each arrives as exactly one character
SHEET: Final = _CARD + _TELLTALES
"""What the barcode holds (Code 128)."""

# What arrives where the scanner types for the United States and the terminal's keyboard is another; letters are
# typed with Shift, the rest without. Source: the German (T1, DIN 2137) and the French (AZERTY) layout, by their keys.
_ARRIVES: Final = {
    "QWERTZ": "AMQWZY1234567890\N{LATIN SMALL LETTER SHARP S}-+",
    "AZERTY": "Q?AZYW&\N{LATIN SMALL LETTER E WITH ACUTE}\"'(-\N{LATIN SMALL LETTER E WITH GRAVE}_"
    "\N{LATIN SMALL LETTER C WITH CEDILLA}\N{LATIN SMALL LETTER A WITH GRAVE})!$",
}
SWAPPED: Final = {"QWERTZ": "Y, Z and signs arrive wrong.", "AZERTY": "Letters and digits arrive wrong."}
"""What arrives wrong, in words."""


def is_sheet(text: str) -> bool:
    """Whether this is the sheet, however it arrived."""
    return text.startswith(_CARD) and len(text) > len(_CARD)


def layout_of(text: str) -> str:
    """How the sheet arrived: "" as it should, "QWERTZ" or "AZERTY" where that is mixed up with QWERTY, else "?".

    The letters tell, whichever of scanner and terminal has the other keyboard.
    """
    arrived = text.removeprefix(_CARD)
    if arrived == _TELLTALES:
        return ""
    for name, whole in _ARRIVES.items():
        if arrived[:1] + arrived[2:6] == whole[:1] + whole[2:6]:  # not the M: it is another key in each direction
            return name
    return "?"
