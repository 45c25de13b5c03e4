"""GS1 Digital Link: a GS1 message as the address of a web page, https://example.com/01/09506000134352/10/LOT1?17=271231.

Any domain may stand before it, and a path of the site's own. The key (01, 00 ...) and its qualifiers are pairs of
the path, other fields are in the query. Source: GS1 Digital Link Standard, URI Syntax; the sequences of qualifiers
and the attributes are those of the GS1 Barcode Syntax Dictionary. Compressed links are not read.

More is taken than the standard allows where it cannot mean anything else: a scheme in any case, a slash at the end, a
GTIN without the zeros in front (its check digit must be right), a lot in the query, the same field said twice.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import Final
from urllib.parse import unquote

from .checkdigits import valid_gtin
from .text import UnfitError, digits_only

_URL: Final = re.compile(r"https?://[^/?#\s]+(/[^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.ASCII)

_SEQUENCES: Final = {
    "00": ((),),
    "01": (("22", "10", "21"), ("235",)),
    "253": ((),),
    "255": ((),),
    "401": ((),),
    "402": ((),),
    "414": (("254",), ("7040",)),
    "415": (("8020",),),
    "417": (("7040",),),
    "8003": ((),),
    "8004": (("7040",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8013": ((),),
    "8017": (("8019",),),
    "8018": (("8019",),),
}
"""Key -> the qualifiers that may follow it, each of them optional, in this order."""

_KEY_DIGITS: Final = {
    "00": 18,
    "253": 13,
    "255": 13,
    "401": 4,
    "402": 17,
    "414": 13,
    "415": 13,
    "417": 13,
    "8003": 14,
    "8004": 4,
    "8006": 18,
    "8010": 4,
    "8013": 4,
    "8017": 18,
    "8018": 18,
}
"""Key -> how many digits its value begins with at least: an address may have 01 and a number in its path that are
about something else.
"""

_PATHS: Final = frozenset(
    (key, *some)
    for key, sequences in _SEQUENCES.items()
    for names in sequences
    for length in range(len(names) + 1)
    for some in combinations(names, length)
)

_PATH_ONLY: Final = frozenset(
    {
        "03",
        "21",
        "22",
        "235",
        "254",
        "7040",
        "7041",
        "8011",
        "8014",
        "8019",
        "8020",
        "8040",
        "8041",
        "8042",
        "8043",
        "8200",
    }
)
"""AIs that may not stand in the query."""

GTIN_LENGTH: Final = 14

_AI: Final = re.compile(r"[0-9]{2,4}")


def is_url(text: str) -> bool:
    """Whether this is the address of a page, of whatever kind."""
    return _URL.fullmatch(text) is not None


def pairs(url: str) -> list[tuple[str, str]]:
    """The fields of a Digital Link, its key first, values decoded but not yet checked; none if it is another address.

    Raises UnfitError for a link whose fields are out of order, empty or not text.
    """
    found = _URL.fullmatch(url)
    if found is None:
        return []
    path, query = found.groups()
    named = _path_pairs(path.split("/")[1:])
    if not named or not _is_key(*named[0]):
        return []
    if tuple(ai for ai, _ in named) not in _PATHS:
        raise UnfitError("ai_combination")
    return [(ai, _value(ai, value)) for ai, value in named] + _query_pairs(query or "")


def _path_pairs(parts: list[str]) -> list[tuple[str, str]]:
    """The pairs of a path from its last key on, looked for from the end: what stands before is the site's own."""
    # Many sites end an address with a slash, which says nothing after a value.
    if len(parts) > 1 and not parts[-1] and not _AI.fullmatch(parts[-2]):
        parts = parts[:-1]
    for place in range(len(parts) - 2, -1, -2):
        if not _AI.fullmatch(parts[place]):
            return []
        if parts[place] in _SEQUENCES:
            return list(zip(parts[place::2], parts[place + 1 :: 2], strict=True))
    return []


def _is_key(ai: str, value: str) -> bool:
    if ai == "01":
        return valid_gtin(value) or (len(value) == GTIN_LENGTH and digits_only(value))
    return digits_only(value[: _KEY_DIGITS[ai]]) and len(value) >= _KEY_DIGITS[ai]


def _query_pairs(query: str) -> list[tuple[str, str]]:
    found = []
    for entry in re.split("[&;]", query):
        name, equals, value = entry.partition("=")
        if not equals or not digits_only(name):
            continue  # the site's own
        if name in _PATH_ONLY:
            raise UnfitError("ai_combination")
        found.append((name, _value(name, value.replace("+", " "))))
    return found


def _value(ai: str, text: str) -> str:
    """A value with its percent escapes resolved. A GTIN may lack the zeros that fill it up to 14 digits."""
    try:
        value = unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise UnfitError("charset") from error
    if not value:
        raise UnfitError("empty")
    return value.zfill(GTIN_LENGTH) if ai == "01" and valid_gtin(value) else value
