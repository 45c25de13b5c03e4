"""HIBC, the Health Industry Bar Code of medical suppliers: +A123BJC5D6E71G and +A123BJC5D6E71/$$52001510X3C.

Three forms, each ending in a check character (modulo 43 over the whole):

- primary: + LIC (4, a letter first) PCN (1-18) unit of measure (one digit) check
- secondary, a symbol of its own: + data link check; the link is the check character of its primary (see `link_of`)
- combined: primary data / data / more data check, without link

Data: $$ date lot, $$+ date serial ($ and $+: without date), and behind / also S serial, 14D expiry, 16D made,
Q quantity. The first digit of a date says its form; 8QQ or 9QQQQQ before it is a quantity.

Source: worked examples of ANSI/HIBC 2.6, which the tests hold. UNVERIFIED against the paid text: that MMYY is
the last day of its month, that years are 2000-2099, the five-digit day without $ as an expiry, the quantity
before a date (older editions), and the characters allowed in a lot beside letters and digits.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from .text import UnfitError

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_LONGEST: Final = 18  # characters of a lot or serial

_PRIMARY: Final = re.compile(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]")
_BEGINS: Final = re.compile(rf"\+(?:{_PRIMARY.pattern}(?:.|/.+)|\$.{{3,}})")
_OLD_DAY: Final = re.compile(r"\+[0-9]{2}(?:[0-2][0-9]{2}|3[0-6][0-9]).{2,}")

_REFERENCE: Final = re.compile(r"\$\$(\+?)(?:8([0-9]{2})|9([0-9]{5}))?(.*)")
_DATES: Final = {
    "2": r"(?P<m>\d\d)(?P<d>\d\d)(?P<y>\d\d)",
    "3": r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    "4": r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)(?P<h>\d\d)",
    "5": r"(?P<y>\d\d)(?P<j>\d{3})",
    "6": r"(?P<y>\d\d)(?P<j>\d{3})(?P<h>\d\d)",
}
_MONTH: Final = r"(?P<m>\d\d)(?P<y>\d\d)"
_NO_DATE: Final = "7"


@dataclass(slots=True)
class Hibc:
    """What an HIBC says. `item` is LIC, PCN and unit of measure, as an order lists it; "" in a secondary alone."""

    mode: str
    item: str = ""
    lot: str | None = None
    serial: str | None = None
    expiry: dt.date | None = None
    produced: dt.date | None = None
    quantity: int | None = None
    link: str | None = None


def mod43(text: str) -> str:
    """The check character that belongs behind this text, all of it in the HIBC alphabet."""
    return ALPHABET[sum(map(ALPHABET.index, text)) % len(ALPHABET)]


def is_hibc(text: str) -> bool:
    """Whether this has the shape of an HIBC. The old form without $ must have its check character right too,
    as every telephone number looks like it.
    """
    if text[:1] != "+" or not set(text) <= set(ALPHABET):
        return False
    return _BEGINS.fullmatch(text) is not None or (_OLD_DAY.fullmatch(text) is not None and _is_right(text))


def item_of(text: str) -> str:
    """LIC, PCN and unit of measure of an HIBC primary, as a list of items may write it; "" for anything else."""
    bare = text.strip("*")
    return bare[1:-1] if is_hibc(bare) and _is_right(bare) and _PRIMARY.fullmatch(bare[1:-1]) else ""


def link_of(item: str) -> str:
    """The link that a secondary of this item carries; "" where this is no item of an HIBC."""
    return mod43(f"+{item}") if _PRIMARY.fullmatch(item) else ""


def hibc(text: str) -> Hibc:
    """Read what `is_hibc` takes for one, with its flag and check characters. Raises UnfitError."""
    if not _is_right(text):
        raise UnfitError("check_digit")
    body = text[1:-1]
    if not body[0].isalpha():
        said = Hibc("secondary", link=body[-1])
        parts = body[:-1].split("/")  # without the link
    else:
        item, *parts = body.split("/")
        said = Hibc("combined" if parts else "primary", item)
    for place, part in enumerate(parts):
        _add(said, part, first=place == 0)
    return said


def _is_right(text: str) -> bool:
    return mod43(text[:-1]) == text[-1]


def _add(said: Hibc, part: str, *, first: bool) -> None:
    """Take in one part between slashes."""
    if not part:
        raise UnfitError("empty")
    if part.startswith("$$"):
        _add_reference(said, part)
    elif part.startswith("$"):
        named = "serial" if part.startswith("$+") else "lot"
        _keep(said, named, _text(part.lstrip("$").removeprefix("+"), least=1))
    elif first and part[:5].isdigit():
        _keep(said, "expiry", _date(_DATES["5"], part[:5]))
        _keep(said, "lot", _text(part[5:]))
    else:
        _add_supplement(said, part)


def _add_reference(said: Hibc, part: str) -> None:
    """$$ or $$+, a quantity, a date, and the lot or serial."""
    found = _REFERENCE.fullmatch(part)
    assert found is not None
    plus, two, five, rest = found.groups()
    count = two or five
    if count:
        _keep(said, "quantity", _pieces(count))
    if not rest and not count:
        raise UnfitError("empty")
    named = "serial" if plus else "lot"
    if rest.startswith(_NO_DATE):
        _keep(said, named, _text(rest[1:], least=0 if count else 1))
    elif rest:
        form = _DATES.get(rest[0], _MONTH)
        dated = rest[1:] if rest[0] in _DATES else rest
        match = re.match(form, dated, re.ASCII)
        if match is None:
            raise UnfitError("date")
        _keep(said, "expiry", _date(form, match[0]))
        _keep(said, named, _text(dated[match.end() :]))


def _add_supplement(said: Hibc, part: str) -> None:
    if found := re.fullmatch(r"(14|16)D(.*)", part):
        _keep(said, "expiry" if found[1] == "14" else "produced", iso_day(found[2]))
    elif found := re.fullmatch(r"Q([0-9]{1,5})", part):
        _keep(said, "quantity", _pieces(found[1]))
    elif part[0] == "S":
        _keep(said, "serial", _text(part[1:], least=1))
    else:
        raise UnfitError("unknown_ai")


def _keep(said: Hibc, name: str, value: object) -> None:
    """Set a field once; a second part may only say the same."""
    if value in ("", None):
        return
    if getattr(said, name) not in (None, value):
        raise UnfitError("repeated_ai")
    setattr(said, name, value)


def _text(text: str, *, least: int = 0) -> str:
    if len(text) > _LONGEST:
        raise UnfitError("length")
    if not re.fullmatch(r"[A-Z0-9 .-]*", text):
        raise UnfitError("charset")
    if len(text.strip()) < least:
        raise UnfitError("empty")
    return text.strip()  # blanks fill a field up


def _pieces(digits: str) -> int:
    if int(digits) < 1:
        raise UnfitError("count")
    return int(digits)


def _date(form: str, digits: str) -> dt.date:
    """A day by one of the forms above; of a month alone its last day. Hours are checked and left out."""
    match = re.fullmatch(form, digits, re.ASCII)
    numbers = {name: int(value) for name, value in match.groupdict().items()} if match else {}
    year = 2000 + numbers.get("y", 0)
    try:
        if not numbers or numbers.get("h", 0) > 23:
            raise UnfitError("date")
        if "j" in numbers:
            day = dt.date(year, 1, 1) + dt.timedelta(numbers["j"] - 1)
            if day.year != year:
                raise UnfitError("date")
            return day
        last = calendar.monthrange(year, numbers["m"])[1]
        return dt.date(year, numbers["m"], numbers.get("d", last))
    except (ValueError, calendar.IllegalMonthError) as error:
        raise UnfitError("date") from error


def iso_day(digits: str) -> dt.date:
    """A day as YYYYMMDD. Raises UnfitError."""
    if not re.fullmatch(r"[0-9]{8}", digits):
        raise UnfitError("date")
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise UnfitError("date") from error
