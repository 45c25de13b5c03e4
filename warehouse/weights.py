"""Weights of catch-weight items: whole thousandths of a kilogram or of a pound, never a float.

A weight comes typed, from a scale or from a label in any of four units; what is kept is in the item's own. Each is
rounded once, half to even, and only where it is finer than a thousandth. 1 lb is 0.45359237 kg by definition
(international yard and pound agreement, 1959), 16 oz are 1 lb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Unit = Literal["kg", "lb"]
Reason = Literal["form", "unit", "negative", "zero", "length"]
"""Why a text is no weight: not a number with a unit; a unit of something else; below zero; nothing; too many digits."""

MOST_DIGITS: Final = 9
LARGEST: Final = 10**MOST_DIGITS - 1
"""The largest amount: 999,999.999 kg or lb."""

_THOUSAND: Final = 1000
_KG_IN_LB: Final = Fraction(45_359_237, 100_000_000)
# In the unit that the item is weighed in: which of the two it belongs to, and how much of it one is.
_UNITS: Final[dict[str, tuple[Unit, Fraction]]] = {
    "kg": ("kg", Fraction(1)),
    "g": ("kg", Fraction(1, 1000)),
    "lb": ("lb", Fraction(1)),
    "lbs": ("lb", Fraction(1)),
    "oz": ("lb", Fraction(1, 16)),
}
# A comma is the point of half the world's keyboards; nobody groups the thousands of a case.
_TEXT: Final = re.compile(r"(?P<sign>[+-]?) *(?P<whole>[0-9]*)(?:[.,](?P<part>[0-9]*))? *(?P<unit>[A-Za-z]*)")
_GS1: Final[dict[str, Unit]] = {"310": "kg", "320": "lb"}
_PLACES: Final = "012345"  # the last digit of AIs 310n and 320n


class WeightError(ValueError):
    """A text that is no weight, and why; the caller has the sentence for it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Weight:
    """`amount` thousandths of `unit`: grams where that is kg. From 0 to LARGEST, else WeightError."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise WeightError("negative")
        if self.amount > LARGEST:
            raise WeightError("length")

    def __str__(self) -> str:
        """As people read it: "12.345 kg"."""
        return f"{self.amount // _THOUSAND}.{self.amount % _THOUSAND:03d} {self.unit}"

    def in_unit(self, unit: Unit) -> Weight:
        """The same weight in another unit, rounded half to even. Raises WeightError where it is too large for it."""
        return Weight(round(_exchanged(Fraction(self.amount), self.unit, unit)), unit)


def read(text: str, unit: Unit) -> Weight:
    """What a typed, scanned or scale's text weighs, in `unit`: "12.345 kg", "12,3", "800 g", "27.2lb", "9 oz".

    A number alone is in `unit`. Raises WeightError.
    """
    found = _TEXT.fullmatch(text.strip(" "))
    whole, part = (found["whole"], found["part"] or "") if found else ("", "")
    if found is None or not whole + part:
        raise WeightError("form")
    if found["sign"] == "-":
        raise WeightError("negative")
    if len(whole) + len(part) > MOST_DIGITS:
        raise WeightError("length")
    known = _UNITS.get(found["unit"].lower() or unit)
    if known is None:
        raise WeightError("unit")
    of, size = known
    exact = Fraction(int(whole + part), 10 ** len(part)) * size
    weight = Weight(round(_exchanged(exact * _THOUSAND, of, unit)), unit)
    if not weight.amount:
        raise WeightError("zero")
    return weight


def of_label(ais: Iterable[tuple[str, str]]) -> Weight | None:
    """The net weight of a GS1 label: AI 310n in kg, else AI 320n in lb; None where it has neither.

    The last digit of the AI says where the point stands (GS1 General Specifications, AIs 310n and 320n). Where a
    label has both they may differ by one in the last place of each, as printers round or cut; more raises ValueError.
    """
    stated = {_GS1[ai[:3]]: (int(value), int(ai[3])) for ai, value in ais if _is_net(ai)}
    if len(stated) == len(_GS1) and not _agree(*stated["kg"], *stated["lb"]):
        raise ValueError("310n and 320n contradict each other")
    for unit, (value, places) in sorted(stated.items()):
        return Weight(round(Fraction(value * _THOUSAND, 10**places)), unit)
    return None


def _is_net(ai: str) -> bool:
    return len(ai) == len("310n") and ai[:3] in _GS1 and ai[3] in _PLACES


def _agree(kg: int, kg_places: int, lb: int, lb_places: int) -> bool:
    kg_step, lb_step = Fraction(1, 10**kg_places), Fraction(1, 10**lb_places) * _KG_IN_LB
    return abs(kg * kg_step - lb * lb_step) <= kg_step + lb_step


def _exchanged(amount: Fraction, unit: Unit, into: Unit) -> Fraction:
    if unit == into:
        return amount
    return amount * _KG_IN_LB if into == "kg" else amount / _KG_IN_LB
