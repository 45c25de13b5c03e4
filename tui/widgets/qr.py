"""A QR code of half blocks, for 2D scanners that read it from the screen."""

from __future__ import annotations

from typing import Final

STYLE: Final = "#000000 on #ffffff"
"""Dark on light whatever the theme: many scanners do not read a code the other way round."""

QUIET: Final = 4
"""The light border that a QR code needs, in modules (ISO/IEC 18004)."""

_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_rows(text: str, *, quiet: int = QUIET) -> tuple[str, ...]:
    """The rows of a QR code that holds this text, two modules high each, to be shown in STYLE.

    A command card is 29 columns by 15 rows, 25 by 13 with a border of 2. Raises ValueError for a text that is empty or
    too long.
    """
    import segno

    if not text:
        raise ValueError("an empty text has no QR code")
    modules = [[bool(dark) for dark in row] for row in segno.make_qr(text).matrix_iter(border=quiet)]
    if len(modules) % 2:
        modules.append([False] * len(modules[0]))
    return tuple(
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(modules[::2], modules[1::2], strict=True)
    )
