"""Whether two fields of a GS1 message have run together because the separator between them is missing.

A printer or a keyboard wedge that loses FNC1 turns lot LOT1 and expiry 17270228 into the lot LOT117270228. Both
the standard and every parser read that as one lot, so it can only be suspected, never refused.

Suspected is a field of variable length that holds, after at least one character of its own, a whole field of
fixed length which the message does not say otherwise: a date AI with a day that exists in 2020-2045, or an SSCC or
GTIN with a right check digit; it must reach to the end or be followed by the beginning of another field. A count
alone (30, 37) is no sign: many lots end in digits that look like one. Of random lots of ten digits about one in
1,500 is suspected.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection
from typing import Final

from .checkdigits import valid_mod10

_FIELDS: Final = frozenset({"10", "21", "22", "240", "241", "250", "251", "400"})
"""AIs of variable length with letters: in the others a field that ran in is past the limit, so refused."""

_FOLLOWS: Final = r"(?=$|10.|21.|30[0-9]|37[0-9]|240.|(?:11|13|15|17)[0-9]{6})"
_RAN_IN: Final = re.compile(
    rf"(?=(?:(?P<date>11|13|15|17)(?P<day>[0-9]{{6}})|(?P<item>01|02)(?P<gtin>[0-9]{{14}})"
    rf"|(?P<unit>00)(?P<sscc>[0-9]{{18}})){_FOLLOWS})"
)
_YEARS: Final = range(20, 46)


def suspect(ai: str, value: str, present: Collection[str]) -> bool:
    """Whether this field may hold another one too; `present` are all AIs of the message."""
    return ai in _FIELDS and any(_holds_field(found, present) for found in _RAN_IN.finditer(value, 1))


def _holds_field(found: re.Match[str], present: Collection[str]) -> bool:
    ai = found["date"] or found["item"] or found["unit"]
    if ai in present:
        return False
    return _is_day(found["day"]) if found["date"] else valid_mod10(found["gtin"] or found["sscc"])


def _is_day(yymmdd: str) -> bool:
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    return year in _YEARS and 1 <= month <= 12 and day <= calendar.monthrange(2000 + year, month)[1]
