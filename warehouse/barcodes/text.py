"""The border for text from outside: scans and imports alike.

Text from outside is hostile: a printed label can carry ESC, a line break or a character that turns the
reading direction round. It is refused here, never cleaned: removing one character can turn one code into
another.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

GS: Final = "\x1d"
"""FNC1 as scanners send it: it ends a field of variable length in a GS1 message."""

MAX_FIELD: Final = 128
"""The longest single code, lot, serial or name."""

MAX_MESSAGE: Final = 1024
"""The longest barcode that is read at all."""

Reason = Literal[
    "ai_combination",
    "card",
    "charset",
    "check_digit",
    "count",
    "date",
    "empty",
    "length",
    "repeated_ai",
    "unknown_ai",
]
"""Why a barcode is refused."""

# U+2065 and U+FDD0-FDEF are unassigned, so their category alone would let them pass.
_BIDI_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNASSIGNED_UNSEEN = frozenset("\u2065")
_NONCHARACTERS = frozenset(map(chr, range(0xFDD0, 0xFDF0)))
_UNSEEN = {"Zl": "line separator", "Zp": "paragraph separator", "Cs": "lone surrogate", "Cf": "zero width"}


class UnfitError(ValueError):
    """A barcode that may not be used, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def decode(frame: bytes) -> str:
    """A frame as text: UTF-8, and where it is not, Latin-1, which takes any byte."""
    try:
        return frame.decode("utf-8")
    except UnicodeDecodeError:
        return frame.decode("latin-1")


def digits_only(text: str) -> bool:
    """Only 0-9, at least one. `str.isdigit` alone lets the digits of every script through."""
    return text.isascii() and text.isdigit()


def forbidden(text: str, *, allow_gs: bool = False) -> str | None:
    """The name of the first character that may not pass, or None.

    Refused are all characters nobody can see or that move what others see: C0, DEL, C1, line and paragraph
    separators, direction marks, zero widths and other format characters, lone surrogates, noncharacters.
    """
    if text.isascii() and text.isprintable():
        return None
    for char in text:
        if (char != GS or not allow_gs) and (name := _refused(char)):
            return name
    return None


def _refused(char: str) -> str | None:
    code, category = ord(char), unicodedata.category(char)
    if category == "Cc":
        return f"control character {code:02X}"
    if char in _BIDI_MARKS:
        return f"bidi control U+{code:04X}"
    if category in _UNSEEN:
        return f"{_UNSEEN[category]} U+{code:04X}"
    if char in _UNASSIGNED_UNSEEN:
        return f"zero width U+{code:04X}"
    if char in _NONCHARACTERS or code & 0xFFFE == 0xFFFE:
        return f"noncharacter U+{code:04X}"
    return None


def escaped(text: str, limit: int = 200) -> str:
    r"""Text for one line of a log: printable ASCII, all else as \xNN, \uNNNN or \UNNNNNNNN.

    A backslash is doubled, so no scan can pretend to be an escape. Text longer than the limit ends in "...".
    """
    line = text[: limit + 1]
    if not (line.isascii() and line.isprintable()) or "\\" in line:
        line = "".join(map(_escape, line))
    return line if len(line) <= limit else line[: max(limit - 3, 0)] + "..."[:limit]


def readable(text: str, limit: int = 200) -> str:
    r"""Text for one line that people read: letters of every script stay, what nobody may see is as in `escaped`.

    A backslash stays as it is. Text longer than the limit ends in "...".
    """
    line = text[: limit + 1]
    if not (line.isascii() and line.isprintable()):
        line = "".join(_escape(char) if _refused(char) else char for char in line)
    return line if len(line) <= limit else line[: max(limit - 3, 0)] + "..."[:limit]


def unescaped(text: str) -> str:
    """The text that `escaped` made this from, where it was not too long to be shown whole."""
    return text.encode("ascii").decode("unicode_escape") if "\\" in text else text


def _escape(char: str) -> str:
    code = ord(char)
    if char == "\\":
        return r"\\"
    if 0x20 <= code < 0x7F:
        return char
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
