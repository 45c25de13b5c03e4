"""What a setting may be: each kind reads one value of a file, the environment or an option, or says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from tui.settings.wrong import WrongValueError, shown, text_of, wrong

MARK = 16  # characters of a prefix, or of what stands for the GS1 separator
TONE = 64  # bytes of one answer to a scanner

# The framings drop NUL, XON and XOFF, and a line ends at CR or LF: such a mark would never be found.
_NEVER_SEEN = frozenset("\x00\x11\x13\r\n")
_OF_THE_LINE = (b"\x06", b"\x15")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.?))", re.DOTALL)
_ESCAPES = {"\\": "\\", "t": "\t", "r": "\r", "n": "\n"}


class Kind(Protocol):
    """What a setting may be. `allowed` says it in words."""

    @property
    def allowed(self) -> str: ...

    def read(self, value: object) -> Any:
        """The value as the program uses it; raises WrongValueError."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text of `least` to `most` characters, none of them in `without`."""

    most: int
    least: int = 1
    without: str = ""

    @property
    def allowed(self) -> str:
        size = f"{self.least} to {self.most} characters" if self.least else f"up to {self.most} characters"
        return f"text of {size}" + (f" without {' '.join(self.without)}" if self.without else "")

    def read(self, value: object) -> str:
        text = text_of(value, self.allowed)
        if len(text) > self.most:
            raise WrongValueError(f"is longer than {self.most} characters; allowed is {self.allowed}")
        if len(text) < self.least or text != text.strip() or any(char in text for char in self.without):
            raise wrong(value, self.allowed)
        return text


NAMES = Text(24, without="/")
"""What scanners and guns may be called."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text of one form; in lower case where that makes no difference. "" where there need not be one."""

    form: str
    allowed: str
    lower: bool = False

    def read(self, value: object) -> str:
        text = text_of(value, self.allowed)
        if text and not re.fullmatch(self.form, text, re.ASCII):
            raise wrong(value, self.allowed)
        return text.lower() if self.lower else text


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    least: int
    most: int

    @property
    def allowed(self) -> str:
        return f"a whole number from {self.least} to {self.most}"

    def read(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise wrong(value, self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A number, with or without decimals."""

    least: float
    most: float

    @property
    def allowed(self) -> str:
        return f"a number from {self.least:g} to {self.most:g}"

    def read(self, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise wrong(value, self.allowed)
        return float(value)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words or numbers."""

    values: tuple[str | float, ...]

    @property
    def allowed(self) -> str:
        *some, last = [f'"{value}"' if isinstance(value, str) else f"{value:g}" for value in self.values]
        return f"{', '.join(some)} or {last}"

    def read(self, value: object) -> str | float:
        for one in self.values:
            if value == one and not isinstance(value, bool):
                return one
        raise wrong(value, self.allowed)


@dataclass(frozen=True, slots=True)
class YesNo:
    """true or false."""

    allowed: str = "true or false"

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise wrong(value, self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class Tone:
    """Bytes, written in hexadecimal digits."""

    allowed: str = f'up to {TONE} bytes in hexadecimal, such as "1b 42 0d"'

    def read(self, value: object) -> bytes:
        if not isinstance(value, str):
            raise wrong(value, self.allowed)
        try:
            tone = bytes.fromhex(value)
        except ValueError:
            raise wrong(value, self.allowed) from None
        if len(tone) > TONE:
            raise wrong(value, self.allowed)
        if tone in _OF_THE_LINE:
            raise WrongValueError(f"is {shown(value)}: ACK and NAK answer for the line and are no sound; name another")
        return tone


@dataclass(frozen=True, slots=True)
class Mark:
    r"""A few characters that a scanner sends beside the code; \x02, \t, \r, \n and \\ stand for what they name."""

    separator: bool = False

    @property
    def allowed(self) -> str:
        more = "; not a single letter or digit" if self.separator else ""
        return f"up to {MARK} characters of Latin-1, none of them NUL, XON, XOFF, CR or LF{more}"

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise wrong(value, self.allowed)
        text = _ESCAPE.sub(self._meant, value)
        if len(text) > MARK:
            raise WrongValueError(f"is longer than {MARK} characters; allowed is {self.allowed}")
        # A letter or digit stands in the codes themselves: each would be cut in two there.
        alone = self.separator and len(text) == 1 and text.isalnum()
        if alone or any(char in _NEVER_SEEN or char > "\xff" for char in text):
            raise wrong(value, self.allowed)
        return text

    def _meant(self, found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        if found[2] not in _ESCAPES:
            raise wrong(found[0], self.allowed)
        return _ESCAPES[found[2]]


@dataclass(frozen=True, slots=True)
class Guns:
    """The guns of a base: what it puts before a scan of each, and the gun's name."""

    allowed: str = 'a table such as {"01" = "left", "02" = "right"}'

    def read(self, value: object) -> Mapping[str, str]:
        if not isinstance(value, dict):
            raise wrong(value, self.allowed)
        for mark, gun in value.items():
            if not 0 < len(mark) <= MARK:
                raise WrongValueError(f"has the gun {shown(mark)}: name it by 1 to {MARK} characters of its base")
            text_of(mark, self.allowed)
            try:
                NAMES.read(gun)
            except WrongValueError as error:
                raise WrongValueError(f"has the gun {shown(mark)} whose name {error}") from None
            other = next((one for one in value if one != mark and one.startswith(mark)), None)
            if other is not None:
                raise WrongValueError(f"has the guns {shown(mark)} and {shown(other)}: none may begin like another")
        if len(set(value.values())) < len(value):
            raise WrongValueError("gives one name to two guns: give each its own")
        return dict(value)


@dataclass(frozen=True, slots=True)
class Database:
    """The URL of a database."""

    allowed: str = "sqlite:///path/to/site.db or postgresql://user@host/name"

    def read(self, value: object) -> str:
        text = text_of(value, self.allowed)
        try:
            scheme = urlsplit(text).scheme
        except ValueError:
            scheme = ""
        if scheme == "sqlite" and not re.match("sqlite:///.", text):
            raise WrongValueError(f"is {shown(text)}, which names no file; allowed is {self.allowed}")
        if scheme not in ("sqlite", "postgresql", "postgres"):
            raise wrong(text, self.allowed)
        return text


@dataclass(frozen=True, slots=True)
class Port:
    """A serial device, or a line somewhere else by its URL; "" for none."""

    schemes: tuple[str, ...]
    allowed: str

    def read(self, value: object) -> str:
        text = text_of(value, self.allowed)
        if "://" not in text:
            if text != text.strip():
                raise wrong(value, self.allowed)
            return text
        try:
            there = urlsplit(text)
            complete = there.scheme == "loop" or bool(there.hostname and there.port)
        except ValueError:
            raise wrong(value, self.allowed) from None
        if there.scheme not in self.schemes or not complete:
            raise wrong(value, self.allowed)
        return text
