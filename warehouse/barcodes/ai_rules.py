"""What the values of application identifiers must be, and which identifiers contradict each other: data alone.

Rules are those of the GS1 Barcode Syntax Dictionary (its check digits, dates, `ex` and `req`) for the identifiers
that a warehouse label carries: 00-37, 400-417, 310n-369n, and the keys that these name. A key of the tables with
two or three digits stands for all identifiers that begin so, where no longer one is there.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

CHECKED: Final = {
    "00": 18,
    "01": 14,
    "02": 14,
    "03": 14,
    "253": 13,
    "255": 13,
    "402": 17,
    "8003": 14,
    "8006": 14,
    "8017": 18,
    "8018": 18,
    "8026": 14,
} | {f"41{n}": 13 for n in range(8)}
"""AI -> how many leading digits of its value end in a check digit."""

DATED: Final = frozenset({"11", "12", "13", "15", "16", "17", "4324", "4325", "4326", "7003", "7006", "7011", "8008"})
"""AIs that hold one date, which must exist. biip reads day 00 as the last of the month, and a year of two
digits as within 49 years back and 50 ahead of today (General Specifications, 7.12)."""

COUNTED: Final = frozenset({"30", "37"})
"""AIs that hold a number of pieces, of which there must be at least one."""

PREFIXED: Final = frozenset({"401", "8004", "8010", "8013", "8014", "7023"})
"""AIs that begin with a GS1 Company Prefix, whose shortest has four digits, and may hold letters after it."""

SHORTEST_PREFIX: Final = 4

MEASURES: Final = frozenset({"31", "32", "33", "34", "35", "36"})
"""AIs of four digits, the last of which says where the point stands: 3102 and 3103 are both the net weight."""

EXCLUDED: Final = {
    "01": ("255", "37"),
    "02": ("01", "03"),
    "03": ("01", "02", "37", "235"),
    "21": ("235",),
    "255": ("01", "02", "415", "8006", "8020", "8026"),
    "8006": ("01", "03", "37"),
    "8026": ("02", "03", "8006"),
}
"""AI -> those that never stand on the same label: a trade item (01, 03) is not also the content of something (02)
that is counted (37)."""

_ITEM: Final = ("01", "02", "03", "8006", "8026")
_MEASURED: Final = ("01", "02")
_LOGISTIC: Final = ("00", "01")

NEEDED: Final = {
    "02": ("37",),
    "10": _ITEM,
    "11": _ITEM,
    "12": ("8020",),
    "13": _ITEM,
    "15": _ITEM,
    "16": _ITEM,
    "17": (*_ITEM, "255"),
    "20": _ITEM,
    "21": ("01", "03", "8006"),
    "22": ("01",),
    "235": ("01",),
    "240": _ITEM,
    "241": _ITEM,
    "242": ("01", "02", "8006", "8026"),
    "243": ("01", "03"),
    "250": ("01+21", "03+21", "8006+21"),
    "251": ("01", "03", "8006"),
    "254": ("414",),
    "30": ("01", "02"),
    "31": _MEASURED,
    "32": _MEASURED,
    "33": _LOGISTIC,
    "337": ("01",),
    "34": _LOGISTIC,
    "35": _MEASURED,
    "353": _LOGISTIC,
    "354": _LOGISTIC,
    "355": _LOGISTIC,
    "36": _MEASURED,
    "362": _LOGISTIC,
    "363": _LOGISTIC,
    "367": _LOGISTIC,
    "368": _LOGISTIC,
    "369": _LOGISTIC,
    "37": ("00+02", "00+8026"),
    "403": ("00",),
    "415": ("8020",),
    "8026": ("37",),
}
"""AI -> the groups of which one must stand on the same label; "01+21" is both of them.

A label often spreads over several symbols: the lot alone in one, the SSCC in another. So a symbol is refused only
where no other symbol of the label could complete it, because what it holds already excludes every group."""

TOGETHER: Final = frozenset({"02", "37", "8026"})
"""What a unit holds is said with its count in the same symbol; only the unit's SSCC (00) may stand in another."""


def name_of(ai: str) -> str:
    """What an AI says whatever its decimals: 310 for 3102 and 3103, of which a label holds one at most."""
    return ai[:3] if ai[:2] in MEASURES else ai


def needed(ai: str) -> tuple[str, ...]:
    """The groups of which one must stand on the same label; none when nothing is asked for."""
    if ai[:2] not in MEASURES:
        return NEEDED.get(ai, ())
    return NEEDED.get(ai[:3]) or NEEDED[ai[:2]]


@lru_cache(maxsize=1024)
def contradictory(ais: tuple[str, ...]) -> bool:
    """Whether these AIs of one symbol can never stand together on a label, whatever its other symbols hold."""
    present = frozenset(ais)
    return any(_excluded(ai, present) or _never_met(ai, present) for ai in present)


def _excluded(ai: str, present: frozenset[str]) -> bool:
    return not present.isdisjoint(EXCLUDED.get(ai, ())) or any(ai in EXCLUDED.get(other, ()) for other in present)


def _never_met(ai: str, present: frozenset[str]) -> bool:
    groups = needed(ai)
    return bool(groups) and not any(_may_be_met(group, ai, present) for group in groups)


def _may_be_met(group: str, ai: str, present: frozenset[str]) -> bool:
    missing = frozenset(group.split("+")) - present
    if ai in TOGETHER:
        return missing <= {"00"}
    return not any(_excluded(other, present) for other in missing)
