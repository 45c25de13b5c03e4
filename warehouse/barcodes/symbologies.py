"""What kind of bars or squares a code was printed in, by its symbology identifier (ISO/IEC 15424, "AIM id").

The identifier is a bracket, a letter for the symbology, and a modifier; not every scanner is set to send it.
"""

from __future__ import annotations

from typing import Final

_EXACTLY: Final = {
    "]C0": "Code 128",
    "]C1": "GS1-128",
    "]d2": "GS1 DataMatrix",
    "]d1": "DataMatrix",
    "]Q3": "GS1 QR",
    "]E0": "EAN-13 or UPC",
    "]E3": "EAN with add-on",
    "]E4": "EAN-8",
    "]J1": "GS1 DotCode",
    "]I1": "ITF-14",
}
_BY_LETTER: Final = {
    "A": "Code 39",
    "C": "Code 128",
    "d": "DataMatrix",
    "E": "EAN or UPC",
    "e": "GS1 DataBar",
    "F": "Codabar",
    "G": "Code 93",
    "I": "Interleaved 2 of 5",
    "J": "DotCode",
    "L": "PDF417",
    "Q": "QR",
    "U": "MaxiCode",
    "z": "Aztec",
}


def symbology_name(identifier: str | None) -> str:
    """The symbology's name; "" where the scanner sent no identifier or one that is not known."""
    if not identifier:
        return ""
    return _EXACTLY.get(identifier) or _BY_LETTER.get(identifier[1:2], "")
