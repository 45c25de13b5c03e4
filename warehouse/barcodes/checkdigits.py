"""The check digit of GTIN, SSCC and GLN (GS1 General Specifications, section 7.9.1).

Digits are weighted 3, 1, 3, 1 ... from the right; the check digit brings the sum to a multiple of ten. It
catches every single wrong digit and most exchanged neighbours.
"""

from __future__ import annotations

from .text import digits_only

GTIN_LENGTHS = frozenset({8, 12, 13, 14})
SSCC_LENGTH = 18


def mod10(digits: str) -> int:
    """The check digit that belongs behind these digits."""
    if not digits_only(digits):
        raise ValueError("A check digit is worked out from the digits 0-9 alone.")
    heavy, light = digits[::-2], digits[-2::-2]
    return -(3 * sum(map(int, heavy)) + sum(map(int, light))) % 10


def valid_mod10(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it, at any length."""
    return len(digits) > 1 and digits_only(digits) and mod10(digits[:-1]) == int(digits[-1])


def valid_gtin(digits: str) -> bool:
    """A GTIN-8, -12, -13 or -14 whose check digit is right."""
    return len(digits) in GTIN_LENGTHS and valid_mod10(digits)


def valid_sscc(digits: str) -> bool:
    """An SSCC of 18 digits, without its AI, whose check digit is right."""
    return len(digits) == SSCC_LENGTH and valid_mod10(digits)
