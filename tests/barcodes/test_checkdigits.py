from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.barcodes.checkdigits import mod10, valid_gtin, valid_mod10, valid_sscc

KNOWN = [
    "4006381333931",  # EAN-13
    "036000291452",  # UPC-A
    "96385074",  # EAN-8
    "09521234543213",  # GTIN-14
    "395011015300000011",  # SSCC
    "9521101530001",  # GLN
]


def by_the_book(digits):
    weighted = sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle((3, 1)), strict=False))
    return next(check for check in range(10) if (weighted + check) % 10 == 0)


@pytest.mark.parametrize("key", KNOWN)
def test_known_keys(key):
    assert mod10(key[:-1]) == int(key[-1])
    assert valid_mod10(key)


@given(st.text("0123456789", min_size=1, max_size=17))
def test_same_as_counted_by_hand(digits):
    assert mod10(digits) == by_the_book(digits)
    assert [n for n in range(10) if valid_mod10(f"{digits}{n}")] == [by_the_book(digits)]


@pytest.mark.parametrize("digits", ["", "1A", "12 ", "-1", "١٢٣٤٥٦٧", "²"])
def test_only_the_digits_0_to_9(digits):
    with pytest.raises(ValueError, match="0-9"):
        mod10(digits)
    assert not valid_mod10(digits)


def test_arabic_digits_are_no_key():
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    assert not valid_mod10("4006381333931".translate(arabic))
    assert not valid_mod10("400638133393" + "1".translate(arabic))


def test_a_lone_zero_is_no_key():
    assert not valid_mod10("0")


def test_lengths():
    right = [digits + str(by_the_book(digits)) for digits in ("1234567890123456789"[:n] for n in range(5, 19))]
    assert [len(key) for key in right if valid_gtin(key)] == [8, 12, 13, 14]
    assert [len(key) for key in right if valid_sscc(key)] == [18]
